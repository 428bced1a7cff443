// The calendar: what it shows is fetched for the visible range alone. Where that holds many
// deliveries they are shown as numbers; few are shown one by one, and can be moved. On a day on which
// too many stand beside each other to be read, those of an hour are shown together.

import { api } from "../api.js";
import { toast } from "../toasts.js";
import { say } from "../words.js";
import { hours, narrow, phone, readable } from "./crowded.js";
import { Impossible, move, read, told, why } from "./moving.js";
import { openHour, openSome, openStop } from "./dialogs.js";
import { heading, namer, title } from "./naming.js";
import { instant, wall } from "./zones.js";

const data = JSON.parse(document.getElementById("data").textContent);
const host = document.getElementById("calendar");
const standing = document.getElementById("standing");
const again = document.getElementById("again");
const driver = document.getElementById("driver");
const toggles = [...document.querySelectorAll(".state-toggle[data-state]")];

const allHours = document.getElementById("hours");

/** So many are shown one by one; more as numbers. A telephone's month has room for numbers alone. */
const FEW = { dayGridMonth: narrow.matches ? 0 : 150, timeGridWeek: 300, timeGridDay: 300, dayGridDay: 300 };
const DAY = phone.matches ? "dayGridDay" : "timeGridDay";
const MOVABLE = ["scheduled", "assigned"];

const how = document.getElementById("how");
/** States in which a delivery may be given another time. */
const MAY_MOVE = [...MOVABLE, "failed"];

const { locale, part } = namer(data.language);
const here = (moment) => wall(new Date(moment), data.zone);
const there = (date) => instant(date.toISOString().slice(0, 19), data.zone);
const when = (moment) => new Intl.DateTimeFormat(locale, {
  timeZone: data.zone, weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
}).format(new Date(moment));
const between = (stop) => [stop.scheduled_time, stop.window_end].filter(Boolean).map((moment) => here(moment).slice(11, 16)).join("–");
const who = (stop) => stop.customer ?? stop.reference ?? say("no_name");
const shownStates = () => toggles.filter((each) => each.ariaPressed === "true").map((each) => each.dataset.state);

function asked(start, end, by, most) {
  const query = new URLSearchParams({
    scheduled_from: there(start).toISOString(), scheduled_before: there(end).toISOString(),
    time_zone: data.zone, by, stops_up_to: String(most),
  });
  if (driver.value === "nobody") query.set("unassigned", "true");
  else if (driver.value) query.set("agent_id", driver.value);
  const states = shownStates();
  if (states.length < toggles.length) states.forEach((state) => query.append("status", state));
  return query;
}

function one(stop) {
  const start = Date.parse(stop.scheduled_time);
  const end = stop.window_end ? Date.parse(stop.window_end) : start + Math.max(stop.estimated_duration, 30) * 60_000;
  return {
    id: stop.id, title: who(stop), start: here(start), end: here(end), extendedProps: { stop },
    classNames: ["one"], startEditable: data.writes && MOVABLE.includes(stop.status),
  };
}

/** One event for each day and state, or for each hour with all its states. */
function numbers(counts, by) {
  if (by === "day") {
    return counts.map((each) => ({
      id: `${each.start} ${each.status}`, start: here(each.start).slice(0, 10), allDay: true,
      title: `${each.deliveries} ${data.states[each.status].label}`, classNames: ["counted"],
      extendedProps: { counts: [each] }, startEditable: false,
    }));
  }
  const hours = Map.groupBy ? Map.groupBy(counts, (each) => each.start) : counts.reduce(
    (found, each) => found.set(each.start, [...(found.get(each.start) ?? []), each]), new Map(),
  );
  return [...hours].map(([start, inHour]) => ({
    id: start, start: here(start), end: here(Date.parse(start) + 3_600_000), classNames: ["counted"],
    title: inHour.map((each) => `${each.deliveries} ${data.states[each.status].label}`).join(", "),
    extendedProps: { counts: inHour }, startEditable: false,
  }));
}

