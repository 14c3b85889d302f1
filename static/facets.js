// The facets work without this file. It adds a click that excludes, values that come in place, and remembers which facets are open.

import { placeParams } from './value.js';

// A click with Alt or Shift excludes, as the button beside the link does.
document.addEventListener('click', (event) => {
  if (!event.altKey && !event.shiftKey) return;
  const exclude = event.target.closest?.('[data-facets] li > a')?.parentElement.querySelector('button');
  if (!exclude) return;
  event.preventDefault();
  exclude.click();
});

// A facet's choice is kept with those of all other fields: a name for a closed one, with a plus sign for an open one.
function keep(facet, open) {
  const form = facet.closest('[data-facets]');
  const field = facet.dataset.facet;
  const others = form.dataset.chosen.split(',').filter((name) => name && name !== field && name !== `+${field}`);
  form.dataset.chosen = [...others, open ? `+${field}` : field].join(',');
  fetch('/preferences', {
    method: 'POST',
    headers: { 'HX-Request': 'true' },
    keepalive: true,
    body: new URLSearchParams({ 'closed-facets': form.dataset.chosen }),
  });
}

// come puts a facet in place of itself, as an address has it, and gives it; undefined where it did not come.
async function come(facet, address) {
  facet.id = `facet-${facet.dataset.facet}`; // by which the server knows what to answer
  await htmx.ajax('GET', address, { source: facet, target: facet, swap: 'outerHTML settle:0ms' }); // several facets may be on their way
  return facet.isConnected ? undefined : document.querySelector(`[data-facets] [data-facet="${facet.dataset.facet}"]`);
}

// here is the address of the list without what changes no facet.
function here() {
  const url = new URL(location.href);
  for (const param of placeParams) url.searchParams.delete(param);
  return url.pathname + url.search;
}

const isPlain = (event) => event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;

// A closed facet opens in its place. Where it does not come the whole page says why.
document.addEventListener('click', async (event) => {
  const button = event.target.closest?.('[data-facets] h3 > button');
  if (!button || !isPlain(event)) return;
  event.preventDefault();
  const facet = await come(button.closest('.facet'), here());
  if (!facet) {
    button.form?.requestSubmit(button);
    return;
  }
  facet.querySelector('summary').focus();
  keep(facet, true);
});

// More of a facet's values unfold in their place.
document.addEventListener('click', async (event) => {
  const link = event.target.closest?.('.facet a.more');
  if (!link || !isPlain(event)) return;
  event.preventDefault();
  const facet = await come(link.closest('.facet'), link.href);
  if (facet) (facet.querySelector('input') ?? facet.querySelector('summary')).focus();
  else location.assign(link.href);
});

// A facet that comes open says so too: only a change that follows is kept.
const seen = new WeakSet();
document.addEventListener('toggle', (event) => {
  const facet = event.target;
  if (!facet.matches?.('[data-facets] [data-facet]')) return;
  const came = facet.open && !seen.has(facet);
  seen.add(facet);
  if (!came) keep(facet, facet.open);
}, true);

// Facets that are kept open beyond those that came with the page come as they are scrolled into sight.
const waiting = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    waiting.unobserve(target);
    if (target.isConnected) come(target, here());
  }
});
const watch = () => document.querySelectorAll('[data-facets] [data-waits]').forEach((facet) => waiting.observe(facet));
watch();
document.addEventListener('htmx:afterSettle', watch);
