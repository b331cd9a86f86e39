// Working keys. In a list they act on the current row, which is done before the server answers;
// on a ticket's page they press the button that names them.
import { current, list, look, moveTo, neighbour } from "./cursor.js";
import { isWriting } from "./keys.js";
import { forget } from "./peek.js";
import { picked } from "./pick.js";

const CATEGORIES = { 1: "support", 2: "billing", 3: "sales", 4: "spam" };
let lastDone = null;

const isLeft = (row) => !("done" in row.dataset);

function onTicket(key) {
  const pressed = {
    y: "[data-agree]", u: ".rail [data-undo], .toast [data-undo]", a: '[data-act="a"]', e: '[data-act="e"]',
  }[key] ?? `.rail [data-choice="${key}"]`;
  document.querySelector(pressed)?.click();
}

function post(row, noun, values) {
  htmx.ajax("POST", `${row.dataset.at}${noun}`, {
    swap: "none", source: row, values: { queue: row.dataset.queue, ...values },
  });
}

function finish(row, noun, values) {
  const next = neighbour(row, 1, isLeft) ?? neighbour(row, -1, isLeft);
  row.dataset.done = "";
  lastDone = row.id;
  post(row, noun, values);
  moveTo(next);
}

function undo() {
  const row = lastDone && document.getElementById(lastDone);
  const several = document.querySelector('.toast input[name="correction"], .toast input[name="ticket"]');
  if (several) {
    several.form.querySelector("[data-undo]").click();
    return;
  }
  (row?.querySelector("[data-undo]") ?? document.querySelector(".toast [data-undo]"))?.click();
  if (row) moveTo(row);
  lastDone = null;
}

function onRow(row, key) {
  if (key in CATEGORIES) finish(row, "correction", { category: CATEGORIES[key] });
  else if (key === "y" && row.dataset.category) finish(row, "correction", { category: row.dataset.category });
  else if (key === "e" && "closed" in row.dataset) post(row, "reopening", {});
  else if (key === "e") finish(row, "closure", {});
  else if (key === "a") post(row, "assignment", { to: "mine" in row.dataset ? "nobody" : "me" });
}

document.addEventListener("keydown", (event) => {
  const key = event.key.toLowerCase();
  if (isWriting(event) || event.repeat || !/^[1-4yuae]$/.test(key)) return;
  const inList = list()?.dataset.cursor !== "open";
  if (!list()) return;
  if (!inList) onTicket(key);
  else if (key === "u") undo();
  else if (picked().length) document.querySelector(`[data-bulk="${key}"]`)?.click();
  else if (current() && !("done" in current().dataset)) onRow(current(), key);
});

// A click on a choice beside the list is the same as its key.
document.addEventListener("click", (event) => {
  const choice = event.target.closest?.("#peek [data-choice]");
  if (!choice || !current() || "done" in current().dataset) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  finish(current(), "correction", { category: choice.value });
}, { capture: true });

// The server's row takes the place of ours: what was current there stays so, and is looked at anew.
document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
  const old = event.detail.target;
  if (old?.matches?.(".row")) forget(old);
  if (!old?.matches?.(".row[aria-current]")) return;
  event.detail.fragment.firstElementChild?.setAttribute("aria-current", "true");
  requestAnimationFrame(() => { if (current()) look(current()); });
});

// After several at once the cursor goes on to what is left.
document.body.addEventListener("htmx:afterRequest", (event) => {
  const row = current();
  if (event.detail.elt?.form?.id !== "bulk" || !event.detail.successful || !row) return;
  if ("done" in row.dataset) moveTo(neighbour(row, 1, isLeft) ?? neighbour(row, -1, isLeft));
});

// A refusal: the row was not done after all.
for (const name of ["htmx:sendError", "htmx:responseError"]) {
  document.body.addEventListener(name, (event) => {
    const row = event.detail.elt?.closest?.(".row");
    if (row && !row.querySelector(".row__done")) delete row.dataset.done;
  });
}
