// The Scenes page. Every edit is a proposal first: the dock says what it would make again (the server rehearses it),
// then it is saved or left. The list comes back whole and takes the place of the old one; open editors move over with
// what was typed. Without this script the same forms and buttons post and load the page.
import { saveEditor } from './scene-editor.js';
import { SETTLE_MS, ask, rehearsed, tell } from './scenes-ask.js';
import { openTimeline } from './timeline.js';

const $ = (selector, root = document) => root.querySelector(selector);
const words = $('#scene-words').dataset, dock = $('#proposal');
const LONG_MS = 3000;

const fill = (name, ...values) => words[name].replace(/%(\d)/g, (_, at) => values[at - 1]);
const say = (text) => { $('#scenes-said').textContent = text; };
const rows = () => [...document.querySelectorAll('.srow')].map((row) => ({
  code: row.dataset.code, number: +row.dataset.number, mark: row.dataset.mark, thumb: row.dataset.thumb,
  start: +row.dataset.start, end: +row.dataset.end,
}));
const limits = () => ({ frames: +$('#work').dataset.frames, shortest: +$('#work').dataset.shortest });
const address = (name, code) => dock.dataset[name].replace('00000000-0000-0000-0000-000000000000', code);

// ---- the list ---------------------------------------------------------------------------------------------------------
let merged = 0; // how often the list was exchanged
async function merge(html, { own = false } = {}) { // own: what changed, this page did
  await timeline?.settled();
  await dragged; // a row that somebody holds stays in their hand
  const fresh = new DOMParser().parseFromString(html, 'text/html').getElementById('work');
  if (!fresh) return;
  if (!$('.srow', fresh)) { location.reload(); return; } // planned anew: the page waits for the new scenes
  const focus = document.activeElement?.id, typing = document.activeElement, at = typing?.selectionStart;
  for (const old of document.querySelectorAll('.editor:not(:empty)')) {
    const slot = fresh.querySelector(`#${CSS.escape(old.id)}`);
    if (!slot) continue;
    slot.append(...old.childNodes);
    $('[data-open]', slot.closest('.srow')).setAttribute('aria-expanded', 'true');
  }
  for (const fold of document.querySelectorAll('.srow details[open]')) {
    const same = fresh.querySelector(`#${CSS.escape(fold.closest('.srow').id)} details.${fold.classList[0]}`);
    if (same) same.open = true;
  }
  $('#work').replaceWith(fresh);
  merged += 1;
  if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
  if (typeof at === 'number' && typing.isConnected && typing.tagName === 'TEXTAREA') typing.setSelectionRange(at, at);
  sortable();
  timeline?.draw();
  pending?.again?.(); // what is proposed is shown in the new list as well
  if (own && pending) rehearse(Object.assign(pending, { fields: pending.given() }));
  mirror();
  // work may have begun: the poll begins too. Its source is its own: htmx lets requests of one source wait for each other.
  window.htmx?.ajax('GET', fresh.dataset.pulse, { swap: 'none', target: 'body', source: '#scenes-said' });
}
let refreshing = false, stale = false, undone = false;
async function refresh({ own = false } = {}) { // one at a time, and once more for what was heard meanwhile
  stale = true;
  undone ||= own;
  if (refreshing) return;
  refreshing = true;
  while (stale) {
    stale = false;
    const before = merged, answer = await ask(dock.dataset.list);
    if (!answer.ok) { if (answer.status) setTimeout(() => refresh(), LONG_MS); break; }
    if (merged === before) await merge(answer.text, { own: undone }); else stale = true; // it was asked for before an edit that is shown
  }
  refreshing = undone = false;
}
document.addEventListener('scenes-changed', (event) => {
  const mark = event.detail?.mark; // none: an Undo of this page has said so
  if (mark !== $('#work').dataset.mark) refresh({ own: !mark });
});

// ---- proposals ----------------------------------------------------------------------------------------------------------
let pending = null, looking = 0, question, saving = null, proposed = 0;

