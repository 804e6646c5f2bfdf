// Omvee on every page: toasts, requests, confirmation, title, theme, menus. A module without a framework and without
// imports (other scripts talk to it by the "toast" event), so hashed file names need no rewriting. It runs with htmx 2
// and htmx 4, whose events and their details have different names. Words come translated from #words in base.html.

const $ = (selector, root = document) => root.querySelector(selector);
const on = (names, handle) => names.forEach((name) => document.addEventListener(name, handle));
const words = $('#words')?.dataset ?? {};

// ---- toasts -------------------------------------------------------------------------------------------------------
// The server sends HX-Trigger: {"toast": {"text": "...", "level": "ok" | "bad", "undo": {"url": "...", "to": "..."}}}.
const TOAST_MS = 5000, UNDO_MS = 9000, MOST_TOASTS = 3;

function toast({ text, level = 'ok', undo }) {
  const shelf = $('#toasts');
  if (!shelf || !text) return;
  const box = document.createElement('div');
  box.className = level === 'bad' ? 'toast bad' : 'toast';
  box.append(Object.assign(document.createElement('span'), { textContent: text }));
  if (undo?.url) box.append(undoButton(undo, box));
  shelf.append(box);
  while (shelf.children.length > MOST_TOASTS) shelf.firstElementChild.remove();
  let timer;
  const arm = () => { clearTimeout(timer); timer = setTimeout(() => box.remove(), undo?.url ? UNDO_MS : TOAST_MS); };
  const hold = () => clearTimeout(timer);
  box.addEventListener('mouseenter', hold);
  box.addEventListener('mouseleave', arm);
  box.addEventListener('focusin', hold);
  box.addEventListener('focusout', arm);
  arm();
}

function undoButton(undo, box) {
  const button = Object.assign(document.createElement('button'), { type: 'button', textContent: words.undo });
  button.dataset.undo = '';
  button.addEventListener('click', () => {
    box.remove();
    window.htmx.ajax('POST', undo.url, { swap: 'none', target: 'body', values: { to: undo.to ?? '' }, headers: csrfHeader() });
  });
  return button;
}

// htmx 2 puts the value under detail.value when it is not an object; an object is the detail itself
document.addEventListener('toast', (event) => toast(event.detail?.text ? event.detail : event.detail?.value ?? {}));

// ---- requests: CSRF header, failures in words -----------------------------------------------------------------------
const csrfHeader = () => ({ 'X-CSRFToken': $('meta[name=csrf]')?.content ?? '' });
const isPoll = (element) => element?.id === 'pulse'; // a missed poll is not worth a word: the next one comes by itself

// Whoever has pressed a link goes there: a poll that is answered meanwhile must not load this page anew in its stead. A
// download keeps the page, which then looks again.
const LEAVES_WITHIN_MS = 10_000;
let left = -Infinity;
const isLeaving = () => performance.now() - left < LEAVES_WITHIN_MS;
window.addEventListener('beforeunload', () => { left = performance.now(); });
window.addEventListener('pageshow', () => { left = -Infinity; });
on(['htmx:beforeRequest', 'htmx:beforeOnLoad'], (event) => { if (isPoll(event.detail.elt) && isLeaving()) event.preventDefault(); });

// Every request says up to which revision this page has heard: an answer moves it on, so it has to tell all that is new.
on(['htmx:configRequest', 'htmx:config:request'], (event) => {
  const heard = $('#pulse')?.dataset.since;
  Object.assign(event.detail.headers ?? event.detail.ctx.request.headers, csrfHeader(), heard ? { 'Omvee-Since': heard } : {});
});

// A poll that was overtaken by the answer to a button tells what was before it: nothing of it is put in. The pulse comes
// first in every answer.
let overtaken = false;
on(['htmx:oobBeforeSwap'], ({ detail }) => {
  if (detail.target.id === 'pulse') overtaken = +detail.fragment.querySelector('#pulse')?.dataset.since < +detail.target.dataset.since;
  if (overtaken) detail.shouldSwap = false;
});

// Whoever is signed out while typing keeps the page: they sign in in another tab, and coming back this one goes on.
const isLogin = (url) => Boolean(url && words.login) && new URL(url, location).pathname === words.login;
const isTyping = () => [...document.querySelectorAll('textarea, input:not([type=hidden])')].some((field) => field === document.activeElement || (field.type !== 'file' && field.value !== field.defaultValue && field.checkVisibility?.()));

