// What the Scenes page asks the server: a failure is told in words and is never an exception.

const $ = (selector, root = document) => root.querySelector(selector);
const dock = $('#proposal'), pageWords = $('#words')?.dataset ?? {};

export const toast = (detail) => document.dispatchEvent(new CustomEvent('toast', { detail }));
export const SETTLE_MS = 450; // after the last key or move, before the server is asked
const headers = () => ({ 'HX-Request': 'true', 'X-CSRFToken': $('meta[name=csrf]').content });

export async function ask(url, fields, { signal } = {}) {
  try {
    const options = fields ? { method: 'POST', body: new URLSearchParams(fields), signal } : {};
    const response = await fetch(url, { ...options, headers: headers() });
    if (response.redirected) return refused(403);
    const text = await response.text();
    const heard = JSON.parse(response.headers.get('HX-Trigger') ?? '{}');
    if (heard.toast) toast(heard.toast);
    return { ok: response.ok, status: response.status, text, told: !response.ok && Boolean(heard.toast), html: response.headers.get('Content-Type')?.includes('text/html') };
  } catch {
    return signal?.aborted ? { ok: false, text: '', told: true } : refused(0);
  }
}
function refused(status) {
  if (status) document.dispatchEvent(new CustomEvent('omvee:signed-out')); else toast({ text: pageWords.offline, level: 'bad' });
  return { ok: false, status, text: '', told: true };
}
export function tell(answer) {
  if (answer.told) return;
  if (answer.status === 403) { refused(403); return; }
  const plain = answer.text && !answer.html && answer.text.length < 300 ? answer.text : '';
  const usual = { 404: pageWords.gone, 409: pageWords.changed, 429: pageWords.tooOften };
  toast({ text: plain || usual[answer.status] || pageWords.failed, level: 'bad' });
}
// what is saved need not be rehearsed any more: `end` lets go of the question
export async function rehearsed(edit, scene, fields, end) {
  const answer = await ask(dock.dataset.preview, { ...fields, edit, scene: scene ?? '' }, end);
  try { return JSON.parse(answer.text).text; } catch { return answer.text ? pageWords.failed : ''; }
}
