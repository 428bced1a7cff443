// The company's clock: FullCalendar is given its times as if they were UTC, and knows no zone.

const MINUTE = 60_000;
const formats = new Map();

function parts(instant, zone) {
  if (!formats.has(zone)) {
    formats.set(zone, new Intl.DateTimeFormat("en-GB", {
      timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit",
      hour: "2-digit", minute: "2-digit", second: "2-digit",
    }));
  }
  return Object.fromEntries(formats.get(zone).formatToParts(instant).map((each) => [each.type, each.value]));
}

/** What clocks show there at this moment, as 2026-03-10T09:30:00. */
export function wall(instant, zone) {
  const at = parts(instant, zone);
  return `${at.year}-${at.month}-${at.day}T${at.hour}:${at.minute}:${at.second}`;
}

/** The moment at which clocks there show this; of two the first, and for none the one after it. */
export function instant(shown, zone) {
  const plain = Date.parse(`${shown}Z`);
  const ahead = (at) => Date.parse(`${wall(at, zone)}Z`) - at;
  const found = [plain - ahead(plain - 1440 * MINUTE), plain - ahead(plain + 1440 * MINUTE)]
    .filter((at) => Date.parse(`${wall(at, zone)}Z`) === plain);
  return new Date(found.length ? Math.min(...found) : plain - ahead(plain - 1440 * MINUTE));
}
