// Signpost works without this file. It adds what a link alone cannot do: groups that fold in place, rows
// that open at a click anywhere, ids copied with one press. Listeners sit on the document and look for data-*.

import { showTabs } from './pane.js';

// The address remembers what is unfolded, so that a reload and a copied link show the same.
function rememberExpanded(key, expanded) {
  const url = new URL(location.href);
  const keys = url.searchParams.getAll('expand').filter((k) => k !== key);
  url.searchParams.delete('expand');
  url.searchParams.delete('members');
  if (expanded) keys.push(key);
  keys.forEach((k) => url.searchParams.append('expand', k));
  history.replaceState(history.state, '', url);
}

// The place of the row in the list, as the address names it: what is folded has it for a value, and names what it
// controls from when that is there.
const keyOf = (arrow) => arrow.getAttribute('aria-controls')?.slice('members-'.length) ?? arrow.value;

// What stands beneath a row, in a body of its own, which comes to be when it is needed.
function beneath(arrow) {
  const id = `members-${keyOf(arrow)}`;
  let body = document.getElementById(id);
  if (!body) {
    arrow.setAttribute('aria-controls', id);
    body = Object.assign(document.createElement('tbody'), { id, className: 'members', hidden: true });
    arrow.closest('tbody').after(body);
  }
  return body;
}

function setExpanded(arrow, expanded) {
  beneath(arrow).hidden = !expanded;
  arrow.setAttribute('aria-expanded', String(expanded));
  arrow.setAttribute('aria-label', arrow.getAttribute('aria-label').replace(expanded ? 'Show' : 'Hide', expanded ? 'Hide' : 'Show'));
  rememberExpanded(keyOf(arrow), expanded);
}

// Members come in place once; those that are there are folded and unfolded without asking the server again.
document.addEventListener('click', async (event) => {
  const arrow = event.target.closest('.expand');
  if (!arrow || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  const members = beneath(arrow);
  event.preventDefault();
  if (members.rows.length === 0) {
    const url = new URL(location.href);
    for (const param of ['after', 'before', 'expand', 'members']) url.searchParams.delete(param);
    // htmx sends the arrow's own name and value with it.
    await htmx.ajax('GET', url.pathname + url.search, { source: arrow, target: members, swap: 'innerHTML' });
    if (members.rows.length === 0) return; // it failed, which is told elsewhere
  }
  setExpanded(arrow, arrow.getAttribute('aria-expanded') !== 'true');
});

// Of more members the address remembers the last ones asked for: there a reload goes on, with a way back to the newest.
document.addEventListener('htmx:afterRequest', ({ detail }) => {
  if (!detail.successful || !detail.requestConfig.elt.closest('.members-foot')) return;
  const asked = new URL(detail.requestConfig.path, location.href).searchParams;
  rememberExpanded(asked.get('expand'), true);
  const url = new URL(location.href);
  url.searchParams.set('members', asked.get('members'));
  history.replaceState(history.state, '', url);
});

// A thin bar on top says that something is being waited for; it shows after a moment only (see the style sheet).
let waiting = 0;
const wait = (change) => { waiting = Math.max(0, waiting + change); document.documentElement.toggleAttribute('data-waiting', waiting > 0); };
document.addEventListener('htmx:beforeRequest', () => wait(1));
document.addEventListener('htmx:afterRequest', () => wait(-1));

// A fragment that fails (signed out, too slow, gone) becomes a whole page, which says what is wrong.
document.addEventListener('htmx:responseError', (event) => {
  const source = event.detail.requestConfig.elt;
  if (source.href) location.assign(source.href);
  else if (source.matches('.expand')) source.form.requestSubmit(source);
});

document.addEventListener('click', (event) => {
  const row = event.target.closest(':is(tr, li)[data-id]');
  if (!row || event.target.closest('a, button, input, summary, textarea, label') || String(getSelection())) return;
  const id = navigator.clipboard && event.target.closest('.grid:not(.chosen) td.of-request > span');
  if (id && matchMedia('(min-width: 721px) and (max-width: 1599px)').matches) { // there it is an icon: see the style sheet
    copied(id, row.dataset.id);
    return;
  }
  row.querySelector('[data-open]')?.click(); // rows of other lists have links of their own
});

// What a column cuts off is shown whole, and the row's own ID, of which a cell shows the ends.
document.addEventListener('mouseover', (event) => {
  const cell = event.target.closest('.grid td');
  const text = cell?.querySelector(':scope > span');
  const [first, last] = text?.textContent.split('…') ?? [];
  const id = cell?.parentElement.dataset.id;
  if (id && text && !text.title && last !== undefined && id.startsWith(first) && id.endsWith(last)) text.title = id;
  if (text && !text.title && (cell.scrollWidth > cell.clientWidth || text.scrollWidth > text.clientWidth)) text.title = text.textContent;
});

async function copied(element, text) {
  await navigator.clipboard.writeText(text);
  element.dataset.copied = '';
  setTimeout(() => delete element.dataset.copied, 1500);
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-copy], [data-copy-block]');
  if (button) copied(button, button.dataset.copy ?? button.parentElement.querySelector('pre').textContent);
});

// A menu closes with Escape and with a click beside it.
document.addEventListener('keydown', (event) => {
  const menu = event.key === 'Escape' && document.querySelector('details.menu[open]');
  if (!menu) return;
  menu.open = false;
  menu.querySelector('summary').focus();
});
document.addEventListener('click', (event) => {
  document.querySelectorAll('details.menu[open]').forEach((menu) => {
    if (!event.composedPath().includes(menu)) menu.open = false; // what was clicked may be gone by now
  });
});

// The links of a group of the navigation, where they come by hover or focus, go with Escape until the pointer and the focus left.
document.addEventListener('keydown', (event) => {
  const group = event.key === 'Escape' && document.querySelector('.nav-group:is(:hover, :focus-within)');
  if (!group) return;
  group.dataset.shut = '';
  group.querySelector('button').focus();
});
for (const left of ['mouseout', 'focusout']) {
  document.addEventListener(left, (event) => {
    const group = event.target.closest?.('.nav-group');
    if (group && !group.contains(event.relatedTarget)) delete group.dataset.shut;
  });
}

// The browser's time zone, for pages that show times in it: the server cannot know it otherwise. A page made before it was
// known, or in another one, is asked for again once.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
document.cookie = `tz=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax`;
const shownZone = document.documentElement.dataset.zone;
if (shownZone && shownZone !== zone && document.cookie.includes(`tz=${encodeURIComponent(zone)}`) && !sessionStorage.getItem('zone-asked')) {
  sessionStorage.setItem('zone-asked', zone);
  location.reload();
}
document.addEventListener('focusin', (event) => {
  const list = event.target.list;
  if (list?.id === 'zones' && !list.options.length) list.append(...Intl.supportedValuesOf('timeZone').map((name) => new Option(name, name)));
});

document.documentElement.classList.add('scripted');
if (navigator.clipboard) document.documentElement.classList.add('copies');
showTabs(document);
