// The song page: the waveform with sections and beats over the page's own <audio>, and the lyrics workbench below it.
import WaveSurfer from '../vendor/wavesurfer/wavesurfer.esm.js';
import Regions from '../vendor/wavesurfer/regions.esm.js';
import Timeline from '../vendor/wavesurfer/timeline.esm.js';
import { openBench } from './lyrics.js';
import { listenWithKeys } from './space.js';

const $ = (selector) => document.querySelector(selector);
const box = $('#wave'), sound = $('#sound'), play = $('#play'), clockAt = $('#clock-at');
const TINTS = { intro: '--run-soft', outro: '--run-soft', verse: '--ok-soft', chorus: '--ember-soft', bridge: '--warn-soft', instrumental: '--raised' };
const MOST_MARKS = 220; // more beats than this would be a carpet: then bars, then every other bar

// the value of a color variable in the theme that is on
function color(name) {
  const probe = Object.assign(document.createElement('i'), { hidden: true });
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

const clock = (seconds) => `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(1).padStart(4, '0')}`;

// what the workbench may do with the song
const player = {
  now: () => Math.round(sound.currentTime * 1000),
  playing: () => !sound.paused,
  seek: (ms) => { sound.currentTime = ms / 1000; },
  play: () => sound.play().catch(() => {}), // a browser may want a press first; the button is there
  pause: () => sound.pause(),
  onTime: () => {},
};

async function songData() {
  const response = await fetch(box.dataset.url, { headers: { Accept: 'application/json' } });
  if (!response.ok || response.redirected) throw new Error(`the song's data: ${response.status}`);
  return response.json();
}

const waveColors = () => ({ waveColor: color('--muted'), progressColor: color('--ember'), cursorColor: color('--text') });

function drawWave(data) {
  const regions = Regions.create(), seconds = data.duration_ms / 1000;
  const every = seconds > 900 ? 120 : seconds > 240 ? 30 : seconds > 60 ? 10 : 5;
  const wave = WaveSurfer.create({
    container: box, cspNonce: box.dataset.nonce, media: sound, peaks: [data.peaks.map((peak) => peak / 127)], duration: seconds,
    height: 112, barWidth: 2, barGap: 1, barRadius: 2, normalize: true, cursorWidth: 2, dragToSeek: true,
    ...waveColors(),
    plugins: [regions, Timeline.create({ height: 18, timeInterval: every / 5, primaryLabelInterval: every, secondaryLabelInterval: 0, container: '#wave-time', formatTimeCallback: (at) => clock(at).split('.')[0], style: { color: color('--muted'), fontSize: '11px' } })],
  });
  const mark = () => markSong(regions, data);
  wave.on('ready', mark);
  const recolor = () => { wave.setOptions(waveColors()); mark(); };
  new MutationObserver(recolor).observe(document.documentElement, { attributeFilter: ['data-theme'] });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', recolor);
  let corrected = 0; // the last correction is what is drawn, whichever answer comes last
  document.addEventListener('omvee:beats', async () => {
    const turn = ++corrected, now = await songData();
    if (turn === corrected) { Object.assign(data, now); mark(); }
  });
}

function markSong(regions, data) {
  regions.clearRegions();
  for (const { name, label, start_ms, end_ms } of data.sections) {
    const content = Object.assign(document.createElement('span'), { textContent: label });
    content.style.cssText = `display:inline-block;padding:3px 6px;font:600 12px/1.2 var(--font);color:${color('--text')};white-space:nowrap;overflow:hidden;text-overflow:ellipsis`;
    regions.addRegion({ start: start_ms / 1000, end: end_ms / 1000, content, drag: false, resize: false, color: clear(color(TINTS[name])) });
  }
  const bars = data.downbeats_ms, marks = data.beats_ms.length <= MOST_MARKS ? data.beats_ms : bars, step = Math.ceil(marks.length / MOST_MARKS);
  const onBar = new Set(bars), faint = clear(color('--text'), .07), strong = clear(color('--text'), .28);
  marks.forEach((beat, index) => {
    if (index % step === 0) regions.addRegion({ start: beat / 1000, drag: false, color: onBar.has(beat) ? strong : faint });
  });
  box.dataset.marks = String(Math.ceil(marks.length / step));
}

// the color, but seen through; whatever notation the browser answers in
const clear = (value, alpha = .45) => `color-mix(in oklab, ${value} ${alpha * 100}%, transparent)`;

function wirePlayer() {
  let frame = 0;
  const tick = () => { clockAt.textContent = clock(sound.currentTime); player.onTime(player.now()); if (!sound.paused) frame = requestAnimationFrame(tick); };
  for (const name of ['play', 'pause', 'ended', 'seeked', 'timeupdate']) sound.addEventListener(name, () => {
    play.setAttribute('aria-pressed', String(!sound.paused));
    cancelAnimationFrame(frame);
    tick();
  });
  play.addEventListener('click', () => (sound.paused ? player.play() : player.pause()));
}

async function begin() {
  const data = await songData(); // until it is here, the page works as it does without a script
  for (const part of [box, $('#wave-time'), play, $('#clock')]) part.hidden = false;
  $('#wave-still').hidden = true;
  sound.controls = false;
  wirePlayer();
  drawWave(data);
  openBench(data, player);
  listenWithKeys(sound); // behind the workbench, whose taps are space bars as well
}
begin();
