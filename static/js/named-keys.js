// A page's own keys, named where they are seen: data-key="x" on a button or link, "mod+enter" for Ctrl or ⌘.
import { isWriting } from "./keys.js";

function nameOf(event) {
  if (event.ctrlKey || event.metaKey) return event.key === "Enter" ? "mod+enter" : "";
  return isWriting(event) || event.repeat ? "" : event.key.toLowerCase();
}

document.addEventListener("keydown", (event) => {
  const name = nameOf(event);
  const named = name && document.querySelector(`main [data-key="${CSS.escape(name)}"]`);
  if (!named) return;
  event.preventDefault();
  named.click();
});
