// The boards of pictures and clips: filters, keys, the sheet of one scene. Everything here is a comfort: without it the
// same links and forms lead to pages of their own. It runs with htmx 2 and 4.
import { restoreDraft, written } from './drafts.js';
import { moveEye, pointIn } from './focal.js';
import { playUnderPointer } from './hover.js';

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const on = (names, handle) => names.forEach((name) => document.addEventListener(name, handle));
const board = $('#board'), sheet = $('#sheet'), body = $('#sheet-body');
const cardOf = (node) => node?.closest?.('#board .scene');

// a scene's own page: its links and forms do there what they say, without fragments of a board that is not there
if (!sheet) for (const node of $$('[hx-get]:not([data-here]), [hx-post]')) for (const name of ['hx-get', 'hx-post', 'hx-target', 'hx-swap', 'hx-sync']) node.removeAttribute(name);

// ---- requests: what htmx 2 and 4 say differently ------------------------------------------------------------------
const asked = ({ detail, target }) => ({
  node: detail.elt ?? detail.ctx?.sourceElement ?? target,
  answer: detail.xhr ? { status: detail.xhr.status, text: detail.xhr.responseText, toast: detail.xhr.getResponseHeader('HX-Trigger') }
    : { status: detail.ctx?.response?.status ?? 0, text: detail.ctx?.text ?? '', toast: detail.ctx?.response?.headers?.get?.('HX-Trigger') },
});

on(['htmx:beforeRequest', 'htmx:before:request'], (event) => { // the card shows the wish until the server answers
  const { node } = asked(event), card = cardOf(node);
  if (card && node.dataset.verb) card.dataset.optimistic = node.dataset.verb;
});
on(['htmx:afterRequest', 'htmx:after:request', 'htmx:finally:request', 'htmx:sendError'], (event) => {
  const { node } = asked(event);
  for (const card of $$('.scene[data-optimistic]')) if (card.contains(node) || !node?.isConnected && node?.id.endsWith(card.id.slice(5))) delete card.dataset.optimistic;
  if (undone !== undefined && !$('.scene[data-optimistic]')) undoNewest(undone);
});

// the newest verdict is taken back, also one that is still on its way; where that one fails nothing is
let undone;
const undos = () => $$('#toasts [data-undo]').at(-1);
function undoNewest(before) {
  undone = $('.scene[data-optimistic]') ? before ?? undos() ?? null : undefined;
  if (undone === undefined && undos() !== before) undos()?.click();
}

// refused because something changed: the answer carries the cards as they are now
on(['htmx:responseError', 'htmx:response:error'], (event) => {
  const { node, answer } = asked(event);
  if (answer.status !== 409 || !answer.toast) return;
  const fresh = new DOMParser().parseFromString(answer.text, 'text/html');
  for (const part of $$('[hx-swap-oob]', fresh)) {
    const old = document.getElementById(part.id);
    if (!old) continue;
    part.removeAttribute('hx-swap-oob');
    const put = document.importNode(part, true);
    old.replaceWith(put);
    window.htmx.process(put);
  }
  changed();
  if (sheet?.open && sheet.contains(node)) loadSheet();
});

