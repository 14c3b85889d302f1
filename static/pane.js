// The details of a sign-in beside the list. A click on a row, or Enter, puts them there; the address remembers which are
// open. In a narrow window, and with Ctrl or the middle button, a row is the link it is without this file. Every such
// link says which list it comes from, so that its page leads to the next sign-ins there and back.

const wide = matchMedia('(min-width: 1101px)');
const widthKey = 'signpost.pane';
const smallest = 360;
const step = 16;
const inFront = 'dialog[open], details.menu[open], .value-panel:not([hidden]), :popover-open';

// What an address says of what is open on the list is no part of the way back to it.
const openParams = ['open', 'panel', 'pick', 'find', 'expand', 'members'];

const frame = () => document.querySelector('[data-pane]');
const body = () => document.getElementById('pane');
const openID = () => body()?.querySelector('[data-testid="details"]')?.dataset.id;
const rowOf = (id) => document.querySelector(`.grid [data-id="${CSS.escape(id ?? '')}"]`);
const rowLink = (row) => row?.querySelector('.when a:not(.expand)');
const plainClick = (event) => event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;

// ---- links that say where they come from ----

const detailsLink = (target) => target.closest?.('.grid .when a:not(.expand)');

function listAddress() {
  const url = new URL(location.href);
  for (const param of openParams) url.searchParams.delete(param);
  return url.pathname + url.search;
}

function sayList(link) {
  const url = new URL(link.href);
  url.searchParams.set('list', listAddress());
  link.href = url.pathname + url.search;
}

for (const type of ['pointerdown', 'focusin']) {
  document.addEventListener(type, ({ target }) => {
    const link = detailsLink(target);
    if (link) sayList(link);
  });
}

// ---- opening and closing ----

let asked = null; // the request under way: a newer one takes its place

async function load(address) {
  asked?.abort();
  asked = new AbortController();
  const answer = await fetch(address, { headers: { 'HX-Request': 'true', 'HX-Target': 'pane', 'HX-Current-URL': location.href }, signal: asked.signal });
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  if (!answer.ok || answer.redirected || !page.querySelector('[data-testid="details"]')) throw new Error('no details');
  return [...page.body.childNodes].map((node) => document.adoptNode(node));
}

// open shows the details at an address. What follows the row under the keys leaves the focus there.
async function open(address, { follows = false } = {}) {
  document.documentElement.toggleAttribute('data-waiting', true);
  try {
    const nodes = await load(address);
    body().replaceChildren(...nodes);
    window.htmx?.process(body()); // some of them ask for more
  } catch (error) {
    if (error.name !== 'AbortError') location.assign(address); // the whole page says what is wrong
    return;
  } finally {
    document.documentElement.toggleAttribute('data-waiting', false);
  }
  const isFirst = frame().hidden;
  frame().hidden = false;
  remember(openID(), isFirst);
  showPart();
  if (follows) return;
  const row = rowOf(openID());
  (row?.querySelector('td') ?? row)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  rowLink(row)?.focus({ preventScroll: true }); // where the keys for rows go on from
  body().querySelector('.title').focus({ preventScroll: true });
}

// showTabs moves each bar of tabs to its current one. The page stays where it is.
export function showTabs(within) {
  for (const tab of within.querySelectorAll('.tabs [aria-current]')) {
    const bar = tab.closest('ul');
    const [left, right] = [tab.getBoundingClientRect().left - bar.getBoundingClientRect().left, tab.getBoundingClientRect().right - bar.getBoundingClientRect().right];
    bar.scrollLeft += left < 0 ? left : Math.max(right, 0);
  }
}

// showPart brings the tab into sight that is open, and the part that the address names.
function showPart() {
  body().scrollTop = 0;
  showTabs(body());
  body().querySelector('[data-asked]')?.scrollIntoView({ block: 'start' });
}

function hide() {
  asked?.abort();
  clearTimeout(soon);
  const row = rowOf(openID());
  frame().hidden = true;
  body().replaceChildren();
  mark();
  (rowLink(row) ?? document.getElementById('list'))?.focus();
}

// Closing goes back over the step that opening was. Where the page came with the details open there is none.
function close() {
  const { state } = history;
  hide();
  if (state?.pane) history.back();
  else remember(null);
}

