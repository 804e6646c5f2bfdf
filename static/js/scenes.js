// The Scenes page. Every edit is a proposal first: the dock says what it would make again (the server rehearses it),
// then it is saved or left. The list comes back whole and takes the place of the old one; open editors move over with
// what was typed. Without this script the same forms and buttons post and load the page.
import { openTimeline } from './timeline.js';

const $ = (selector, root = document) => root.querySelector(selector);
const words = $('#scene-words').dataset, dock = $('#proposal'), pageWords = $('#words')?.dataset ?? {};
const SETTLE_MS = 450, LONG_MS = 3000;

const fill = (name, ...values) => words[name].replace(/%(\d)/g, (_, at) => values[at - 1]);
const say = (text) => { $('#scenes-said').textContent = text; };
const toast = (detail) => document.dispatchEvent(new CustomEvent('toast', { detail }));
const headers = () => ({ 'HX-Request': 'true', 'X-CSRFToken': $('meta[name=csrf]').content });
const rows = () => [...document.querySelectorAll('.srow')].map((row) => ({
  code: row.dataset.code, number: +row.dataset.number, mark: row.dataset.mark, thumb: row.dataset.thumb,
  start: +row.dataset.start, end: +row.dataset.end,
}));
const limits = () => ({ frames: +$('#work').dataset.frames, shortest: +$('#work').dataset.shortest });
const address = (name, code) => dock.dataset[name].replace('00000000-0000-0000-0000-000000000000', code);

// ---- talking to the server: a failure is told in words and is never an exception ------------------------------------
async function ask(url, fields) {
  try {
    const options = fields ? { method: 'POST', body: new URLSearchParams(fields) } : {};
    const response = await fetch(url, { ...options, headers: headers() });
    if (response.redirected) return refused(403);
    const text = await response.text();
    const heard = JSON.parse(response.headers.get('HX-Trigger') ?? '{}');
    if (heard.toast) toast(heard.toast);
    return { ok: response.ok, status: response.status, text, html: response.headers.get('Content-Type')?.includes('text/html') };
  } catch {
    return refused(0);
  }
}
function refused(status) {
  if (status) document.dispatchEvent(new CustomEvent('omvee:signed-out')); else toast({ text: pageWords.offline, level: 'bad' });
  return { ok: false, status, text: '', told: true };
}
function tell(answer) {
  if (answer.told) return;
  if (answer.status === 403) { refused(403); return; }
  const plain = answer.text && !answer.html && answer.text.length < 300 ? answer.text : '';
  const usual = { 404: pageWords.gone, 409: pageWords.changed, 429: pageWords.tooOften };
  toast({ text: plain || usual[answer.status] || pageWords.failed, level: 'bad' });
}

// ---- the list ---------------------------------------------------------------------------------------------------------
async function merge(html) {
  await timeline?.settled();
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
  for (const fold of document.querySelectorAll('.srow details.fold[open]')) {
    const same = fresh.querySelector(`#${CSS.escape(fold.closest('.srow').id)} details.fold`);
    if (same) same.open = true;
  }
  $('#work').replaceWith(fresh);
  if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
  if (typeof at === 'number' && typing.isConnected && typing.tagName === 'TEXTAREA') typing.setSelectionRange(at, at);
  sortable();
  timeline?.draw();
  mirror();
  window.htmx?.ajax('GET', fresh.dataset.pulse, { swap: 'none', target: 'body' }); // work may have begun: the poll begins too
}
async function refresh() {
  const answer = await ask(dock.dataset.list);
  if (answer.ok) await merge(answer.text); else if (answer.status) setTimeout(refresh, LONG_MS);
}
document.addEventListener('scenes-changed', (event) => {
  if (event.detail?.mark !== $('#work').dataset.mark) refresh();
});

// ---- proposals ----------------------------------------------------------------------------------------------------------
let pending = null, looking = 0;