function crop(events) {
  for (const [name, value] of Object.entries(hours(events, allHours.ariaPressed === "true"))) {
    if (calendar.getOption(name) !== value) calendar.setOption(name, value);
  }
}

async function fetched(info) {
  // While the view changes, the calendar still names the old one.
  const days = (info.end - info.start) / 86_400_000;
  const view = days > 8 ? "dayGridMonth" : days > 1 ? "timeGridWeek" : DAY;
  allHours.hidden = view.startsWith("dayGrid");
  const by = view === "dayGridMonth" ? "day" : "hour";
  if (!shownStates().length) {
    standing.textContent = say("none");
    explain([], view);
    return [];
  }
  const found = await api("GET", `/deliveries/calendar?${asked(info.start, info.end, by, FEW[view])}`);
  const count = new Intl.NumberFormat(locale).format(found.total);
  standing.textContent = say(found.total === 0 ? "none" : found.stops || !FEW[view] ? "some" : "many", { count });
  const events = !found.stops ? numbers(found.counts, by) : by === "day" ? found.stops.map(one) : readable(found.stops, view, { one, here, states: data.states });
  explain(events, view);
  if (by === "hour") crop(events);
  return events;
}

/** Tell how deliveries are moved, as far as it can be done with what is shown. */
function explain(events, view) {
  const alone = events.every(({ extendedProps }) => extendedProps.stop);
  const states = events.flatMap(({ extendedProps: { stop, counts } }) => (stop ? [stop] : counts).map((each) => each.status));
  how.hidden = !data.writes || !states.some((state) => MAY_MOVE.includes(state));
  how.textContent = say(alone && view !== "dayGridDay" && events.some((each) => each.startEditable) ? "drag" : "open");
}

function sign(state) {
  const element = document.createElement("span");
  element.className = "sign";
  element.textContent = data.states[state].sign;
  element.ariaHidden = "true";
  return element;
}

/** What stands in an event: the state's sign, the time, and who; or the numbers of its states. */
function content({ event, timeText, view }) {
  const line = document.createElement("span");
  line.className = "said";
  const { stop, counts, stops, times } = event.extendedProps;
  const bold = (text) => line.append(" ", Object.assign(document.createElement("b"), { textContent: text }), " ");
  const span = (className, textContent) => Object.assign(document.createElement("span"), { className, textContent });
  if (stop) {
    line.append(sign(stop.status));
    const listed = view.type === "dayGridDay";
    if (listed) bold(between(stop));
    else if (timeText) bold(timeText.split(" - ")[0]);
    line.append(who(stop));
    if (listed) line.append(span("whose", data.drivers[stop.agent_id] ?? say("nobody")));
  } else if (stops && phone.matches) {
    line.append(Object.assign(document.createElement("b"), { textContent: String(stops.length) }));
  } else {
    if (stops && counts.length === 1) line.append(sign(counts[0].status));
    if (timeText && view.type !== "dayGridMonth") bold(times ?? timeText.replace(" - ", "–"));
    if (stops) line.append(span("together", event.title), " ");
    if (stops && counts.length === 1) return { domNodes: [line] };
    for (const each of counts) {
      const part = document.createElement("span");
      part.dataset.state = each.status;
      part.append(sign(each.status), ` ${each.deliveries}`);
      if (view.type === "dayGridMonth") part.append(span("label", ` ${data.states[each.status].label}`));
      line.append(part, " ");
    }
  }
  return { domNodes: [line] };
}

function marked({ isToday, el }) {
  if (isToday) el.setAttribute("aria-current", "date");
}

