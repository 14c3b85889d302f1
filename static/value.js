// What a cell of a list stands for, and where its values lead: what the menu of a value is made of (menu.js). It reads what
// views/logs_values.go writes: data-field and data-words on a heading, data-value on a cell.

const longTitle = 200; // characters of a value that something is called by

// What an address says of the place in a list and of what is open is no part of a link to another list.
export const placeParams = ['after', 'before', 'expand', 'members', 'panel', 'pick', 'find', 'field', 'op', 'value', 'had', 'open', 'facet', 'more', 'among'];

// ---- what a cell stands for ----

export const isCard = (row) => getComputedStyle(row).display !== 'table-row';
export const mainLink = (row) => row.querySelector('a[href]:not([data-testid="expand"])');
export const dataCell = (element) => element?.closest?.('tr[data-id] > td');

export const labelOf = (cell) => cell.dataset.label ?? headingOf(cell)?.textContent.trim() ?? '';
const headingOf = (cell) => cell.closest('table').tHead?.rows[0].cells[cell.cellIndex];

// valuesOf gives what a cell can be filtered by, each with the FIELD, the value it wants, and its text. An empty one
// has no value: it asks for .empty.
export function valuesOf(cell) {
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
    const label = values.length === 1 || value === shown?.dataset.value ? text : countryName(values, text, i) ?? value;
    return { ...common, value, text: label.trim() };
  }).filter((v) => v.value || v.begins);
}

// A place is stated by its city, state and country code, and shows the country's name last.
function countryName(values, text, i) {
  const parts = text.trim().split(', ');
  const filled = values.filter(Boolean);
  const isPlace = i === values.length - 1 && /^[A-Z]{2}$/.test(values[i]) && parts.length === filled.length;
  return isPlace && parts.slice(0, -1).every((part, n) => part === filled[n]) ? parts.at(-1) : undefined;
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
export function copiesOf(cell) {
  const texts = textsOf(cell);
  const beside = valuesOf(cell).filter((v) => v.word && !v.begins && !texts[0]?.includes(v.text));
  return [...texts, ...beside.map((v) => v.text)];
}

export function textsOf(cell) {
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
export function address({ field, value, empty, begins }, excluded) {
  const url = new URL(location.href);
  const params = url.searchParams;
  placeParams.forEach((name) => params.delete(name));
  const { grownFrom } = document.querySelector('.grid').dataset;
  if (grownFrom) params.set('limit', grownFrom);
  else if (grownFrom === '') params.delete('limit');
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

// ---- how it is written ----

// Characters without a shape are shown by their numbers, as on the page: see views/visible.go.
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
export const visible = (text) => text.replace(invisible, (c) => `[U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}]`);

export const shortened = (text) => (text.length > longTitle ? `${text.slice(0, longTitle)}…` : text);
