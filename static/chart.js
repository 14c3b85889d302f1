// The chart works without this file: each bar is a link. It adds what several bars need: a pointer that drags
// over them, arrow keys, and a line that says what the bar under the pointer or the focus stands for.

const bars = (chart) => [...chart.querySelectorAll('.bars > a')];
const chartOf = (node) => node.closest?.('[data-narrow]');
const readout = (chart) => chart.closest('section').querySelector('[data-readout]');
const textOf = (bar) => bar.querySelector('title').textContent;

// A bar ends where the next begins, the last one where the chart does.
const startOf = (bar) => bar.dataset.from ?? new URLSearchParams(bar.getAttribute('href')).get('from');
const endOf = (bar) => (bar.nextElementSibling?.matches('a') ? startOf(bar.nextElementSibling) : chartOf(bar).dataset.to);

// The parts of all bars, as the legend names them. Values of a breakdown keep their capitals.
const wordsOf = (bar) => [...chartOf(bar).closest('section').querySelectorAll('.legend a > span')].map((span) =>
  span.closest('.split a:not(.status-rest)') ? span.textContent : span.textContent.toLowerCase());

// A bar's numbers in the order of the legend: two values of a breakdown may have the same words. The words of statuses differ,
// and the bar's text has the numbers behind its time: "1,204 success, 3 failure".
function countsOf(bar) {
  if (bar.dataset.n) return bar.dataset.n.split(',').map(Number);
  const text = textOf(bar);
  const parts = text.slice(text.indexOf(': ') + 2).split(', ').map((part) => part.match(/^([\d,]+) (.+)$/)).filter(Boolean);
  return wordsOf(bar).map((word) => Number(parts.find(([, , status]) => status === word)?.[1].replaceAll(',', '') ?? 0));
}

// What is being selected: the chart, the places of the first and the last bar, and whether by a drag.
let selection;

// The line stands on the other side than what it tells of. It is read out where a bar's own name does not say
// it: while bars are selected.
function say(chart, text, bar) {
  const line = readout(chart);
  line.hidden = !text;
  if (!text) return;
  line.setAttribute('aria-live', selection ? 'polite' : 'off');
  line.textContent = text;
  line.toggleAttribute('data-left', Number(bar.querySelector('rect').getAttribute('x')) > chart.viewBox.baseVal.width / 2);
}

// What an empty bar says: "no sign-ins".
function none(some) {
  const text = textOf(some[0]);
  return text.slice(text.indexOf(': ') + 2);
}

// The sum of some bars, in words: from the first one's beginning to the last one's end.
function textOfSpan(some) {
  const [first, last] = [textOf(some[0]), textOf(some.at(-1))].map((text) => text.slice(0, text.indexOf(': ')));
  const day = (text) => text.slice(0, text.indexOf(' '));
  const from = first.split(' to ')[0];
  let to = last.includes(' to ') ? last.slice(last.indexOf(' to ') + 4) : last;
  if (!/^\d+-/.test(to) && day(last) !== day(first)) to = `${day(last)} ${to}`; // an end on its beginning's day names no day
  const counts = some.map(countsOf);
  const numbers = wordsOf(some[0])
    .map((word, part) => ({ word, n: counts.reduce((sum, ofBar) => sum + ofBar[part], 0) }))
    .filter(({ n }) => n)
    .map(({ word, n }) => `${n.toLocaleString('en')} ${word}`);
  const past = some.filter((bar) => bar.dataset.past).map((bar) => Number(bar.dataset.past));
  if (past.length) numbers.push(`against ${past.reduce((sum, n) => sum + n, 0).toLocaleString('en')} seven days before`);
  return `${from} to ${to}: ${numbers.join(', ') || none(some)}`;
}

function selected() {
  const list = bars(selection.chart);
  return list.slice(Math.min(selection.first, selection.last), Math.max(selection.first, selection.last) + 1);
}

function draw() {
  const { chart } = selection;
  let box = chart.querySelector('.selection');
  if (!box) {
    box = chart.appendChild(document.createElementNS('http://www.w3.org/2000/svg', 'rect'));
    box.setAttribute('class', 'selection');
    box.setAttribute('height', chart.viewBox.baseVal.height);
  }
  const some = selected();
  const [first, last] = [some[0], some.at(-1)].map((bar) => bar.querySelector('rect'));
  const [left, right] = [Number(first.getAttribute('x')), Number(last.getAttribute('x')) + Number(last.getAttribute('width'))];
  box.setAttribute('x', left);
  box.setAttribute('width', right - left);
  say(chart, textOfSpan(some), some[0]);
}

