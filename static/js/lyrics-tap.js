// Tap to sync: the song plays, and each press of the space bar (or of the large button) is the start of the next line.
import { tapped } from './lyrics-model.js';

const $ = (selector) => document.querySelector(selector);
const LEAD_MS = 2000, HAND_MS = 60; // nobody taps before they hear: what a hand is late by

export function wireTaps(bench) {
  const panel = $('#tap-panel'), start = $('#tap-start'), now = $('#tap-now'), { player, words } = bench;
  let at = 0, taps = [];

  const open = () => !panel.hidden;
  const startOf = (index) => bench.lines[index]?.start ?? bench.lines[index - 1]?.end ?? 0;

  function show() {
    $('#tap-next').textContent = bench.lines[at]?.text ?? words.end;
    $('#tap-then').textContent = bench.lines[at + 1]?.text ?? '';
    if (bench.lines[at]) bench.select(at);
  }

  function begin() {
    if (!bench.lines.length) return;
    at = bench.selected;
    taps = [];
    toggle(true);
    player.seek(Math.max(0, startOf(at) - LEAD_MS));
    player.play();
    show();
    now.focus();
  }

  function end() {
    toggle(false);
    player.pause();
    start.focus();
  }

  function toggle(on) {
    panel.hidden = !on;
    start.setAttribute('aria-expanded', String(on));
    $('#tap').dataset.on = String(on);
    $('#tap-hint').hidden = on;
  }

  function tap() {
    if (at >= bench.lines.length) return end();
    const rate = player.playing() ? HAND_MS : 0, ms = Math.max(0, player.now() - rate);
    taps.push(at);
    bench.put(tapped(bench.lines, at, Math.min(ms, bench.duration - 1), bench.duration));
    at += 1;
    show();
  }

  function back() {
    if (!taps.length) return;
    at = taps.pop();
    bench.undo();
    player.seek(Math.max(0, startOf(at) - LEAD_MS));
    show();
  }

  start.addEventListener('click', () => (open() ? end() : begin()));
  now.addEventListener('pointerdown', (event) => { event.preventDefault(); now.focus(); tap(); });
  now.addEventListener('click', (event) => { if (event.detail === 0 && !event.pointerType) tap(); }); // by a switch or a screen reader
  $('#tap-back').addEventListener('click', () => { back(); now.focus(); });
  $('#tap-end').addEventListener('click', end);
  document.addEventListener('keydown', (event) => {
    if (!open() || event.target.closest?.('input, textarea, select, dialog')) return;
    const onButton = event.target.closest?.('button, a') && event.target !== now;
    if (event.key === 'Escape') { event.preventDefault(); end(); }
    else if (event.key === 'Backspace') { event.preventDefault(); back(); }
    else if (event.key === ' ' && !onButton) { event.preventDefault(); if (!event.repeat) tap(); }
  });
  now.addEventListener('keyup', (event) => { if (event.key === ' ') event.preventDefault(); }); // else it would be a click as well
}
