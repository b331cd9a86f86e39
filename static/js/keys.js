// Keys that work everywhere: / search, ? the sheet of keys, g and a letter to go somewhere.
const GO_WITHIN_MS = 1500;
let goUntil = 0;

export function isWriting(event) {
  const into = event.target;
  return (
    event.ctrlKey || event.metaKey || event.altKey ||
    into.isContentEditable || into.matches("input:not([type=checkbox]), textarea, select") ||
    document.querySelector("dialog[open]") !== null
  );
}

function go(letter) {
  const tab = document.querySelector(`.side [data-go="${CSS.escape(letter)}"]`);
  if (tab) tab.click();
  return tab !== null;
}

document.addEventListener("keydown", (event) => {
  if (isWriting(event)) return;
  const key = event.key.toLowerCase();
  const going = performance.now() < goUntil;
  goUntil = 0;
  if (going && go(key)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  } else if (key === "g") {
    goUntil = performance.now() + GO_WITHIN_MS;
  } else if (key === "/") {
    const field = document.querySelector("[data-search]");
    if (field) { event.preventDefault(); field.focus(); field.select(); }
    else document.querySelector(".side__jump")?.click();
  } else if (key === "?") {
    document.getElementById("keysheet")?.showModal();
  }
}, { capture: true });

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.matches("[data-search]")) event.target.blur();
});
