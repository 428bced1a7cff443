// The dispatcher's board: rows as they change, by time or in lanes by state, the counts above them,
// filters and the view kept in the address; keys for everything.

import { onKeys } from "./board_keys.js";
import { keeper } from "./keeper.js";
import { players } from "./player.js";
import { indicator, listen } from "./stream.js";
import { say } from "./words.js";

const lanes = document.getElementById("lanes");
const find = document.getElementById("find");
const empty = document.getElementById("empty");
const needs = document.getElementById("needs");
const announcer = document.getElementById("announcer");
const filters = [...document.querySelectorAll("[data-show]")];
const views = [...document.querySelectorAll("[data-view]")];
const lists = Object.fromEntries([...lanes.children].map((lane) => [lane.dataset.lane, lane]));

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
const LANES = ["review", "calling", "waiting", "heard", "unheard"];

const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function wanted() {
  const hash = new URLSearchParams(location.hash.slice(1));
  const show = hash.get("show");
  return {
    show: Object.hasOwn(SHOWS, show ?? "") ? show : "all",
    text: hash.get("find") ?? "",
    view: hash.get("view") === "lanes" ? "lanes" : "list",
  };
}

function keep(changes) {
  const { show, text, view } = { ...wanted(), ...changes };
  const hash = new URLSearchParams();
  if (show !== "all") hash.set("show", show);
  if (text) hash.set("find", text);
  if (view !== "list") hash.set("view", view);
  history.replaceState(null, "", location.pathname + location.search + (hash.size ? `#${hash}` : ""));
  refresh();
}

/** The list that a row belongs into, as the board is shown now. */
function home(row) {
  const lane = wanted().view === "list" ? "all" : LANES.find((name) => SHOWS[name](row)) ?? "waiting";
  return lists[lane].lastElementChild;
}

const rows = () => lanes.querySelectorAll(".row");
const kept = keeper(lists.all.lastElementChild, { home, all: rows });

function arrange(view) {
  if (lanes.dataset.shown === view) return;
  lanes.dataset.shown = view;
  for (const [name, lane] of Object.entries(lists)) lane.hidden = (name === "all") !== (view === "list");
  const sorted = [...rows()].sort((one, other) => (one.dataset.order < other.dataset.order ? -1 : 1));
  const parts = new Map();
  for (const row of sorted) {
    const list = home(row);
    if (!parts.has(list)) parts.set(list, document.createDocumentFragment());
    parts.get(list).append(row);
  }
  for (const [list, part] of parts) list.append(part);
  for (const button of views) button.setAttribute("aria-pressed", String(button.dataset.view === view));
}

const matches = (row, parts) => parts.every((part) => row.dataset.find.includes(part));

function refresh() {
  const { show, text, view } = wanted();
  arrange(view);
  // A number is found however it is written.
  const written = plain(text).trim();
  const number = /^[+(\d][\d\s().-]{3,}$/.test(written) ? [written.replace(/\D/g, "")] : null;
  const parts = number ?? written.split(/\s+/).filter(Boolean);
  const counts = Object.fromEntries(Object.keys(SHOWS).map((name) => [name, 0]));
  const inLane = new Map();
  let shown = 0;
  for (const row of rows()) {
    for (const name in SHOWS) if (SHOWS[name](row)) counts[name] += 1;
    const seen = SHOWS[show](row) && matches(row, parts);
    if (row.hidden === seen) row.hidden = !seen;
    if (!seen) continue;
    shown += 1;
    inLane.set(row.parentElement, (inLane.get(row.parentElement) ?? 0) + 1);
  }
  for (const filter of filters) {
    const kind = filter.dataset.show;
    if (!lanes.dataset.more) filter.querySelector("[data-count]").textContent = String(counts[kind]);
    filter.toggleAttribute("data-some", counts[kind] > 0);
    if (kind === show) filter.setAttribute("aria-current", "true");
    else filter.removeAttribute("aria-current");
  }
  for (const lane of LANES) lists[lane].querySelector("b").textContent = String(inLane.get(lists[lane].lastElementChild) ?? 0);
  if (needs) {
    needs.hidden = Boolean(lanes.dataset.more) || !counts.review;
    needs.querySelector("b").textContent = String(counts.review);
  }
  if (document.activeElement !== find) find.value = text;
  empty.hidden = shown > 0 || Boolean(lanes.dataset.more);
  empty.textContent = counts.all ? say("none") : say("empty");
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
      announcer.textContent = say("needs", { names: [...needing].join(", ") });
      needing.clear();
    }, 3000);
  }
  needing.add(row.querySelector("h2").textContent.trim());
}

