// The filter picker: its list of fields narrows as one types, and a chip opens it at its own condition.

const panel = () => document.getElementById('filter-panel');

document.addEventListener('input', (event) => {
  const list = document.getElementById(event.target.dataset.narrows);
  if (!list) return;
  const text = event.target.value.trim().toLowerCase();
  for (const group of list.querySelectorAll('ul')) {
    for (const item of group.children) item.hidden = !item.textContent.toLowerCase().includes(text);
    group.hidden = group.previousElementSibling.hidden = !group.querySelector('li:not([hidden])');
  }
});

// What leads into the picker comes in its place, and its first control gets the focus. It settles at once: who types
// quickly is not to be missed. Where it does not come the whole page says why.
async function pick(address) {
  const before = panel();
  await htmx.ajax('GET', address, { target: '#filter-panel', swap: 'outerHTML settle:0ms' });
  if (panel() === before) {
    location.assign(address);
    return;
  }
  document.getElementById('filter').open = true;
  (panel().querySelector('.picker-value input') ?? panel().querySelector('input:not([type="hidden"])'))?.focus();
}

document.addEventListener('click', (event) => {
  const link = event.target.closest('a[data-picks]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  pick(link.href);
});

document.addEventListener('submit', (event) => {
  const form = event.target.closest('form[data-picks]');
  if (!form) return;
  event.preventDefault();
  pick(`${form.action}?${new URLSearchParams(new FormData(form, event.submitter))}`);
});

// Enter in the search of the list takes the first field that is left.
document.addEventListener('keydown', (event) => {
  const list = event.key === 'Enter' && document.getElementById(event.target.dataset?.narrows);
  if (!list) return;
  event.preventDefault();
  list.querySelector('li:not([hidden]) button')?.click();
});

// The picker opens beneath its button, or as far to the left of it as the window needs.
function fit() {
  const filter = document.getElementById('filter');
  if (!filter?.open) return;
  const room = document.documentElement.clientWidth - 12;
  filter.style.setProperty('--shift', `${Math.min(0, room - panel().offsetWidth - filter.getBoundingClientRect().left)}px`);
}

fit();
addEventListener('resize', fit);

// The list of fields is there to be typed into as soon as it opens.
document.addEventListener('toggle', (event) => {
  if (event.target.id !== 'filter' || !event.target.open) return;
  fit();
  panel().querySelector('[data-narrows]')?.focus();
}, true);
