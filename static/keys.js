// The keyboard: rows, values and pages without the mouse, and the focus kept where it was when a part of the page
// is exchanged. views/keys.go lists what the keys do. Shortcuts of one character can be switched off (WCAG 2.1.4).

const storageKey = 'signpost.keys';
const helpAddress = '/help/keys';

let lettersOn = readLetters();

// A browser that keeps nothing has the shortcuts on, and remembers the switch until the page is left.
function readLetters() {
  try {
    return localStorage.getItem(storageKey) !== 'off';
  } catch {
    return true;
  }
}

function switchLetters(on) {
  lettersOn = on;
  try {
    if (on) localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, 'off');
  } catch {
    // Nothing is kept.
  }
}

// ---- rows and their cells ----

const shown = (element) => element.getClientRects().length > 0;
const rows = () => [...document.querySelectorAll('main :is(tr, li)[data-id]')].filter(shown);
const mainLink = (row) => row.querySelector('a[href]:not([data-testid="expand"])');
const focusedRow = () => document.activeElement?.closest(':is(tr, li)[data-id]');
const cellsOf = (row) => [...(row.cells ?? [])].filter(shown);

let lastRow = null; // where the focus was in the list, for coming back to it

function focusOn(element, row) {
  element.focus({ preventScroll: true });
  (element.closest('td') ?? row).scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

// The first column does not scroll: what is brought into sight must not end up beneath it.
function measurePinned(row) {
  const scroller = row.closest('.grid-scroll');
  const [first] = cellsOf(row);
  if (!scroller || !first) return;
  const last = cellsOf(row).at(-1);
  const pinned = (cell) => (getComputedStyle(cell).position === 'sticky' ? cell.offsetWidth : 0);
  const [start, end] = [first, last].map(pinned);
  scroller.style.setProperty('--pinned-start', `${start}px`);
  scroller.style.setProperty('--pinned-end', `${end}px`);
}

// goTo moves the focus to a row, in the column it is in.
function goTo(row, column) {
  if (!row) return;
  measurePinned(row);
  const cell = column > 0 && row.cells?.[column];
  if (cell && shown(cell)) focusCell(cell);
  else focusOn(mainLink(row), row);
}

function focusCell(cell) {
  cell.tabIndex = -1;
  focusOn(cell, cell.parentElement);
}

function column() {
  return document.activeElement.closest('td')?.cellIndex ?? 0;
}

function moveRow(by) {
  const all = rows();
  const from = focusedRow() ?? (lastRow?.isConnected ? lastRow : null);
  if (!from) return goTo(all[0], 0);
  if (!focusedRow() && !document.activeElement?.closest('#pane')) return goTo(from, 0); // back to where it was
  return goTo(all[all.indexOf(from) + by], column());
}

function moveCell(by) {
  const row = focusedRow();
  const cells = cellsOf(row);
  const at = cells.indexOf(document.activeElement.closest('td')) + by;
  if (at < 0 || at >= cells.length) return;
  measurePinned(row);
  if (at === 0) focusOn(mainLink(row), row);
  else focusCell(cells[at]);
}

// fold unfolds the row's group or folds it, also from one of its members.
function fold() {
  const row = focusedRow();
  if (!row) return;
  const own = row.querySelector('[data-testid="expand"]');
  if (own) return own.click();
  const around = row.closest('tbody[id]');
  const group = around && document.querySelector(`[aria-controls="${CSS.escape(around.id)}"]`);
  if (!group) return;
  goTo(group.closest(':is(tr, li)[data-id]'), 0);
  group.click();
}

// ---- places of the page ----

const visible = (selector) => [...document.querySelectorAll(selector)].find(shown);

function search() {
  const input = document.getElementById('search');
  if (input && shown(input)) {
    input.focus();
    input.select?.();
    return;
  }
  const link = document.querySelector('a[href="/search"]');
  if (link) location.assign(link.href);
}

function addFilter() {
  const control = document.querySelector('[data-testid="filter-add"]');
  if (!control) return;
  const summary = control.querySelector(':scope > summary');
  if (!summary) return control.click();
  if (!control.open) summary.click();
  const fields = control.querySelectorAll('input:not([type="hidden"]), select, textarea, a[href]');
  [...fields].find(shown)?.focus();
}

// ---- the help ----

let dialog = null;

// The page of the shortcuts is what the dialog shows: it is written once.
async function loadHelp() {
  const answer = await fetch(helpAddress);
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const list = page.querySelector('[data-keys]');
  if (!answer.ok || !list) throw new Error('no list of shortcuts');
  const made = document.createElement('dialog');
  made.className = 'keys-dialog';
  made.setAttribute('aria-labelledby', 'keys-title');
  const title = document.createElement('h2');
  title.id = 'keys-title';
  title.textContent = 'Keyboard shortcuts';
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Close';
  button.addEventListener('click', () => made.close());
  const head = document.createElement('div');
  head.className = 'keys-head';
  head.append(title, button);
  made.append(head, document.adoptNode(list));
  made.addEventListener('click', (event) => { if (event.target === made) made.close(); });
  document.getElementById('main').append(made);
  showSwitch(made);
  return made;
}

// ownPage says that the shortcuts are what the page is about.
const ownPage = () => document.querySelector('.page [data-keys]');

async function help() {
  if (ownPage()) return;
  try {
    dialog ??= await loadHelp();
    if (!dialog.open) dialog.showModal();
  } catch {
    location.assign(helpAddress); // the whole page says what is wrong
  }
}

function showSwitch(within) {
  within.querySelectorAll('[data-keys-switch]').forEach((box) => { box.checked = lettersOn; });
}

// ---- keys ----

const letters = {
  '/': search,
  f: addFilter,
  j: () => moveRow(1),
  k: () => moveRow(-1),
  x: fold,
  m: () => document.activeElement.dispatchEvent(new CustomEvent('value-menu', { bubbles: true })),
  n: () => visible('main a[rel~="next"]')?.click(),
  p: () => visible('main a[rel~="prev"]')?.click(),
  '[': () => visible('main a[data-key="["]')?.click(),
  ']': () => visible('main a[data-key="]"]')?.click(),
  c: () => (focusedRow() ?? document).dispatchEvent(new CustomEvent('compare', { bubbles: true })),
  '?': help,
};

// These are the row's alone: elsewhere they scroll, and do what the browser does.
const inRow = {
  ArrowDown: () => moveRow(1),
  ArrowUp: () => moveRow(-1),
  ArrowRight: () => moveCell(1),
  ArrowLeft: () => moveCell(-1),
};

const typing = 'input, select, textarea, [contenteditable]:not([contenteditable="false"])';
const inFront = 'dialog[open], details.menu[open], .value-panel, :popover-open';

function onKey(event) {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.composedPath()[0];
  if (target.matches?.(typing) || document.querySelector(inFront)) return;
  let act = lettersOn && letters[event.key];
  if (!event.shiftKey && focusedRow()) {
    act ||= inRow[event.key];
    if (event.key === 'Enter' && document.activeElement.matches('td')) act = () => mainLink(focusedRow()).click();
  }
  if (!act) return;
  event.preventDefault();
  act();
}

document.addEventListener('keydown', onKey);

document.addEventListener('change', (event) => {
  if (event.target.matches('[data-keys-switch]')) switchLetters(event.target.checked);
});

document.addEventListener('click', (event) => {
  const link = event.target.closest('[data-keys-help]');
  if (!link || ownPage() || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  help();
});

showSwitch(document);

// ---- the focus outlives an exchange of its surroundings ----

const focusable = 'a[href], button:not([disabled]), input:not([type="hidden"]), select, textarea, [tabindex]';
const focusableOf = (element) => (element?.matches(focusable) ? element : element?.querySelector(focusable));

let before = null; // what had the focus last
let gap = null; // where something is about to be exchanged

// findAgain looks for what takes the place of what had the focus: the same id, the same row, the same hook if that
// was exchanged too, else the first that came.
function findAgain() {
  const { element, row, hook } = before;
  const byId = element.id && document.getElementById(element.id);
  if (byId) return byId;
  const sameRow = row && document.querySelector(`main :is(tr, .card)[data-id="${CSS.escape(row.dataset.id)}"]`);
  if (sameRow) return focusableOf((hook !== row && sameRow.querySelector(selectorOf(hook))) || mainLink(sameRow) || sameRow);
  if (hook && !hook.isConnected) {
    const sameHook = focusableOf(document.querySelector(selectorOf(hook)));
    if (sameHook) return sameHook;
  }
  return focusableOf(gap?.after?.isConnected ? gap.after.nextElementSibling : gap?.parent?.firstElementChild);
}

function selectorOf({ dataset }) {
  const value = dataset.value === undefined ? '' : `[data-value="${CSS.escape(dataset.value)}"]`;
  return `[data-testid="${CSS.escape(dataset.testid)}"]${value}`;
}

document.addEventListener('focusin', ({ target }) => {
  before = { element: target, row: target.closest(':is(tr, li)[data-id]'), hook: target.closest('[data-testid]') };
  lastRow = focusedRow() ?? lastRow;
});

document.addEventListener('htmx:beforeSwap', ({ detail: { target } }) => {
  const has = target.contains(document.activeElement);
  gap = has ? { after: target.previousElementSibling, parent: target.parentElement } : null;
});

document.addEventListener('htmx:afterSwap', () => {
  const lost = !document.activeElement || document.activeElement === document.body;
  if (!lost || !before || before.element.isConnected) return;
  (findAgain() ?? document.getElementById('main')).focus({ preventScroll: true });
});
