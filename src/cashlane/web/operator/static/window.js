// Small comforts; every page works without them. "/" goes to the search box; a refresh that got no
// answer is said.

const box = document.getElementById('q');

document.addEventListener('keydown', event => {
  const typing = event.target.closest('input, textarea, select');
  if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey || !box) return;
  event.preventDefault();
  box.focus();
  box.select();
});

const live = document.getElementById('live');
live?.addEventListener('htmx:error', () => live.classList.add('stale'));
live?.addEventListener('htmx:after:swap', () => live.classList.remove('stale'));
