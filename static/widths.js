// The widths of a list's columns: the line behind a heading is dragged, or moved with the arrow keys. A double click or Enter
// there fits the column to what it holds. The server keeps the widths and gives them as a style sheet, which this file
// changes while somebody drags: see views/logs_widths.go.

// As in auth/preferences.go.
const least = 48;
const greatest = 1000;
const step = 16;

const grid = () => document.querySelector('.grid');
const headings = () => [...grid().tHead.rows[0].cells];
const headingOf = (line) => line.closest('th');
const indexOf = (heading) => headings().indexOf(heading);
const nameOf = (heading) => heading.dataset.column ?? heading.className.match(/(?:of|col)-(\w+)$/)[1];
const fitting = (width) => Math.min(greatest, Math.max(least, Math.ceil(width)));

// ---- the style sheet ----

const sheetLink = () => document.querySelector('link[data-widths]');
const rules = () => [...(sheetLink()?.sheet?.cssRules[0]?.cssRules ?? [])];
const ruleOf = (index) => rules().find((rule) => rule.selectorText.includes(`:nth-child(${index + 1})`) && rule.style.getPropertyValue('--w'));
const chosenWidth = (index) => parseInt(ruleOf(index)?.style.getPropertyValue('--w') ?? '0', 10);

// An ID that is an icon has the width of one: see app.css.
const isIcon = (heading) => getComputedStyle(heading).fontSize === '0px';

// prepare gives the column a rule in the sheet, and those before it too: else they would move while it is dragged. One sheet
// comes at a time. A double click asks three times, and the second and third find everything prepared.
let preparing = Promise.resolve();

function prepare(heading) {
  preparing = preparing.catch(() => {}).then(() => prepareNow(heading));
  return preparing;
}

async function prepareNow(heading) {
  const last = indexOf(heading);
  const widths = headings().map((h, i) => chosenWidth(i) || (i <= last && !isIcon(h) ? fitting(h.getBoundingClientRect().width) : 0));
  if (widths.every((width, i) => width === chosenWidth(i))) return;
  const old = sheetLink();
  const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: `/static/widths/${widths.join('-')}.css` });
  link.dataset.widths = '';
  try {
    await new Promise((resolve, reject) => {
      link.addEventListener('load', resolve);
      link.addEventListener('error', reject);
      document.querySelector('.grid-scroll').before(link);
    });
  } catch (error) {
    link.remove();
    throw error;
  }
  old?.remove();
}

function setWidth(heading, width) {
  ruleOf(indexOf(heading)).style.setProperty('--w', `${fitting(width)}px`);
  state(heading);
}

function fit(heading) {
  const { style } = ruleOf(indexOf(heading));
  const before = style.cssText;
  style.setProperty('width', '1px');
  style.setProperty('min-width', '0');
  style.setProperty('max-width', 'none');
  const { width } = heading.getBoundingClientRect();
  style.cssText = before;
  setWidth(heading, width);
}

// ---- keeping ----

let unkept = null;

function keepNow() {
  if (unkept === null) return;
  clearTimeout(unkept);
  unkept = null;
  const pairs = headings().map((h, i) => [nameOf(h), chosenWidth(i)]).filter(([, width]) => width > 0);
  fetch('/preferences', {
    method: 'POST',
    headers: { 'HX-Request': 'true' },
    keepalive: true,
    body: new URLSearchParams({ [`widths.${location.pathname.split('/')[2]}`]: pairs.map((pair) => pair.join(':')).join(',') }),
  });
}

// A key that is held down is kept once.
function keep() {
  clearTimeout(unkept);
  unkept = setTimeout(keepNow, 300);
}

// Whoever leaves the line may go to another page at once, and that page is to have the widths already.
document.addEventListener('focusout', (event) => {
  if (lineOf(event)) keepNow();
});
addEventListener('pagehide', keepNow);

// ---- the lines ----

function state(heading, width = heading.offsetWidth) {
  const line = heading.querySelector('.width-line');
  line.setAttribute('aria-valuenow', width);
  line.setAttribute('aria-valuetext', `${width} pixels`);
}

// All lines are there before a width is read: to read one after each would lay the page out as often.
function addLines() {
  if (!grid()) return;
  const bare = headings().filter((heading) => !heading.querySelector('.width-line'));
  for (const heading of bare) {
    const label = heading.textContent.trim();
    heading.setAttribute('aria-label', label); // else the line would be a part of the heading's name
    const line = document.createElement('span');
    line.className = 'width-line';
    line.tabIndex = 0;
    line.title = 'Drag to change the width. Double-click to fit.';
    const said = { role: 'separator', 'aria-orientation': 'vertical', 'aria-label': `Width of ${label}`, 'aria-valuemin': least, 'aria-valuemax': greatest };
    Object.entries(said).forEach(([name, value]) => line.setAttribute(name, value));
    heading.append(line);
  }
  const widths = bare.map((heading) => heading.offsetWidth);
  bare.forEach((heading, i) => state(heading, widths[i]));
}

const lineOf = (event) => event.target.closest?.('.width-line');

document.addEventListener('pointerdown', async (event) => {
  const line = lineOf(event);
  if (!line || event.button !== 0) return;
  event.preventDefault();
  line.focus({ preventScroll: true });
  line.setPointerCapture(event.pointerId);
  const heading = headingOf(line);
  const start = { x: event.clientX, width: heading.offsetWidth };
  let x = start.x;
  const moved = (move) => {
    x = move.clientX;
    if (ready && x !== start.x) setWidth(heading, start.width + x - start.x);
  };
  let ready = false;
  line.addEventListener('pointermove', moved);
  line.addEventListener('lostpointercapture', () => {
    line.removeEventListener('pointermove', moved);
    if (ready && x !== start.x) keep();
  }, { once: true });
  await prepare(heading);
  ready = true;
  if (x === start.x) return;
  setWidth(heading, start.width + x - start.x); // it was dragged meanwhile
  if (!line.hasPointerCapture(event.pointerId)) keep();
});

document.addEventListener('dblclick', async (event) => {
  const line = lineOf(event);
  if (!line) return;
  await prepare(headingOf(line));
  fit(headingOf(line));
  keep();
});

document.addEventListener('keydown', async (event) => {
  const line = lineOf(event);
  if (!line || !['ArrowLeft', 'ArrowRight', 'Enter'].includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const heading = headingOf(line);
  await prepare(heading);
  if (event.key === 'Enter') fit(heading);
  else setWidth(heading, chosenWidth(indexOf(heading)) + (event.key === 'ArrowRight' ? step : -step));
  keep();
});

addLines();
document.addEventListener('htmx:afterSettle', addLines);
