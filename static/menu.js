// The menu of a value in a row: filter by it, exclude it, go to its own page, copy it. One menu serves all cells. It
// reads what views/values.go writes: data-field and data-words on a heading, data-value on a cell. It opens by the
// button at the end of the cell under the pointer or the focus, by Shift+F10 or the menu key, by a long press, and at
// the event "value-menu". Where rows are cards it has all values of the row.

const parts = document.getElementById('value-menu')?.content;
const longPress = 500; // milliseconds, as long as the systems take
const longTitle = 200; // characters of a value that the menu is called by
const slip = 10; // pixels a finger may move meanwhile

// What an address says of the place in a list and of what is open is no part of a link to another list.
const placeParams = ['after', 'before', 'expand', 'members', 'panel', 'pick', 'find', 'field', 'op', 'value', 'had', 'open'];

// ---- what a cell stands for ----

const isCard = (row) => getComputedStyle(row).display !== 'table-row';
const mainLink = (row) => row.querySelector('a[href]:not([data-testid="expand"])');
const dataCell = (element) => element?.closest?.('tr[data-id] > td');

const labelOf = (cell) => cell.dataset.label ?? headingOf(cell)?.textContent.trim() ?? '';
const headingOf = (cell) => cell.closest('table').tHead?.rows[0].cells[cell.cellIndex];

// valuesOf gives what a cell can be filtered by, each with the FIELD, the value it wants, and its text. An empty one
// has no value: it asks for .empty.
function valuesOf(cell) {
  const source = cell.dataset.field === undefined ? headingOf(cell) : cell;
  const fields = source?.dataset.field?.split(',') ?? [];
  if (fields.length === 0) return [];
  const words = source.dataset.words?.split(',') ?? [];
  const shown = cell.querySelector('[data-value], span');
  const text = shown?.textContent ?? '';
  const stated = cell.dataset.value;
  if (stated === undefined && text.trim() === '-') {
    return [{ field: fields[0], empty: true, text: 'empty' }];
  }
  const values = statedValues(stated, shown);
  return values.map((value, i) => {
    const common = { field: fields[i] ?? fields.at(-1), word: values.length > 1 ? words[i] : undefined };
    if (stated !== undefined && isBeginning(stated, i)) return { ...common, begins: true, value, text: value.trim() ? `${value.trim().slice(0, 40)}…` : '' };
    const label = values.length === 1 || value === shown?.dataset.value ? text : value;
    return { ...common, value, text: label.trim() };
  }).filter((v) => v.value || v.begins);
}

// A value that is longer than a filter takes is stated by its beginning behind a mark, or by the mark alone where its field
// cannot be asked for that.
const beginsMark = '^';
const isBeginning = (stated, i) => stated.split(',')[i].startsWith(beginsMark);
const statedText = (text) => decodeURIComponent(text.startsWith(beginsMark) ? text.slice(beginsMark.length) : text);

function statedValues(stated, shown) {
  if (stated !== undefined) return stated.split(',').map(statedText);
  if (shown.dataset.value) return [shown.dataset.value];
  return [bracketed(shown) ?? (titleOf(shown) || shown.textContent)];
}

// The row has its own ID in its data, of which the cell shows the ends.
function titleOf(shown) {
  const id = shown.closest('tr').dataset.id ?? '';
  const [first, last] = shown.textContent.split('…');
  return shown.title || (last !== undefined && id.startsWith(first) && id.endsWith(last) ? id : '');
}

// A title that begins with the text adds in brackets what identifies it: "Ada (ada@example.com)".
function bracketed(shown) {
  const lead = `${shown.textContent} (`;
  return shown.title.startsWith(lead) && shown.title.endsWith(')') ? shown.title.slice(lead.length, -1) : undefined;
}

// copiesOf gives what somebody may want of a cell: the text, whole where it is shortened, and what identifies it or
// stands beside it.
function copiesOf(cell) {
  const texts = textsOf(cell);
  const beside = valuesOf(cell).filter((v) => v.word && !v.begins && !texts[0]?.includes(v.text));
  return [...texts, ...beside.map((v) => v.text)];
}

function textsOf(cell) {
  const shown = cell.querySelector('time, [data-value], span') ?? cell;
  const text = shown.textContent.trim();
  if (!text || text === '-' || shown.classList.contains('hidden')) return [];
  const inner = cell.querySelector('time') ? undefined : bracketed(shown);
  if (inner) return [text, inner];
  return [text.includes('…') && titleOf(shown) ? titleOf(shown) : text];
}

// ---- the links ----

const same = (a, b) => a.toLowerCase() === b.toLowerCase();

