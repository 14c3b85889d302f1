// The upload of files: which were chosen, how much is sent. The form works without it.

const size = (bytes) => (bytes < 1 << 20 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / (1 << 20)).toFixed(1)} MiB`);
const isOver = (event) => event.target.closest?.('.drop');

// startsWith says whether a file begins with some bytes.
const startsWith = (start, ...bytes) => bytes.every((byte, i) => start[i] === byte);

// reasonAgainst says why a file cannot be an export; empty where it may be one. The server looks at the whole file.
async function reasonAgainst(file) {
  if (file.size === 0) return 'is empty.';
  const start = new Uint8Array(await file.slice(0, 512).arrayBuffer());
  if (startsWith(start, 0x50, 0x4b) || startsWith(start, 0x1f, 0x8b)) return ''; // .zip and .gz
  if (startsWith(start, 0xff, 0xfe) || startsWith(start, 0xfe, 0xff)) return ''; // a text in UTF-16
  if (!start.includes(0) && !startsWith(start, 0x25, 0x50, 0x44, 0x46)) return ''; // 0x25 and so on begin a PDF
  return 'is no text, so no export of sign-in logs. Choose JSON, NDJSON or CSV, plain or packed.';
}

// showChosen lists the files that were chosen. Those that cannot be exports are left out of the upload.
async function showChosen(form) {
  const input = form.elements.files;
  const chosen = [...input.files];
  const reasons = await Promise.all(chosen.map((file) => reasonAgainst(file).catch(() => 'cannot be read.')));
  if (input.files.length !== chosen.length || chosen.some((file, i) => file !== input.files[i])) return; // others were chosen meanwhile
  const good = new DataTransfer();
  chosen.forEach((file, i) => reasons[i] || good.items.add(file));
  input.files = good.files;
  const list = form.querySelector('[data-chosen]');
  const total = [...good.files].reduce((sum, file) => sum + file.size, 0);
  const tooLarge = total > Number(form.dataset.upload);
  list.replaceChildren(...[...good.files].slice(0, 20).map((file) => line(`${file.name}, ${size(file.size)}`)));
  if (good.files.length > 20) list.append(line(`and ${good.files.length - 20} more`));
  chosen.forEach((file, i) => reasons[i] && list.append(line(`Left out: ${file.name} ${reasons[i]}`)));
  if (tooLarge) list.append(line(`Together ${size(total)}, which is more than one upload may have.`));
  for (const button of form.querySelectorAll('button')) button.disabled = tooLarge;
}

function line(text) {
  const item = document.createElement('li');
  item.textContent = text;
  return item;
}

function send(form, address) {
  const request = new XMLHttpRequest();
  const sending = form.querySelector('[data-sending]');
  const [bar, text] = [sending.querySelector('progress'), sending.querySelector('p')];
  const disable = (disabled) => form.querySelectorAll('button').forEach((button) => { button.disabled = disabled; });
  request.upload.addEventListener('progress', ({ loaded, total }) => {
    bar.value = (100 * loaded) / total;
    text.textContent = loaded < total ? `${size(loaded)} of ${size(total)} sent` : 'Sent. The files are being looked at.';
  });
  const fail = (why) => {
    disable(false);
    bar.value = 0;
    text.textContent = why;
  };
  request.addEventListener('load', () => {
    if (request.status < 300) {
      location.assign(request.responseURL);
      return;
    }
    const main = new DOMParser().parseFromString(request.responseText, 'text/html').getElementById('main');
    if (!main) { // not a page of ours: a proxy has limits of its own
      fail(`A proxy in front of Signpost refused the upload (error ${request.status}). Upload fewer files at a time, or ask the person who runs it for its limit.`);
      return;
    }
    document.getElementById('main').replaceWith(main);
    main.focus();
  });
  request.addEventListener('error', () => fail('The upload broke off, and nothing was imported. Try again.'));
  request.open('POST', address);
  request.send(new FormData(form));
  sending.hidden = false;
  disable(true);
}

document.addEventListener('change', (event) => {
  const form = event.target.closest?.('form[data-upload]');
  if (form) showChosen(form);
});
document.addEventListener('submit', (event) => {
  if (!event.target.matches('form[data-upload]')) return;
  event.preventDefault();
  send(event.target, event.submitter?.formAction || event.target.action);
});
for (const kind of ['dragover', 'dragleave', 'drop']) {
  document.addEventListener(kind, (event) => isOver(event)?.toggleAttribute('data-over', kind === 'dragover'));
}
