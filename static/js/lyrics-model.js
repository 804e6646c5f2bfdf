// The lines of the workbench as values: a line is never changed, it is replaced, so that undo costs nothing. No page in
// here. Times are whole milliseconds of the song; null where a line has none yet.
//   line: {id, text, start, end, base, carried}; base is the line as the server knows it, with its words, or null for a
//   typed one; carried: its time only moved along with others, so it is no surer than it was

export const SHORTEST_MS = 300, TYPED_MS = 2500, MOST_STEPS = 200;
const LATEST_MS = 6 * 3600_000; // the server takes times of one day; what moves along with this one stays within
const SURE = 60, LIKELY = 35;
let lastId = 0;

export const fresh = (text, start = null, end = null, base = null, carried = false) => ({ id: ++lastId, text, start, end, base, carried });
export const known = (base) => (base.end_ms > base.start_ms ? fresh(base.text, base.start_ms, base.end_ms, base) : fresh(base.text, null, null, base));
const replaced = (lines, at, ...others) => [...lines.slice(0, at), ...others, ...lines.slice(at + 1)];
const changed = (line, values) => ({ ...line, ...values });

// ---- time as people write it ------------------------------------------------------------------------------------------
export function shownTime(ms) {
  if (ms === null) return '';
  const minutes = Math.floor(ms / 60000), rest = ms % 60000;
  return `${minutes}:${String(Math.floor(rest / 1000)).padStart(2, '0')}.${String(rest % 1000).padStart(3, '0')}`;
}

// "1:02.5", "62.5", "1:02,500"; undefined for what is no time of any song, null for nothing
export function readTime(text) {
  const plain = text.trim().replace(',', '.');
  if (!plain) return null;
  const found = /^(?:(?:(\d{1,2}):)?(\d{1,3}):)?(\d{1,5}(?:\.\d{0,3})?)$/.exec(plain);
  if (!found) return undefined;
  const ms = ((+found[1] || 0) * 60 + (+found[2] || 0)) * 60000 + Math.round(+found[3] * 1000);
  return ms <= LATEST_MS ? ms : undefined;
}

// ---- how sure a line's time is -----------------------------------------------------------------------------------------
export function sureness(line, duration) {
  if (line.start === null) return 'none';
  if (line.start > duration - SHORTEST_MS) return 'late';
  const { base } = line, same = base && (line.carried || (base.start_ms === line.start && base.end_ms === line.end));
  const percent = same ? base.confidence : 100; // a time that a person has set is sure
  return percent >= SURE ? 'good' : percent >= LIKELY ? 'warn' : 'bad';
}

// ---- edits: each takes lines and gives lines -----------------------------------------------------------------------------
export const withLine = (lines, at, values) => replaced(lines, at, changed(lines[at], values));
export const without = (lines, at) => replaced(lines, at);

export function nudged(lines, at, ms, all, duration) {
  const move = (line) => {
    if (line.start === null) return line;
    const by = Math.max(-line.start, Math.min(ms, duration - line.end));
    return changed(line, { start: line.start + by, end: line.end + by, carried: all });
  };
  return all ? lines.map(move) : lines[at] ? replaced(lines, at, move(lines[at])) : lines;
}

// null where the cursor stands at an end: both halves need words
export function split(lines, at, cursor) {
  const line = lines[at], left = line.text.slice(0, cursor).trim(), right = line.text.slice(cursor).trim();
  if (!left || !right) return null;
  const cut = line.start === null ? null : cutTime(line, left);
  return replaced(lines, at, changed(line, { text: left, end: cut }), fresh(right, cut, line.end, line.base));
}

// where the right half's first word is sung, if that is known, else in proportion to the letters
function cutTime(line, left) {
  const words = line.base?.words ?? [], count = left.split(/\s+/).length, word = words[count];
  const whole = words.length === line.text.split(/\s+/).length;
  if (whole && word && word.start_ms > line.start && word.start_ms < line.end) return word.start_ms;
  return line.start + Math.round((line.end - line.start) * left.length / line.text.length);
}

export function merged(lines, at) {
  const line = lines[at], next = lines[at + 1];
  if (!next) return lines;
  const joined = changed(line, { text: `${line.text} ${next.text}`.trim(), start: line.start ?? next.start, end: next.end ?? line.end });
  return [...lines.slice(0, at), joined, ...lines.slice(at + 2)];
}

export function added(lines, at, duration) {
  const before = lines[at], after = lines[at + 1];
  const from = before ? before.end : 0, until = after?.start ?? duration;
  const timed = from !== null && until - from >= SHORTEST_MS;
  const line = timed ? fresh('', from, Math.min(until, from + TYPED_MS)) : fresh('', from, from === null ? null : from + SHORTEST_MS);
  return [...lines.slice(0, at + 1), line, ...lines.slice(at + 1)];
}

// a tap gives a line its start; those behind it move along, so that their order and their distances stay
export function tapped(lines, at, ms, duration) {
  const line = lines[at], by = line.start === null ? 0 : ms - line.start;
  return lines.map((other, index) => {
    if (index < at) return index === at - 1 && other.end > ms && other.start < ms ? changed(other, { end: ms }) : other;
    if (index > at) return other.start === null ? other : changed(other, { start: Math.max(ms + 1, other.start + by), end: Math.max(ms + 2, other.end + by), carried: true });
    return changed(line, { carried: false, start: ms, end: Math.min(duration, line.start === null ? ms + TYPED_MS : Math.max(ms + SHORTEST_MS, line.end + by)) });
  });
}

const plain = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
export const repeats = (lines, at, text) => lines.flatMap((line, index) => (index !== at && plain(text) && plain(line.text) === plain(text) ? [index] : []));
export const reworded = (lines, places, text) => lines.map((line, index) => (places.includes(index) ? changed(line, { text }) : line));

export function lineAt(lines, ms) {
  let low = 0, high = lines.length - 1, found = -1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if ((lines[middle].start ?? Infinity) <= ms) { found = middle; low = middle + 1; } else high = middle - 1;
  }
  return found >= 0 && ms < lines[found].end ? found : -1;
}

// ---- to the server and back ------------------------------------------------------------------------------------------------
// A line of the take that stands is named by its place in it; one of another take or of a file travels whole.
export function sent(lines, standing) {
  const place = new Map(standing.map((base, index) => [base, index]));
  return lines.map(({ text, start, end, base, carried }) => {
    const row = { text, start_ms: start, end_ms: end, carried };
    if (place.has(base)) row.was = place.get(base);
    else if (base) row.line = base;
    return row;
  });
}
export const received = (rows) => rows.map((row) => fresh(row.text, row.start_ms, row.end_ms, row.line ?? null, row.carried));
export const isSame = (lines, standing) => lines.length === standing.length && lines.every((line, at) => {
  const base = standing[at], timed = base.end_ms > base.start_ms;
  return line.text === base.text && line.start === (timed ? base.start_ms : null) && line.end === (timed ? base.end_ms : null);
});

// ---- undo and redo ----------------------------------------------------------------------------------------------------------
export class History {
  constructor(lines) { this.lines = lines; this.done = []; this.undone = []; }

  put(lines) {
    if (lines === this.lines) return;
    this.done = [...this.done.slice(1 - MOST_STEPS), this.lines];
    this.undone = [];
    this.lines = lines;
  }

  // the same lines as they came back from being saved: no step of its own
  renew(lines) { this.lines = lines; }

  undo() { return this.#step(this.done, this.undone); }
  redo() { return this.#step(this.undone, this.done); }

  #step(from, to) {
    if (!from.length) return false;
    to.push(this.lines);
    this.lines = from.pop();
    return true;
  }
}
