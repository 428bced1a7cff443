// The dispatcher's board: rows as they change, the counts above them, filters kept in the address.

import { keeper } from "./keeper.js";
import { players } from "./player.js";
import { indicator, listen } from "./stream.js";

const rows = document.getElementById("rows");
const find = document.getElementById("find");
const empty = document.getElementById("empty");
const announcer = document.getElementById("announcer");
const filters = [...document.querySelectorAll("[data-show]")];

// The same sums as `board.counts`.
const among = (...states) => (row) => states.includes(row.dataset.state);
const SHOWS = {
  all: () => true,
  waiting: among("pending", "waiting"),
  calling: among("calling"),
  heard: among("instructed", "confirmed", "declined", "superseded"),
  unheard: among("nothing_said", "unreachable", "suppressed", "skipped"),
  review: (row) => row.hasAttribute("data-review"),
};

const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function wanted() {
  const hash = new URLSearchParams(location.hash.slice(1));
  const show = hash.get("show");
  return { show: Object.hasOwn(SHOWS, show ?? "") ? show : "all", text: hash.get("find") ?? "" };
}

function keep(changes) {
  const { show, text } = { ...wanted(), ...changes };
  const hash = new URLSearchParams();
  if (show !== "all") hash.set("show", show);
  if (text) hash.set("find", text);
  const address = location.pathname + location.search + (show !== "all" || text ? `#${hash}` : "");
  history.replaceState(null, "", address);
  refresh();
}

function matches(row, parts) {
  if (!parts.length) return true;
  const found = plain([...row.querySelectorAll("[data-find]")].map((e) => e.textContent).join(" "));
  return parts.every((part) => found.includes(part));
}

function refresh() {
  const { show, text } = wanted();
  const parts = plain(text).split(/\s+/).filter(Boolean);
  const all = [...rows.children];
  let shown = 0;
  for (const row of all) {
    row.hidden = !(SHOWS[show](row) && matches(row, parts));
    if (!row.hidden) shown += 1;
  }
  for (const filter of filters) {
    const kind = filter.dataset.show;
    const count = all.filter(SHOWS[kind]).length;
    filter.querySelector("[data-count]").textContent = String(count);
    filter.toggleAttribute("data-some", count > 0);
    if (kind === show) filter.setAttribute("aria-current", "true");
    else filter.removeAttribute("aria-current");
  }
  if (document.activeElement !== find) find.value = text;
  empty.hidden = shown > 0;
  empty.textContent = all.length ? "No delivery matches." : "No deliveries are planned for now.";
}

// Many rows change at once; one look at them a frame is enough.
let planned = false;
function refreshSoon() {
  if (planned) return;
  planned = true;
  setTimeout(() => {
    planned = false;
    refresh();
  }, 50);
}

// Of all that moves, only what needs a person is spoken, a few seconds' worth at a time.
const needing = new Set();
function announce(row) {
  if (!needing.size) {
    setTimeout(() => {
      announcer.textContent = `Needs a person: ${[...needing].join(", ")}`;
      needing.clear();
    }, 3000);
  }
  needing.add(row.querySelector("h2").textContent);
}

const kept = keeper(rows);
function onRow(html) {
  const change = kept.put(html);
  if (!change) return;
  const { fresh, old } = change;
  fresh.hidden = Boolean(old?.hidden);
  if (SHOWS.review(fresh) && !(old && SHOWS.review(old))) announce(fresh);
  refreshSoon();
}

function onGone(id) {
  if (kept.drop(`delivery-${id}`)) refreshSoon();
}

function onOnly(ids) {
  if (kept.only(JSON.parse(ids).map((id) => `delivery-${id}`))) refreshSoon();
}

document.documentElement.classList.add("js");
for (const filter of filters) {
  filter.addEventListener("click", (event) => {
    event.preventDefault();
    keep({ show: filter.dataset.show });
  });
}
find.addEventListener("input", () => keep({ text: find.value }));
document.getElementById("find-form").addEventListener("submit", (event) => event.preventDefault());
addEventListener("hashchange", refresh);
players();
refresh();
listen(
  rows.dataset.live,
  { row: onRow, gone: onGone, only: onOnly },
  indicator(document.getElementById("live")),
);
