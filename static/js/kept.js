// What is written into <form data-kept="name"> and not sent is there again when the page is opened anew in this tab: another
// form of the page was pressed meanwhile, or the session had ended. Where other words are saved by then, those count.
//   data-kept-said: what is told when words came back

const plain = (text) => text.replace(/\r\n?/g, '\n');
const isChanged = (field) => plain(field.value) !== plain(field.defaultValue);

for (const form of document.querySelectorAll('form[data-kept]')) {
  const key = `omvee:kept:${form.dataset.kept}`, fields = [...form.querySelectorAll('textarea, input[type=text]')];

  function keep() {
    const written = fields.filter(isChanged).map(({ name, defaultValue, value }) => [name, plain(defaultValue), value]);
    try {
      if (written.length) sessionStorage.setItem(key, JSON.stringify(written)); else sessionStorage.removeItem(key);
    } catch { /* private windows and full disks keep nothing; the page works all the same */ }
  }

  function kept() {
    try { return JSON.parse(sessionStorage.getItem(key)) ?? []; } catch { return []; }
  }

  let back = 0;
  for (const [name, was, value] of kept()) {
    const field = fields.find((one) => one.name === name);
    if (!field || plain(field.defaultValue) !== was || field.value === value) continue;
    field.value = value;
    back += 1;
  }
  keep(); // what was saved, or is another now, is no longer kept
  if (back) document.dispatchEvent(new CustomEvent('toast', { detail: { text: form.dataset.keptSaid } }));
  form.addEventListener('input', keep);
}
