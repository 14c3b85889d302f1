// The columns panel without asking the server at each step. The form is what it was: the order of its inputs is the
// order of the columns, and its buttons send it.

function addHandles() {
  document.querySelectorAll('.columns-chosen li:not(.fixed)').forEach((item) => {
    const handle = document.createElement('span');
    handle.className = 'handle';
    handle.setAttribute('aria-hidden', 'true');
    item.prepend(handle);
  });
}

// The panel comes when it is opened.
document.addEventListener('toggle', async (event) => {
  const link = event.target.open && event.target.querySelector('[data-brings]');
  if (!link) return;
  await htmx.ajax('GET', link.href, { source: link, target: '#columns', swap: 'outerHTML' });
  addHandles();
  document.querySelector('#columns .columns-find')?.focus();
}, true);

const panelOf = (element) => element.closest('[data-columns]');
const itemOf = (element) => element.closest('.columns-chosen li:not(.fixed)');
const labelOf = (item) => item.querySelector('span:not(.handle)').textContent;
const inputOf = (item) => item.querySelector('input');
const fixed = (item) => !item || item.classList.contains('fixed');

function say(panel, text) {
  panel.querySelector('[data-said]').textContent = text;
}

function sayPlace(item) {
  const items = [...item.parentElement.children];
  say(panelOf(item), `${labelOf(item)}: column ${items.indexOf(item) + 1} of ${items.length}`);
}

// The neighbour moves, not the item itself: what has the focus or the pointer keeps it.
function moveUp(item) {
  if (!fixed(item.previousElementSibling)) item.after(item.previousElementSibling);
}

function moveDown(item) {
  if (item.nextElementSibling) item.before(item.nextElementSibling);
}

function makeItem(panel, name, label) {
  const list = panel.querySelector('.columns-chosen');
  const item = list.lastElementChild.cloneNode(true);
  item.id = `column-${name}`;
  inputOf(item).value = name;
  item.querySelector('span:not(.handle)').textContent = label;
  item.querySelectorAll('button').forEach((button) => {
    button.value = name;
    button.setAttribute('aria-label', { up: `Move ${label} up`, down: `Move ${label} down`, remove: `Remove ${label}` }[button.name]);
  });
  list.append(item);
  item.scrollIntoView({ block: 'nearest' });
  return item;
}

function makeOption(panel, name, label) {
  const option = document.createElement('label');
  const input = document.createElement('input');
  Object.assign(input, { type: 'checkbox', name: 'column', value: name });
  option.append(input, label);
  const list = panel.querySelector('.columns-others');
  const behind = [...list.children].find((other) => other.textContent.localeCompare(label, 'en', { sensitivity: 'base' }) > 0);
  list.insertBefore(option, behind || null);
  return input;
}

const optionOf = (panel, name) => [...panel.querySelectorAll('.columns-others input')].find((input) => input.value === name);

// A list needs at least one column besides the date.
function remove(item) {
  const panel = panelOf(item);
  const name = inputOf(item).value;
  const label = labelOf(item);
  const next = item.nextElementSibling || item.previousElementSibling;
  if (fixed(next)) {
    say(panel, 'A list needs at least one column besides the date.');
    return false;
  }
  const hadFocus = item.contains(document.activeElement);
  item.remove();
  (optionOf(panel, name) || makeOption(panel, name, label)).checked = false;
  if (hadFocus) next.querySelector('button[name="remove"]').focus();
  say(panel, `${label} is removed`);
  return true;
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  const item = button && itemOf(button);
  if (!item || !panelOf(item)) return;
  event.preventDefault();
  if (button.name === 'remove') {
    remove(item);
    return;
  }
  if (button.name === 'up') moveUp(item);
  else moveDown(item);
  item.scrollIntoView({ block: 'nearest' });
  sayPlace(item);
});

document.addEventListener('change', (event) => {
  const option = event.target;
  const panel = option.matches('.columns-others input') && panelOf(option);
  if (!panel) return;
  const item = [...panel.querySelectorAll('.columns-chosen li:not(.fixed)')].find((i) => inputOf(i).value === option.value);
  if (option.checked && !item) sayPlace(makeItem(panel, option.value, option.parentElement.textContent));
  if (!option.checked && item && !remove(item)) option.checked = true;
});

document.addEventListener('input', (event) => {
  if (!event.target.matches('.columns-find')) return;
  const panel = panelOf(event.target);
  const wanted = event.target.value.trim().toLowerCase();
  let found = 0;
  panel.querySelectorAll('.columns-others label').forEach((label) => {
    const name = label.querySelector('input').value;
    label.hidden = !`${label.textContent} ${name}`.toLowerCase().includes(wanted);
    if (!label.hidden) found += 1;
  });
  say(panel, `${found} ${found === 1 ? 'column' : 'columns'} found`);
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && event.target.matches('.columns-find')) event.preventDefault();
  if (event.key === 'Escape') document.querySelector('.columns-fixed')?.classList.add('dismissed');
});
document.addEventListener('focusout', (event) => event.target.closest('.columns-fixed')?.classList.remove('dismissed'));

// Dragging, with a mouse, a pen or a finger: the item goes where the pointer is.
addHandles();
document.addEventListener('pointerdown', (event) => {
  if (!event.target.matches('.handle') || event.button !== 0) return;
  event.preventDefault();
  event.target.setPointerCapture(event.pointerId);
  itemOf(event.target).classList.add('dragged');
});
document.addEventListener('pointermove', (event) => {
  const item = event.target instanceof Element && event.target.matches('.handle') && itemOf(event.target);
  if (!item || !item.classList.contains('dragged')) return;
  const middle = (other) => other.getBoundingClientRect().top + other.offsetHeight / 2;
  const before = item.previousElementSibling;
  const behind = item.nextElementSibling;
  if (!fixed(before) && event.clientY < middle(before)) moveUp(item);
  else if (behind && event.clientY > middle(behind)) moveDown(item);
  else return;
  item.scrollIntoView({ block: 'nearest' });
});
['pointerup', 'pointercancel'].forEach((end) => document.addEventListener(end, (event) => {
  const item = event.target instanceof Element && event.target.matches('.handle') && itemOf(event.target);
  if (!item || !item.classList.contains('dragged')) return;
  item.classList.remove('dragged');
  sayPlace(item);
}));
