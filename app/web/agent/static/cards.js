// The cards of the round: as the server sends them, as they were kept, and with what the driver did
// that the server does not know yet laid over them.

import { keeper } from "/static/keeper.js";
import { offer } from "./calling.js";
import { dropCard, keepCard, keptCards, onlyCards, sawVersion } from "./kept.js";
import { count, say } from "./said.js";

const list = document.getElementById("cards");
const own = list.hasAttribute("data-own");
let person = list.dataset.person ?? null;
const summary = document.getElementById("summary");
const empty = document.getElementById("empty");
const news = document.getElementById("news");
const announcer = document.getElementById("announcer");
const kept = keeper(list);
const AFTER = { start: "in_transit", complete: "completed", fail: "failed" };
const OVER = new Set(["completed", "failed", "cancelled"]);

// Deliveries with something unread. The server tells each message once, so a reload must not lose it.
const SHELF = `unread ${location.pathname}`;
const unread = new Set(recall());
// Which cards the driver opened or closed; the others are open where they are the next stop.
const chosen = new Map();
let nextStop = "";
let pending = () => [];
// A delivery that is to be shown and whose card has not come yet.
let awaited = null;

/** The cards that come from now on are this person's. */
export const areOf = (id) => {
  person = id;
};

function recall() {
  try {
    return JSON.parse(localStorage.getItem(SHELF) ?? "[]");
  } catch {
    return [];
  }
}

function remember() {
  try {
    localStorage.setItem(SHELF, JSON.stringify([...unread]));
  } catch {
    // Without storage the badges last as long as the page.
  }
}

/** Where the overlay comes from: entries of the outbox that still wait. */
export const overlaidBy = (entries) => {
  pending = entries;
};

function overlay(card, entries) {
  card.dataset.sent ??= card.dataset.status;
  let status = card.dataset.sent;
  let seen = card.hasAttribute("data-seen-sent");
  for (const entry of entries) {
    status = AFTER[entry.kind] ?? status;
    if (entry.kind === "acknowledge" && entry.body.analysis_version >= Number(card.dataset.version)) seen = true;
  }
  card.dataset.status = status;
  card.toggleAttribute("data-seen", seen);
  card.toggleAttribute("data-done", OVER.has(status));
  card.querySelector(".waits").hidden = entries.length === 0;
}

/** Show everything as it stands: what waits, what is new, how much is left. */
export function refresh() {
  const waiting = grouped(pending());
  let done = 0;
  let fresh = 0;
  let next = true;
  for (const card of list.children) {
    if (!card.hasAttribute("data-sent")) card.toggleAttribute("data-seen-sent", card.hasAttribute("data-seen"));
    overlay(card, waiting.get(card.dataset.id) ?? []);
    callable(card);
    offer(card);
    const over = card.hasAttribute("data-done");
    // What was closed while it was a later one opens when its turn comes.
    if (next && !over && nextStop !== card.id) chosen.delete((nextStop = card.id));
    fold(card, chosen.get(card.id) ?? (!over && (next || card.dataset.status === "in_transit")));
    next &&= over;
    done += over ? 1 : 0;
    const isNew = unread.has(card.id);
    card.toggleAttribute("data-new", isNew);
    card.querySelector(".new").hidden = !isNew;
    fresh += isNew ? 1 : 0;
  }
  summary.textContent = say("to_go", { left: list.children.length - done, done });
  const loading = document.getElementById("loading");
  empty.hidden = list.children.length > 0 || Boolean(loading && !loading.hidden);
  news.hidden = fresh === 0;
  news.textContent = fresh ? count("news", fresh) : "";
}

function fold(card, open) {
  card.toggleAttribute("data-open", open);
  card.querySelector(".fold").setAttribute("aria-expanded", String(open));
}

/** Open a card, or close it, by its button. */
export function folded(card) {
  chosen.set(card.id, !card.hasAttribute("data-open"));
  fold(card, chosen.get(card.id));
}

