// What can be read of a full day: those of an hour together where too many would stand beside each
// other, and only the hours in which something is.

import { say } from "../words.js";

export const narrow = matchMedia("(max-width: 48rem)");
export const phone = matchMedia("(max-width: 30rem)");

/** So many can be read beside each other; a telephone's day is a list, one below the other. */
const BESIDE = { timeGridWeek: phone.matches ? 0 : narrow.matches ? 1 : 2, timeGridDay: narrow.matches ? 3 : 8, dayGridDay: Infinity };
/** Hours that are always shown. */
const WORKING = [8, 18];
const HOUR = 3_600_000;

/** How many stand beside each other where it is fullest. */
function most(events) {
  const edges = events.flatMap(({ start, end }) => [[start, 1], [end, -1]]);
  edges.sort(([a, up], [b, down]) => (a < b ? -1 : a > b ? 1 : up - down));
  let now = 0;
  return Math.max(0, ...edges.map(([, step]) => (now += step)));
}

function grouped(stops, by) {
  const found = new Map();
  for (const stop of stops) found.set(by(stop), [...(found.get(by(stop)) ?? []), stop]);
  return [...found];
}

/** The deliveries that begin in one hour, as one event: it tells when the first of them begins, and the last. */
function together(hour, stops, { here, states }) {
  const begins = stops.map((stop) => stop.scheduled_time).sort((a, b) => Date.parse(a) - Date.parse(b));
  const [start, last] = [begins[0], begins.at(-1)].map((moment) => new Date(moment).toISOString());
  const [first, until] = [start, last].map((moment) => here(moment).slice(11, 16));
  const counts = Object.keys(states)
    .map((status) => ({ start, status, deliveries: stops.filter((stop) => stop.status === status).length }))
    .filter((each) => each.deliveries);
  return {
    id: `hour ${hour}`, start: `${hour}:00:00`, end: later(hour),
    title: say("together", { count: stops.length }), classNames: ["counted"],
    extendedProps: { counts, stops, times: first === until ? first : `${first}–${until}` }, startEditable: false,
  };
}

/** One among hours that are told as one: in a week's column it would push those that follow aside, so it ends with its own. */
function alone(hour, event, view) {
  const over = later(hour);
  return view === "timeGridWeek" && event.end > over ? { ...event, end: over } : event;
}

/** The end of this hour, as clocks show it. */
const later = (hour) => new Date(Date.parse(`${hour}:00:00Z`) + HOUR).toISOString().slice(0, 19);

/** Events for these stops: one by one, but by the hour on days that are too full for that. */
export function readable(stops, view, tools) {
  const begins = (stop) => tools.here(stop.scheduled_time);
  return grouped(stops, (stop) => begins(stop).slice(0, 10)).flatMap(([, ofDay]) => {
    if (!(most(ofDay.map(tools.one)) > BESIDE[view])) return ofDay.map(tools.one);
    return grouped(ofDay, (stop) => begins(stop).slice(0, 13))
      .flatMap(([hour, inHour]) => (inHour.length > 1 || phone.matches ? [together(hour, inHour, tools)] : [alone(hour, tools.one(inHour[0]), view)]));
  });
}

/** The calendar's first and last hour: those of work, and of what is there with one before and after. */
export function hours(events, all) {
  const hour = (text) => Number(text.slice(11, 13)) + Number(text.slice(14, 16)) / 60;
  let [first, last] = all ? [0, 24] : WORKING;
  for (const { start, end } of events.filter((each) => each.end)) {
    first = Math.min(first, Math.floor(hour(start)) - 1);
    last = Math.max(last, end.slice(0, 10) > start.slice(0, 10) ? 24 : Math.ceil(hour(end)) + 1);
    if (end.slice(0, 10) > start.slice(0, 10) && hour(end) > 0) first = 0;
  }
  return { slotMinTime: `${Math.max(0, first)}:00:00`, slotMaxTime: `${Math.min(24, last)}:00:00` };
}
