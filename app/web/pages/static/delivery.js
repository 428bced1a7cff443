// The page of one delivery: it changes by itself, and what is done here goes to the API.

import { api } from "./api.js";
import { evidences } from "./evidence.js";
import { hear, hearingOf, isPlaying } from "./hearing.js";
import { isOpen, openPicture, placePictures, showPictures } from "./pictures.js";
import { toast } from "./toasts.js";
import { replaceParts, watch } from "./watching.js";
import { say } from "./words.js";

const page = document.getElementById("delivery");
const forms = JSON.parse(document.getElementById("forms").textContent);
const path = `/deliveries/${page.dataset.delivery}`;
let again = false;

async function refresh() {
  let answer;
  try {
    answer = await fetch(page.dataset.now, { headers: { "HX-Request": "true" }, redirect: "error" });
  } catch {
    return;
  }
  if (answer.status === 401) location.reload();
  if (!answer.ok) return;
  again = false;
  const busy = (part) => {
    // Who listens, looks or chooses is not disturbed; the part follows when they are done.
    const wait = isPlaying(part) || isOpen(part) || part.querySelector(".menu[open]");
    again ||= Boolean(wait);
    return wait;
  };
  for (const part of replaceParts(await answer.text(), busy)) hear(part);
  placePictures();
}

const understood = () => document.querySelector(".understood");
const version = () => Number(understood()?.dataset.version ?? 0);

/** Correct: the line by this number becomes `fresh` (null: it goes); null adds to what is there. */
async function correct(number, fresh) {
  const keep = [...Array(Number(understood()?.dataset.count ?? 0)).keys()].filter((each) => each !== number);
  const body = { analysis_version: version(), keep, directives: fresh ? [fresh] : [] };
  const done = await api("POST", `${path}/analysis/corrections`, { body });
  const seen = done.understood.analysis_version;
  toast(done.suppressed ? `${say("corrected")} ${say("stopped")}` : say("corrected"), { action: { label: say("undo"), run: () => restore(seen) } });
  await refresh();
}

async function restore(seen) {
  try {
    await api("POST", `${path}/analysis/restore`, { body: { analysis_version: seen } });
    toast(say("restored"));
  } catch (error) {
    complain(error);
  }
  await refresh();
}

const told = (error) => (error.status === 0 ? say("away") : error.message);
const complain = (error) => toast(told(error), { problem: true });

async function tried(work) {
  try {
    await work();
  } catch (error) {
    complain(error);
    await refresh();
  }
}

/* What belongs to a kind, asked for one by one */

const slotsBox = document.getElementById("other-slots");
const DATES = { date: "date", start: "time", end: "time" };

function input(slot, value) {
  const choices = forms.options[slot];
  let element;
  if (choices) {
    element = document.createElement("select");
    element.append(new Option("", ""), ...choices.map((each) => new Option(forms.choices[each] ?? each, each, false, each === value)));
  } else {
    element = document.createElement("input");
    element.type = slot === "minutes" ? "number" : slot === "signature" || slot === "id_check" ? "checkbox" : (DATES[slot] ?? "text");
    if (element.type === "checkbox") element.checked = Boolean(value);
    else element.value = /•/.test(`${value ?? ""}`) ? "" : (value ?? "");
  }
  element.name = `slot-${slot}`;
  element.id = `other-${slot}`;
  return element;
}

function askFor(kind, slots) {
  slotsBox.replaceChildren(
    ...forms.slots[kind].map((slot) => {
      const field = document.createElement("div");
      field.className = "field";
      const label = document.createElement("label");
      label.htmlFor = `other-${slot}`;
      label.textContent = forms.labels[slot] ?? slot;
      field.append(label, input(slot, slots[slot]));
      return field;
    }),
  );
}

function written(form) {
  const slots = {};
  for (const element of form.querySelectorAll('[name^="slot-"]')) {
    const value = element.type === "checkbox" ? element.checked : element.type === "number" ? Number(element.value) : element.value.trim();
    if (value) slots[element.name.slice(5)] = value;
  }
  return { kind: form.elements.kind.value, text: form.elements.text.value.trim(), slots };
}

