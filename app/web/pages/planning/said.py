"""What the API says against a delivery, in the reader's language.

The API speaks English, several things in one text with semicolons between. What is known here is
translated; the rest is shown as it stands, for an English sentence says more than none.
"""

from __future__ import annotations

import re

from app.web.words import gettext, marked

_WHOLE = (
    marked("customer_name is empty"),
    marked("phone is empty"),
    marked("address is empty"),
    marked("scheduled_time is empty"),
    marked("longitude and latitude must be decimal degrees"),
    marked("consent must be yes or no"),
    marked("date must be like 2026-11-24"),
    marked("date and scheduled_time name different days"),
    marked("has more cells than the header: quote texts with commas"),
    marked("scheduled_time must lie between 2000 and 2100"),
    marked("window_end must lie between 2000 and 2100"),
    marked("sequence must be a whole number from 0 to 9999"),
    marked("phone is not a possible telephone number"),
    marked("phone is the number that we call from, not a customer's"),
    marked("phone must be a telephone number with its country, as +14155550123"),
    marked("time_zone or longitude and latitude must be given: the number tells none"),
    marked("language must be one of en, es, fr, de, or empty"),
    marked("scheduled_time must lie ahead"),
    marked("scheduled_time must lie at most 366 days ahead"),
    marked("window_end must be after scheduled_time"),
    marked("window_end must be at most 24 hours after scheduled_time"),
    marked("longitude and latitude must be given together, or neither"),
    marked("longitude must be within -180 and 180, latitude within -90 and 90"),
    marked("customer_name and address must be given"),
    marked("texts must be of at most 200 letters, on one line, without control codes"),
    marked("somebody else drives it already"),
    marked("names no active agent"),
    marked("must be a telephone number: with its country as +14155550123, or with its region"),
    marked("There is no such delivery."),
)
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), text)
    for pattern, text in (
        (
            r"reference (?P<what>.+) is planned already",
            marked("reference %(what)s is planned already"),
        ),
        (
            r"reference (?P<what>.+) is in this file twice",
            marked("reference %(what)s is in this file twice"),
        ),
        (
            r"no active agent has the e-mail address (?P<what>\S+)",
            marked("no active agent has the e-mail address %(what)s"),
        ),
        (
            r"time_zone (?P<what>'.*') is none; write one like Europe/London",
            marked("time_zone %(what)s is none; write one like Europe/London"),
        ),
        (
            r"phone is (?P<what>.+), not a customer's",
            marked("phone is %(what)s, not a customer's"),
        ),
        (
            r"(?P<name>\w+) must be like 2026-11-24 14:30, or with .+",
            marked(
                "%(name)s must be like 2026-11-24 14:30, or with its offset from UTC like "
                "2026-11-24T14:30-05:00"
            ),
        ),
        (
            r"(?P<name>\w+) has no day: .+",
            marked("%(name)s has no day: write it like 2026-11-24 14:30, or fill the column date"),
        ),
        (
            r"(?P<name>\w+) has no offset from UTC, and no time zone is set: .+",
            marked(
                "%(name)s has no offset from UTC, and no time zone is set: write it like "
                "2026-11-24T14:30-05:00, or fill the column time_zone"
            ),
        ),
        (
            r"(?P<name>\w+) (?P<local>[-\d: ]+) does not exist in (?P<zone>\S+), "
            r"where clocks go forward then: write (?P<one>\S+) if that is meant",
            marked(
                "%(name)s: %(local)s does not exist in %(zone)s, where clocks go forward then: "
                "write %(one)s if that is meant"
            ),
        ),
        (
            r"(?P<name>\w+) (?P<local>[-\d: ]+) comes twice in (?P<zone>\S+), "
            r"where clocks go back then: write (?P<one>\S+) or (?P<other>\S+)",
            marked(
                "%(name)s: %(local)s comes twice in %(zone)s, where clocks go back then: "
                "write %(one)s or %(other)s"
            ),
        ),
        (
            r"the column (?P<name>'.*') may be meant for (?P<what>\w+): call it so",
            marked("the column %(name)s may be meant for %(what)s: call it so"),
        ),
        (
            r"the file has the columns (?P<what>[a-z_, ]+) more than once",
            marked("the file has the columns %(what)s more than once"),
        ),
        (
            r"the file lacks the columns (?P<what>[a-z_, ]+)",
            marked("the file lacks the columns %(what)s"),
        ),
        (
            r"the file is no CSV that can be read: (?P<what>.+)",
            marked("the file is no CSV that can be read: %(what)s"),
        ),
        (
            r"has (?P<what>\d+) rows: send at most 1000 at once",
            marked("there are %(what)s rows: import at most 1,000 at once"),
        ),
        (
            r"it is (?P<what>\w+), and cannot be \w+( \w+)*",
            marked("it is %(what)s, and that is not possible any more"),
        ),
    )
)
_STATES = {
    "scheduled": marked("no driver yet"),
    "assigned": marked("assigned"),
    "in_transit": marked("on its way"),
    "completed": marked("delivered"),
    "failed": marked("failed"),
    "cancelled": marked("cancelled"),
}


def reasons(text: str) -> list[str]:
    """Each thing that is wrong, in the reader's language."""
    return [_one(each) for each in _apart(text) if each]


def said(text: str) -> str:
    """The same in one text."""
    return "; ".join(reasons(text))


def _apart(text: str) -> list[str]:
    """Split where one thing ends and another begins, not within one."""
    parts: list[str] = []
    for part in text.split("; "):
        if part.startswith("write one like") and parts:
            parts[-1] += f"; {part}"
        else:
            parts.append(part)
    return parts


def _one(text: str) -> str:
    if text in _WHOLE:
        return gettext(text)
    for pattern, words in _PATTERNS:
        if found := pattern.fullmatch(text):
            told = found.groupdict()
            if state := _STATES.get(told.get("what", "")):
                told["what"] = gettext(state)
            return gettext(words, **told)
    return text
