// The facets work without this file. It adds a click that excludes, and remembers which are closed.

// A click with Alt or Shift excludes, as the button beside the link does.
document.addEventListener('click', (event) => {
  if (!event.altKey && !event.shiftKey) return;
  const exclude = event.target.closest?.('[data-facets] li > a')?.parentElement.querySelector('button');
  if (!exclude) return;
  event.preventDefault();
  exclude.click();
});

// closedNow is the preference: the closed facets of this page, and those of fields that only other lists have.
function closedNow(form) {
  const facets = [...form.querySelectorAll('[data-facet]')];
  const here = facets.map((facet) => facet.dataset.facet);
  const elsewhere = form.dataset.closed.split(',').filter((field) => field && !here.includes(field));
  return [...elsewhere, ...facets.filter((facet) => !facet.open).map((facet) => facet.dataset.facet)].join(',');
}

const same = (some, others) => some.length === others.length && some.every((field) => others.includes(field));

// Facets that come open say so too when the page is read: only a change is kept.
document.addEventListener('toggle', (event) => {
  const form = event.target.matches?.('[data-facet]') && event.target.closest('[data-facets]');
  if (!form) return;
  const closed = closedNow(form);
  if (same(closed.split(','), form.dataset.closed.split(','))) return;
  form.dataset.closed = closed;
  fetch('/preferences', {
    method: 'POST',
    headers: { 'HX-Request': 'true' },
    keepalive: true,
    body: new URLSearchParams({ name: 'closed-facets', value: closed }),
  });
}, true);
