// While a figure slides its readout follows at once, and the sums as soon as the hand rests; the
// address follows too. Without scripts the form's own button does all of it.

const REST_MS = 160;
const form = document.getElementById('levers');
const sums = document.getElementById('sums');
let timer = 0;
let asking = null;

function written(lever) {
  const decimals = Number(lever.dataset.decimals);
  const digits = lever.value.padStart(decimals + 1, '0');
  if (!decimals) return digits;
  const text = `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
  return lever.dataset.unit === '%' ? text.replace(/\.?0+$/, '') : text;
}

function readOut(lever) {
  const shown = written(lever);
  const cell = lever.closest('.setting');
  const basis = cell.querySelector('.basis');
  cell.querySelector('output').value = shown;
  lever.setAttribute('aria-valuetext', `${shown} ${lever.dataset.unit}`.trim());
  basis.className = 'basis changed';
  basis.textContent = lever.dataset.changed;
}

function address() {
  return `${form.getAttribute('action')}?${new URLSearchParams(new FormData(form))}`;
}

async function follow() {
  asking?.abort();
  const mine = new AbortController();
  asking = mine;
  const there = address();
  try {
    const answer = await fetch(there, { headers: { 'x-part': 'sums' }, signal: mine.signal });
    if (answer.redirected) { location.assign(there); return; }
    if (!answer.ok) throw new Error(String(answer.status));
    const text = await answer.text();
    if (asking !== mine) return;
    sums.innerHTML = text;
    sums.classList.remove('stale');
    history.replaceState(null, '', there);
  } catch {
    if (asking === mine) sums.classList.add('stale');
  }
}

form?.addEventListener('input', event => {
  if (event.target.type === 'range') readOut(event.target);
  clearTimeout(timer);
  timer = setTimeout(follow, REST_MS);
});
