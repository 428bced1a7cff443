"""What a row of a file of deliveries says, or all that cannot be read in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.pipeline.delivery_file import REQUIRED, Row
from app.pipeline.wish import NewDelivery, WishError, Wrong, wrong
from app.rules import local_times
from app.rules.gate.place import is_zone
from app.saying import Saying

_CONSENT = {"": True, "yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Zones:
    """By whose clock the times are that name no offset: the row's own zone comes before these."""

    given: str | None = None
    """That of rows which name none; deliveries without a place are taken to be in it, too."""
    company: str | None = None

    def of_row(self, stated: str | None) -> str | None:
        """The zone for one row; None where there is none."""
        return stated or self.given or self.company


@dataclass(frozen=True, slots=True)
class RowRead:
    """What a row says."""

    wish: NewDelivery
    assumed_zone: str | None
    """By whose clock its times were taken; None where they have their offsets."""


def wish_of(row: Row, zones: Zones, region: str | None) -> RowRead:
    """One row as a wish. Raises WishError naming the columns that cannot be read."""
    if None in row:
        # The other cells stand in the wrong columns then.
        says = Saying("has more cells than the header: quote texts with commas")
        raise WishError([wrong(says)])
    cells = {name: str(value or "").strip() for name, value in row.items() if name}
    problems = [
        wrong(
            Saying(
                "%(name)s goes over several lines: write it on one line, and close each quote",
                name=name,
            ),
            name,
        )
        for name, cell in cells.items()
        if "\n" in cell
    ]
    problems += [
        wrong(Saying("%(name)s is empty", name=name), name)
        for name in REQUIRED
        if not cells.get(name)
    ]
    longitude, latitude = _place(cells, problems)
    consent = _CONSENT.get(cells.get("consent", "").lower())
    if consent is None:
        problems.append(wrong(Saying("consent must be yes or no"), "consent"))
    times = _Times(cells, zones.of_row(cells.get("time_zone")), problems)
    scheduled, end = times.of("scheduled_time"), times.of("window_end")
    sequence = _sequence(cells.get("sequence", ""), problems)
    if problems or scheduled is None or consent is None:
        raise WishError(problems)
    wish = NewDelivery(
        reference=cells.get("reference") or None,
        customer_name=cells["customer_name"],
        phone=cells["phone"],
        address=cells["address"],
        longitude=longitude,
        latitude=latitude,
        scheduled_time=scheduled,
        window_end=end,
        time_zone=cells.get("time_zone") or zones.given,
        region=region,
        language=cells.get("language") or None,
        agent_email=cells.get("agent_email") or None,
        sequence=sequence,
        parcel=cells.get("parcel") or None,
        delivery_instructions=cells.get("delivery_instructions") or None,
        consent=consent,
    )
    return RowRead(wish, times.zone if times.assumed else None)


class _Times:
    """Reads a row's times, and notes what is wrong with them."""

    def __init__(self, cells: Mapping[str, str], zone: str | None, problems: list[Wrong]) -> None:
        self.zone = zone
        self.assumed = False
        """Was any taken by the clock of the zone?"""
        self._cells = cells
        self._problems = problems
        self._day: date | None = None
        if given := cells.get("date"):
            self._day = local_times.day_of(given)
            if self._day is None:
                problems.append(wrong(Saying("date must be like 2026-11-24"), "date"))

    def of(self, name: str) -> datetime | None:
        """The moment in this column; None where it is empty, or cannot be read."""
        text = self._cells.get(name)
        if not text:
            return None
        found = self._written(name, text)
        if found is None:
            return None
        if not 2000 <= found.year < 2100:
            self._note(Saying("%(name)s must lie between 2000 and 2100", name=name), name)
            return None
        return found if found.tzinfo else self._in_zone(name, found)

    def _written(self, name: str, text: str) -> datetime | None:
        clock = local_times.clock_of(text)
        if clock is None:
            found = local_times.moment_of(text)
            if found is None:
                says = Saying(
                    "%(name)s must be like 2026-11-24 14:30, or with its offset from UTC like "
                    "2026-11-24T14:30-05:00",
                    name=name,
                )
                self._note(says, name)
            elif name == "scheduled_time" and self._day not in (None, found.date()):
                self._note(Saying("date and scheduled_time name different days"), "date", name)
                return None
            return found
        if self._day is None:
            if not self._cells.get("date"):
                says = Saying(
                    "%(name)s has no day: write it like 2026-11-24 14:30, or fill the column date",
                    name=name,
                )
                self._note(says, name)
            return None
        return datetime.combine(self._day, clock)

    def _in_zone(self, name: str, local: datetime) -> datetime | None:
        if self.zone is None:
            says = Saying(
                "%(name)s has no offset from UTC, and no time zone is set: write it like "
                "2026-11-24T14:30-05:00, or fill the column time_zone",
                name=name,
            )
            self._note(says, name)
            return None
        if not is_zone(self.zone):
            says = Saying(
                "time_zone %(time_zone)s is none: write one like Europe/London",
                time_zone=repr(self.zone),
            )
            self._note(says, "time_zone")
            return None
        try:
            found = local_times.at(local, self.zone)
        except local_times.OddTimeError as error:
            self._note(error.of(name), name)
            return None
        self.assumed = True
        return found

    def _note(self, says: Saying, *names: str) -> None:
        found = wrong(says, *names)
        if found not in self._problems:
            self._problems.append(found)


def _place(cells: Mapping[str, str], problems: list[Wrong]) -> tuple[float | None, float | None]:
    try:
        longitude, latitude = (
            _degrees(cells[name]) if cells.get(name) else None for name in ("longitude", "latitude")
        )
    except ValueError:
        says = Saying("longitude and latitude must be decimal degrees")
        problems.append(wrong(says, "longitude", "latitude"))
        return None, None
    return longitude, latitude


def _degrees(text: str) -> float:
    # A comma is how half of the world writes decimals; thousands there are none.
    return float(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)


def _sequence(text: str, problems: list[Wrong]) -> int | None:
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) < 6 and int(text) < 10_000:
        return int(text)
    problems.append(wrong(Saying("sequence must be a whole number from 0 to 9999"), "sequence"))
    return None
