// The driver's round: cards as they change, and a badge on what is new until it is tapped.

import { keeper } from "./keeper.js";
import { indicator, listen } from "./stream.js";

const cards = document.getElementById("cards");
const summary = document.getElementById("summary");
const empty = document.getElementById("empty");
const news = document.getElementById("news");
const announcer = document.getElementById("announcer");

// Deliveries with something unread. The server tells each message once, so a reload must not lose it.
const SHELF = `unread ${location.pathname}`;
const unread = new Set(recall());

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

function refresh() {
  const all = [...cards.children];
  const done = all.filter((card) => card.hasAttribute("data-done")).length;
  summary.textContent = `${all.length - done} to go, ${done} done`;
  empty.hidden = all.length > 0;
  let waiting = 0;
  for (const card of all) {
    const fresh = unread.has(card.id);
    card.toggleAttribute("data-new", fresh);
    card.querySelector(".new").hidden = !fresh;
    if (fresh) waiting += 1;
  }
  news.hidden = waiting === 0;
  news.textContent = waiting === 1 ? "1 new message" : `${waiting} new messages`;
}

function seen(card) {
  if (!unread.delete(card.id)) return;
  const held = card.contains(document.activeElement);
  remember();
  refresh();
  if (held) {
    card.tabIndex = -1;
    card.focus({ preventScroll: true });
  }
}

const kept = keeper(cards);

function onCard(html) {
  if (kept.put(html)) refresh();
}

function onTold(data) {
  const message = JSON.parse(data);
  const id = `delivery-${message.delivery_id}`;
  unread.add(id);
  remember();
  refresh();
  const card = document.getElementById(id);
  if (!card) return;
  card.classList.remove("flash");
  // Reading a size makes the browser start the animation anew.
  void card.offsetWidth;
  card.classList.add("flash");
  announcer.textContent = `${card.querySelector("h2").textContent}: ${message.text}`;
}

function onOnly(ids) {
  if (kept.only(JSON.parse(ids).map((id) => `delivery-${id}`))) refresh();
}

function onGone(id) {
  kept.drop(`delivery-${id}`);
  if (unread.delete(`delivery-${id}`)) remember();
  refresh();
}

document.documentElement.classList.add("js");
cards.addEventListener("click", (event) => {
  const card = event.target.closest(".card");
  if (card) seen(card);
});
news.addEventListener("click", () => {
  const card = cards.querySelector("[data-new]");
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  card?.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  card?.querySelector(".new").focus({ preventScroll: true });
});
// Unread news of deliveries that have left the round would never be tapped.
for (const id of unread) if (!document.getElementById(id)) unread.delete(id);
refresh();
listen(
  cards.dataset.live,
  { card: onCard, told: onTold, gone: onGone, only: onOnly },
  indicator(document.getElementById("live")),
);
