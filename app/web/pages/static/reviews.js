// The queue of questions. Who looks at one has it, for as long as the page is open: it is claimed,
// claimed again every half minute, and left when somebody goes on.

import { api } from "./api.js";
import { evidences } from "./evidence.js";
import { hear, hearingOf, isPlaying } from "./hearing.js";
import { toast } from "./toasts.js";
import { replaceParts, watch } from "./watching.js";
import { say } from "./words.js";

const RENEW = 30_000;
const desk = document.getElementById("desk");
const writes = "writes" in desk.dataset;
let mine = "";
let claiming = "";
let last = null;
let busy = false;
let going = 0;
let asked = 0;

const question = () => document.querySelector(".question");
const at = () => question()?.dataset.review ?? "";
const told = (error) => (error.status === 0 ? say("away") : error.message);

/** Show the question by this id, or what comes next. */
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
  for (const part of replaceParts(html, wait)) hear(part);
}

const refresh = () => busy || going || show(at(), { wait: (part) => isPlaying(part) && Boolean(at()) });

async function claim() {
  const id = at();
  if (!writes || !id || "taken" in question().dataset) return false;
  claiming = id;
  try {
    await api("POST", `/reviews/${id}/claim`);
    mine = id;
    return true;
  } catch (error) {
    if (mine === id) toast(say("lost"), { problem: true });
    if (mine === id || error.status === 409) {
      mine = "";
      await show(id);
    }
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
  if (busy || button.disabled) return;
  const id = at();
  const version = Number(question().dataset.version);
  const what = button.querySelector(".says").textContent;
  const forGood = "forGood" in button.dataset;
  if (forGood && !(await sure(what))) return;
  busy = true;
  try {
    await api("POST", `/reviews/${id}/answer`, { body: { answer: button.dataset.answer, analysis_version: version } });
    mine = "";
    last = forGood ? null : id;
    toast(say("settled", { what }), last ? { action: { label: say("undo"), run: undo } } : {});
    await go("");
    document.querySelector(".answers button")?.focus({ preventScroll: true });
  } catch (error) {
    toast(told(error), { problem: true });
    await show(id);
  } finally {
    busy = false;
  }
}

async function undo() {
  const id = last;
  if (!id) return;
  last = null;
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
  } else if (button) answer(button);
  else if (event.target.closest("[data-help]")) document.getElementById("help").showModal();
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  o: () => question()?.querySelector("[data-open]").click(),
  u: undo,
  "?": () => document.getElementById("help").showModal(),
  " ": () => hearingOf()?.toggle(),
};

function onKey(event) {
  const elsewhere = event.target.closest("input:not([type=range]), select, textarea") || document.querySelector("dialog[open]");
  if (elsewhere || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === " " && event.target.closest("button, a")) return;
  const button = /^[1-9]$/.test(event.key) ? document.querySelectorAll("[data-answer]")[Number(event.key) - 1] : null;
  if (button) answer(button);
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
