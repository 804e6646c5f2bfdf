// Files on their way: <form data-upload> is sent with progress, Cancel and an answer in words. It is the same multipart
// form that the browser would post by itself, so everything works without this script too.
//   <input type="file" data-max-bytes="52428800"> inside .drop: name and size shown, too large said at once
//   data-fills="id_title": what the title will be if it stays empty and the song itself does not say
//   .sending[hidden] in the form: <progress>, [data-progress-text], [data-cancel]
// Words come translated from data attributes of the form (templates/projects/_sending.html) and of .drop.

const $ = (selector, root = document) => root.querySelector(selector);

function sizeText(bytes) {
  const units = ['bytes', 'kB', 'MB', 'GB'];
  let unit = 0, size = bytes;
  while (size >= 1024 && unit < units.length - 1) { size /= 1024; unit += 1; }
  return `${size.toLocaleString(document.documentElement.lang || undefined, { maximumFractionDigits: unit > 1 && size < 10 ? 1 : 0 })} ${units[unit]}`;
}

// ---- drop zone --------------------------------------------------------------------------------------------------------
function showChosen(input) {
  const drop = input.closest('.drop'), file = input.files[0];
  const tooLarge = file && +input.dataset.maxBytes && file.size > +input.dataset.maxBytes;
  const problem = !file ? '' : tooLarge ? drop.dataset.tooLarge : file.size === 0 ? drop.dataset.hollow : '';
  input.setCustomValidity(problem);
  drop.classList.toggle('full', Boolean(file));
  drop.classList.toggle('wrong', Boolean(problem));
  $('.chosen', drop).textContent = file ? `${file.name} · ${sizeText(file.size)}` : '';
  $('.say', drop).hidden = Boolean(file);
  $('.drop-error', drop).textContent = problem;
  clearErrors(input.closest('.field')); // they were about the file before
  fillTitle(input, file);
}

function fillTitle(input, file) {
  const title = input.dataset.fills && document.getElementById(input.dataset.fills);
  if (!title || !file) return;
  title.placeholder = file.name.replace(/\.[^.]+$/, '').replace(/[_\s]+/g, ' ').trim().slice(0, 80);
}

document.addEventListener('change', (event) => { if (event.target.matches('.drop input[type=file]')) showChosen(event.target); });
for (const name of ['dragenter', 'dragover', 'dragleave', 'drop']) {
  document.addEventListener(name, (event) => {
    event.target.closest?.('.drop')?.classList.toggle('over', name === 'dragenter' || name === 'dragover');
  });
}
// a file that misses the zone must not replace the page
for (const name of ['dragover', 'drop']) {
  window.addEventListener(name, (event) => { if (!event.target.closest?.('.drop')) event.preventDefault(); });
}
for (const input of document.querySelectorAll('.drop input[type=file]')) if (input.files.length) showChosen(input); // after Back

// ---- sending --------------------------------------------------------------------------------------------------------------
const holdPage = (event) => event.preventDefault(); // "leave this page?" while a file travels

function send(form, submitter) {
  const request = new XMLHttpRequest(), bar = $('.sending progress', form), line = $('[data-progress-text]', form);
  const started = performance.now();
  const settle = () => {
    delete form.dataset.sending;
    $('.sending', form).hidden = true;
    window.removeEventListener('beforeunload', holdPage);
  };
  const fail = (text) => { settle(); tell(form, text); };
  let sent = false; // all of it: whether it arrived, only its answer says

  request.upload.addEventListener('progress', (event) => {
    if (!event.lengthComputable) return;
    bar.value = Math.round((100 * event.loaded) / event.total);
    line.textContent = `${sizeText(event.loaded)} / ${sizeText(event.total)}${restText(form, event, performance.now() - started)}`;
  });
  request.upload.addEventListener('load', () => { sent = true; bar.removeAttribute('value'); line.textContent = form.dataset.checking; });
  request.addEventListener('load', () => answer(form, request, settle, fail));
  for (const name of ['error', 'timeout']) request.addEventListener(name, () => fail(sent ? form.dataset.unsure : form.dataset.lost));
  request.addEventListener('abort', () => fail(sent ? form.dataset.unsure : form.dataset.stopped));

  form.dataset.sending = '';
  clearErrors(form);
  bar.value = 0;
  line.textContent = form.dataset.starting;
  $('.sending', form).hidden = false;
  $('[data-cancel]', form).onclick = () => request.abort();
  $('[data-cancel]', form).focus();
  window.addEventListener('beforeunload', holdPage);
  request.open('POST', form.action);
  request.setRequestHeader('X-Requested-With', 'XMLHttpRequest');
  request.send(new FormData(form, submitter));
}

