// The lyrics workbench: lines as fields, what is sung now, taps, undo, drafts, saving. The values and what may be done
// to them are in lyrics-model.js, the tapping in lyrics-tap.js, what goes to the server in lyrics-sync.js.
import * as model from './lyrics-model.js';
import { wireTaps } from './lyrics-tap.js';
import { wireSaving } from './lyrics-sync.js';

const $ = (selector, root = document) => root.querySelector(selector);

export function openBench(data, player) {
  const bench = $('#bench'), plain = $('#lyrics-plain');
  if (!bench) return;
  const text = $('textarea', plain);
  if (text.value !== text.defaultValue) return; // somebody wrote before this came: the plain form goes on as without a script
  const list = $('#lines'), words = $('#lyrics-words').dataset, rows = new Map();
  const template = $('#line-template').content.firstElementChild;
  let standing = data.lines, history = new model.History(standing.map(model.known)), selected = 0, sung = -1;
  const listeners = [];

  const self = {
    bench, words, player, duration: data.duration_ms,
    get lines() { return history.lines; },
    get standing() { return standing; },
    get selected() { return selected; },
    put(lines) { history.put(lines); show(); },
    undo: () => history.undo() && show(),
    redo: () => history.redo() && show(),
    select, focusLine, say,
    onChange: (listen) => listeners.push(listen),
    // what the server says stands now; `lines` are what the page goes on with
    stands(bases, lines, { step = true } = {}) {
      standing = bases;
      if (step) history.put(lines); else history.renew(lines);
      show();
    },
  };

  // ---- rows: made once per line, filled again only where the line was replaced ------------------------------------------
  function makeRow() {
    const row = template.cloneNode(true);
    row.parts = { go: $('.go', row), number: $('.go span', row), start: $('.start', row), end: $('.end', row), text: $('.words', row), sure: $('.sure', row) };
    return row;
  }

  function fillRow(row, line, at) {
    const { go, number, start, end, text, sure } = row.parts;
    if (row.at !== at) {
      number.textContent = at + 1;
      for (const part of [go, start, end, text]) part.setAttribute('aria-label', part.dataset.name.replace('%n', at + 1));
      row.at = at;
    }
    if (row.line === line) return;
    const before = row.line ?? {};
    row.line = line;
    // only what changed, so that an answer never overwrites what is being typed
    for (const [part, key] of [[start, 'start'], [end, 'end']]) {
      if (before[key] === line[key]) continue;
      part.value = model.shownTime(line[key]);
      part.removeAttribute('aria-invalid');
    }
    if (before.text !== line.text) text.value = line.text;
    const state = model.sureness(line, self.duration);
    if (row.state !== state) {
      const face = $(`[data-sure="${state}"]`, $('#sure-template').content);
      sure.className = `badge sure ${{ none: 'warn', late: 'bad' }[state] ?? state}`;
      sure.replaceChildren(...face.cloneNode(true).childNodes);
      row.state = state;
    }
  }

  function show() {
    const lines = history.lines, kept = new Set();
    lines.forEach((line, at) => {
      let row = rows.get(line.id);
      if (!row) rows.set(line.id, row = makeRow());
      fillRow(row, line, at);
      kept.add(line.id);
      if (list.children[at] !== row) list.insertBefore(row, list.children[at] ?? null);
    });
    for (const [id, row] of rows) if (!kept.has(id)) { row.remove(); rows.delete(id); }
    selected = Math.max(0, Math.min(selected, lines.length - 1));
    mark();
    $('#no-lines').hidden = lines.length > 0;
    for (const part of ['#tap', '#line-heads', '#line-count']) $(part).hidden = !lines.length;
    $('[data-do="undo"]').disabled = !history.done.length;
    $('[data-do="redo"]').disabled = !history.undone.length;
    for (const name of ['split', 'delete']) $(`[data-do="${name}"]`).disabled = !lines.length;
    $('[data-do="merge"]').disabled = selected >= lines.length - 1;
    count(lines);
    sung = -1;
    sing(player.now());
    for (const listen of listeners) listen();
  }

  function count(lines) {
    const by = { good: 0, warn: 0, bad: 0, none: 0, late: 0 };
    for (const line of lines) by[model.sureness(line, self.duration)] += 1;
    $('#line-count').textContent = words.counted.replace('%n', lines.length).replace('%a', by.good).replace('%b', by.warn).replace('%c', by.bad + by.none + by.late);
  }

  // ---- the line that tools work on, and the one that is sung ----------------------------------------------------------------
  function mark() {
    for (const row of list.querySelectorAll('.picked')) row.classList.remove('picked');
    list.children[selected]?.classList.add('picked');
    $('[data-do="merge"]').disabled = selected >= history.lines.length - 1;
  }

  function select(at) { selected = at; mark(); }

  function focusLine(at, part = 'text', cursor) {
    const row = list.children[at];
    if (!row) return;
    select(at);
    const field = row.parts[part];
    field.focus();
    if (cursor !== undefined) field.setSelectionRange(cursor, cursor);
  }

  function sing(ms) {
    const at = model.lineAt(history.lines, ms);
    if (at === sung) return;
    list.children[sung]?.removeAttribute('aria-current');
    for (const row of list.querySelectorAll('[aria-current]')) row.removeAttribute('aria-current');
    const row = list.children[sung = at];
    if (!row) return;
    row.setAttribute('aria-current', 'true');
    if (player.playing() && !list.contains(document.activeElement)) { // the list only, and never under who is typing
      const top = row.offsetTop - list.offsetTop;
      if (top < list.scrollTop || top + row.offsetHeight > list.scrollTop + list.clientHeight) list.scrollTop = top - list.clientHeight / 3;
    }
  }
  player.onTime = sing;

  // ---- typing ------------------------------------------------------------------------------------------------------------------
  const place = (target) => { const row = target.closest('.line'); return row ? row.at : -1; };

  function takeIn(field) {
    const at = place(field), line = history.lines[at];
    if (!line || !field.matches('input')) return; // Ctrl S on a line's button saves, and says nothing about its time
    if (field.classList.contains('words')) return takeWords(at, line, field.value.replace(/\s+/g, ' ').trim());
    const ms = model.readTime(field.value), name = field.classList.contains('start') ? 'start' : 'end';
    if (ms === undefined) { field.setAttribute('aria-invalid', 'true'); say(words.badTime, 'warning'); return; }
    field.removeAttribute('aria-invalid');
    if (ms === line[name]) { field.value = model.shownTime(ms); return; }
    self.put(model.withLine(history.lines, at, times(line, name, ms)));
  }

  // a start takes its end along where it would pass it, so that a line never runs backward
  function times(line, name, ms) {
    return { ...moved(line, name, ms), carried: false };
  }

  function moved(line, name, ms) {
    if (ms === null) return { start: null, end: null };
    if (name === 'end') return { end: ms, start: line.start ?? Math.max(0, ms - model.TYPED_MS) };
    if (line.end === null) return { start: ms, end: Math.min(self.duration, ms + model.TYPED_MS) };
    return ms < line.end ? { start: ms } : { start: ms, end: ms + (line.end - line.start) };
  }

  function takeWords(at, line, text) {
    if (text === line.text) return;
    const places = model.repeats(history.lines, at, line.text);
    self.put(model.withLine(history.lines, at, { text }));
    if (places.length && text) offerRepeats(line.text, text, places.map((other) => history.lines[other].id));
  }

  function offerRepeats(old, text, ids) {
    const question = ids.length === 1 ? words.repeat : words.repeats;
    say(question.replace('%s', old).replace('%n', ids.length), 'info', [
      [words.repeatsYes.replace('%n', ids.length), () => self.put(model.reworded(history.lines, history.lines.flatMap((line, at) => (ids.includes(line.id) ? [at] : [])), text))],
      [words.no, () => {}],
    ]);
  }

  list.addEventListener('change', (event) => takeIn(event.target));
  list.addEventListener('focusin', (event) => { const at = place(event.target); if (at >= 0 && at !== selected) select(at); });
  list.addEventListener('click', (event) => {
    const at = place(event.target);
    if (at < 0 || event.target.closest('input')) return;
    select(at);
    if (history.lines[at].start === null) return;
    player.seek(history.lines[at].start);
    player.play();
  });

  // ---- keys, only while the workbench has the focus ------------------------------------------------------------------------------
  bench.addEventListener('keydown', (event) => {
    if (event.isComposing) return; // Enter and arrows choose among the letters that are being composed
    const field = event.target, key = event.key.toLowerCase(), command = event.ctrlKey || event.metaKey;
    if (command && key === 's') { event.preventDefault(); takeIn(field); $('#save').click(); return; }
    if (command && (key === 'z' || key === 'y') && !isTyped(field)) {
      event.preventDefault();
      key === 'y' || event.shiftKey ? self.redo() : self.undo();
      return;
    }
    if (!field.closest?.('.line') || !field.matches('input')) return;
    const part = field.classList.contains('words') ? 'text' : field.classList.contains('start') ? 'start' : 'end', at = place(field);
    if (key === ' ' && command) { event.preventDefault(); playLine(at); return; }
    if (key === 'enter' && command) { event.preventDefault(); doing.split(field.selectionStart); }
    else if (key === 'enter') { event.preventDefault(); takeIn(field); at + 1 < history.lines.length ? focusLine(at + 1, part) : doing.add(); }
    else if (key === 'arrowdown' || key === 'arrowup') {
      event.preventDefault();
      takeIn(field);
      focusLine(at + (key === 'arrowdown' ? 1 : -1), part);
    }
  });
  function playLine(at) {
    if (player.playing()) { player.pause(); return; }
    if (history.lines[at].start !== null) player.seek(history.lines[at].start);
    player.play();
  }
  // what is being typed is the browser's to undo
  const isTyped = (field) => field.matches?.('.line input') && field.value !== (field.classList.contains('words') ? history.lines[place(field)].text : model.shownTime(history.lines[place(field)][field.classList.contains('start') ? 'start' : 'end']));

  // ---- tools -----------------------------------------------------------------------------------------------------------------------
  const doing = {
    undo: () => self.undo(),
    redo: () => self.redo(),
    nudge: ({ ms }) => self.put(model.nudged(history.lines, selected, +ms, $('#nudge-all').checked, self.duration)),
    split(cursor) {
      const row = list.children[selected], at = selected;
      if (row) takeIn(row.parts.text);
      const lines = model.split(history.lines, at, typeof cursor === 'number' ? cursor : row.parts.text.selectionStart);
      if (!lines) { say(words.untimedSplit, 'warning'); focusLine(at); return; }
      self.put(lines);
      focusLine(at + 1, 'text', 0);
    },
    merge() { const at = selected; self.put(model.merged(history.lines, at)); focusLine(at); },
    add() { self.put(model.added(history.lines, selected, self.duration)); focusLine(Math.min(selected + 1, history.lines.length - 1)); },
    delete() {
      const at = selected;
      self.put(model.without(history.lines, at));
      focusLine(Math.min(at, history.lines.length - 1));
    },
  };
  for (const button of bench.querySelectorAll('[data-do]')) {
    button.addEventListener('mousedown', (event) => event.preventDefault()); // the cursor stays where it stands
    button.addEventListener('click', () => doing[button.dataset.do](button.dataset));
  }

  // ---- what there is to say, with buttons ---------------------------------------------------------------------------------------------
  function say(text, level = 'info', choices = []) {
    const shelf = $('#bench-notes'), note = document.createElement('div'), row = document.createElement('div');
    shelf.replaceChildren();
    if (!text) return;
    note.className = `note ${level}`;
    row.className = 'row';
    row.append(Object.assign(document.createElement('span'), { textContent: text }));
    for (const [label, act] of choices) {
      const button = Object.assign(document.createElement(typeof act === 'string' ? 'a' : 'button'), { className: 'btn', textContent: label });
      if (typeof act === 'string') button.href = act;
      else { button.type = 'button'; button.addEventListener('click', () => { shelf.replaceChildren(); act(); }); }
      row.append(button);
    }
    note.append(row);
    shelf.append(note);
  }

  plain.hidden = true;
  bench.hidden = false;
  wireTaps(self);
  const saving = wireSaving(self, data.take);
  self.onChange(saving.changed);
  show();
  saving.begin();
}
