// The pane beside the list. The next rows' mails are fetched while this one is read, so that each is
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

function isFresh(row) {
  return performance.now() - (ahead.get(row.id)?.at ?? -FRESH_MS) < FRESH_MS;
}

export function fetchAhead(rows) {
  if (!pane()) return;
  const wanted = new Set(rows.map((row) => row.id));
  for (const id of ahead.keys()) if (!wanted.has(id)) ahead.delete(id);
  for (const row of rows.filter((row) => !isFresh(row))) {
    ahead.set(row.id, { at: performance.now(), html: fetched(row).catch(() => null) });
  }
}

export function forget(row) {
  ahead.delete(row.id);
}

async function show(row, next) {
  const html = await (isFresh(row) ? ahead.get(row.id).html : fetched(row).catch(() => null));
  if (html === null || !row.isConnected || !row.hasAttribute("aria-current")) return;
  htmx.swap("#peek", html, { swapStyle: "innerHTML" });
  pane()?.scrollTo(0, 0);
  fetchAhead(next);
}

export function peek(row, next) {
  if (!pane()) return;
  window.clearTimeout(waiting);
  if (isFresh(row)) show(row, next);
  else waiting = window.setTimeout(() => show(row, next), REST_MS);
}