function restText(form, event, elapsedMs) {
  if (elapsedMs < 1500 || !event.loaded) return '';
  const seconds = Math.ceil((elapsedMs / 1000) * (event.total / event.loaded - 1));
  return seconds > 1 ? ` · ${form.dataset.left.replace('%s', seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`)}` : '';
}

// Success is a redirect, followed by the request or named in HX-Redirect; a refusal is the same page with its errors.
function answer(form, request, settle, fail) {
  const moved = request.getResponseHeader('HX-Redirect');
  const elsewhere = request.responseURL && new URL(request.responseURL).pathname !== new URL(form.action, location.href).pathname;
  const login = document.getElementById('words')?.dataset.login;
  if (request.status === 403 || (elsewhere && new URL(request.responseURL).pathname === login)) { // what was typed stays
    fail(form.dataset.signedOut);
    document.dispatchEvent(new CustomEvent('omvee:signed-out'));
    return;
  }
  if (moved || (request.status < 300 && elsewhere)) { // until that page is here, a second press must send nothing
    window.removeEventListener('beforeunload', holdPage);
    window.addEventListener('pageshow', (event) => { if (event.persisted) settle(); }); // and back again
    location.assign(moved ?? request.responseURL);
    return;
  }
  const known = { 413: form.dataset.tooLarge, 507: form.dataset.full }[request.status];
  if (known) { fail(known); return; }
  const page = new DOMParser().parseFromString(request.responseText, 'text/html');
  if (showErrors(form, page)) settle();
  else fail(request.status === 429 ? form.dataset.tooOften : form.dataset.failed);
}

// Only the error lists move from the answer into the page: what was typed and the chosen files stay.
function showErrors(form, page) {
  const answered = form.id && page.getElementById(form.id);
  if (!answered) return false;
  const found = answered.querySelectorAll('.errorlist');
  clearErrors(form);
  for (const list of found) {
    const field = list.closest('[id^="field-"]'), place = field ? document.getElementById(field.id) : $('.form-errors', form);
    place?.append(document.importNode(list, true));
    const control = field && place && $('input:not([type=hidden]), textarea, select', place);
    control?.setAttribute('aria-invalid', 'true');
  }
  const first = $('[aria-invalid="true"]', form) ?? $('.form-errors', form);
  first?.focus();
  first?.closest('.field, .form-errors')?.scrollIntoView({ block: 'center' });
  return found.length > 0;
}

function clearErrors(place) {
  place.querySelectorAll('.errorlist').forEach((list) => list.remove());
  place.querySelectorAll('[aria-invalid]').forEach((control) => control.removeAttribute('aria-invalid'));
}

function tell(form, text) {
  const place = $('.form-errors', form);
  place.replaceChildren();
  const list = Object.assign(document.createElement('ul'), { className: 'errorlist nonfield' });
  list.append(Object.assign(document.createElement('li'), { textContent: text }));
  place.append(list);
  place.scrollIntoView({ block: 'center' });
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!form.matches('form[data-upload]')) return;
  event.preventDefault();
  if (form.dataset.sending === undefined) send(form, event.submitter); // a second press while sending does nothing
});
