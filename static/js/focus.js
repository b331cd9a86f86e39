// The focus stays where it was when the server's version of a part takes the place of ours.
const KEPT = ["data-choice", "data-act", "data-undo", "name"];
let lost = null;

function description(element) {
  if (element.matches(".row__link")) return ".row__link";
  const name = KEPT.find((attribute) => element.hasAttribute(attribute));
  return name ? `[${name}="${CSS.escape(element.getAttribute(name))}"]` : null;
}

document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
  const target = event.detail.target;
  if (target?.id && target.contains(document.activeElement)) {
    lost = { id: target.id, what: description(document.activeElement) };
  }
});

document.body.addEventListener("htmx:oobAfterSwap", () => {
  const part = lost && document.getElementById(lost.id);
  if (!part || part.contains(document.activeElement)) return;
  const same = lost.what && part.querySelector(lost.what);
  (same ?? part.querySelector("a[href], button:not(:disabled)"))?.focus({ preventScroll: true });
  lost = null;
});
