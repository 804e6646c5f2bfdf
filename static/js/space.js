// The space bar plays and pauses, and left and right go five seconds back and on, wherever neither means anything else.

const OWN = 'a, button, input, textarea, select, summary, audio, video, dialog, [role], [tabindex]:not(main)';
const STEP_S = 5;

export function listenWithKeys(sound) {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const { target } = event;
    if (target.matches?.(OWN)) return; // what has the focus; the page's main part has it when one presses beside all else
    const step = { ArrowLeft: -STEP_S, ArrowRight: STEP_S }[event.key];
    if (event.key !== ' ' && !step) return;
    event.preventDefault();
    if (step) sound.currentTime = Math.max(0, Math.min(sound.duration || 0, sound.currentTime + step));
    else if (event.repeat) return;
    else if (sound.paused) sound.play().catch(() => {}); // a browser may want a press first; the button is there
    else sound.pause();
  });
}
