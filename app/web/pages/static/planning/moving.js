// Moving a delivery to another time: only while it is as it was shown, with a way back.

import { api, Refused } from "../api.js";
import { toast } from "../toasts.js";
import { say } from "../words.js";

const reading = new Map();

/** Read a delivery as it stands now; asked for when a drag begins, so that the drop need not wait. */
export function read(id) {
  const asked = api("GET", `/deliveries/${id}`);
  asked.catch(() => {});
  reading.set(id, asked);
  return asked;
}

/** What cannot be, found before anybody was asked: its message is for people. */
export class Impossible extends Error {}

/** Why it was refused, for people. */
export function why(error) {
  if (error instanceof Impossible) return error.message;
  if (!(error instanceof Refused)) {
    console.error(error);
    return say("broken");
  }
  if (error.status === 0) return say("offline");
  if (error.status === 412) return say("changed");
  if (/must lie ahead/.test(error.message)) return say("past");
  return error.message;
}

/**
 * Ask the API to move `stop` (as the calendar was told it) to begin at `start` and end at `end`, or
 * as long after it as now. Answers the delivery as it is then. Throws Refused.
 */
export async function move(stop, start, end) {
  if (start <= new Date()) throw new Impossible(say("past"));
  const seen = await (reading.get(stop.id) ?? read(stop.id));
  reading.delete(stop.id);
  if (Date.parse(seen.scheduled_time) !== Date.parse(stop.scheduled_time)) {
    throw new Refused(412, { detail: say("changed") });
  }
  const until = end === undefined ? shifted(stop, start) : end;
  return api("POST", `/deliveries/${stop.id}/reschedule`, {
    version: seen.etag,
    body: { scheduled_time: start.toISOString(), window_end: until ? until.toISOString() : null },
  });
}

/** Say that it was done, and offer to take it back. */
export function told(text, undo) {
  toast(text, undo ? { action: { label: say("undo"), run: undo } } : {});
}

function shifted(stop, start) {
  if (!stop.window_end) return null;
  return new Date(start.getTime() + Date.parse(stop.window_end) - Date.parse(stop.scheduled_time));
}
