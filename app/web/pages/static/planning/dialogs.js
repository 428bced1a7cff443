// The dialogs of the calendar: one delivery with the form that moves it (for who does not drag), and
// the deliveries of one hour where these are shown as numbers.

import { say } from "../words.js";
import { Impossible } from "./moving.js";

const stopDialog = document.getElementById("stop");
const hourDialog = document.getElementById("hour");
const form = document.getElementById("move");
const fault = document.getElementById("move-fault");
const field = (name) => document.getElementById(`move-${name}`);
const MOST = 500;

for (const dialog of [stopDialog, hourDialog]) {
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
  });
}

/** Open one delivery. */
export function openStop(stop, tools) {
  const { data, here, when, who } = tools;
  const state = data.states[stop.status];
  document.getElementById("stop-title").textContent = `${who(stop)}, ${when(stop.scheduled_time)}`;
  document.getElementById("stop-about").textContent = `${state.sign} ${state.label} · ${data.drivers[stop.agent_id] ?? say("nobody")}`;
  document.getElementById("stop-where").textContent = [stop.address, stop.reference].filter(Boolean).join(" · ");
  const start = here(stop.scheduled_time);
  document.getElementById("stop-day").href = `${data.map}?day=${start.slice(0, 10)}#stop-${stop.id}`;
  document.getElementById("stop-page").href = `${data.page}/${stop.id}`;
  form.hidden = !data.writes || !["scheduled", "assigned", "failed"].includes(stop.status);
  fault.hidden = true;
  field("day").value = start.slice(0, 10);
  field("clock").value = start.slice(11, 16);
  field("until").value = stop.window_end ? here(stop.window_end).slice(11, 16) : "";
  form.onsubmit = (event) => {
    event.preventDefault();
    send(stop, tools);
  };
  stopDialog.showModal();
}

async function send(stop, { zone, byDialog, why }) {
  const [day, clock, until] = ["day", "clock", "until"].map((name) => field(name).value);
  const button = form.querySelector("[type=submit]");
  try {
    if (!day || !clock) throw new Impossible(say("no_time"));
    const start = zone(`${day}T${clock}:00`);
    let end = until ? zone(`${day}T${until}:00`) : null;
    // Past midnight.
    if (end && end <= start) end = new Date(end.getTime() + 86_400_000);
    button.disabled = true;
    await byDialog(stop, start, end);
    stopDialog.close();
  } catch (error) {
    fault.textContent = why(error);
    fault.hidden = false;
  } finally {
    button.disabled = false;
  }
}

/** Open a list of deliveries. */
export function openSome(title, stops, tools) {
  document.getElementById("hour-title").textContent = title;
  document.getElementById("hour-list").replaceChildren(...stops.map((stop) => row(stop, tools)));
  hourDialog.showModal();
}

/** Open the deliveries of the hour that begins at `start`; `ask` fetches them. */
export async function openHour(start, ask, tools) {
  const list = document.getElementById("hour-list");
  const title = document.getElementById("hour-title");
  title.textContent = say("loading");
  list.replaceChildren();
  hourDialog.showModal();
  try {
    const found = await ask(start, Date.parse(start) + 3_600_000);
    title.textContent = say("in_hour", { count: found.total, when: tools.when(start) });
    if (!found.stops) title.textContent += ` ${say("others", { count: MOST })}`;
    list.replaceChildren(...(found.stops ?? []).map((stop) => row(stop, tools)));
  } catch (error) {
    title.textContent = say("failed", { why: tools.why(error) });
  }
}

function row(stop, tools) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  const state = tools.data.states[stop.status];
  const time = tools.here(stop.scheduled_time).slice(11, 16);
  button.textContent = `${state.sign} ${time} ${tools.who(stop)}`;
  button.ariaLabel = `${time} ${tools.who(stop)}, ${state.label}`;
  button.addEventListener("click", () => {
    hourDialog.close();
    openStop(stop, tools);
  });
  item.append(button);
  return item;
}
