// Picking rows: x and a click; with shift, all up to there. Escape lets go of them.
import { current, list, rows } from "./cursor.js";
import { isWriting } from "./keys.js";

let last = null;

const box = (row) => row?.querySelector(".row__pick > input");
export const picked = () => rows().filter((row) => box(row)?.checked);

function count() {
  const shown = document.getElementById("picked");
  if (shown) shown.textContent = picked().length;
}

function pick(row, { upTo, checked }) {
  const all = rows();
  const from = upTo && last?.isConnected ? all.indexOf(last) : all.indexOf(row);
  const [first, end] = [from, all.indexOf(row)].sort((one, other) => one - other);
  for (const each of all.slice(first, end + 1)) if (box(each)) box(each).checked = checked;
  last = row;
  count();
}

document.addEventListener("click", (event) => {
  const row = event.target.closest?.("#list .row");
  if (row && event.target === box(row)) pick(row, { upTo: event.shiftKey, checked: event.target.checked });
});

document.addEventListener("keydown", (event) => {
  if (isWriting(event) || !document.getElementById("bulk")) return;
  if (event.key.toLowerCase() === "x" && box(current())) {
    pick(current(), { upTo: event.shiftKey, checked: event.shiftKey || !box(current()).checked });
  } else if (event.key === "Escape" && picked().length) {
    document.getElementById("bulk").reset();
  }
});

document.addEventListener("reset", () => requestAnimationFrame(count));
document.body.addEventListener("htmx:oobAfterSwap", () => { if (list()) count(); });
count();
