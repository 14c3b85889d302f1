// At the end of a list its next page is put beneath it, as long as the list is no longer than one address can ask for. The link
// to that page stays in the foot, and leads on from the last row. The address says how many rows there are, so that a reload
// and a copied link show the same.

const most = 200; // rows, as store.MaxLimit
const early = 600; // pixels before the end

const nextLink = () => document.querySelector('.pager a[rel="next"]');
const scroller = () => document.querySelector('.grid-scroll');
const countRows = (grid) => grid.querySelectorAll('tbody:not(.members) > [data-testid="row"]').length;

// Where rows are cards the page scrolls, elsewhere the grid does.
function isNearEnd() {
  const grid = scroller();
  const own = getComputedStyle(grid).overflowY !== 'visible' && grid.scrollHeight > grid.clientHeight;
  if (own) return grid.scrollTop + grid.clientHeight > grid.scrollHeight - early;
  return grid.getBoundingClientRect().bottom < innerHeight + early;
}

let asked = null; // the page under way

async function bring(link, count) {
  const address = new URL(link.href);
  address.searchParams.set('limit', count);
  const answer = await fetch(address, { headers: { 'HX-Request': 'true', 'HX-Target': 'rows', 'HX-Current-URL': location.href } });
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  if (!answer.ok || answer.redirected || !page.querySelector('.grid')) throw new Error('no rows');
  return page;
}

function put(page, link) {
  const grid = document.querySelector('.grid');
  const brought = page.querySelector('.grid');
  if (brought.classList.contains('has-unfolds')) grid.classList.add('has-unfolds');
  const form = page.getElementById('unfold');
  if (form && !document.getElementById('unfold')) scroller().before(document.adoptNode(form));
  const bodies = [...brought.tBodies].map((body) => document.adoptNode(body));
  grid.append(...bodies);
  bodies.forEach((body) => window.htmx?.process(body));
  const onward = page.querySelector('.pager a[rel="next"]');
  if (!onward) link.remove();
  else link.href = withPlace(link, onward);
}

// The link goes on behind the new rows, with as many rows a page as before.
function withPlace(link, onward) {
  const address = new URL(link.href);
  const place = new URL(onward.href, location.href).searchParams;
  for (const name of ['after', 'before']) {
    address.searchParams.delete(name);
    if (place.has(name)) address.searchParams.set(name, place.get(name));
  }
  return address.pathname + address.search;
}

// A link to another list goes without the rows that scrolling added: see value.js.
function remember(rows) {
  const url = new URL(location.href);
  document.querySelector('.grid').dataset.grownFrom ??= url.searchParams.get('limit') ?? '';
  url.searchParams.set('limit', rows);
  history.replaceState(history.state, '', url);
}

function say(rows) {
  document.querySelector('.pager [role="status"]').textContent = `${rows} rows shown`;
}

// What is to be said aloud is there before it says something.
function prepare() {
  const link = nextLink();
  if (!link || link.parentElement.querySelector('[role="status"]')) return;
  const said = document.createElement('span');
  said.className = 'caption';
  said.setAttribute('role', 'status');
  link.parentElement.append(said);
}

async function more() {
  const link = nextLink();
  const grid = document.querySelector('.grid');
  if (asked || !link || !grid || !isNearEnd()) return;
  const before = countRows(grid);
  const perPage = Number(new URL(link.href).searchParams.get('limit')) || 50; // as store.DefaultLimit
  const count = Math.min(perPage, most - before);
  if (count <= 0 || before === 0) return;
  asked = link;
  document.documentElement.toggleAttribute('data-waiting', true);
  try {
    const page = await bring(link, count);
    if (!grid.isConnected || !link.isConnected) return; // the list is another by now
    put(page, link);
    const rows = countRows(grid);
    remember(rows);
    say(rows);
    document.dispatchEvent(new Event('rows-added'));
  } catch {
    link.dataset.stuck = ''; // the link itself says what is wrong
  } finally {
    asked = null;
    document.documentElement.toggleAttribute('data-waiting', false);
  }
}

document.addEventListener('scroll', () => {
  if (nextLink()?.dataset.stuck === undefined) more();
}, { capture: true, passive: true });
prepare();
document.addEventListener('htmx:afterSettle', prepare);
