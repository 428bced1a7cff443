// Tells a page when something changes about the deliveries that it shows. The one place that knows
// from which stream that comes.

import { indicator, listen } from "./stream.js";

const GATHER = 250;
const ANYHOW = 20_000;

/**
 * Call `changed` soon after something about a delivery changed that `concerns` (given its id) says
 * yes to; and from time to time anyhow, while somebody looks.
 */
export function watch(address, concerns, changed) {
  let timer = 0;
  const soon = () => {
    timer ||= setTimeout(() => {
      timer = 0;
      changed();
    }, GATHER);
  };
  const row = (html) => {
    const id = /id="delivery-([0-9a-f]{24})"/.exec(html)?.[1];
    if (id && concerns(id)) soon();
  };
  listen(address, { row }, indicator(document.getElementById("live")));
  // What happens long before or after a delivery's day is in no stream.
  setInterval(() => document.hidden || changed(), ANYHOW);
  document.addEventListener("visibilitychange", () => document.hidden || soon());
}

/** Replace the parts of the page that are other ones in `html`; those for which `busy` stay. */
export function replaceParts(html, busy = () => false) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const replaced = [];
  for (const fresh of [...template.content.querySelectorAll(".part")]) {
    const old = document.getElementById(fresh.id);
    if (!old || old.dataset.mark === fresh.dataset.mark || busy(old)) continue;
    for (const details of old.querySelectorAll("details[id]")) {
      const again = fresh.querySelector(`#${CSS.escape(details.id)}`);
      if (again) again.open = details.open;
    }
    const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
    old.replaceWith(fresh);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    replaced.push(fresh);
  }
  return replaced;
}