// edit: its name; scene: its code; fields: gives what is posted; undone: puts the page back; again: shows it in a list
// that is new; focus: where to go afterwards. What was proposed before, or is being saved, comes first.
async function propose(proposal) {
  const before = pending && pending.key !== proposal.key ? save() : saving, turn = ++proposed;
  if (before) {
    await before;
    if (turn !== proposed) return;
    proposal.again?.();
  }
  pending = { ...proposal, given: proposal.fields, fields: proposal.fields() };
  dock.hidden = false;
  $('#proposal-what').textContent = `${proposal.text}${proposal.text.endsWith('.') ? '' : '.'}`;
  $('#proposal-yes').textContent = proposal.yes ?? words.save;
  if (proposal.yes) $('#proposal-yes').focus(); // a button asked
  await rehearse(pending);
}
async function rehearse({ edit, scene, fields, quick }) {
  $('#proposal-cost').textContent = words.checking;
  const mine = ++looking;
  question?.abort();
  await new Promise((done) => { setTimeout(done, quick ? 0 : SETTLE_MS); });
  if (mine !== looking) return;
  question = new AbortController();
  const text = await rehearsed(edit, scene, fields, question);
  if (mine === looking) $('#proposal-cost').textContent = text;
}
function clear() {
  looking += 1;
  question?.abort();
  pending = null;
  dock.hidden = true;
}
function withdraw(edit) {
  if (!pending || (edit && pending.edit !== edit)) return;
  const { undone, focus } = pending;
  clear();
  undone?.();
  if (!edit) document.getElementById(focus)?.focus();
}
// once what is proposed, or was being saved already, has its answer
function save() {
  if (!pending) return saving;
  const proposal = pending;
  clear();
  const mine = keep(proposal).finally(() => { if (saving === mine) saving = null; });
  saving = mine;
  return mine;
}
async function keep({ edit, scene, fields, undone, focus, url }) {
  const answer = await ask(url ?? address(edit, scene), fields);
  if (answer.ok) {
    await merge(answer.text);
    if (focus && (document.activeElement === document.body || dock.contains(document.activeElement))) document.getElementById(focus)?.focus();
    return;
  }
  tell(answer);
  undone?.();
  if (answer.status === 409 || answer.status === 404) await refresh(); // the new state is shown
}
$('#proposal-yes').addEventListener('click', save);
$('#proposal-no').addEventListener('click', () => withdraw());
dock.addEventListener('keydown', (event) => { if (event.key === 'Escape') withdraw(); });

// ---- buttons that propose -------------------------------------------------------------------------------------------
document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-edit]');
  if (!button) return;
  event.preventDefault();
  const { edit, scene, ask: what, yes } = button.dataset, menu = button.closest('details.menu');
  const key = `${edit} ${scene}`, url = () => new URL((button.isConnected ? button : $(`[data-edit="${edit}"][data-scene="${scene}"]`) ?? button).formAction);
  const extra = {}, fields = () => ({ ...Object.fromEntries(url().searchParams), ...(scene ? extra : { seen: $('#work').dataset.order }) });
  let text = what;
  if (edit === 'split') {
    const row = rows().find((one) => one.code === scene), frame = timeline?.playhead() ?? -1, { shortest } = limits();
    if (row && frame >= row.start + shortest && frame <= row.end - shortest) {
      extra.frame = frame;
      text = `${what}: ${timeline.clock(frame)}`;
    }
  }
  if (menu) menu.open = false;
  const focus = menu ? `edit-${scene}` : button.id;
  propose({ edit, scene, fields, url: url().pathname, text, yes, focus, key, quick: true });
});
document.addEventListener('submit', async (event) => {
  const form = event.target;
  if (form.id === 'undo-form') {
    event.preventDefault();
    await undoLast();
  } else if (form.matches('[data-place]')) {
    event.preventDefault();
    const code = form.dataset.place, to = +new FormData(form).get('position'), row = rows().find((one) => one.code === code);
    if (row.number !== to) offerMove(code, row.number, to, { edit: event.submitter?.dataset.kind ?? 'reorder', quick: true });
  } else if (form.matches('[data-scene-form]')) {
    event.preventDefault();
    await saveEditor(form, { merge, refresh });
  }
});

let undoing = false; // pressed twice it is one undo
async function undoLast() {
  if (undoing) return;
  undoing = true;
  await saving; // what is being saved is the last edit
  const form = $('#undo-form'), answer = form && await ask(form.action, Object.fromEntries(new FormData(form)));
  undoing = false;
  if (answer?.ok) await merge(answer.text, { own: true }); else if (answer) { tell(answer); await refresh(); }
}

