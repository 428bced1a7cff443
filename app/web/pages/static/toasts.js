// Short messages at the edge of the page: what was done, with a way to take it back, or what went
// wrong. They are spoken too; one with a button stays until it is pressed or closed.

const host = document.getElementById("toasts");
const SECONDS = 6;

/** Show `text`; `action` is `{label, run}`. Returns a function that takes it away. */
export function toast(text, { problem = false, action = null, seconds = SECONDS } = {}) {
  const element = document.createElement("div");
  element.className = problem ? "toast problem" : "toast";
  const words = document.createElement("p");
  words.textContent = text;
  element.append(words);
  const away = () => element.remove();
  if (action) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = action.label;
    button.addEventListener("click", () => {
      away();
      action.run();
    });
    element.append(button);
  }
  host.append(element);
  const stay = Math.max(seconds, action || problem ? 12 : 0) * 1000;
  let timer = setTimeout(away, stay);
  for (const name of ["pointerenter", "focusin"]) element.addEventListener(name, () => clearTimeout(timer));
  for (const name of ["pointerleave", "focusout"]) {
    element.addEventListener(name, () => {
      timer = setTimeout(away, stay);
    });
  }
  return away;
}