// edit: its name; scene: its code; fields: what is posted; undone: puts the page back; focus: where to go afterwards
async function propose(proposal) {
  if (pending && pending.key !== proposal.key) await save();
  pending = proposal;
  dock.hidden = false;
  $('#proposal-what').textContent = `${proposal.text}${proposal.text.endsWith('.') ? '' : '.'}`;
  $('#proposal-yes').textContent = proposal.yes ?? words.save;
  $('#proposal-cost').textContent = words.checking;
  const mine = ++looking;
  await new Promise((done) => { setTimeout(done, proposal.quick ? 0 : SETTLE_MS); });
  if (mine !== looking) return;
  const text = await rehearsed(proposal.edit, proposal.scene, proposal.fields);
  if (mine === looking) $('#proposal-cost').textContent = text;
}
async function rehearsed(edit, scene, fields) {
  const answer = await ask(dock.dataset.preview, { ...fields, edit, scene: scene ?? '' });
  try { return JSON.parse(answer.text).text; } catch { return answer.text ? pageWords.failed : ''; }
}
function clear() {
  looking += 1;
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
async function save() {
  if (!pending) return;
  const { edit, scene, fields, undone, focus, url } = pending;
  clear();
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
  const { edit, scene, ask: question, yes } = button.dataset, url = new URL(button.formAction, location);
  const fields = Object.fromEntries(url.searchParams), menu = button.closest('details.menu');
  let text = question;
  if (edit === 'split') {
    const row = rows().find((one) => one.code === scene), frame = timeline?.playhead() ?? -1, { shortest } = limits();
    if (row && frame >= row.start + shortest && frame <= row.end - shortest) {
      fields.frame = frame;
      text = `${question}: ${timeline.clock(frame)}`;
    }
  }
  if (menu) menu.open = false;
  const focus = menu ? `edit-${scene}` : button.id;
  propose({ edit, scene, fields, url: url.pathname, text, yes, focus, key: `${edit} ${scene}`, quick: true });
  $('#proposal-yes').focus();
});
document.addEventListener('submit', async (event) => {
  const form = event.target;
  if (form.id === 'undo-form') {
    event.preventDefault();
    const answer = await ask(form.action, Object.fromEntries(new FormData(form)));
    if (answer.ok) await merge(answer.text); else { tell(answer); await refresh(); }
  } else if (form.matches('[data-place]')) {
    event.preventDefault();
    const code = form.dataset.place, to = +new FormData(form).get('position'), row = rows().find((one) => one.code === code);
    if (row.number !== to) offerMove(code, row.number, to, { edit: event.submitter?.dataset.kind ?? 'reorder', quick: true });
  } else if (form.matches('[data-scene-form]')) {
    event.preventDefault();
    await saveEditor(form);
  }
});

// ---- order: contents move between slots, song time never shifts ----------------------------------------------------------
let order = null; // the rows as the server has them, while one is being moved
function offerMove(code, from, to, { edit = 'reorder', quick = false } = {}) {
  propose({
    edit, scene: code, key: `${edit} ${code}`, focus: `grip-${code}`, quick, undone: restore,
    fields: { position: to, seen: $('#work').dataset.order }, text: fill(edit === 'swap' ? 'swap' : 'move', from, to),
  });
}
function restore() {
  if (order) $('#scene-list').append(...order);
  order = null;
}
function moved(row) {
  const now = [...$('#scene-list').children], from = +row.dataset.number, to = now.indexOf(row) + 1;
  if (from === to) { order = null; withdraw('reorder'); return; }
  say(fill('moved', to, now.length));
  offerMove(row.dataset.code, from, to);
}
function sortable() {
  order = null;
  if (!window.Sortable) return;
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  window.Sortable.create($('#scene-list'), {
    handle: '.grip', animation: still ? 0 : 160, ghostClass: 'ghosted',
    onStart: async ({ item }) => { if (pending && pending.key !== `reorder ${item.dataset.code}`) withdraw(pending.edit); order ??= rowsInOrder(); },
    onEnd: ({ item, oldIndex, newIndex }) => { if (oldIndex !== newIndex) moved(item); },
  });
}
const rowsInOrder = () => [...$('#scene-list').children].sort((a, b) => a.dataset.number - b.dataset.number);
document.addEventListener('keydown', async (event) => {
  const grip = event.target.closest?.('.grip'), step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!grip) return;
  const row = grip.closest('.srow');
  if (event.key === 'Enter' && pending?.edit === 'reorder') { event.preventDefault(); await save(); }
  else if (event.key === 'Escape' && pending?.edit === 'reorder') { withdraw('reorder'); grip.focus(); }
  else if (step) {
    event.preventDefault();
    if (pending && pending.key !== `reorder ${row.dataset.code}`) withdraw(pending.edit);
    order ??= rowsInOrder();
    const beside = step > 0 ? row.nextElementSibling : row.previousElementSibling;
    if (!beside) return;
    if (step > 0) beside.after(row); else beside.before(row);
    grip.focus();
    moved(row);
  }
});