function signedOut() {
  if ($('#signed-out') || !$('#toasts')) return;
  const box = Object.assign(document.createElement('div'), { className: 'toast bad', id: 'signed-out' });
  const link = Object.assign(document.createElement('a'), { href: `${words.login}?next=${encodeURIComponent(location.pathname + location.search)}`, target: '_blank', textContent: words.signIn });
  box.append(Object.assign(document.createElement('span'), { textContent: words.signedOut }), link);
  $('#toasts').append(box);
}

// a new session has a new token: true once this page has it
async function renew() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: 'text/html' } });
    const token = answer.ok && !isLogin(answer.url) && new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('meta[name=csrf]')?.content;
    if (!token) return false;
    $('meta[name=csrf]').content = token;
    for (const field of document.querySelectorAll('input[name=csrfmiddlewaretoken]')) field.value = token;
  } catch { return false; }
  $('#signed-out')?.remove();
  return true;
}
const renewOrTell = async () => { if (await renew()) toast({ text: words.again }); else signedOut(); };
window.addEventListener('focus', () => { if ($('#signed-out')) renew(); });
document.addEventListener('omvee:signed-out', renewOrTell); // other scripts say so by this event

// a redirect to the login, or out of a project that was deleted in another tab: never put into the page
const strayed = ({ xhr, pathInfo }) => xhr?.responseURL && new URL(xhr.responseURL).pathname !== new URL(pathInfo.requestPath, location).pathname;
on(['htmx:beforeSwap'], ({ detail }) => { if (strayed(detail)) detail.shouldSwap = false; });
on(['htmx:afterRequest'], ({ detail }) => {
  if (!strayed(detail) || (isPoll(detail.elt) && isLeaving())) return;
  const kept = detail.elt.closest?.('[data-draft]'); // its words wait in this browser, so the login may come at once
  if (isLogin(detail.xhr.responseURL) && !kept && (isTyping() || !isPoll(detail.elt))) signedOut(); else location.reload();
});

// A poll may have put another button into the place of the one that was pressed, before its answer comes: what is said to
// that one then would be heard by nobody, so it is said to the page.
const SAID = ['toast', 'htmx:beforeSwap', 'htmx:afterRequest', 'htmx:responseError', 'htmx:sendError', 'htmx:timeout'];
const sayHere = (event) => {
  const { type, detail } = event, heard = new CustomEvent(type, { bubbles: true, cancelable: true, detail });
  if (!document.body.dispatchEvent(heard)) event.preventDefault();
};
on(['htmx:beforeRequest'], ({ detail: { elt, xhr } }) => xhr.addEventListener('readystatechange', () => {
  if (xhr.readyState !== XMLHttpRequest.DONE || elt.isConnected || isPoll(elt)) return;
  for (const name of SAID) elt.addEventListener(name, sayHere);
}));

function tellFailure(element, status) {
  if (isPoll(element) && status === 404) location.reload();
  if (isPoll(element)) return;
  if (status === 403) { renewOrTell(); return; }
  const text = { 0: words.offline, 404: words.gone, 409: words.changed, 429: words.tooOften }[status];
  toast({ text: text ?? words.failed, level: 'bad' });
}
// an answer that brings its own words says them itself
on(['htmx:responseError'], ({ detail, target }) => { if (!detail.xhr.getResponseHeader('HX-Trigger')) tellFailure(detail.elt ?? target, detail.xhr.status); });
on(['htmx:sendError', 'htmx:timeout'], (event) => tellFailure(event.detail.elt ?? event.target, 0));
on(['htmx:response:error'], ({ detail: { ctx } }) => { if (!ctx.response.headers?.get?.('HX-Trigger')) tellFailure(ctx.sourceElement, ctx.response.status); });
// htmx 2 repeats every failure under this name; htmx 4 uses it for a lost connection, and only there has it a ctx
on(['htmx:error'], (event) => { if (event.detail.ctx) tellFailure(event.detail.ctx.sourceElement, 0); });

// A poll may have put another button into the place of the one that was pressed while its question stood: what was asked
// is what is sent.
function standIn(form, submitter) {
  if (!submitter || submitter.form === form) return submitter;
  const twin = submitter.cloneNode(true);
  twin.removeAttribute('id');
  twin.hidden = true;
  form.append(twin);
  window.htmx?.process(twin);
  setTimeout(() => twin.remove());
  return twin;
}