function mounted({ event, el }) {
  const { stop, counts, stops, times } = event.extendedProps;
  el.dataset.state = stop ? stop.status : counts.length === 1 ? counts[0].status : "several";
  el.setAttribute("role", "button");
  const moment = when(stop ? stop.scheduled_time : counts[0].start) + (times?.slice(5) ?? "");
  const state = stop ? data.states[stop.status].label
    : stops ? counts.map((each) => `${each.deliveries} ${data.states[each.status].label}`).join(", ") : "";
  const name = stop ? (data.drivers[stop.agent_id] ?? (stop.status === "scheduled" ? "" : say("nobody"))) : "";
  el.ariaLabel = [event.title, moment, state, name].filter(Boolean).join(", ");
  el.title = stop ? [event.title, stop.address, [state, name].filter(Boolean).join(" · ")].join("\n") : event.title;
}

/** Show an event where it is now; the calendar may have fetched it anew meanwhile. */
function place(stop) {
  const event = calendar.getEventById(stop.id);
  if (!event) return calendar.refetchEvents();
  const shown = one(stop);
  // The calendar ignores new dates of what cannot be dragged.
  event.setProp("startEditable", true);
  event.setDates(shown.start, shown.end);
  event.setExtendedProp("stop", stop);
  event.setProp("startEditable", shown.startEditable);
  return undefined;
}

/** Move for good what is already shown there; `back` shows it where it was. */
async function carry(stop, start, end, back, undoable = true) {
  calendar.getEventById(stop.id)?.setProp("startEditable", false);
  try {
    const now = await move(stop, start, end);
    const moved = { ...stop, scheduled_time: now.scheduled_time, window_end: now.window_end, status: now.status, agent_id: now.agent_id };
    place(moved);
    const undo = () => carry(moved, new Date(stop.scheduled_time), stop.window_end ? new Date(stop.window_end) : null, () => place(moved), false);
    const words = { who: who(stop), when: when(now.scheduled_time) };
    told(say(undoable ? "moved" : "back", words), undoable && stop.status !== "failed" ? () => undo().catch(refused(moved)) : null);
  } catch (error) {
    back();
    calendar.getEventById(stop.id)?.setProp("startEditable", one(stop).startEditable);
    if (error.status === 412) calendar.refetchEvents();
    throw error;
  }
}

function refused(stop) {
  return (error) => toast(say("refused", { who: who(stop), when: when(stop.scheduled_time), why: why(error) }), { problem: true });
}

function dropped(info) {
  const { stop } = info.oldEvent.extendedProps;
  carry(stop, there(info.event.start), undefined, () => info.revert()).catch(refused(stop));
}

/** Move it by the dialog: shown there at once, and put back with the reason where it is refused. */
async function byDialog(stop, start, end) {
  if (start <= new Date()) throw new Impossible(say("past"));
  place({ ...stop, scheduled_time: start.toISOString(), window_end: end ? end.toISOString() : null });
  await carry(stop, start, end, () => place(stop));
}

function clicked({ event, view }) {
  const { stop, counts, stops } = event.extendedProps;
  if (stop) openStop(stop, tools);
  else if (stops) openSome(say("in_hour", { count: stops.length, when: when(counts[0].start) }), stops, tools);
  else if (view.type === "dayGridMonth") calendar.changeView(DAY, event.start);
  else openHour(counts[0].start, async (start, before) => {
    const query = asked(new Date(`${here(start)}Z`), new Date(`${here(before)}Z`), "hour", 500);
    return api("GET", `/deliveries/calendar?${query}`);
  }, tools);
}

const tools = { data, here, when, who, byDialog, why, zone: (shown) => instant(shown, data.zone) };
const initialView = () => wanted().get("view") ?? (narrow.matches ? DAY : "timeGridWeek");
const wanted = () => {
  const found = new URLSearchParams(location.hash.slice(1));
  if (!Object.hasOwn(FEW, found.get("view") ?? "")) found.delete("view");
  if (["timeGridDay", "dayGridDay"].includes(found.get("view"))) found.set("view", DAY);
  if (!/^\d{4}-\d\d-\d\d$/.test(found.get("day") ?? "")) found.delete("day");
  return found;
};

