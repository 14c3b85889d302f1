// Two rows beside each other: one is chosen with its button or with the key c, then another with a click, Enter or c. Escape
// gives it up. Without this file the button leads to a page that asks for the other.

const address = '/compare';
const rowSelector = '.grid :is(tr, li)[data-id]';
const rowLink = (row) => row?.querySelector('.when a:not(.expand)');

let first = null; // what is to be compared, and the bar that says so

// A record is named by its log and its ID, as in the path of its page.
function nameOf(row) {
  const link = rowLink(row);
  return link && decodeURIComponent(new URL(link.href).pathname.replace(/^\/logs\//, ''));
}

function addressOf(other) {
  const params = new URLSearchParams({ a: first.name });
  if (other) params.set('b', other);
  params.set('list', location.pathname + location.search);
  return `${address}?${params}`;
}

function start(name, words) {
  stop();
  const bar = Object.assign(document.createElement('div'), { className: 'compare-bar' });
  const says = Object.assign(document.createElement('p'), { role: 'status' });
  const named = Object.assign(document.createElement('a'), { className: 'button quiet', textContent: 'By ID' });
  const cancel = Object.assign(document.createElement('button'), { type: 'button', textContent: 'Cancel' });
  first = { name, bar };
  named.href = addressOf();
  cancel.addEventListener('click', stop);
  bar.append(says, named, cancel);
  document.getElementById('main').append(bar);
  document.documentElement.dataset.comparing = name;
  says.textContent = `Choose the row to compare with ${words}.`; // a status is read out when its text changes
}

function stop() {
  first?.bar.remove();
  first = null;
  delete document.documentElement.dataset.comparing;
}

function choose(row) {
  const other = nameOf(row);
  if (!other || other === first.name) return;
  location.assign(addressOf(other));
}

const wordsOf = (row) => `the row of ${row.querySelector('time')?.textContent.trim() ?? 'that time'}`;

document.addEventListener('click', (event) => {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const button = event.target.closest('#pane [data-compare]');
  if (button) {
    event.preventDefault();
    start(button.dataset.compare, document.querySelector('#pane .title').textContent);
    return;
  }
  const row = first && event.target.closest(rowSelector);
  if (!row || event.target.closest('button, .expand')) return;
  event.preventDefault();
  event.stopPropagation(); // the row does not open
  choose(row);
}, true);

document.addEventListener('compare', ({ target }) => {
  const row = target.closest?.(rowSelector);
  const button = document.querySelector('[data-testid="compare-with"]');
  if (first && row) choose(row);
  else if (row && nameOf(row)) start(nameOf(row), wordsOf(row));
  else button?.click();
});

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || !first) return;
  event.stopImmediatePropagation(); // nothing else closes
  stop();
}, true);
