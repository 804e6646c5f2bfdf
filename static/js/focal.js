// The focal point of a picture of another shape: dragged on the picture, shown as what the film keeps of it.

const $ = (selector, root = document) => root.querySelector(selector);

const eyeForm = () => document.getElementById('focus-form');
export function moveEye() {
  const form = eyeForm(), eye = $('[data-focus-frame] .eye');
  if (!form || !eye) return;
  frameCrop(+form.elements.x.value / 1000, +form.elements.y.value / 1000);
  eye.style.left = `${form.elements.x.value / 10}%`;
  eye.style.top = `${form.elements.y.value / 10}%`;
}
// what the film shows of a picture of another shape: as motion.py, the frame covered, its middle near the point
function frameCrop(x, y) {
  const crop = $('[data-focus-frame] .crop'), picture = crop && $('img', crop.parentElement);
  if (!crop || !picture) return;
  const [across, down] = crop.dataset.shape.split(':').map(Number), wanted = across / down, has = picture.getAttribute('width') / picture.getAttribute('height');
  crop.hidden = Math.abs(wanted / has - 1) < .02;
  const wide = Math.min(1, wanted / has), tall = Math.min(1, has / wanted), within = (at, part) => Math.min(1 - part, Math.max(0, at - part / 2));
  Object.assign(crop.style, { width: `${100 * wide}%`, height: `${100 * tall}%`, left: `${100 * within(x, wide)}%`, top: `${100 * within(y, tall)}%` });
}
document.addEventListener('toggle', ({ target }) => { if (target.id === 'focus') pointIn(target); }, true);
export function pointIn(target) {
  const frame = $('[data-focus-frame]');
  frame?.classList.toggle('pointing', target.open);
  if (frame) $('.eye', frame).hidden = !target.open;
  moveEye();
  const head = $('.sheet-head')?.getBoundingClientRect().bottom ?? 0;
  if (frame && target.open && frame.getBoundingClientRect().top < head) frame.scrollIntoView(); // on a phone it lies far above
}
document.addEventListener('input', ({ target }) => { if (target.form === eyeForm()) moveEye(); });

function pointAt(event, frame) {
  const box = frame.getBoundingClientRect(), form = eyeForm();
  form.elements.x.value = Math.round((1000 * (event.clientX - box.left)) / box.width);
  form.elements.y.value = Math.round((1000 * (event.clientY - box.top)) / box.height);
  moveEye();
}
document.addEventListener('pointerdown', (event) => {
  const frame = event.target.closest('.big.pointing');
  if (!frame || event.button) return;
  event.preventDefault();
  frame.setPointerCapture(event.pointerId);
  pointAt(event, frame);
  const move = (next) => pointAt(next, frame);
  frame.addEventListener('pointermove', move);
  frame.addEventListener('lostpointercapture', () => { frame.removeEventListener('pointermove', move); eyeForm()?.requestSubmit(); }, { once: true });
});
