// The queue of questions. Who looks at one has it, for as long as the page is open: it is claimed,
// claimed again every half minute, and left when somebody goes on. One that is settled meanwhile
// stays where it is, and answers nothing any more: no other slides under anybody's fingers.

import { api } from "./api.js";
import { evidences } from "./evidence.js";
import { hear, hearingOf, isPlaying } from "./hearing.js";
import { toast } from "./toasts.js";
import { replaceParts, watch } from "./watching.js";
import { say } from "./words.js";

const RENEW = 30_000;
// So long after another question or other answers appeared, what is pressed was meant for those before.
const UNREAD = 400;
const desk = document.getElementById("desk");
const writes = "writes" in desk.dataset;
let mine = "";
let claiming = "";
let last = null;
let busy = false;
let going = 0;
let asked = 0;
let appeared = -Infinity;

const question = () => document.querySelector(".question");
const at = () => question()?.dataset.review ?? "";
const isGone = () => "gone" in (question()?.dataset ?? {});
const unread = () => performance.now() - appeared < UNREAD;
const told = (error) => (error.status === 0 ? say("away") : error.message);

/** What could be pressed by now. */
const standing = () => [at(), isGone(), ...[...document.querySelectorAll(".answers .says")].map((each) => each.textContent)].join("\n");

/** The question that is looked at is settled: it stays, and only says so. */
function freeze(notice) {
  const card = question();
  const focused = card.querySelector(".answers")?.contains(document.activeElement);
  for (const button of card.querySelectorAll("[data-answer]")) button.disabled = true;
  card.querySelector(".held")?.remove();
  card.dataset.gone = "";
  card.prepend(document.importNode(notice, true));
  if (mine === at()) mine = "";
  document.getElementById("sure").close();
  if (focused) card.querySelector("[data-next]").focus({ preventScroll: true });
  document.getElementById("announcer").textContent = notice.querySelector("p").textContent;
}

/** Show the question by this id, or what comes next. One that is there and was settled stays. */
async function show(id, { wait = () => false } = {}) {
  const number = ++asked;
  let answer;
  try {
    answer = await fetch(`${desk.dataset.now}?at=${id}`, { headers: { "HX-Request": "true" }, redirect: "error" });
  } catch {
    return;
  }
  if (answer.status === 401) location.reload();
  const html = answer.ok ? await answer.text() : "";
  if (!html || number !== asked) return;
  const before = standing();
  const notice = id && id === at() ? new DOMParser().parseFromString(html, "text/html").querySelector("[data-gone] .gone") : null;
  if (notice && !isGone()) freeze(notice);
  for (const part of replaceParts(html, (old) => (notice && old.contains(question())) || wait(old))) hear(part);
  if (standing() !== before) appeared = performance.now();
}

const refresh = () => busy || going || show(at(), { wait: (part) => isPlaying(part) && Boolean(at()) });

async function claim() {
  const id = at();
  if (!writes || !id || isGone() || "taken" in question().dataset) return false;
  claiming = id;
  try {
    await api("POST", `/reviews/${id}/claim`);
    mine = id;
    return true;
  } catch (error) {
    const had = mine === id;
    if (had || error.status === 409) {
      mine = "";
      await show(id);
    }
    if (had && !isGone()) toast(say("lost"), { problem: true });
    return false;
  } finally {
    claiming = "";
  }
}

function leave() {
  // Also one that is on its way: the server may have it already.
  const id = mine || claiming;
  if (!id) return;
  mine = "";
  // Not by `api`: it must reach the server when the page is gone already.
  fetch(`/api/v1/reviews/${id}/release`, { method: "POST", headers: { "X-Delauto-Page": "1" }, keepalive: true }).catch(() => {});
}

/** Go to a question; without an id to the first that is free. */
async function go(id) {
  leave();
  going += 1;
  try {
    await show(id);
  } finally {
    going -= 1;
  }
  history.replaceState(null, "", at() ? `?at=${at()}` : location.pathname);
  if (!(await claim()) && !id && at() && "taken" in question().dataset) await show("");
  document.getElementById("announcer").textContent = at() ? say("next", { what: question().querySelector("h2").textContent }) : say("none");
}

