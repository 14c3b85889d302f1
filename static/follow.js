// Following a log: the server tells of sign-ins that came in. They are shown at once where nobody is in the middle of
// reading, else their number is, until it is asked for.

let news = null;

// Showing moves rows, so it waits while something on the page is being used.
function isCalm() {
  const place = new URLSearchParams(location.search);
  const grid = document.querySelector('.grid-scroll');
  return document.visibilityState === 'visible' && !place.has('after') && !place.has('before') && !place.has('expand')
    && grid.scrollTop === 0 && scrollY === 0 && !grid.matches(':hover, :focus-within')
    && !document.querySelector('details.menu[open], dialog[open], [data-pane]:not([hidden]), [role="menu"]:not([hidden])') && !String(getSelection());
}

async function show() {
  const focused = document.activeElement?.id;
  await htmx.ajax('GET', location.pathname + location.search, { target: '#page', select: '#page', swap: 'outerHTML' });
  if (focused) document.getElementById(focused)?.focus();
}

function tell(text) {
  const note = document.getElementById('fresh');
  note.replaceChildren();
  if (!text) return;
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = `${text}: show`;
  button.addEventListener('click', show);
  note.append(button);
}

// A page that nobody sees follows nothing: each stream holds a connection, of which a browser has six to a server over
// HTTP/1. Shown again, it follows again, and is told first what came in meanwhile.
function follow() {
  const link = document.visibilityState === 'visible' ? document.querySelector('[data-follow]') : null;
  if (news && news.address === link?.dataset.follow) return;
  news?.source.close();
  news = null;
  if (!link) return;
  const source = new EventSource(link.dataset.follow);
  news = { address: link.dataset.follow, source };
  source.addEventListener('news', (event) => {
    const { count, text } = JSON.parse(event.data);
    if (count > 0 && isCalm()) show();
    else tell(count > 0 ? text : '');
  });
  source.addEventListener('error', () => {
    if (source.readyState === EventSource.CLOSED) document.getElementById('fresh').textContent = 'Not following any more. Load the page again.';
  });
}

follow();
document.addEventListener('htmx:afterSettle', follow);
document.addEventListener('visibilitychange', follow);
addEventListener('pagehide', () => news?.source.close());
