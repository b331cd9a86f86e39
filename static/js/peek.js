// The pane beside the list. The next row's mail is fetched while this one is read, so that it is
// there before the finger is up.
const REST_MS = 40; // a held key runs down the list; only where it rests is asked for
const FRESH_MS = 15_000; // what was fetched ahead and not needed soon is asked for anew
const ahead = new Map();
let waiting = 0;

const address = (row) => `${row.dataset.at}peek/?queue=${row.dataset.queue}`;

function pane() {
  const found = document.getElementById("peek");
  return found && getComputedStyle(found).display !== "none" ? found : null;
}

async function fetched(row) {
  const answer = await fetch(address(row), { headers: { "HX-Request": "true" } });
  return answer.ok && !answer.headers.has("HX-Redirect") ? answer.text() : null;
}

export function fetchAhead(row) {
  if (!row || !pane()) return;
  ahead.clear();
  ahead.set(row.id, { at: performance.now(), html: fetched(row).catch(() => null) });
}

export function forget(row) {
  ahead.delete(row.id);
}

async function show(row, next) {
  const known = ahead.get(row.id);
  const fresh = known && performance.now() - known.at < FRESH_MS;
  const html = await (fresh ? known.html : fetched(row).catch(() => null));
  if (html !== null && row.isConnected && row.getAttribute("aria-current")) {
    htmx.swap("#peek", html, { swapStyle: "innerHTML" });
    pane()?.scrollTo(0, 0);
    fetchAhead(next);
  }
}

export function peek(row, next) {
  if (!pane()) return;
  window.clearTimeout(waiting);
  if (ahead.has(row.id)) show(row, next);
  else waiting = window.setTimeout(() => show(row, next), REST_MS);
}