function onRow(html) {
  const change = kept.put(html);
  if (!change) return;
  const { fresh, old } = change;
  fresh.hidden = Boolean(old?.hidden);
  if (SHOWS.review(fresh) && !(old && SHOWS.review(old))) announce(fresh);
  if (fresh.parentElement !== home(fresh)) kept.place(fresh);
  refreshSoon();
}

function onGone(id) {
  if (kept.drop(`delivery-${id}`)) refreshSoon();
}

function onOnly(list) {
  if (kept.only(JSON.parse(list).map((id) => `delivery-${id}`))) refreshSoon();
}

/** What was said in full, below its row; fetched when it is first asked for. */
async function hear(row, wide = !row.hasAttribute("data-open")) {
  const button = row.querySelector(".hear");
  if (!button) return;
  row.toggleAttribute("data-open", wide);
  button.setAttribute("aria-expanded", String(wide));
  if (!wide || row.querySelector(".heard")) return;
  const answer = await fetch(`/board/${row.id.slice("delivery-".length)}/heard`).catch(() => null);
  if (row.querySelector(".heard") || !row.hasAttribute("data-open")) return;
  const text = answer?.ok ? await answer.text() : `<p class="heard reason"></p>`;
  button.parentElement.insertAdjacentHTML("beforebegin", text);
  if (!answer?.ok) row.querySelector(".heard").textContent = say("failed");
}

/** The later rows, some at a time, so that the first can be used meanwhile. */
async function fetchMore() {
  const list = document.createElement("template");
  const ask = () => fetch(`/board/rows?${new URLSearchParams({ after: lanes.dataset.more })}`).catch(() => null);
  let asked = lanes.dataset.more && ask();
  while (lanes.dataset.more) {
    const answer = await asked;
    if (!answer?.ok) return;
    list.innerHTML = await answer.text();
    const fresh = [...list.content.children];
    lanes.dataset.more = fresh.at(-1)?.dataset.order ?? "";
    // The server makes the next while these are taken in.
    asked = lanes.dataset.more && ask();
    kept.append(fresh.filter((row) => !document.getElementById(row.id)));
    refreshSoon();
    await new Promise((done) => requestIdleCallback?.(done, { timeout: 200 }) ?? setTimeout(done, 30));
  }
  document.getElementById("more")?.parentElement.remove();
  refresh();
}

document.documentElement.classList.add("js");
for (const filter of filters) {
  filter.addEventListener("click", (event) => {
    event.preventDefault();
    keep({ show: filter.dataset.show });
  });
}
for (const button of views) button.addEventListener("click", () => keep({ view: button.dataset.view }));
find.addEventListener("input", () => keep({ text: find.value }));
document.getElementById("find-form").addEventListener("submit", (event) => event.preventDefault());
lanes.addEventListener("click", (event) => {
  const button = event.target.closest(".hear");
  if (button) hear(button.closest(".row"));
});
addEventListener("hashchange", refresh);
players();
refresh();
onKeys({ lanes, find, filters, hear, other: () => keep({ view: wanted().view === "list" ? "lanes" : "list" }) });
listen(lanes.dataset.live, { row: onRow, gone: onGone, only: onOnly }, indicator(document.getElementById("live")));
fetchMore();

// A board that is left open overnight begins the new day by itself.
const begun = new Date().toDateString();
setInterval(() => {
  if (new Date().toDateString() !== begun) location.reload();
}, 60_000);