function keep() {
  const hash = new URLSearchParams({ view: calendar.view.type, day: calendar.getDate().toISOString().slice(0, 10) });
  if (driver.value) hash.set("driver", driver.value);
  history.replaceState(null, "", `${location.pathname}${location.search}#${hash}`);
}

let calendar = null;
if ([...driver.options].some((each) => each.value === wanted().get("driver"))) driver.value = wanted().get("driver");
calendar = new window.FullCalendar.Calendar(host, {
  timeZone: "UTC",
  now: () => here(Date.now()),
  locale: data.language,
  initialView: initialView(),
  initialDate: wanted().get("day") ?? data.day,
  // What a month knows as numbers, its weeks and days may show one by one.
  lazyFetching: false,
  firstDay: 1,
  height: "auto",
  nowIndicator: true,
  allDaySlot: false,
  // Rows and steps of one length: of longer rows, what is dragged would land beside the pointer.
  slotDuration: "00:30:00",
  slotLabelInterval: "01:00:00",
  eventMinHeight: 24,
  // What ends past midnight belongs to the day on which it begins.
  nextDayThreshold: "23:59:59",
  dayMaxEvents: 6,
  ...hours([], false),
  eventDisplay: "block",
  slotEventOverlap: false,
  eventInteractive: true,
  eventDurationEditable: false,
  eventTimeFormat: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  slotLabelFormat: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  dayHeaderContent: heading(data.language),
  dayHeaderDidMount: marked,
  dayCellDidMount: marked,
  titleFormat: title(data.language),
  views: { dayGridDay: { dayMaxEvents: false } },
  headerToolbar: { start: "prev,next today", center: "title", end: `dayGridMonth,timeGridWeek,${DAY}` },
  buttonIcons: false,
  buttonText: { prev: "‹", next: "›", today: say("today"), month: say("month"), week: say("week"), day: say("day") },
  buttonHints: { prev: say("before"), next: say("after") },
  moreLinkText: (count) => say("more", { count }),
  moreLinkHint: (count) => say("more", { count }),
  moreLinkDidMount: ({ el }) => el.setAttribute("role", "button"),
  moreLinkClick: ({ date, allSegs }) => {
    const day = part(date, { weekday: "long", day: "numeric", month: "long" });
    openSome(day, allSegs.map(({ event }) => event.extendedProps.stop).filter(Boolean), tools);
    return "none";
  },
  events: (info, done, failed) => fetched(info).then((found) => {
    again.hidden = true;
    done(found);
  }, (error) => {
    standing.textContent = say("failed", { why: why(error) });
    again.hidden = false;
    failed(error);
  }),
  loading: (busy) => {
    host.setAttribute("aria-busy", String(busy));
    if (busy) standing.textContent = say("loading");
  },
  eventContent: content,
  eventDidMount: mounted,
  eventClick: clicked,
  eventDragStart: ({ event }) => read(event.id),
  eventDrop: dropped,
  datesSet: () => {
    if (calendar) keep();
    for (const [name, words] of [["prev", "before"], ["next", "after"]]) {
      host.querySelector(`.fc-${name}-button`)?.setAttribute("aria-label", say(words));
    }
  },
});
calendar.render();
// Whose clock it is, only where it may be mistaken for the reader's.
document.getElementById("zone").hidden = here(Date.now()) === wall(new Date(), Intl.DateTimeFormat().resolvedOptions().timeZone);
host.setAttribute("role", "region");
host.ariaLabel = say("calendar");

driver.addEventListener("change", () => {
  keep();
  calendar.refetchEvents();
});
for (const toggle of toggles) {
  toggle.addEventListener("click", () => {
    toggle.ariaPressed = toggle.ariaPressed === "true" ? "false" : "true";
    calendar.refetchEvents();
  });
}
again.addEventListener("click", () => calendar.refetchEvents());
allHours.addEventListener("click", () => {
  allHours.ariaPressed = allHours.ariaPressed === "true" ? "false" : "true";
  calendar.refetchEvents();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && !document.querySelector("dialog[open]")) calendar.refetchEvents();
});
