// The board by keys alone; they rest while somebody types.

const typing = (element) => element.closest("input, textarea, select, [contenteditable]");

/** Listen to keys: `hear` shows a row's words, `other` changes the view. */
export function onKeys({ lanes, find, filters, hear, other }) {
  const help = document.getElementById("keys");
  document.querySelector("[data-help]").addEventListener("click", () => help.showModal());

  const visible = () => [...lanes.querySelectorAll(".row:not([hidden])")];
  const here = () => document.activeElement?.closest?.(".row");

  function step(by) {
    const all = visible();
    const at = all.indexOf(here());
    const next = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  const KEYS = {
    j: () => step(1),
    ArrowDown: () => step(1),
    k: () => step(-1),
    ArrowUp: () => step(-1),
    o: () => here() && hear(here()),
    l: other,
    "/": () => find.focus(),
    "?": () => help.showModal(),
    Enter: () => here()?.querySelector("a.one").click(),
    " ": () => here()?.querySelector(".play")?.click(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (event.key === "Escape" && event.target === find) return find.blur();
    if (typing(event.target)) return;
    // What is pressed on a button or a link is theirs.
    if (["Enter", " "].includes(event.key) && event.target !== here()) return;
    if (["ArrowDown", "ArrowUp"].includes(event.key) && !here()) return;
    const filter = filters[Number(event.key) - 1];
    const act = filter ? () => filter.click() : KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
