// What happens to unsaved lines: kept in the browser at once, checked on the server after a pause, saved on demand. An
// expired session, a lost connection or somebody else's save loses nothing that was typed.
import { fresh, isSame, known, received, sent } from './lyrics-model.js';

const $ = (selector) => document.querySelector(selector);
const DRAFT_MS = 300, CHECK_MS = 900;

export function wireSaving(bench, firstTake) {
  const { words } = bench, urls = bench.bench.dataset, save = $('#save'), form = $('#approve-form'), none = $('#none-form');
  const said = { say: $('#dock-say').textContent, more: $('#dock-more').textContent };
  let take = firstTake, draftTimer = 0, checkTimer = 0, question, dirty = false, saving = null;

  // ---- the draft ------------------------------------------------------------------------------------------------------------
  function keep() {
    try {
      if (!dirty) localStorage.removeItem(urls.draft);
      else localStorage.setItem(urls.draft, JSON.stringify({ take, lines: sent(bench.lines, []) }));
    } catch { /* private windows and full disks have no drafts; the page works all the same */ }
  }

  function kept() {
    try { return JSON.parse(localStorage.getItem(urls.draft)); } catch { return null; }
  }

  function begin() {
    const draft = kept();
    if (!Array.isArray(draft?.lines)) return;
    if (draft.take === take) {
      bench.put(received(draft.lines));
      if (dirty) bench.say(words.draft, 'info', [[words.discard, discard]]);
    } else {
      bench.say(words.draftOld, 'warning', [[words.mine, () => bench.put(received(draft.lines))], [words.discard, discard]]);
    }
  }

  function discard() { bench.put(bench.standing.map(known)); }

  // ---- what is said at the bottom of the page ----------------------------------------------------------------------------------
  function tell(say, more) {
    $('#dock-say').textContent = say;
    $('#dock-more').textContent = more ?? '';
  }

  function changed() {
    dirty = !isSame(bench.lines, bench.standing);
    save.hidden = !dirty;
    none.hidden = dirty; // first what was typed, then whether there are words at all
    if (form) form.querySelector('#approve span').textContent = dirty ? words.saveApprove : form.dataset.label;
    clearTimeout(draftTimer);
    leaveCheck();
    draftTimer = setTimeout(keep, DRAFT_MS);
    if (!dirty) { tell(said.say, said.more); return; }
    tell(words.checking);
    checkTimer = setTimeout(check, CHECK_MS);
  }

  // what is changed further, or saved, is not asked about any more
  function leaveCheck() {
    clearTimeout(checkTimer);
    question?.abort();
  }

  async function check() {
    const mine = question = new AbortController(), answer = await post(urls.check, undefined, mine);
    if (mine.signal.aborted || !dirty || !answer) return;
    const { status, body } = answer;
    if (status === 409) conflict(body);
    else tell(words.dirty, body.error ?? [body.words || words.noScenes, ...body.notes].join(' '));
  }

  // ---- the server ------------------------------------------------------------------------------------------------------------------
  // {status, body}; null where there was no answer, which has been said then
  async function post(url, payload, { signal } = {}) {
    const csrf = $('meta[name=csrf]')?.content ?? '', json = payload === undefined;
    const headers = { Accept: 'application/json', 'X-CSRFToken': csrf, ...(json ? { 'Content-Type': 'application/json' } : {}) };
    const body = json ? JSON.stringify({ take, lines: sent(bench.lines, bench.standing) }) : payload;
    let response;
    try { response = await fetch(url, { method: 'POST', headers, body, signal }); } catch { if (!signal?.aborted) bench.say(words.offline, 'warning'); return null; }
    // a redirect leads to the login, whatever that answers
    const isAnswer = !response.redirected && response.headers.get('Content-Type')?.startsWith('application/json');
    try { if (isAnswer) return { status: response.status, body: await response.json() }; } catch { if (signal?.aborted) return null; }
    if (response.redirected) bench.say(words.signedOut, 'warning', [[words.signIn, urls.login]]);
    else if (response.status === 403) bench.say(words.stalePage, 'warning', [[words.reload, location.pathname]]);
    else bench.say(words.failed, 'error');
    return null;
  }

  // true once all is saved; one at a time
  function saveAll() {
    saving ??= saveNow().finally(() => { saving = null; });
    return saving;
  }

  async function saveNow() {
    if (!dirty) return true;
    keep();
    leaveCheck();
    save.disabled = true;
    const lines = bench.lines, answer = await post(urls.save);
    save.disabled = false;
    if (answer?.status === 200) { saved(answer.body, lines); return !dirty; }
    tell(words.dirty);
    if (answer?.status === 409) conflict(answer.body);
    else if (answer) bench.say(answer.body.error ?? words.failed, 'error');
    return false;
  }

  // lines that came back as they were keep their row, and with it the cursor; what was changed meanwhile stays changed
  function saved(body, given) {
    take = body.take;
    for (const field of document.querySelectorAll('input[name=take]')) field.value = take;
    const same = body.lines.length === given.length, stand = body.lines.map((base, at) => (same ? { ...known(base), id: given[at].id } : known(base)));
    if (bench.lines === given) bench.stands(body.lines, stand, { step: !same });
    else bench.stands(body.lines, same ? bench.lines.map((line) => renewed(line, given, stand)) : bench.lines, { step: false });
    bench.say(body.notes.join(' '), 'info');
    if (!body.notes.length) bench.say('');
    document.dispatchEvent(new CustomEvent('toast', { detail: { text: words.didSave } }));
  }

  function renewed(line, given, stand) {
    const at = given.findIndex(({ id }) => id === line.id);
    if (at < 0) return line;
    return line === given[at] ? stand[at] : { ...line, base: stand[at].base };
  }

  function conflict(body) {
    bench.say(words.conflict, 'warning', [
      [words.mine, () => { stand(body, bench.lines); }],
      [words.theirs, () => stand(body)],
    ]);
  }

  // another take stands: from now on this page has seen it
  function stand(body, lines = body.lines.map(known)) {
    take = body.take;
    for (const field of document.querySelectorAll('input[name=take]')) field.value = take;
    bench.stands(body.lines, lines);
  }

  save.addEventListener('click', saveAll);
  window.addEventListener('pagehide', keep);
  if (form) {
    form.dataset.label = form.querySelector('#approve span').textContent;
    let leaving = false; // pressed twice it is one approval
    window.addEventListener('pageshow', () => { leaving = false; });
    form.addEventListener('submit', async (event) => {
      if (!dirty && !saving && !leaving) return;
      event.preventDefault();
      if (leaving) return;
      leaving = true;
      await saving; // what is being saved already, and then what was changed since
      leaving = await saveAll();
      if (leaving) form.submit();
    });
  }

  // ---- a file, or a pasted text -------------------------------------------------------------------------------------------------------
  const importing = $('#import-form');
  importing.addEventListener('submit', async (event) => {
    event.preventDefault();
    const answer = await post(urls.import, new FormData(importing));
    if (!answer) return;
    const { status, body } = answer;
    if (status !== 200) { bench.say(body.error ?? words.failed, 'error'); bench.bench.scrollIntoView({ block: 'nearest' }); return; }
    bench.put(body.lines.map((base) => fresh(base.text, base.start_ms, base.end_ms, base)));
    bench.say([words.imported.replace('%n', body.lines.length), ...body.notes].join(' '), 'success');
    importing.reset();
    $('#import').open = false;
    bench.focusLine(0);
  });

  return { changed, begin };
}
