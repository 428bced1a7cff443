// Tells a page when something changes about the deliveries that it shows. The one place that knows
// from which stream that comes.

import { indicator, listen } from "./stream.js";

const GATHER = 250;
const ANYHOW = 60_000;

/**
 * Call `changed` soon after something changed that `concerns` says yes to: it is given `kind`, `id`
 * and `deliveries`, which it is about. While somebody looks, from time to time anyhow: what rules
 * say depends on the time as well. `address` may be empty, for who hears nothing.
 */
export function watch(address, concerns, changed) {
  let timer = 0;
  const soon = () => {
    timer ||= setTimeout(() => {
      timer = 0;
      changed();
    }, GATHER);
  };
  const handlers = { reset: soon, changed: (data) => concerns(JSON.parse(data)) && soon() };
  if (address) listen(address, handlers, indicator(document.getElementById("live")));
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