function change(params, name, keep) {
  const kept = params.getAll(name).filter(keep);
  params.delete(name);
  kept.forEach((value) => params.append(name, value));
}

// Of a field's conditions one that holds is enough, so "filter by" takes the place of the others; "exclude" is asked
// beside them.
function address({ field, value, empty, begins }, excluded) {
  const url = new URL(location.href);
  const params = url.searchParams;
  placeParams.forEach((name) => params.delete(name));
  if (empty) {
    if (!excluded) ['', '.starts', '.has'].forEach((op) => params.delete(field + op));
    params.set(`${field}.empty`, excluded ? 'no' : 'yes');
  } else if (excluded) {
    change(params, field, (v) => !same(v, value));
    change(params, `${field}.not`, (v) => !same(v, value));
    params.append(`${field}.not`, value);
  } else {
    ['', '.starts', '.has', '.empty'].forEach((op) => params.delete(field + op));
    if (!begins) change(params, `${field}.not`, (v) => !same(v, value));
    params.append(begins ? `${field}.starts` : field, value);
  }
  url.hash = '';
  return url.pathname + url.search;
}

// ---- the menu ----

const panel = parts?.querySelector('.value-panel');
const menu = panel?.querySelector('[role="menu"]');
const more = parts?.querySelector('.value-more');
let opener = null; // what has the focus back when the menu closes

// Characters without a shape are shown by their numbers, as on the page: see views/visible.go.
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
const visible = (text) => text.replace(invisible, (c) => `[U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}]`);

function item(kind, text, word) {
  const element = parts.querySelector(`[data-item="${kind}"]`).cloneNode(true);
  if (text !== undefined) element.querySelector('b').textContent = visible(text);
  if (word) {
    const note = document.createElement('span');
    note.className = 'value-word';
    note.textContent = visible(word);
    element.append(note);
  }
  return element;
}

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

function openItem(row) {
  const link = item('open');
  link.href = mainLink(row).href;
  return link;
}

// ---- the sheet of a card: a line for each value of the row ----

const shortened = (text) => (text.length > longTitle ? `${text.slice(0, longTitle)}…` : text);

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
  const things = whole ? [openItem(row), ...[...row.cells].flatMap(linesOf)] : [...itemsOf(cell), openItem(row)];
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

// ---- the button ----

// offer puts the button into a cell. If it has the focus, the row keeps that.
function offer(cell) {
  const row = cell.parentElement;
  const card = isCard(row);
  const host = card ? row.cells[0] : cell;
  if (panel.isConnected || more.parentElement === host) return;
  if (document.activeElement === more) mainLink(more.closest(':is(tr, li)[data-id]')).focus({ preventScroll: true });
  more.setAttribute('aria-label', `Filter by, exclude or copy: ${card ? 'row' : labelOf(cell)}`);
  host.append(more);
}

function withdraw() {
  if (!panel.isConnected && document.activeElement !== more) more.remove();
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

// ---- listeners ----

// Rows that move beneath a mouse at rest are no reason to take the button from where the keyboard is.
let mouse = '';

function onPointerMove(event) {
  const at = `${event.screenX},${event.screenY}`;
  if (event.pointerType !== 'mouse' || at === mouse) return;
  mouse = at;
  const cell = dataCell(event.target);
  if (cell && !isIcon(cell)) offer(cell);
  else withdraw();
}

// The ID of a record that is an icon copies itself: the button would stand over it. The keys offer its menu.
const isIcon = (cell) => cell.matches('.of-request') && getComputedStyle(cell.querySelector('span') ?? cell).fontSize === '0px';

function onFocus(event) {
  const cell = dataCell(event.target);
  if (!cell || event.target === more) return;
  offer(cell);
  more.tabIndex = event.target === cell ? 0 : -1; // a stop of its own where the keyboard is at the value already
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
  closing = panel.isConnected && !panel.contains(event.target) && !more.contains(event.target);
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
  more.remove();
  panel.remove();
  said.className = 'toast';
  said.setAttribute('role', 'status');
  document.getElementById('main').append(said);
  panel.addEventListener('keydown', onMenuKey);
  panel.addEventListener('click', (event) => {
    const chosen = event.target.closest('[data-item]');
    if (chosen?.dataset.item === 'copy') copy(chosen.dataset.text);
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
    if (!panel.contains(event.target)) closeMoved();
  }, true);
  addEventListener('resize', closeMoved);
  document.addEventListener('touchstart', onTouchStart, { passive: true });
  document.addEventListener('touchmove', onTouchMove, { passive: true });
  document.addEventListener('touchcancel', endPress);
  document.addEventListener('touchend', (event) => {
    if (endPress()) event.preventDefault(); // no tap besides
  }, { passive: false });
}

if (parts) listen();