function somethingElse(line, directive) {
  const dialog = document.getElementById("other");
  const form = dialog.querySelector("form");
  form.elements.kind.value = directive?.kind ?? "leave_at";
  form.elements.text.value = /•/.test(directive?.text ?? "") ? "" : (directive?.text ?? "");
  form.dataset.line = line ?? "";
  askFor(form.elements.kind.value, directive?.slots ?? {});
  show(dialog);
}

/* Dialogs: nothing is done before they are confirmed, and what was refused is told in them */

function show(dialog, call = "") {
  const fault = dialog.querySelector(".fault");
  if (fault) fault.hidden = true;
  dialog.dataset.call = call;
  dialog.showModal();
}

// The instant at which a clock in the delivery's zone shows this time.
function instant(local) {
  const wall = Date.parse(`${local}Z`);
  const shown = (at) => Date.parse(`${new Date(at).toLocaleString("sv-SE", { timeZone: page.dataset.zone }).replace(" ", "T")}Z`);
  let at = wall;
  for (let round = 0; round < 2; round += 1) at += wall - shown(at);
  return new Date(at).toISOString();
}

function body(form) {
  const found = {};
  for (const element of form.querySelectorAll("[name]")) {
    if (element.value.trim()) found[element.name] = element.type === "datetime-local" ? instant(element.value) : element.value.trim();
  }
  return found;
}

async function send(form) {
  const dialog = form.closest("dialog");
  const fault = form.querySelector(".fault");
  const button = form.querySelector("button");
  fault.hidden = true;
  button.disabled = true;
  try {
    if (form.hasAttribute("data-correct")) {
      await correct(form.dataset.line === "" ? null : Number(form.dataset.line), written(form));
    } else {
      const done = await api("POST", form.dataset.post.replace("{call}", dialog.dataset.call), { body: body(form) });
      toast(done.stopped ? say("held") : say(form.dataset.says ?? "done"));
      await refresh();
    }
    dialog.close();
  } catch (error) {
    fault.textContent = told(error);
    fault.hidden = false;
  } finally {
    button.disabled = false;
  }
}

async function showCodes(button) {
  for (const element of document.querySelectorAll(".hearing")) {
    const { words } = await api("POST", `/recordings/${element.dataset.recording}/transcript`);
    element.querySelectorAll("[data-n]").forEach((word, n) => {
      if (words[n]) word.textContent = words[n].text;
    });
  }
  button.remove();
}

function onClick(event) {
  const button = event.target.closest("button");
  if (!button) return;
  const line = button.closest("[data-line]");
  if (button.dataset.opens) show(document.getElementById(button.dataset.opens), button.dataset.call);
  else if ("close" in button.dataset) button.closest("dialog").close();
  else if ("codes" in button.dataset) tried(() => showCodes(button));
  else if ("pictures" in button.dataset) tried(() => showPictures(button));
  else if ("proof" in button.dataset) openPicture(button);
  else if ("restore" in button.dataset) restore(version());
  else if ("other" in button.dataset) {
    button.closest("details")?.removeAttribute("open");
    somethingElse(line?.dataset.line, JSON.parse(button.dataset.other));
  } else if ("becomes" in button.dataset) {
    button.closest("details").open = false;
    tried(() => correct(Number(line.dataset.line), JSON.parse(button.dataset.becomes)));
  }
}

function onKey(event) {
  if (event.key === "Escape") document.querySelector(".menu[open]")?.removeAttribute("open");
  if (event.key !== " " || event.target.closest("button, input, select, textarea, summary, a, dialog")) return;
  event.preventDefault();
  hearingOf()?.toggle();
}

document.documentElement.classList.add("js");
document.addEventListener("click", onClick);
document.addEventListener("keydown", onKey);
document.addEventListener("submit", (event) => {
  event.preventDefault();
  send(event.target);
});
document.addEventListener("toggle", ({ target }) => {
  if (target.matches?.(".menu[open]")) for (const other of document.querySelectorAll(".menu[open]")) if (other !== target) other.open = false;
  if (target.matches?.(".menu:not([open])") && again) refresh();
}, true);
document.addEventListener("pause", () => again && refresh(), true);
document.getElementById("picture")?.addEventListener("close", () => {
  placePictures();
  if (again) refresh();
});
document.getElementById("other-kind")?.addEventListener("change", (event) => askFor(event.target.value, {}));
hear();
evidences();
watch(page.dataset.live, ({ deliveries }) => deliveries.includes(page.dataset.delivery), refresh);
