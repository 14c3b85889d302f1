// What can be done with a value in a row: filter by it, exclude it, go to its own page, copy it. The first two are buttons beside
// the value under the pointer or the focus. The button behind them opens the menu with everything. So do Shift+F10 or the menu
// key, a long press, and the event "value-menu". Where rows are cards the menu has all values of the row.

import { address, copiesOf, dataCell, isCard, labelOf, mainLink, shortened, textsOf, valuesOf, visible } from './value.js';

const longPress = 500; // milliseconds, as long as the systems take
const slip = 10; // pixels a finger may move meanwhile

// ---- the parts ----

function make(name, attributes, ...children) {
  const element = document.createElement(name);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  element.append(...children);
  return element;
}

// The sheet of drawings is the one that the page shows its icons from.
function icon(name) {
  const svg = document.querySelector('svg.icon:has(use)').cloneNode(true);
  const use = svg.querySelector('use');
  use.setAttribute('href', use.getAttribute('href').replace(/#.*/, `#${name}`));
  svg.removeAttribute('width');
  svg.removeAttribute('height');
  return svg;
}

const menu = make('div', { role: 'menu', 'aria-labelledby': 'value-panel-title' });
const panel = make('div', { class: 'value-panel' }, make('p', { id: 'value-panel-title' }), menu);
const more = make('button', { type: 'button', class: 'value-more', 'aria-haspopup': 'menu', 'aria-expanded': 'false' });
const only = make('a', { class: 'value-only' });
const without = make('a', { class: 'value-without' });
const tools = make('div', { class: 'value-tools' }, only, without, more);
let opener = null; // what has the focus back when the menu closes

// What an item is drawn as, and how its text begins. The value follows in bold.
const kinds = {
  filter: ['a', 'filter', 'Filter by '],
  begins: ['a', 'filter', 'Filter by what begins with '],
  toolong: ['span', '', 'Too long for a filter'],
  exclude: ['a', 'exclude', 'Exclude '],
  page: ['a', 'info', 'About '],
  copy: ['button', 'copy', 'Copy '],
  compare: ['button', 'compare', 'Compare with another row'],
  diagnose: ['a', 'failure', 'Why it failed, and who can fix it'],
  open: ['a', 'open', 'Open in a new tab'],
};

function item(kind, text, word) {
  const [name, drawing, begin] = kinds[kind];
  const words = make('span', {}, begin);
  const element = make(name, { role: 'menuitem', tabindex: '-1', 'data-item': kind }, ...(drawing ? [icon(drawing)] : []), words);
  if (name === 'button') element.type = 'button';
  if (kind === 'toolong') element.setAttribute('aria-disabled', 'true');
  if (kind === 'open') Object.assign(element, { target: '_blank', rel: 'noopener' });
  if (text !== undefined) words.append(make('b', {}, visible(text)));
  if (word) element.append(make('span', { class: 'value-word' }, visible(word)));
  return element;
}

// ---- the menu ----

// What has a page of its own, by FIELD: where it is, and which values have one.
const guid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
const pages = { user: ['/users/', guid], app: ['/apps/', guid], sp: ['/apps/', guid], error: ['/errors/', /^[1-9]\d*$/] };

function pageOf({ field, value, text, word }) {
  const [path, form] = pages[field] ?? [];
  if (!form?.test(value ?? '')) return [];
  const link = item('page', text, word);
  link.href = path + value.toLowerCase();
  return [link];
}

function linksTo(value) {
  if (value.begins && !value.value) return [item('toolong', undefined, value.word)];
  if (value.begins) {
    const link = item('begins', value.text, value.word);
    link.href = address(value, false);
    return [link];
  }
  return [false, true].map((excluded) => {
    const link = item(excluded ? 'exclude' : 'filter', value.text, value.word);
    link.href = address(value, excluded);
    return link;
  }).concat(pageOf(value));
}

// Without a secure connection a browser has no clipboard to write to.
function copyItems(texts) {
  return !navigator.clipboard ? [] : texts.map((text) => {
    const button = item('copy', text);
    button.dataset.text = text;
    return button;
  });
}

const itemsOf = (cell) => [...valuesOf(cell).flatMap(linksTo), ...copyItems(copiesOf(cell))];

// rowItems are about the row, not about a value of it. Records can be compared, see static/compare.js; people and applications cannot.
function rowItems(row) {
  const link = item('open');
  link.href = mainLink(row).href;
  return mainLink(row).pathname.startsWith('/logs/') ? [...diagnosisOf(row), item('compare'), link] : [link];
}

// diagnosisOf leads to the reasons of a sign-in that failed or was interrupted.
function diagnosisOf(row) {
  if (!row.closest('[data-why]') || !row.querySelector('.status-failure, .status-interrupted')) return [];
  const [, , log, id] = mainLink(row).pathname.split('/');
  const link = item('diagnose');
  link.href = `/diagnostic?${new URLSearchParams({ request: decodeURIComponent(id), log: log === 'legacy' ? 'interactive' : log })}`;
  return [link];
}

// ---- the sheet of a card: a line for each value of the row ----

function line(label, text, things) {
  const set = document.createElement('div');
  set.setAttribute('role', 'group');
  set.setAttribute('aria-label', label);
  const title = document.createElement('p');
  title.setAttribute('aria-hidden', 'true'); // the group's label and the items say it
  const value = document.createElement('b');
  value.textContent = visible(shortened(text));
  title.append(`${label} `, value);
  set.append(title, ...things);
  return set;
}

function linesOf(cell) {
  const label = labelOf(cell);
  const values = valuesOf(cell);
  if (values.length > 1 && values[0].word) {
    return values.map((v) => line(v.word, v.text, [...linksTo({ ...v, word: '' }), ...(v.begins ? [] : copyItems([v.text]))]));
  }
  const texts = textsOf(cell);
  const things = [...values.flatMap(linksTo), ...copyItems(texts.slice(0, 1))];
  const first = things.length > 0 ? [line(label, texts[0] ?? '-', things)] : [];
  return first.concat(copyItems(texts.slice(1)).map((copies) => line(label, copies.dataset.text, [copies])));
}

function fill(cell) {
  const row = cell.parentElement;
  const whole = isCard(row);
  panel.classList.toggle('value-sheet', whole);
  const title = (whole ? mainLink(row).textContent : `${labelOf(cell)}: ${textsOf(cell)[0] ?? '-'}`).trim();
  panel.firstElementChild.textContent = shortened(title);
  const things = whole ? [...rowItems(row), ...[...row.cells].flatMap(linesOf)] : [...itemsOf(cell), ...rowItems(row)];
  menu.replaceChildren(...things);
}

// place puts the panel beneath the cell, or above it where there is no room, and inside the window.
function place(cell) {
  const box = cell.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const below = box.bottom + height + 8 <= innerHeight;
  const x = Math.max(8, Math.min(box.left, innerWidth - width - 8));
  const y = Math.max(8, below ? box.bottom : Math.min(box.top, innerHeight - 8) - height);
  panel.style.setProperty('--x', `${x}px`);
  panel.style.setProperty('--y', `${y}px`);
}

function open(cell) {
  close(false);
  const focused = document.activeElement;
  opener = cell.parentElement.contains(focused) ? focused : mainLink(cell.parentElement);
  fill(cell);
  document.getElementById('main').append(panel);
  place(cell);
  more.setAttribute('aria-expanded', 'true');
  items()[0].focus({ preventScroll: true });
}

function close(refocus) {
  if (!panel?.isConnected) return;
  panel.remove();
  more.setAttribute('aria-expanded', 'false');
  if (refocus && opener?.isConnected) opener.focus({ preventScroll: true });
}

const items = () => [...menu.querySelectorAll('[role="menuitem"]')];

function step(key) {
  const all = items();
  const at = all.indexOf(document.activeElement);
  switch (key) {
    case 'ArrowDown': return all[(at + 1) % all.length];
    case 'ArrowUp': return all[(at + all.length - 1) % all.length];
    case 'Home': return all[0];
    case 'End': return all.at(-1);
  }
  if (key.length !== 1) return undefined;
  const round = [...all.slice(at + 1), ...all.slice(0, at + 1)];
  return round.find((i) => i.textContent.trim().toLowerCase().startsWith(key.toLowerCase()));
}

function onMenuKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  event.stopPropagation(); // what lies beneath the menu stays as it is
  if (event.key === 'Tab') return close(true); // and the focus moves on from where it was
  if (event.key === ' ' || event.key === 'Escape') {
    event.preventDefault();
    return event.key === ' ' ? document.activeElement.click() : close(true);
  }
  const next = step(event.key);
  if (next) event.preventDefault();
  return next?.focus();
}

// ---- the buttons beside the value ----

// lead makes a button the way to the list with the value or without it; away where there is no such way.
function lead(button, value, excluded) {
  button.hidden = !value || (value.begins && (excluded || !value.value));
  if (button.hidden) return;
  const label = `${excluded ? 'Exclude' : value.begins ? 'Filter by what begins with' : 'Filter by'} ${value.word ? `${value.word}: ` : ''}${visible(shortened(value.text))}`;
  button.href = address(value, excluded);
  button.title = label;
  button.setAttribute('aria-label', label);
}

// offer puts the buttons beside the value of a cell. If one of them has the focus, the row keeps that.
function offer(cell, pointer) {
  const row = cell.parentElement;
  const card = isCard(row);
  const host = card ? row.cells[0] : cell;
  if (panel.isConnected || tools.parentElement === host) return;
  if (tools.contains(document.activeElement)) mainLink(tools.closest(':is(tr, li)[data-id]')).focus({ preventScroll: true });
  more.setAttribute('aria-label', `Filter by, exclude or copy: ${card ? 'row' : labelOf(cell)}`);
  const [first] = card ? [] : valuesOf(cell);
  lead(only, first, false);
  lead(without, first, true);
  host.append(tools);
  if (!card) putBeside(cell, pointer);
}

// putBeside has the buttons begin where the value ends, or end where it begins if there is no room behind it. They never come
// to be under a pointer that is there already: whoever clicks a row means the row.
function putBeside(cell, pointer) {
  const box = cell.getBoundingClientRect();
  const text = document.createRange();
  text.setStart(cell, 0);
  text.setEndBefore(tools);
  const parts = [...text.getClientRects()];
  const from = Math.max(box.left, Math.min(...parts.map((part) => part.left)));
  const to = Math.min(box.right - 8, Math.max(...parts.map((part) => part.right)));
  const end = cell.closest('.grid-scroll').getBoundingClientRect().right;
  const width = tools.offsetWidth;
  const gap = 4;
  let x = Math.min(box.right - gap, Math.max(to + gap, pointer > to ? pointer + 12 : 0));
  if (x + width > end) x = Math.max(box.left + gap, Math.min(from - gap, pointer < from ? pointer - 12 : Infinity)) - width;
  tools.style.setProperty('--x', `${x}px`);
  tools.style.setProperty('--y', `${box.top + box.height / 2}px`);
}

// followCell keeps the buttons beside their value while the list is scrolled, as long as the value is in sight.
function followCell(cell) {
  const [box, area] = [cell, cell.closest('.grid-scroll')].map((element) => element.getBoundingClientRect());
  const [x, y] = [Math.max(box.left, box.right - 40), box.top + box.height / 2];
  if (x < area.left || x > area.right || y < area.top + 28 || y > area.bottom) tools.remove();
  else putBeside(cell);
}

function withdraw() {
  if (!panel.isConnected && !tools.contains(document.activeElement)) tools.remove();
}

// ---- copying ----

const said = document.createElement('p');
let silence;

function say(text) {
  said.textContent = text;
  clearTimeout(silence);
  silence = setTimeout(() => { said.textContent = ''; }, 2500);
}

async function copy(text) {
  close(true);
  try {
    await navigator.clipboard.writeText(text);
    say(`Copied ${text}`);
  } catch {
    say('The browser does not allow copying.');
  }
}

// compare begins a comparison with the row of the menu, or ends one that has begun.
function compare() {
  const row = opener?.closest(':is(tr, li)[data-id]');
  close(true);
  row?.dispatchEvent(new CustomEvent('compare', { bubbles: true }));
}

// ---- listeners ----

// Rows that move beneath a mouse at rest are no reason to take the button from where the keyboard is.
let mouse = '';

function onPointerMove(event) {
  const at = `${event.screenX},${event.screenY}`;
  if (event.pointerType !== 'mouse' || at === mouse) return;
  mouse = at;
  const cell = dataCell(event.target);
  if (cell && !isIcon(cell)) offer(cell, event.clientX);
  else withdraw();
}

// The ID of a record that is an icon copies itself: the button would stand over it. The keys offer its menu.
const isIcon = (cell) => cell.matches('.of-request') && getComputedStyle(cell.querySelector('span') ?? cell).fontSize === '0px';

function onFocus(event) {
  const cell = dataCell(event.target);
  if (!cell || tools.contains(event.target)) return;
  offer(cell);
  for (const button of tools.children) button.tabIndex = event.target === cell ? 0 : -1; // stops where the keyboard is at the value already
}

// A finger that stays opens the menu; one that moves scrolls, and one that leaves taps.
let press = null;

function endPress() {
  clearTimeout(press?.timer);
  const opened = press?.opened;
  press = null;
  return opened;
}

function onTouchStart(event) {
  endPress();
  const cell = event.touches.length === 1 && dataCell(event.target);
  if (!cell) return;
  const [{ clientX: x, clientY: y }] = event.touches;
  const timer = setTimeout(() => {
    press.opened = true;
    getSelection().removeAllRanges();
    open(cell);
  }, longPress);
  press = { x, y, timer };
}

function onTouchMove(event) {
  if (!press || press.opened) return;
  const [{ clientX, clientY }] = event.touches;
  if (Math.hypot(clientX - press.x, clientY - press.y) > slip) endPress();
}

// Where no key opened it the event is the pointer's: the browser's own menu, but for a finger's.
function onContextMenu(event) {
  const finger = press !== null || event.pointerType === 'touch';
  const key = event.button !== 2 && !finger;
  if ((finger && dataCell(event.target)) || (key && panel.contains(event.target))) event.preventDefault();
}

// A click beside the menu closes it and does nothing else to the row it meets.
let closing = false;

function onPointerDown(event) {
  closing = panel.isConnected && !panel.contains(event.target) && !tools.contains(event.target);
  if (closing) close(false);
}

function onClick(event) {
  if (closing && event.target.closest(':is(tr, li)[data-id]') && !event.target.closest('a, button')) event.stopPropagation();
  closing = false;
}

// A sheet lies still while the page beneath it moves; a menu would lose its cell.
const closeMoved = () => panel.classList.contains('value-sheet') || close(true);

function onKey(event) {
  if (event.key !== 'ContextMenu' && !(event.key === 'F10' && event.shiftKey)) return;
  const cell = dataCell(document.activeElement);
  if (!cell || event.defaultPrevented) return;
  event.preventDefault();
  open(cell);
}

function listen() {
  only.append(icon('filter'));
  without.append(icon('exclude'));
  more.append(icon('more'));
  said.className = 'toast';
  said.setAttribute('role', 'status');
  document.getElementById('main').append(said);
  panel.addEventListener('keydown', onMenuKey);
  panel.addEventListener('click', (event) => {
    const chosen = event.target.closest('[data-item]');
    if (chosen?.dataset.item === 'copy') copy(chosen.dataset.text);
    else if (chosen?.dataset.item === 'compare') compare();
    else if (chosen) setTimeout(close, 0, true); // after the link has been followed
  });
  more.addEventListener('click', () => (panel.isConnected ? close(true) : open(dataCell(more))));
  document.addEventListener('pointermove', onPointerMove);
  document.addEventListener('focusin', onFocus);
  document.addEventListener('pointerdown', onPointerDown);
  document.addEventListener('click', onClick, true);
  document.addEventListener('value-menu', (event) => {
    const cell = dataCell(event.target);
    if (cell) open(cell);
  });
  document.addEventListener('keydown', onKey);
  document.addEventListener('contextmenu', onContextMenu);
  document.addEventListener('scroll', (event) => {
    endPress();
    if (panel.contains(event.target)) return;
    closeMoved();
    const cell = dataCell(tools);
    if (cell && !isCard(cell.parentElement)) followCell(cell);
  }, true);
  addEventListener('resize', () => { closeMoved(); withdraw(); });
  document.addEventListener('touchstart', onTouchStart, { passive: true });
  document.addEventListener('touchmove', onTouchMove, { passive: true });
  document.addEventListener('touchcancel', endPress);
  document.addEventListener('touchend', (event) => {
    if (endPress()) event.preventDefault(); // no tap besides
  }, { passive: false });
}

if (document.querySelector('.grid')) listen();