// a menu opens into sight
document.addEventListener('toggle', (event) => {
  if (event.target.matches?.('.srow .menu[open]')) $('.list', event.target).scrollIntoView({ block: 'nearest' });
}, true);

// ---- the editor of one scene -----------------------------------------------------------------------------------------------
let waiting; // until a form that is being filled in is rehearsed
const draftKey = (code) => `omvee-scene-${code}`;
document.addEventListener('click', async (event) => {
  const open = event.target.closest('[data-open]'), close = event.target.closest('[data-close]');
  if (close) { event.preventDefault(); closeEditor(close.dataset.close); }
  if (!open || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const code = open.dataset.open;
  if (open.getAttribute('aria-expanded') === 'true') { closeEditor(code); return; }
  const answer = await ask(open.href);
  if (answer.ok) showEditor(code, answer.text); else tell(answer);
});
function showEditor(code, html) {
  const editor = document.getElementById(`editor-${code}`);
  if (!editor) return;
  editor.innerHTML = html; // our own server's
  document.getElementById(`edit-${code}`).setAttribute('aria-expanded', 'true');
  $('[data-close]', editor).hidden = false;
  const text = $('textarea', editor), draft = sessionStorage.getItem(draftKey(code));
  if (draft !== null && draft !== text.value) { text.value = draft; toast({ text: words.kept }); look(text.form); }
  ($('[role="alert"]', editor) ?? text).scrollIntoView({ block: 'nearest' });
  text.focus({ preventScroll: true });
}
function closeEditor(code, { keep = false } = {}) {
  if (!keep) sessionStorage.removeItem(draftKey(code));
  document.getElementById(`editor-${code}`)?.replaceChildren();
  const open = document.getElementById(`edit-${code}`);
  open?.setAttribute('aria-expanded', 'false');
  open?.focus();
}
async function saveEditor(form) {
  clearTimeout(waiting);
  const code = form.dataset.sceneForm, fields = Object.fromEntries(new FormData(form));
  const answer = await ask(form.action.split('#')[0], { ...fields, sure: '1' });
  if (answer.ok) { closeEditor(code); await merge(answer.text); return; }
  if (answer.html && [409, 422].includes(answer.status)) {
    sessionStorage.removeItem(draftKey(code));
    showEditor(code, answer.text);
    if (answer.status === 409) await refresh();
  } else tell(answer);
}

async function look(form) {
  const code = form.dataset.sceneForm, fields = Object.fromEntries(new FormData(form));
  const text = await rehearsed('edit', code, fields);
  if (form.isConnected) $('.forecast', form).textContent = text ? `${words.ifSaved} ${text}` : '';
}
document.addEventListener('input', (event) => {
  const form = event.target.closest('[data-scene-form]');
  if (!form) return;
  if (event.target.name === 'description') sessionStorage.setItem(draftKey(form.dataset.sceneForm), event.target.value);
  clearTimeout(waiting);
  waiting = setTimeout(() => look(form), SETTLE_MS);
});
document.addEventListener('keydown', (event) => {
  const form = event.target.closest?.('[data-scene-form]');
  if (event.isComposing) return;
  if (form && event.key === 'Escape') closeEditor(form.dataset.sceneForm, { keep: true }); // what was typed comes back
  if (form && event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});

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
const timeline = openTimeline({ rows, limits, propose, save, withdraw, say, fill });
sortable();
for (const close of document.querySelectorAll('[data-close]')) close.hidden = false;
