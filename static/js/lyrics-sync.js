// What happens to unsaved lines: kept in the browser at once, checked on the server after a pause, saved on demand. An
// expired session, a lost connection or somebody else's save loses nothing that was typed.
import { fresh, isSame, known, received, sent } from './lyrics-model.js';

const $ = (selector) => document.querySelector(selector);
const DRAFT_MS = 300, CHECK_MS = 900;

export function wireSaving(bench, firstTake) {
  const { words } = bench, urls = bench.bench.dataset, save = $('#save'), form = $('#approve-form'), none = $('#none-form');
  const said = { say: $('#dock-say').textContent, more: $('#dock-more').textContent };
  let take = firstTake, draftTimer = 0, checkTimer = 0, asked = 0, dirty = false, busy = false;

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
    clearTimeout(checkTimer);
    asked += 1;
    draftTimer = setTimeout(keep, DRAFT_MS);
    if (!dirty) { tell(said.say, said.more); return; }
    tell(words.checking);
    checkTimer = setTimeout(check, CHECK_MS);
  }

  async function check() {
    const mine = asked, answer = await post(urls.check);
    if (mine !== asked || !dirty || !answer) return;
    const { status, body } = answer;
    if (status === 409) conflict(body);
    else tell(words.dirty, body.error ?? [body.words || words.noScenes, ...body.notes].join(' '));
  }

  // ---- the server ------------------------------------------------------------------------------------------------------------------
  // {status, body}; null where there was no answer, which has been said then
  async function post(url, payload) {
    const csrf = $('meta[name=csrf]')?.content ?? '', json = payload === undefined;
    const headers = { Accept: 'application/json', 'X-CSRFToken': csrf, ...(json ? { 'Content-Type': 'application/json' } : {}) };
    const body = json ? JSON.stringify({ take, lines: sent(bench.lines, bench.standing) }) : payload;
    let response;
    try { response = await fetch(url, { method: 'POST', headers, body }); } catch { bench.say(words.offline, 'warning'); return null; }
    // a redirect leads to the login, whatever that answers
    const isAnswer = !response.redirected && response.headers.get('Content-Type')?.startsWith('application/json');
    if (isAnswer) return { status: response.status, body: await response.json() };
    if (response.redirected) bench.say(words.signedOut, 'warning', [[words.signIn, urls.login]]);
    else if (response.status === 403) bench.say(words.stalePage, 'warning', [[words.reload, location.pathname]]);
    else bench.say(words.failed, 'error');
    return null;
  }

  // true once all is saved
  async function saveAll() {
    if (!dirty || busy) return !dirty;
    keep();
    busy = true;
    save.disabled = true;
    const answer = await post(urls.save);
    busy = false;
    save.disabled = false;
    if (!answer) return false;
    const { status, body } = answer;
    if (status === 200) { saved(body); return true; }
    if (status === 409) conflict(body);
    else bench.say(body.error ?? words.failed, 'error');
    return false;
  }

  function saved(body) {
    take = body.take;
    for (const field of document.querySelectorAll('input[name=take]')) field.value = take;
    // lines that came back as they were keep their row, and with it the cursor
    const before = bench.lines;
    bench.stands(body.lines, body.lines.map((base, at) => (before.length === body.lines.length ? { ...known(base), id: before[at].id } : known(base))), { step: before.length !== body.lines.length });
    bench.say(body.notes.join(' '), 'info');
    if (!body.notes.length) bench.say('');
    document.dispatchEvent(new CustomEvent('toast', { detail: { text: words.didSave } }));
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
    form.addEventListener('submit', async (event) => {
      if (!dirty) return;
      event.preventDefault();
      if (await saveAll()) form.submit();
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
