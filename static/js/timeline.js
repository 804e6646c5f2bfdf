// The timeline: scenes as blocks over the waveform that the server drew, their cuts as handles. A handle is a slider:
// dragged it snaps to beats (Shift: to frames), left and right move it by a beat (Shift: a frame), up and down go to
// the next cut. Nothing is saved here: every change is handed to `propose`, and `draw` shows what stands.

import { listenWithKeys } from './space.js';

const $ = (selector, root = document) => root.querySelector(selector);
const MOST_ZOOM = 32, SEEN = 60; // pixels that a cut keeps from the edge of the view

export const frameAt = (ms, fps) => Math.floor((2 * ms * fps + 1000) / 2000);
export const clock = (frame, fps) => {
  const hundredths = Math.round(100 * frame / fps);
  return `${Math.floor(hundredths / 6000)}:${String(Math.floor(hundredths / 100) % 60).padStart(2, '0')}.${String(hundredths % 100).padStart(2, '0')}`;
};

export function openTimeline({ rows, limits, propose, save, saved, withdraw, say, fill }) {
  const box = $('#timeline'), view = $('#tl-view'), line = $('#tl'), song = $('#song');
  if (!box) return null;
  const fps = +box.dataset.fps, beats = box.dataset.beats.split(',').filter(Boolean).map((ms) => frameAt(+ms, fps));
  const blocks = Object.assign(document.createElement('div'), { className: 'tl-blocks' });
  const cuts = Object.assign(document.createElement('div'), { className: 'tl-cuts' });
  const head = Object.assign(document.createElement('div'), { className: 'tl-head' });
  blocks.setAttribute('aria-hidden', 'true');
  line.append(blocks, head, cuts);
  box.classList.add('scripted');
  $('.zoom', box).hidden = $('#tl-help').hidden = false;
  view.removeAttribute('tabindex'); // the handles in it take the focus
  let zoom = 1, held = null, drag = null, current = '', settle = [];

  const total = () => limits().frames;
  const percent = (frame) => `${100 * frame / total()}%`;
  const frameUnder = (event) => Math.round((event.clientX - line.getBoundingClientRect().left) / line.clientWidth * total());
  const nearest = (frame) => beats.reduce((best, beat) => Math.abs(beat - frame) < Math.abs(best - frame) ? beat : best, beats[0] ?? frame);

  // the scenes as they would be with the cut that is held
  function scenes() {
    const found = rows().map((row) => ({ ...row }));
    const at = held ? found.findIndex((row) => row.code === held.code) : -1;
    if (at >= 0 && found[at + 1]) found[at].end = found[at + 1].start = held.frame;
    return found;
  }

  function draw() {
    const all = scenes();
    blocks.replaceChildren(...all.map((row) => {
      const block = Object.assign(document.createElement('div'), { className: 'tl-block' });
      block.style.left = percent(row.start);
      block.style.width = percent(row.end - row.start);
      if (row.thumb) block.append(Object.assign(new Image(), { src: row.thumb, alt: '', loading: 'lazy', draggable: false }));
      block.append(Object.assign(document.createElement('span'), { textContent: row.number }));
      return block;
    }));
    const had = cuts.contains(document.activeElement) ? document.activeElement.dataset.code : '';
    cuts.replaceChildren(...all.slice(0, -1).map((row, at) => handle(row, all[at + 1])));
    if (!cuts.querySelector(`[data-code="${current}"]`)) current = all[0]?.code ?? '';
    for (const cut of cuts.children) cut.tabIndex = cut.dataset.code === current ? 0 : -1;
    if (had) cuts.querySelector(`[data-code="${had}"]`)?.focus({ preventScroll: true });
  }

  function handle(left, right) {
    const cut = Object.assign(document.createElement('div'), { className: 'tl-cut' });
    cut.dataset.code = left.code;
    cut.setAttribute('role', 'slider');
    cut.setAttribute('aria-label', fill('cutName', left.number, right.number));
    cut.setAttribute('aria-describedby', 'tl-help');
    place(cut, left, right);
    return cut;
  }

  function place(cut, left, right) {
    cut.style.left = percent(left.end);
    cut.classList.toggle('held', held?.code === left.code);
    cut.setAttribute('aria-valuemin', left.start + limits().shortest);
    cut.setAttribute('aria-valuemax', right.end - limits().shortest);
    cut.setAttribute('aria-valuenow', left.end);
    cut.setAttribute('aria-valuetext', clock(left.end, fps));
  }

  // only what moves with one cut: a drag must not rebuild three hundred blocks
  function redraw(code) {
    const all = scenes(), at = all.findIndex((row) => row.code === code);
    for (const index of [at, at + 1]) {
      blocks.children[index].style.left = percent(all[index].start);
      blocks.children[index].style.width = percent(all[index].end - all[index].start);
    }
    place(cuts.children[at], all[at], all[at + 1]);
  }

  function hold(code, frame) {
    const all = rows(), at = all.findIndex((row) => row.code === code), { shortest } = limits();
    if (!all[at + 1]) return false; // no such cut any more
    const first = all[at].start + shortest, last = all[at + 1].end - shortest;
    if (last < first) return false;
    held = { code, frame: Math.min(last, Math.max(first, frame)), was: all[at].end };
    redraw(code);
    return true;
  }

  function offer() {
    if (!held || held.frame === held.was) { release(); withdraw('boundary'); return; }
    const { code, frame } = held, sides = () => { const all = rows(), at = all.findIndex((row) => row.code === code); return all.slice(at, at + 2); };
    const [left, right] = sides();
    if (!right) { release(); return; } // there is no such cut any more
    propose({
      edit: 'boundary', scene: code, key: `boundary ${code}`, fields: () => ({ frame, seen: sides().map((row) => row.mark).join('.') }),
      text: fill('cut', left.number, clock(frame, fps)), undone: release, again: () => hold(code, frame),
    });
  }

  function release() {
    if (drag) return; // it is in somebody's hand
    const code = held?.code;
    held = null;
    if (code && rows().some((row) => row.code === code)) draw();
  }

  // ---- pointer ----
  cuts.addEventListener('pointerdown', async (event) => {
    const cut = event.target.closest('.tl-cut');
    if (!cut || event.button) return;
    event.preventDefault();
    cut.focus({ preventScroll: true });
    cut.setPointerCapture(event.pointerId);
    const before = held && held.code !== cut.dataset.code ? save() : saved(); // the cut before is kept, then this one
    drag = { code: cut.dataset.code, before };
    held = held?.code === drag.code ? held : null;
  });
  cuts.addEventListener('pointermove', (event) => {
    if (!drag) return;
    const frame = frameUnder(event);
    hold(drag.code, event.shiftKey || !beats.length ? frame : nearest(frame));
  });
  const drop = async () => {
    if (!drag) return;
    const { before } = drag, kept = held;
    drag = null;
    settle.splice(0).forEach((done) => done());
    if (before) { await before; held = kept; draw(); }
    if (held) { say(clock(held.frame, fps)); offer(); }
  };
  cuts.addEventListener('pointerup', drop);
  cuts.addEventListener('pointercancel', drop);

  // ---- keys ----
  cuts.addEventListener('focusin', (event) => {
    current = event.target.dataset.code;
    for (const cut of cuts.children) cut.tabIndex = cut === event.target ? 0 : -1;
    show(event.target);
  });
  cuts.addEventListener('keydown', async (event) => {
    const { code } = event.target.dataset, find = () => scenes().findIndex((row) => row.code === code);
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key], go = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.key === 'Enter' && held) { // keys that came while the cut was saved are taken in their order
      event.preventDefault();
      await saved();
      if (held) await save();
    }
    else if (event.key === 'Escape' && held) { event.preventDefault(); release(); withdraw('boundary'); }
    else if (go) { event.preventDefault(); cuts.children[find() + go]?.focus(); }
    else if (step) {
      event.preventDefault();
      await (held && held.code !== code ? save() : saved());
      const now = scenes()[find()]?.end;
      const next = step > 0 ? beats.find((beat) => beat > now) : beats.findLast((beat) => beat < now);
      if (hold(code, event.shiftKey || next === undefined ? now + step : next)) offer();
    }
  });

  // ---- the song ----
  line.addEventListener('click', (event) => {
    if (event.target.closest('.tl-cut') || !song.duration) return;
    song.currentTime = frameUnder(event) / total() * song.duration;
  });
  const follow = () => {
    head.style.left = song.duration ? `${100 * song.currentTime / song.duration}%` : '0';
    if (song.paused) return;
    if (zoom > 1) show(head, view.clientWidth / 3);
    requestAnimationFrame(follow);
  };
  for (const name of ['play', 'seeked', 'timeupdate', 'loadedmetadata']) song.addEventListener(name, follow);
  listenWithKeys(song);

  // ---- zoom, around what is played or held ----
  function show(element, room = SEEN) {
    const x = element.offsetLeft;
    if (x < view.scrollLeft + Math.min(room, SEEN)) view.scrollLeft = x - room;
    if (x > view.scrollLeft + view.clientWidth - SEEN) view.scrollLeft = x - view.clientWidth + Math.max(room, SEEN);
  }
  function zoomTo(wanted) {
    const middle = (view.scrollLeft + view.clientWidth / 2) / line.clientWidth;
    zoom = Math.min(MOST_ZOOM, Math.max(1, wanted));
    line.style.width = `${100 * zoom}%`;
    view.scrollLeft = middle * line.clientWidth - view.clientWidth / 2;
    $('#zoom-out').disabled = zoom === 1;
    $('#zoom-in').disabled = zoom === MOST_ZOOM;
  }
  $('#zoom-in').addEventListener('click', () => zoomTo(zoom * 2));
  $('#zoom-out').addEventListener('click', () => zoomTo(zoom / 2));
  zoomTo(1);
  draw();

  return {
    draw: () => { held = null; draw(); },
    settled: () => drag ? new Promise((done) => { settle.push(done); }) : Promise.resolve(),
    playhead: () => song.currentTime > 0 && song.duration ? Math.round(song.currentTime * fps) : -1,
    clock: (frame) => clock(frame, fps),
  };
}
