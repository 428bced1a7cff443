// Days and times as the other pages write them: English ones with the day before the month. The
// calendar gives days as if its zone were UTC.

import { phone } from "./crowded.js";

export function namer(language) {
  const locale = language === "en" ? "en-GB" : language;
  return { locale, part: (date, options) => new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options }).format(date) };
}

/** What stands above a column. */
export function heading(language) {
  const { part } = namer(language);
  return ({ date, view }) => {
    if (view.type === "dayGridMonth") return part(date, { weekday: "short" });
    if (view.type !== "timeGridWeek") return part(date, { weekday: "long", day: "numeric", month: "long" });
    return `${part(date, { weekday: phone.matches ? "narrow" : "short" })} ${part(date, { day: "numeric" })}`;
  };
}

/** What stands above the calendar. */
export function title(language) {
  const { locale, part } = namer(language);
  const year = { day: "numeric", month: "short", year: "numeric" };
  return ({ start, end }) => {
    // The end is the last moment that belongs to it.
    const days = (end.marker - start.marker) / 86_400_000;
    if (days > 8) return part(start.marker, { month: "long", year: "numeric" });
    if (days <= 1) return part(start.marker, { weekday: "short", ...year });
    return new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...year }).formatRange(start.marker, end.marker);
  };
}