// ---- confirmation: <form data-confirm="Delete ...?" data-confirm-text="..." data-confirm-yes="Delete"> --------------
// Captured before htmx sees the submit; <dialog> gives the focus back by itself, Escape means no. A yes counts when it is
// pressed: the dialog's own `close` event comes later than the next key, and would answer the question after this one.
let sure; // what a yes does
document.addEventListener('submit', (event) => {
  const form = event.target, asked = event.submitter?.dataset.confirm ? event.submitter.dataset : form.dataset;
  if (!asked.confirm || form.dataset.sure !== undefined) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const dialog = $('#confirm'), submitter = event.submitter;
  $('#confirm-title').textContent = asked.confirm;
  $('#confirm-text').textContent = asked.confirmText ?? '';
  $('#confirm-yes').textContent = asked.confirmYes ?? words.yes;
  sure = () => {
    form.dataset.sure = '';
    form.requestSubmit(standIn(form, submitter));
    delete form.dataset.sure;
  };
  dialog.showModal();
}, true);
$('#confirm form')?.addEventListener('submit', (event) => {
  event.preventDefault();
  $('#confirm').close();
  if (event.submitter?.value === 'yes') sure();
});

// ---- the tab's title counts, and the end is told once ------------------------------------------------------------------
const title = document.title;
let wasBusy = $('#pulse')?.dataset.busy === 'true', failures = +($('#pulse')?.dataset.failures ?? 0);

function showTitle() {
  const pulse = $('#pulse');
  if (!pulse) return;
  const busy = pulse.dataset.busy === 'true', { done, total } = pulse.dataset;
  document.title = busy && +total ? `(${done}/${total}) ${title}` : wasBusy && !busy && document.hidden ? `✓ ${title}` : title;
  const failed = +(pulse.dataset.failures ?? 0);
  if (failed > failures) $('#alerts').textContent = $('[id^="failure-"]')?.textContent.trim() ?? '';
  failures = failed;
  if (wasBusy && !busy) {
    if (!failed) $('#alerts').textContent = pulse.textContent.trim();
    document.dispatchEvent(new CustomEvent('omvee:settled'));
  }
  wasBusy = busy;
}
on(['htmx:afterSettle', 'htmx:oobAfterSwap', 'htmx:after:swap', 'htmx:after:settle'], showTitle);
document.addEventListener('visibilitychange', () => { if (!document.hidden && !wasBusy) document.title = title; });
showTitle();

// ---- theme: at once, and kept by the server's cookie ---------------------------------------------------------------------
let keeping = Promise.resolve(); // one after the other, so that the last press is what is kept; also when the page is left
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!form.matches('[data-theme-form]')) return;
  event.preventDefault();
  const theme = event.submitter.value;
  document.documentElement.dataset.theme = theme;
  $(theme === 'dark' ? '.to-light' : '.to-dark', form).focus();
  const body = new URLSearchParams(new FormData(form));
  body.set('theme', theme);
  keeping = keeping.then(() => fetch(form.action, { method: 'POST', body, headers: csrfHeader(), redirect: 'manual', keepalive: true }))
    .catch(() => toast({ text: words.offline, level: 'bad' }));
});

// ---- small things -------------------------------------------------------------------------------------------------------
document.addEventListener('click', (event) => {
  for (const menu of document.querySelectorAll('details.menu[open]')) if (!menu.contains(event.target)) menu.open = false;
  const target = event.target.closest('[data-copy]');
  if (!target) return;
  navigator.clipboard.writeText($(target.dataset.copy).value).then(() => toast({ text: words.copied }), () => $(target.dataset.copy).select());
});
document.addEventListener('keydown', (event) => {
  const menu = event.key === 'Escape' && event.target.closest?.('details.menu[open]');
  if (menu) { menu.open = false; $('summary', menu).focus(); }
});
for (const strip of document.querySelectorAll('.steps')) { // on a phone the step at hand is in sight
  const here = $('[aria-current="page"]', strip) ?? $('[data-state="current"], [data-state="failed"]', strip);
  if (here) strip.scrollLeft = here.offsetLeft - strip.offsetLeft - 24;
}
