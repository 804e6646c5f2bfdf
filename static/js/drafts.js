// Words that are typed into a form with data-draft: kept in this browser until they are saved.

export const written = (form) => form.querySelector('textarea, input:not([type=hidden])');
document.addEventListener('input', ({ target }) => {
  const form = target.closest?.('[data-draft]');
  if (form && target === written(form)) localStorage.setItem(`omvee:words:${form.dataset.draft}`, target.value);
});
export function restoreDraft() {
  for (const form of document.querySelectorAll('[data-draft]')) {
    const field = written(form), key = `omvee:words:${form.dataset.draft}`, draft = localStorage.getItem(key);
    if (!draft || draft === field.value) { localStorage.removeItem(key); continue; }
    field.value = draft;
    const note = form.querySelector('[data-draft-note]');
    if (note) { note.textContent = note.dataset.restored; note.hidden = false; }
  }
}