// ---- filters ----------------------------------------------------------------------------------------------------------
function showFilter() {
  if (!board) return;
  for (const chip of $$('#counts [data-filter]')) {
    if (chip.dataset.filter === board.dataset.filter) chip.setAttribute('aria-current', 'true'); else chip.removeAttribute('aria-current');
  }
  const shown = cards();
  $('#none-shown').hidden = shown.length > 0;
  const here = cardOf(document.activeElement);
  if (here && !here.offsetParent) go(shown.find((card) => here.compareDocumentPosition(card) & Node.DOCUMENT_POSITION_FOLLOWING) ?? shown.at(-1));
}
document.addEventListener('click', (event) => {
  const chip = event.target.closest('#counts [data-filter]');
  if (!chip || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  board.dataset.filter = chip.dataset.filter;
  history.replaceState(null, '', chip.href);
  showFilter();
});

function changed() { showFilter(); aim(); }
on(['htmx:afterSettle', 'htmx:oobAfterSwap', 'htmx:after:swap', 'htmx:after:settle'], changed);

// an upload of another shape is cropped around its focal point, here as in the film
function aim() {
  for (const picture of $$('#board img[data-x]:not([data-aimed])')) {
    picture.style.objectPosition = `${picture.dataset.x / 10}% ${picture.dataset.y / 10}%`;
    picture.dataset.aimed = '';
  }
}

// ---- keys: only while a card has the focus ------------------------------------------------------------------------------
const cards = () => $$('.scene', board).filter((card) => card.offsetParent);
const isWaiting = (card) => $('.live', card).dataset.state === 'review' && !card.dataset.optimistic;

function go(card) {
  if (!card) return;
  for (const other of $$('.scene[tabindex="0"]', board)) other.tabIndex = -1;
  card.tabIndex = 0;
  card.focus({ focusVisible: true, preventScroll: true });
  card.scrollIntoView({ block: 'nearest' });
}
document.addEventListener('focusin', ({ target }) => {
  const card = cardOf(target);
  if (!card) return;
  for (const other of $$('.scene[tabindex="0"]', board)) if (other !== card) other.tabIndex = -1;
  card.tabIndex = 0;
});

const press = (card, prefix) => { const button = $(`[id="${prefix}-${card.id.slice(5)}"]`, card); button?.click(); return Boolean(button); };

function below(list, card, step) { // the card in the next row, or the one before
  const there = list.filter((other) => Math.sign(other.offsetTop - card.offsetTop) === step);
  const row = step > 0 ? there[0]?.offsetTop : there.at(-1)?.offsetTop;
  return there.filter((other) => other.offsetTop === row).sort((a, b) => Math.abs(a.offsetLeft - card.offsetLeft) - Math.abs(b.offsetLeft - card.offsetLeft))[0];
}

function approve(card, list) {
  const at = list.indexOf(card), next = [...list.slice(at + 1), ...list.slice(0, at)].find(isWaiting);
  if ($('.live', card).dataset.state !== 'approved' && !press(card, 'a')) return;
  go(next);
}

document.addEventListener('keydown', (event) => {
  const card = cardOf(event.target);
  if (!card || event.metaKey || event.ctrlKey || event.altKey || event.target.matches('input, textarea, select')) return;
  const list = cards(), at = list.indexOf(card), rtl = document.dir === 'rtl' ? -1 : 1;
  const act = {
    ArrowRight: () => go(list[at + rtl]), ArrowLeft: () => go(list[at - rtl]), j: () => go(list[at + 1]), k: () => go(list[at - 1]),
    ArrowDown: () => go(below(list, card, 1)), ArrowUp: () => go(below(list, card, -1)),
    a: () => approve(card, list), x: () => press(card, 'x'), r: () => press(card, 'r') || press(card, 't'), e: () => press(card, 'e'),
    u: () => undoNewest(), '?': () => $('#keys').showModal(),
    ' ': event.target === card && (() => press(card, 'open')), Enter: event.target === card && (() => press(card, 'open')),
  }[event.key.length > 1 ? event.key : event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});

// the sheet: its neighbors, and the same verdicts, while nobody types in it
document.addEventListener('keydown', (event) => {
  if (!event.target.closest?.('.sheet-in, #sheet') || event.metaKey || event.ctrlKey || event.altKey || event.target.matches('input, textarea, select, video')) return;
  const key = event.key.length > 1 ? event.key : event.key.toLowerCase(), rtl = document.dir === 'rtl';
  const wanted = { ArrowLeft: rtl ? '#sheet-after' : '#sheet-before', ArrowRight: rtl ? '#sheet-before' : '#sheet-after', a: '[id^="sheet-a-"]', x: '[id^="sheet-x-"]', r: '[id^="sheet-r-"]' }[key];
  if (!wanted || !way && !$(wanted, sheet ?? document)) return;
  event.preventDefault();
  keys.push(wanted);
  pressKeys();
});
let way, reload, keys = []; // requests that will fill the sheet; what was pressed before the scene that it is meant for was there
function pressKeys() { while (keys.length && !way) $(keys.shift(), sheet ?? document)?.click(); }

// ---- dialogs --------------------------------------------------------------------------------------------------------------
for (const button of $$('[data-open]')) { button.hidden = false; button.addEventListener('click', () => document.getElementById(button.dataset.open).showModal()); }
$('#bulk')?.addEventListener('submit', (event) => { if (event.submitter?.name === 'seen') $('input[name=seen]', event.target).value = event.submitter.value; }, true);

let part = ''; // what the sheet is opened at
let opener, opening = false; // the card it was opened from, until it is closed; whether it shall open
document.addEventListener('click', (event) => {
  const link = event.target.closest('[data-sheet]');
  if (link) part = link.dataset.sheet;
  if (link && sheet && !sheet.open) { opener = cardOf(link); opening = true; }
  if (sheet && event.target.closest('[data-close]')) { event.preventDefault(); sheet.close(); }
  if (event.target === sheet) sheet.close(); // beside it
}, true);

// The newest way to a scene is what the sheet shows, whichever answer comes last. A reload gives way to it, and to who
// writes or points in the sheet since it was asked for: then it comes when they are done.
const request = ({ detail }) => detail.xhr ?? detail.ctx;
const swapped = ({ detail, target }) => detail.target ?? detail.ctx?.target ?? target;
let stale = false, pointing = false, wrote = {};
const isField = (node) => body.contains(node) && node.matches('input, textarea, select');
function note() { wrote = { field: document.activeElement, value: document.activeElement?.value }; }
const isBusy = () => pointing || isField(document.activeElement) && !(document.activeElement === wrote.field && wrote.field.value === wrote.value);

function loadSheet() {
  const url = $('.sheet-in', body)?.dataset.url;
  stale = false;
  if (url && !way) window.htmx.ajax('GET', url, { target: '#sheet-body', swap: 'innerHTML', source: '#sheet-body' });
}
on(['htmx:beforeRequest', 'htmx:before:request'], (event) => {
  const { node } = asked(event);
  if (sheet?.contains(node) && node.matches('[hx-post]')) note();
  if (node.matches?.('[data-draft]')) node.dataset.sent = written(node).value;
  if (!sheet || swapped(event) !== body) return;
  if (node === body) { reload = request(event); return; }
  way = request(event);
  reload = undefined;
});
on(['htmx:afterRequest', 'htmx:after:request', 'htmx:finally:request', 'htmx:sendError'], (event) => {
  if (!way || request(event) !== way) return;
  way = undefined; // it has come, or failed
  keys = [];
});
on(['htmx:afterSettle', 'htmx:after:settle'], (event) => { if (sheet && swapped(event) === body) pressKeys(); });

// what was unfolded in the sheet stays so when it is loaded anew, and the button that had the focus keeps it
let open = [], focused = '';
on(['htmx:beforeSwap', 'htmx:before:swap'], (event) => {
  if (!sheet || swapped(event) !== body) return;
  const mine = request(event), late = mine !== way && mine !== reload;
  if (late || mine === reload && isBusy()) { stale ||= !late; event.preventDefault(); return; }
  open = $$('details[open]', body).map((fold) => fold.id);
  focused = body.contains(document.activeElement) && document.activeElement.matches('a, button, summary') ? document.activeElement.id : '';
});

on(['htmx:afterSwap', 'htmx:after:swap'], (event) => {
  if (!sheet || swapped(event) !== body) return;
  way = reload = undefined;
  stale = false;
  if (!sheet.open && !opening) { if (!opener) body.replaceChildren(); return; } // it was closed before this answer came
  opening = false;
  if (!sheet.open) {
    sheet.showModal();
    sheet.append($('#toasts')); // what is said must be seen over the sheet
    $('#sheet-close', body)?.focus();
  }
  for (const id of open.splice(0)) document.getElementById(id)?.setAttribute('open', '');
  restoreDraft();
  const eyes = $('#focus[open]', body);
  if (eyes) pointIn(eyes); else moveEye(); // at once: the event comes later than a quick hand
  const place = part && document.getElementById(part === 'words' ? 'words-form' : part);
  if (place) { place.open = true; place.scrollIntoView({ block: 'nearest' }); ($('textarea, select, input:not([type=hidden])', place) ?? $('a', place))?.focus(); }
  else if (focused) (document.getElementById(focused) ?? $('#sheet-close', body))?.focus(); // the keys stay in the sheet
  part = focused = '';
});
sheet?.addEventListener('close', () => {
  const last = document.getElementById($('.sheet-in', body)?.dataset.live)?.closest('.scene');
  document.body.append($('#toasts'));
  body.replaceChildren();
  if (!opening) { way = reload = undefined; keys = []; }
  stale = false;
  const here = cardOf(document.activeElement);
  if (last && last !== here && (!here || here === opener)) go(last); // the arrows led on from the one it was opened at
  opener = undefined;
});

// a thing done in the sheet shows in the sheet; what was typed elsewhere in it stays a draft
on(['htmx:afterRequest', 'htmx:after:request'], (event) => {
  const { node, answer } = asked(event);
  if (!sheet?.open || !sheet.contains(node) || answer.status !== 200 || !answer.toast) return;
  const key = `omvee:words:${node.dataset.draft}`;
  if (node.dataset.draft && localStorage.getItem(key) === node.dataset.sent) localStorage.removeItem(key); // nothing was written since
  loadSheet();
});
// what was at work is done: the open sheet shows it, unless somebody types in it; whichever is newer counts
const shows = ({ dataset }) => `${dataset.state} ${dataset.take}`;
function followCard() {
  const inside = sheet?.open && $('.sheet-in', body), live = inside && document.getElementById(inside.dataset.live);
  if (way || pointing) return;
  if (stale && !isField(document.activeElement)) { loadSheet(); return; }
  if (!live || shows(live) === shows(inside) || +live.dataset.rev <= +inside.dataset.rev) return;
  if (body.querySelector(':is(input, textarea, select):focus')) return;
  inside.dataset.rev = live.dataset.rev;
  loadSheet();
}
on(['htmx:oobAfterSwap', 'htmx:after:swap', 'htmx:afterSettle'], followCard);
sheet?.addEventListener('focusout', () => setTimeout(followCard));
sheet?.addEventListener('pointerdown', () => { pointing = true; }, true); // what is being pressed stays under the finger
on(['pointerup', 'pointercancel'], () => { if (pointing) setTimeout(() => { pointing = false; followCard(); }); });

// ---- begin -------------------------------------------------------------------------------------------------------------------------
if (board?.dataset.kind === 'clip') playUnderPointer(board, cardOf);
restoreDraft();
moveEye();
changed();
const wanted = board?.dataset.focus && document.getElementById(`card-${board.dataset.focus}`);
if (wanted) go(wanted);