/** The office's number, which the customer knows, once it is known here. */
function callable(card) {
  const link = card.querySelector('[data-do="call"]');
  const { office } = document.documentElement.dataset;
  if (!link || !office) return;
  link.href = `tel:${office}`;
  link.hidden = false;
}

function grouped(entries) {
  const found = new Map();
  for (const entry of entries) found.set(entry.delivery, [...(found.get(entry.delivery) ?? []), entry]);
  return found;
}

export const cardOf = (id) => document.getElementById(`delivery-${id}`);

/** Was it on the screen? Then no older push about it is worth showing. */
function onScreen(card) {
  if (own && !document.hidden && card.dataset.version) sawVersion(card.dataset.id, Number(card.dataset.version));
}

/** The events of the stream, by name. */
export const heard = {
  card(html) {
    const put = kept.put(html);
    if (!put) return;
    const calling = put.fresh.querySelector(".calling")?.textContent;
    if (calling && calling !== put.old?.querySelector(".calling")?.textContent) announcer.textContent = calling;
    if (own) keepCard(person, put.fresh.dataset.id, html);
    onScreen(put.fresh);
    refresh();
  },
  gone(id) {
    kept.drop(`delivery-${id}`);
    if (own) dropCard(person, id);
    if (unread.delete(`delivery-${id}`)) remember();
    refresh();
  },
  only(data) {
    const ids = JSON.parse(data);
    for (const card of [...list.children]) if (!ids.includes(card.dataset.id)) kept.drop(card.id);
    if (own) onlyCards(person, ids);
    loaded();
    // What is not here now is not on this round.
    awaited = null;
  },
  told(data) {
    const message = JSON.parse(data);
    const card = cardOf(message.delivery_id);
    unread.add(`delivery-${message.delivery_id}`);
    remember();
    refresh();
    if (!card) return;
    card.classList.remove("flash");
    // Reading a size makes the browser start the animation anew.
    void card.offsetWidth;
    card.classList.add("flash");
    announcer.textContent = `${card.querySelector("h2").textContent}: ${card.querySelector(".sentence").textContent}`;
  },
};

function loaded() {
  const loading = document.getElementById("loading");
  if (loading) loading.hidden = true;
  refresh();
  if (awaited) show(awaited);
}

/** Show the cards that were kept, as when there is no network. */
export async function showKept() {
  for (const { html } of await keptCards(person)) kept.put(html);
  loaded();
}

/** Take all cards off the screen. */
export function clear() {
  for (const card of [...list.children]) kept.drop(card.id);
  unread.clear();
  remember();
  refresh();
}

function seen(card) {
  if (!unread.delete(card.id)) return;
  const held = card.contains(document.activeElement);
  remember();
  refresh();
  if (held && document.activeElement === document.body) {
    card.tabIndex = -1;
    card.focus({ preventScroll: true });
  }
}

/** Bring a delivery before the driver, as soon as it is there. */
export function show(id) {
  const card = cardOf(id);
  awaited = card ? null : id;
  if (!card) return;
  chosen.set(card.id, true);
  fold(card, true);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  card.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  card.tabIndex = -1;
  card.focus({ preventScroll: true });
}

list.addEventListener("click", (event) => {
  const card = event.target.closest(".card");
  if (!card) return;
  seen(card);
  // Wherever it is touched, it opens; it is closed by its button alone.
  if (!card.hasAttribute("data-open") && !card.hasAttribute("data-done") && !event.target.closest("button, a, summary")) folded(card);
});
news.addEventListener("click", () => {
  const card = list.querySelector("[data-new]");
  if (card) show(card.dataset.id);
});
document.addEventListener("visibilitychange", () => {
  for (const card of list.children) onScreen(card);
});
// What the server sent with the page is all that there is.
if (own && person) onlyCards(person, [...list.children].map((card) => card.dataset.id));
for (const card of list.children) {
  if (own && person) keepCard(person, card.dataset.id, card.outerHTML);
  onScreen(card);
}
