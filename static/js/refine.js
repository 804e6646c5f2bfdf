// The page that refines a film: the chosen look on a still at once, and before and after played together.

const form = document.querySelector('#refine')
const still = document.querySelector('#still')

function show() {
  const given = new FormData(form)
  const query = new URLSearchParams({ grade: given.get('grade') ?? '', intensity: given.get('intensity') ?? '100', width: '960' })
  still.src = `${form.dataset.preview}&${query}`
}

if (form && still) {
  let later = 0
  const percent = form.querySelector('[data-percent]'), strength = form.elements.intensity
  const tell = () => { percent.textContent = `${strength.value} %`; percent.hidden = false }
  tell()
  form.addEventListener('input', ({ target }) => {
    if (target.name !== 'grade' && target.name !== 'intensity') return
    tell()
    clearTimeout(later)
    later = setTimeout(show, target.name === 'intensity' ? 120 : 0)
  })
}

// What a model enlarges is bought with the button, so its price stands on it; it is bought only with the box ticked.
const by = form?.elements.upscale_by, larger = form?.elements.upscale, said = form?.querySelector('[data-price-said]')

if (by && larger && said) {
  const price = () => {
    const costs = larger.checked ? by.selectedOptions[0]?.dataset.price : ''
    document.querySelector('#field-upscale-by').hidden = !larger.checked
    said.textContent = costs ? ` · ${costs}` : ''
    said.hidden = !costs
    said.closest('button').classList.toggle('ember', Boolean(costs))
  }
  price()
  form.addEventListener('change', price)
  addEventListener('pageshow', price) // a page from the back button keeps its choices
}

for (const sides of document.querySelectorAll('[data-compare]')) {
  const [before, after] = sides.querySelectorAll('video')
  sides.parentElement.querySelector('[data-together]')?.removeAttribute('hidden')
  const follow = (one, other) => {
    one.addEventListener('play', () => { other.currentTime = one.currentTime; other.play().catch(() => {}) }) // paused again before it began
    one.addEventListener('pause', () => other.pause())
    one.addEventListener('seeked', () => {
      if (Math.abs(other.currentTime - one.currentTime) > 0.08) other.currentTime = one.currentTime
    })
  }
  follow(before, after)
  follow(after, before)
}
