// The film and its strip of scenes: a press seeks, and the strip shows where the film is. The player itself is the
// browser's own, so it works without this script.
//   <video id="film-..."> and <div class="strip" data-film="film-..."><button data-start-ms data-end-ms>
// A list of chapters is such a strip too: links that lead there without a script, and seek with one.

for (const strip of document.querySelectorAll('[data-film]')) {
  const film = document.getElementById(strip.dataset.film), scenes = [...strip.querySelectorAll('[data-start-ms]')];
  if (!film) continue;
  for (const scene of scenes) { // as wide as the scene is long; style by script is allowed where attributes are not
    scene.style.flexGrow = Math.max(1, (scene.dataset.endMs - scene.dataset.startMs) / 1000);
  }

  // half a frame in, so that a seek to a cut shows the scene after it and never the last frame before it
  const seek = (scene) => { film.currentTime = Math.min(+scene.dataset.startMs / 1000 + .017, (film.duration || Infinity) - .05); };
  const sceneAt = (ms) => scenes.findLast((scene) => ms >= +scene.dataset.startMs);

  // one stop for the Tab key, wherever the arrows have gone: a film may have hundreds of scenes
  const stop = (here) => scenes.forEach((scene) => { scene.tabIndex = scene === here ? 0 : -1; });
  stop(scenes[0]);
  strip.addEventListener('focusin', (event) => { const scene = event.target.closest('[data-start-ms]'); if (scene) stop(scene); });

  function mark() {
    const here = sceneAt(film.currentTime * 1000);
    if (!here || here.hasAttribute('aria-current')) return;
    scenes.forEach((scene) => scene.removeAttribute('aria-current'));
    here.setAttribute('aria-current', 'true');
    if (!strip.contains(document.activeElement)) stop(here);
    const left = here.offsetLeft - strip.offsetLeft; // not scrollIntoView: it would scroll the page as well
    if (left < strip.scrollLeft || left + here.offsetWidth > strip.scrollLeft + strip.clientWidth) strip.scrollTo({ left: left - strip.clientWidth / 3 });
    const top = here.offsetTop - strip.offsetTop;
    if (top < strip.scrollTop || top + here.offsetHeight > strip.scrollTop + strip.clientHeight) strip.scrollTo({ top: top - strip.clientHeight / 3 });
  }

  strip.addEventListener('click', (event) => { const scene = event.target.closest('[data-start-ms]'); if (scene) { event.preventDefault(); seek(scene); mark(); } });
  strip.addEventListener('keydown', (event) => {
    const at = scenes.indexOf(event.target.closest('[data-start-ms]'));
    const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: scenes.length - 1 }[event.key];
    if (at >= 0 && scenes[to]) { event.preventDefault(); scenes[to].focus(); }
  });
  film.addEventListener('timeupdate', mark);
  film.addEventListener('seeked', mark);
}