function abandon() {
  if (!selection) return;
  const { chart } = selection;
  selection = undefined;
  chart.querySelector('.selection')?.remove();
  say(chart);
}

function apply() {
  const some = selected();
  const from = startOf(some[0]);
  const to = endOf(some.at(-1));
  const { chart } = selection;
  abandon();
  if (Date.parse(to) - Date.parse(from) < 1000) return; // there is nothing to see inside
  location.assign(`${chart.dataset.narrow}from=${from}&to=${to}`);
}

// Dragging begins where the pointer goes down and leaves that bar; before that it is a click.
let pressed;

document.addEventListener('pointerdown', (event) => {
  const chart = chartOf(event.target);
  if (!chart || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  pressed = { chart, place: placeAt(chart, event.clientX) };
});

// placeAt gives the bar at a place of the window, the nearest where the pointer is beside the chart.
function placeAt(chart, x) {
  const list = bars(chart);
  const box = chart.getBoundingClientRect();
  const at = ((x - box.left) / box.width) * chart.viewBox.baseVal.width;
  const place = list.findIndex((bar) => {
    const rect = bar.querySelector('rect');
    return at < Number(rect.getAttribute('x')) + Number(rect.getAttribute('width'));
  });
  return place < 0 ? list.length - 1 : place;
}

document.addEventListener('pointermove', (event) => {
  if (!pressed) return;
  const place = placeAt(pressed.chart, event.clientX);
  if (!selection) {
    if (place === pressed.place) return;
    selection = { chart: pressed.chart, first: pressed.place, drag: true };
    pressed.chart.setPointerCapture(event.pointerId);
  }
  selection.last = place;
  draw();
});

let justDragged = false;

document.addEventListener('pointerup', () => {
  pressed = undefined;
  if (!selection?.drag) return;
  justDragged = true; // the click that follows is the drag's own
  setTimeout(() => { justDragged = false; });
  apply();
});

document.addEventListener('pointercancel', () => {
  pressed = undefined;
  if (selection?.drag) abandon();
});

document.addEventListener('click', (event) => {
  if (!justDragged) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

// A browser would drag the link itself.
document.addEventListener('dragstart', (event) => {
  if (chartOf(event.target)) event.preventDefault();
});

// Keys: arrows go from bar to bar, with Shift they select, Enter applies and Escape abandons.
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && selection) {
    event.stopImmediatePropagation();
    pressed = undefined;
    abandon();
    return;
  }
  const chart = chartOf(event.target);
  if (!chart || event.ctrlKey || event.metaKey || event.altKey) return;
  const list = bars(chart);
  const place = list.indexOf(event.target.closest('.bars > a'));
  if (event.key === 'Enter' && selection) {
    event.preventDefault();
    apply();
    return;
  }
  const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
  if (!step || place < 0) return;
  event.preventDefault();
  if (event.shiftKey) {
    selection ??= { chart, first: place, last: place };
    selection.last = Math.min(Math.max(selection.last + step, 0), list.length - 1);
    draw();
    return;
  }
  abandon();
  const links = list.filter((bar) => bar.hasAttribute('href'));
  const link = links[Math.min(Math.max(links.indexOf(list[place]) + step, 0), links.length - 1)];
  makeStop(links, link);
  link.focus();
});

// Only one bar is a stop of the Tab key: the others are an arrow away.
function makeStop(links, stop) {
  links.forEach((link) => link.setAttribute('tabindex', link === stop ? '0' : '-1'));
}

for (const name of ['pointerover', 'focusin']) {
  document.addEventListener(name, (event) => {
    const chart = chartOf(event.target);
    const bar = chart && event.target.closest('.bars > a');
    if (!bar || selection) return;
    say(chart, textOf(bar), bar);
    if (name === 'focusin') makeStop(bars(chart).filter((other) => other.hasAttribute('href')), bar);
  });
}
for (const name of ['pointerout', 'focusout']) {
  document.addEventListener(name, (event) => {
    const chart = chartOf(event.target);
    if (!chart || chartOf(event.relatedTarget ?? document) === chart) return;
    if (name === 'focusout' && selection && !selection.drag) abandon();
    if (!selection) say(chart);
  });
}

function prepare() {
  document.querySelectorAll('[data-narrow]').forEach((chart) => {
    const links = bars(chart).filter((bar) => bar.hasAttribute('href'));
    if (!links.some((link) => link.getAttribute('tabindex') === '0')) makeStop(links, links.at(-1));
  });
}
prepare();
document.addEventListener('htmx:afterSettle', prepare);