function sure(text) {
  const dialog = document.getElementById("sure");
  dialog.querySelector("h2").textContent = text;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

async function answer(button) {
  if (busy || button.disabled || unread()) return;
  const id = at();
  const version = Number(question().dataset.version);
  const name = question().querySelector("h2").textContent;
  const what = button.querySelector(".says").textContent;
  const forGood = "forGood" in button.dataset;
  if (forGood && !(await sure(what))) return;
  busy = true;
  // What is on its way would tell that it was settled meanwhile.
  asked += 1;
  try {
    await api("POST", `/reviews/${id}/answer`, { body: { answer: button.dataset.answer, analysis_version: version } });
    mine = "";
    last = forGood ? null : id;
    toast(say("settled", { name, what }), last ? { action: { label: say("undo"), run: () => undo(id) } } : {});
    await go("");
    document.querySelector(".answers button")?.focus({ preventScroll: true });
  } catch (error) {
    toast(told(error), { problem: true });
    await show(id);
  } finally {
    busy = false;
  }
}

async function next() {
  if (unread()) return;
  await go("");
  question()?.querySelector("h2").focus({ preventScroll: true });
}

async function undo(id = last) {
  if (!id) return;
  if (id === last) last = null;
  try {
    leave();
    await api("POST", `/reviews/${id}/undo`);
    toast(say("back"));
    await go(id);
  } catch (error) {
    toast(told(error), { problem: true });
  }
}

function step(by) {
  const all = [...document.querySelectorAll(".queue [data-review]")];
  const here = all.findIndex((each) => each.dataset.review === at());
  const to = all[here + by];
  if (to) go(to.dataset.review).then(() => document.getElementById(`item-${at()}`)?.scrollIntoView({ block: "nearest" }));
}

function onClick(event) {
  const item = event.target.closest(".queue [data-review]");
  const button = event.target.closest("[data-answer]");
  if (item && !event.ctrlKey && !event.metaKey && event.button === 0) {
    event.preventDefault();
    go(item.dataset.review);
  } else if (event.target.closest("[data-next]")) {
    event.preventDefault();
    next();
  } else if (button) answer(button);
  else if (event.target.closest("[data-help]")) document.getElementById("help").showModal();
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  o: () => question()?.querySelector("[data-open]")?.click(),
  u: () => undo(),
  "?": () => document.getElementById("help").showModal(),
  " ": () => hearingOf()?.toggle(),
};

function onKey(event) {
  const elsewhere = event.target.closest("input:not([type=range]), select, textarea") || document.querySelector("dialog[open]");
  if (elsewhere || event.ctrlKey || event.metaKey || event.altKey) return;
  // A key that is held down was pressed once.
  if (event.repeat && (/^[1-9]$/.test(event.key) || event.target.closest("[data-answer], [data-next]"))) return event.preventDefault();
  if ([" ", "Enter"].includes(event.key) && event.target.closest("button, a")) return;
  const button = /^[1-9]$/.test(event.key) ? document.querySelectorAll("[data-answer]")[Number(event.key) - 1] : null;
  if (button) answer(button);
  else if (event.key === "Enter" && isGone()) next();
  else if (KEYS[event.key]) KEYS[event.key]();
  else return;
  event.preventDefault();
}

document.documentElement.classList.add("js");
document.addEventListener("click", onClick);
document.addEventListener("keydown", onKey);
document.addEventListener("pause", () => refresh(), true);
addEventListener("pagehide", leave);
addEventListener("pageshow", (event) => event.persisted && claim());
setInterval(() => mine && mine === at() && claim(), RENEW);
hear();
evidences();
watch(desk.dataset.live, ({ kind, deliveries }) => kind === "review" || deliveries.includes(question()?.dataset.delivery), refresh);
claim();