// ---- order: contents move between slots, song time never shifts ----------------------------------------------------------
let order = null; // the rows as the server has them, while one is being moved
let dragged = null, dropped; // until a row that is dragged lies somewhere
function offerMove(code, from, to, { edit = 'reorder', quick = false, again } = {}) {
  propose({
    edit, scene: code, key: `${edit} ${code}`, focus: `grip-${code}`, quick, again, undone: restore,
    fields: () => ({ position: to, seen: $('#work').dataset.order }), text: fill(edit === 'swap' ? 'swap' : 'move', from, to),
  });
}
function place(code, to) {
  const list = $('#scene-list'), row = document.getElementById(`row-${code}`), focus = document.activeElement?.id;
  if (!row) return;
  order ??= rowsInOrder();
  row.remove();
  list.insertBefore(row, list.children[to - 1] ?? null);
  if (row.contains(document.getElementById(focus))) document.getElementById(focus).focus({ preventScroll: true });
}
function restore() {
  if (order) $('#scene-list').append(...order);
  order = null;
}
function moved(row) {
  const now = [...$('#scene-list').children], from = +row.dataset.number, to = now.indexOf(row) + 1;
  if (from === to) { order = null; withdraw('reorder'); return; }
  say(fill('moved', to, now.length));
  offerMove(row.dataset.code, from, to, { again: () => place(row.dataset.code, to) });
}
function sortable() {
  order = null;
  if (!window.Sortable) return;
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  window.Sortable.create($('#scene-list'), {
    handle: '.grip', animation: still ? 0 : 160, ghostClass: 'ghosted',
    onStart: ({ item }) => {
      dragged = new Promise((done) => { dropped = done; });
      if (pending && pending.key !== `reorder ${item.dataset.code}`) withdraw(pending.edit);
      order ??= rowsInOrder();
    },
    onEnd: ({ item, oldIndex, newIndex }) => {
      if (oldIndex !== newIndex) moved(item);
      dragged = null;
      dropped();
    },
  });
}
const rowsInOrder = () => [...$('#scene-list').children].sort((a, b) => a.dataset.number - b.dataset.number);
document.addEventListener('keydown', async (event) => {
  const grip = event.target.closest?.('.grip'), step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!grip) return;
  const { code } = grip.closest('.srow').dataset;
  if (event.key === 'Enter' && (saving || pending?.edit === 'reorder')) {
    event.preventDefault();
    await saving;
    if (pending?.edit === 'reorder') await save();
  }
  else if (event.key === 'Escape' && pending?.edit === 'reorder') { withdraw('reorder'); grip.focus(); }
  else if (step) {
    event.preventDefault();
    await saving; // then there is another list
    if (pending && pending.key !== `reorder ${code}`) withdraw(pending.edit);
    const row = document.getElementById(`row-${code}`);
    if (!row) return;
    order ??= rowsInOrder();
    const beside = step > 0 ? row.nextElementSibling : row.previousElementSibling;
    if (!beside) return;
    if (step > 0) beside.after(row); else beside.before(row);
    $('.grip', row).focus();
    moved(row);
  }
});

// a menu opens into sight
document.addEventListener('toggle', (event) => {
  if (event.target.matches?.('.srow .menu[open]')) $('.list', event.target).scrollIntoView({ block: 'nearest' });
}, true);

// ---- pictures on the timeline follow those in the list ----------------------------------------------------------------------
function mirror() {
  const blocks = document.querySelectorAll('.tl-block');
  document.querySelectorAll('.srow').forEach((row, at) => {
    const source = $('.pic img', row)?.getAttribute('src') ?? '', block = blocks[at];
    if (!block || row.dataset.thumb === source) return;
    row.dataset.thumb = source;
    $('img', block)?.remove();
    if (source) block.prepend(Object.assign(new Image(), { src: source, alt: '', draggable: false }));
  });
}
for (const name of ['htmx:oobAfterSwap', 'htmx:after:swap', 'htmx:afterSettle']) document.addEventListener(name, mirror);

// ---- go ---------------------------------------------------------------------------------------------------------------------
const timeline = openTimeline({ rows, limits, propose, save, saved: () => saving, withdraw, say, fill });
sortable();
for (const close of document.querySelectorAll('[data-close]')) close.hidden = false;
