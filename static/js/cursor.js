// The current row of a list: j and k move it, enter and o open it, the pane beside it follows.
import { isWriting } from "./keys.js";
import { fetchAhead, peek } from "./peek.js";

export const list = () => document.getElementById("list");
export const current = () => list()?.querySelector(".row[aria-current]") ?? null;
export const rows = () => [...(list()?.querySelectorAll(".row") ?? [])];

export function neighbour(row, step, isWanted = () => true) {
  const all = rows();
  for (let at = all.indexOf(row) + step; at >= 0 && at < all.length; at += step) {
    if (isWanted(all[at])) return all[at];
  }
  return null;
}

const NEAR_END = 8; // rows before the end at which the next page is asked for
const AHEAD = 3; // rows whose mail is fetched before the cursor comes to them

function next(row) {
  const all = rows();
  return all.slice(all.indexOf(row) + 1).filter((other) => !("done" in other.dataset)).slice(0, AHEAD);
}

export function look(row) {
  peek(row, next(row));
}

export function moveTo(row, { focus = true } = {}) {
  if (!row) return;
  if (list().dataset.cursor === "open") {
    row.querySelector(".row__link").click();
    return;
  }
  current()?.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  row.scrollIntoView({ block: "nearest" });
  if (focus) row.querySelector(".row__link").focus({ preventScroll: true });
  if (list().dataset.cursor === "peek") look(row);
  if (!neighbour(row, NEAR_END)) document.querySelector("#more a")?.click();
}

document.addEventListener("keydown", (event) => {
  if (isWriting(event) || !list()) return;
  const row = current();
  if (event.key === "j" || event.key === "k") {
    event.preventDefault();
    const step = event.key === "j" ? 1 : -1;
    moveTo(row ? neighbour(row, step) : rows()[0]);
  } else if (event.key === "o" || (event.key === "Enter" && event.target === document.body)) {
    if (row && list().dataset.cursor !== "open") row.querySelector(".row__link").click();
  }
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("#list[data-cursor=peek] .row");
  if (row && row !== current() && event.target.matches(":focus-visible")) moveTo(row, { focus: false });
});

// The first row is what the pane beside the list already shows; a finger has no cursor.
const HAS_KEYS = window.matchMedia("(hover: hover)").matches;
if (HAS_KEYS && list()?.dataset.cursor === "peek" && !current() && rows().length) {
  rows()[0].setAttribute("aria-current", "true");
  fetchAhead(next(rows()[0]));
}
