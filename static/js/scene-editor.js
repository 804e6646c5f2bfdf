// The editor of one scene, unfolded in its row: what it would make again is said while somebody writes, what is typed
// is kept in this browser until it is saved.
import { SETTLE_MS, ask, rehearsed, tell, toast } from './scenes-ask.js';

const $ = (selector, root = document) => root.querySelector(selector);
const words = $('#scene-words').dataset;

let waiting; // until a form that is being filled in is rehearsed
const draftKey = (code) => `omvee-scene-${code}`;
document.addEventListener('click', async (event) => {
  const open = event.target.closest('[data-open]'), close = event.target.closest('[data-close]');
  if (close) { event.preventDefault(); closeEditor(close.dataset.close); }
  if (!open || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const code = open.dataset.open;
  if (open.getAttribute('aria-expanded') === 'true') { closeEditor(code); return; }
  const answer = await ask(open.href), isThere = document.getElementById(`edit-${code}`)?.getAttribute('aria-expanded') === 'true';
  if (isThere) return; // pressed twice
  if (answer.ok) showEditor(code, answer.text); else tell(answer);
});
// whether somebody writes elsewhere: an answer that comes late leaves the cursor where it is
const isElsewhere = (editor) => document.activeElement?.matches('input, textarea, select') && !editor?.contains(document.activeElement);
function showEditor(code, html) {
  const editor = document.getElementById(`editor-${code}`), elsewhere = isElsewhere(editor);
  if (!editor) return;
  editor.innerHTML = html; // our own server's
  document.getElementById(`edit-${code}`).setAttribute('aria-expanded', 'true');
  $('[data-close]', editor).hidden = false;
  const text = $('textarea', editor), draft = sessionStorage.getItem(draftKey(code));
  if (draft !== null && draft !== text.value) { text.value = draft; toast({ text: words.kept }); look(text.form); }
  if (elsewhere) return;
  ($('[role="alert"]', editor) ?? text).scrollIntoView({ block: 'nearest' });
  text.focus({ preventScroll: true });
}
function closeEditor(code, { keep = false } = {}) {
  if (!keep) sessionStorage.removeItem(draftKey(code));
  const editor = document.getElementById(`editor-${code}`), open = document.getElementById(`edit-${code}`);
  const mine = document.activeElement === document.body || editor?.contains(document.activeElement);
  editor?.replaceChildren();
  open?.setAttribute('aria-expanded', 'false');
  if (mine) open?.focus();
}
// merge and refresh: the list's own ways to take an answer, or to ask anew
export async function saveEditor(form, { merge, refresh }) {
  if (form.dataset.saving !== undefined) return; // pressed twice
  form.dataset.saving = '';
  clearTimeout(waiting);
  looked?.abort();
  const code = form.dataset.sceneForm, given = () => new URLSearchParams(new FormData(form)).toString(), sent = given();
  const answer = await ask(form.action.split('#')[0], { ...Object.fromEntries(new FormData(form)), sure: '1' });
  delete form.dataset.saving;
  if (answer.ok) {
    const more = form.isConnected && given() !== sent; // written meanwhile: it stays open, and goes on from what is saved
    if (!more) closeEditor(code);
    await merge(answer.text);
    const row = more && document.getElementById(`row-${code}`);
    if (row) for (const seen of row.querySelectorAll('.editor [name=seen]')) seen.value = row.dataset.mark;
    return;
  }
  if (answer.html && [409, 422].includes(answer.status)) {
    sessionStorage.removeItem(draftKey(code));
    showEditor(code, answer.text);
    if (answer.status === 409) await refresh();
  } else tell(answer);
}

let looked; // the last question is the one that counts
async function look(form) {
  const code = form.dataset.sceneForm, fields = Object.fromEntries(new FormData(form)), mine = new AbortController();
  looked?.abort();
  looked = mine;
  const text = await rehearsed('edit', code, fields, mine);
  if (form.isConnected && !mine.signal.aborted) $('.forecast', form).textContent = text ? `${words.ifSaved} ${text}` : '';
}
document.addEventListener('input', (event) => {
  const form = event.target.closest('[data-scene-form]');
  if (!form) return;
  if (event.target.name === 'description') sessionStorage.setItem(draftKey(form.dataset.sceneForm), event.target.value);
  clearTimeout(waiting);
  waiting = setTimeout(() => look(form), SETTLE_MS);
});
document.addEventListener('keydown', (event) => {
  const form = event.target.closest?.('[data-scene-form]');
  if (event.isComposing) return;
  if (form && event.key === 'Escape') closeEditor(form.dataset.sceneForm, { keep: true }); // what was typed comes back
  if (form && event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});
