// The upload of files: which were chosen, how much is sent. The form works without it.

const size = (bytes) => (bytes < 1 << 20 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / (1 << 20)).toFixed(1)} MiB`);
const isOver = (event) => event.target.closest?.('.drop');

function showChosen(form) {
  const files = [...form.elements.files.files];
  const list = form.querySelector('[data-chosen]');
  const total = files.reduce((sum, file) => sum + file.size, 0);
  const tooLarge = total > Number(form.dataset.upload);
  list.replaceChildren(...files.slice(0, 20).map((file) => line(`${file.name}, ${size(file.size)}`)));
  if (files.length > 20) list.append(line(`and ${files.length - 20} more`));
  if (tooLarge) list.append(line(`Together ${size(total)}, which is more than one upload may have.`));
  form.querySelector('button').disabled = tooLarge;
}

function line(text) {
  const item = document.createElement('li');
  item.textContent = text;
  return item;
}

function send(form) {
  const request = new XMLHttpRequest();
  const sending = form.querySelector('[data-sending]');
  const [bar, text] = [sending.querySelector('progress'), sending.querySelector('p')];
  const button = form.querySelector('button');
  request.upload.addEventListener('progress', ({ loaded, total }) => {
    bar.value = (100 * loaded) / total;
    text.textContent = loaded < total ? `${size(loaded)} of ${size(total)} sent` : 'Sent. The files are being looked at.';
  });
  const fail = (why) => {
    button.disabled = false;
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
      fail(`A server before Signpost answered the upload with ${request.status}. Send less at a time, or ask who runs it for its limit.`);
      return;
    }
    document.getElementById('main').replaceWith(main);
    main.focus();
  });
  request.addEventListener('error', () => fail('The upload broke off, and nothing was imported. Try again.'));
  request.open('POST', form.action);
  request.send(new FormData(form));
  sending.hidden = false;
  button.disabled = true;
}

document.addEventListener('change', (event) => {
  const form = event.target.closest?.('form[data-upload]');
  if (form) showChosen(form);
});
document.addEventListener('submit', (event) => {
  if (!event.target.matches('form[data-upload]')) return;
  event.preventDefault();
  send(event.target);
});
for (const kind of ['dragover', 'dragleave', 'drop']) {
  document.addEventListener(kind, (event) => isOver(event)?.toggleAttribute('data-over', kind === 'dragover'));
}