// Opening is a step of the history, so that Back closes; what is opened next takes its place.
function remember(id, isStep) {
  const url = new URL(location.href);
  if (id) url.searchParams.set('open', id);
  else url.searchParams.delete('open');
  if (isStep) history.pushState({ ...history.state, pane: true }, '', url);
  else history.replaceState(history.state, '', url);
  mark();
}

addEventListener('popstate', () => {
  if (!frame()) return;
  const id = new URL(location.href).searchParams.get('open');
  if (!id && !frame().hidden) hide();
  else if (id && id !== openID()) location.reload(); // forward again: the server knows the record
});

// ---- following the row under the keys ----

let soon = 0; // a key that is held down opens only the row that it ends at
let byKey = false;
document.addEventListener('keydown', () => { byKey = true; }, true);
document.addEventListener('pointerdown', () => { byKey = false; }, true);
document.addEventListener('focusin', ({ target }) => {
  const row = target.closest?.('.grid [data-id]');
  const link = rowLink(row);
  if (!byKey || !link || !wide.matches || !frame() || frame().hidden || row.dataset.id === openID() || document.documentElement.dataset.comparing) return;
  clearTimeout(soon);
  soon = setTimeout(() => {
    if (!row.contains(document.activeElement) || frame().hidden) return;
    sayList(link);
    open(link.href, { follows: true });
  }, 150);
});

// The row that is open is told from the others, also after the list was exchanged.
function mark() {
  const row = rowOf(openID());
  document.querySelectorAll('.grid [data-id][aria-current]').forEach((other) => { if (other !== row) other.removeAttribute('aria-current'); });
  row?.setAttribute('aria-current', 'true');
}

document.addEventListener('click', (event) => {
  const fromRow = detailsLink(event.target);
  if (fromRow) sayList(fromRow);
  const link = fromRow ?? event.target.closest('#pane :is([data-testid="details-tab"], [data-testid="newer"], [data-testid="older"])');
  if (!link || !plainClick(event) || !wide.matches || !frame()) return;
  event.preventDefault();
  open(link.href);
});

document.addEventListener('click', (event) => {
  if (!event.target.closest('[data-pane-close]') || !plainClick(event)) return;
  event.preventDefault();
  close();
});

// Before the menus hear of it: what is in front closes first.
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || event.isComposing || !frame() || frame().hidden || !wide.matches || document.querySelector(inFront)) return;
  if (event.target.matches?.('input, select, textarea')) return;
  close();
}, true);

for (const type of ['htmx:afterSettle', 'rows-added']) document.addEventListener(type, mark);

// ---- its width ----

const largest = () => Math.max(smallest, Math.round(innerWidth * 0.6));

function setWidth(width) {
  const fitting = Math.round(Math.min(largest(), Math.max(smallest, width)));
  document.documentElement.style.setProperty('--pane', `${fitting}px`);
  const handle = document.querySelector('[data-pane-handle]');
  handle?.setAttribute('aria-valuemax', largest());
  handle?.setAttribute('aria-valuenow', fitting);
  return fitting;
}

function keepWidth(width) {
  const fitting = setWidth(width);
  try {
    localStorage.setItem(widthKey, fitting);
  } catch {
    // Nothing is kept.
  }
}

function keptWidth() {
  try {
    return Number(localStorage.getItem(widthKey));
  } catch {
    return 0;
  }
}

document.addEventListener('pointerdown', (event) => {
  const handle = event.target.closest?.('[data-pane-handle]');
  if (!handle || event.button !== 0) return;
  event.preventDefault();
  handle.focus();
  handle.setPointerCapture(event.pointerId);
  const right = frame().getBoundingClientRect().right;
  const drag = ({ clientX }) => setWidth(right - clientX);
  handle.addEventListener('pointermove', drag);
  handle.addEventListener('lostpointercapture', ({ clientX }) => {
    handle.removeEventListener('pointermove', drag);
    keepWidth(frame().offsetWidth || right - clientX);
  }, { once: true });
});

document.addEventListener('keydown', (event) => {
  if (!event.target.matches?.('[data-pane-handle]')) return;
  const width = frame().offsetWidth;
  const widths = { ArrowLeft: width + step, ArrowRight: width - step, Home: smallest, End: largest() };
  if (!(event.key in widths)) return;
  event.preventDefault();
  keepWidth(widths[event.key]);
});

if (frame() && keptWidth()) setWidth(keptWidth());
mark();
