// The animatic on the pages of scenes and of pictures: its player follows what is made, outside of what is polled. Without
// this script the page shows the newest one when it is loaded.

const live = () => document.getElementById('animatic-live'), player = document.getElementById('animatic-player');
let made = player?.querySelector('video')?.dataset.code ?? '';

function show({ url, code }) {
  const video = Object.assign(document.createElement('video'), { controls: true, playsInline: true, preload: 'metadata', src: url });
  video.dataset.code = made = code;
  video.setAttribute('aria-label', player.dataset.label);
  player.replaceChildren(video);
}

function follow() {
  const { url, code } = live()?.dataset ?? {};
  if (!player || !url || code === made) return;
  const old = player.querySelector('video');
  if (!old || old.paused) show({ url, code }); else live().querySelector('.newer').hidden = false; // never under who is watching
}

document.addEventListener('click', (event) => {
  if (!event.target.closest('[data-show-animatic]')) return;
  show(live().dataset);
  live().querySelector('.newer').hidden = true;
  player.querySelector('video').focus();
});
for (const name of ['htmx:oobAfterSwap', 'htmx:after:swap', 'htmx:afterSettle']) document.addEventListener(name, follow);
