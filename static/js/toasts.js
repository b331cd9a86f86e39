// A toast goes after its eight seconds, unless somebody is looking at it or has it in focus.
const toasts = document.getElementById("toasts");

toasts?.addEventListener("animationend", (event) => {
  if (event.target.classList.contains("toast__left")) event.target.closest(".toast").remove();
});

// Only the newest one offers its undo: a pile of them is a list, and that is the history.
if (toasts) {
  new MutationObserver(() => {
    while (toasts.children.length > 1) toasts.firstElementChild.remove();
  }).observe(toasts, { childList: true });
}

export function say(words) {
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.setAttribute("role", "alert");
  const text = document.createElement("span");
  text.textContent = words;
  const left = document.createElement("span");
  left.className = "toast__left";
  toast.append(text, left);
  toasts?.append(toast);
}

document.body.addEventListener("htmx:sendError", () => say("The server cannot be reached. Nothing was changed."));
document.body.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  if (status === 403) say("You may look, but not change anything.");
  else if (status === 404) say("This is no longer there. Load the page again.");
  else say("That did not work. Nothing was changed; try again.");
});
