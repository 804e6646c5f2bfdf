// Clips play under the pointer and with the focus: silent, over the card, never inside its polled part.

const calm = matchMedia('(prefers-reduced-motion: reduce)');
let playing, waits;
function stop() {
  clearTimeout(waits);
  if (playing) { const video = playing.querySelector('video'); video.removeAttribute('src'); video.load(); video.remove(); }
  playing = undefined;
}
function play(card) {
  const url = card?.querySelector('.live')?.dataset.play, screen = card?.querySelector('.screen');
  if (!url || !screen || screen === playing || calm.matches) return;
  stop();
  waits = setTimeout(() => {
    const video = Object.assign(document.createElement('video'), { muted: true, loop: true, playsInline: true, src: url, tabIndex: -1 });
    playing = screen;
    screen.append(video);
    video.play().catch(() => {}); // the pointer was gone before it began
  }, 150);
}
export function playUnderPointer(board, cardOf) {
  board.addEventListener('pointerover', (event) => { if (event.pointerType === 'mouse') play(cardOf(event.target)); });
  board.addEventListener('pointerleave', stop);
  board.addEventListener('focusin', ({ target }) => { if (target.matches(':focus-visible')) play(cardOf(target)); });
  board.addEventListener('focusout', ({ relatedTarget }) => { if (!cardOf(relatedTarget)) stop(); });
}
