// The lines above the round: what waits, what was refused, the shift, and who is here.

import { count, say } from "./said.js";

// As the windows of the stops are written, whatever the telephone's own way.
const clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const of = (id) => document.getElementById(id);

/** Whether the server was reached when it was last asked. */
export function reached(yes) {
  of("offline").hidden = yes;
}

function deed(name, n, label) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.dataset.do = name;
  button.dataset.n = n;
  button.textContent = label;
  return button;
}

function line(entry) {
  const item = document.createElement("li");
  const what = document.createElement("p");
  what.textContent = `${say(entry.kind)}${entry.about ? ` — ${entry.about}` : ""}`;
  const when = document.createElement("p");
  when.className = "aside";
  when.textContent = clock.format(new Date(entry.at));
  item.append(what, when);
  if (entry.refused) {
    const why = document.createElement("p");
    why.className = "fault";
    why.textContent = `${entry.refused.says} ${say("what_now")}`;
    const deeds = document.createElement("div");
    deeds.className = "deeds";
    deeds.append(deed("again", entry.n, say("again")), deed("drop", entry.n, say("drop")));
    item.append(why, deeds);
  }
  return item;
}

/** What waits, and what was refused. */
export function outbox(box) {
  const waiting = box.waiting().length;
  const refused = box.refused().length;
  const others = box.others().length;
  of("waiting").hidden = waiting === 0;
  if (waiting) of("waiting-text").textContent = count("waits", waiting);
  of("refused").hidden = refused === 0;
  if (refused) of("refused-text").textContent = count("refused", refused);
  const lines = box.mine().map(line);
  if (others) {
    const item = document.createElement("li");
    item.textContent = `${count("waits", others)}: ${say("others")}`;
    lines.push(item);
  }
  if (!lines.length) {
    const item = document.createElement("li");
    item.textContent = say("sent");
    lines.push(item);
  }
  of("outbox-list").replaceChildren(...lines);
}

/** On shift or not, as it will be once all is sent, and whether the position is told. */
export function shift(me, waiting, sharing) {
  const last = waiting.filter((entry) => entry.lane === "shift").at(-1);
  const on = last ? last.kind === "shift_on" : Boolean(me.shift_since);
  const since = last?.at ?? me.shift_since;
  delete of("shift").dataset.unknown;
  document.documentElement.dataset.shift = on ? "on" : "off";
  const time = since && clock.format(new Date(since));
  of("shift-text").textContent = on ? say("since", { time }) : say("off");
  of("sharing").hidden = !on;
  of("sharing").dataset.on = String(sharing);
  of("sharing").textContent = say(sharing ? "shared" : "unshared");
  const shown = { "shift-on": !on, "shift-off": on, share: on && !sharing, unshare: on && sharing };
  for (const [name, yes] of Object.entries(shown)) of("shift").querySelector(`[data-do="${name}"]`).hidden = !yes;
}

/** Who is here. */
export function me(person) {
  of("whose").textContent = person.name;
  const account = of("account");
  account.hidden = false;
  account.querySelector("[data-name]").textContent = person.name;
  account.querySelector("[data-letter]").textContent = person.name.slice(0, 1);
  if (person.csrf) of("me").elements.csrf_token.value = person.csrf;
  document.title = document.title.replace(/^.* · /, `${person.name} · `);
  if (person.office) document.documentElement.dataset.office = person.office;
}

/** Say that a newer version of the page waits. */
export function update(registration) {
  const look = () => {
    of("update").hidden = !(registration.waiting && navigator.serviceWorker.controller);
  };
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", look));
  look();
}
