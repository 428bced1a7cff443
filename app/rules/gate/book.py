"""The book of rules: data with versions and sources, read from TOML and checked once."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = 24 * 3600


class RuleBookError(ValueError):
    """The text is no book of rules; says which rule is wrong, and how."""


def _seconds(text: object) -> int:
    """Seconds since local midnight, from 08:00; 24:00 is the end of the day."""
    hours, _, minutes = str(text).partition(":")
    if not (hours.isdigit() and minutes.isdigit() and len(minutes) == 2 and int(minutes) < 60):
        raise ValueError("must be a time of day in quotes, like 08:00")
    seconds = int(hours) * 3600 + int(minutes) * 60
    if seconds > _DAY:
        raise ValueError("must be within 00:00 and 24:00")
    return seconds


def _weekday(name: object) -> int:
    if name not in _WEEKDAYS:
        raise ValueError(f"must be one of {', '.join(_WEEKDAYS)}")
    return _WEEKDAYS.index(str(name))


_Clock = Annotated[int, BeforeValidator(_seconds)]
_Weekday = Annotated[int, BeforeValidator(_weekday)]
_Region = Annotated[str, Field(pattern=r"^(\*|[A-Z]{2}(-[A-Z0-9]{1,3})?)$")]
_Channels = tuple[Literal["call", "sms"], ...]


class Rule(BaseModel):
    """What every rule has. ``where``: countries (US), states (US-FL), or * for everywhere."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    version: Annotated[int, Field(ge=1)]
    source: Annotated[str, Field(min_length=3)]
    says: Annotated[str, Field(min_length=3)]
    where: Annotated[tuple[_Region, ...], Field(min_length=1)] = ("*",)
    but: tuple[_Region, ...] = ()
    """Countries in which it does not hold: they have rules of their own."""
    channels: _Channels = ("call", "sms")


class Hours(Rule):
    """Local times within which the customer may be disturbed: ``since`` is, ``until`` is not."""

    since: _Clock
    until: _Clock
    days: tuple[_Weekday, ...] = tuple(range(7))
    """The weekdays on which it holds; on others it says nothing."""


class Closed(Rule):
    """Days on which nobody is disturbed."""

    weekdays: tuple[_Weekday, ...] = ()
    holidays: bool = False
    """The public holidays of the regions that the rule names."""


class Lead(Rule):
    """How long before the van the customer is disturbed at the earliest."""

    hours: Annotated[int, Field(ge=1, le=24 * 365)]


class Cap(Rule):
    """How often at most: in so many hours, on one local day, or over all the days we count."""

    per: Literal["phone", "delivery"]
    most: Annotated[int, Field(ge=1)]
    hours: Annotated[int, Field(ge=1, le=720)] | None = None
    """A rolling span."""
    local_day: bool = False
    """On one day of the customer's calendar."""
    counts: _Channels = ("call",)
    without_consent: bool = False
    """Holds only where there is no consent."""


class Basis(Rule):
    """On what basis a number is called at all, by the company's mode."""

    mode: Literal["consent", "package_notification"]
    needs_consent: bool = True
    most: Annotated[int, Field(ge=1)] | None = None
    """Contacts about one delivery, by whatever channel, that this basis covers."""


class _Book(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Annotated[str, Field(min_length=1)]
    hours: tuple[Hours, ...] = ()
    closed: tuple[Closed, ...] = ()
    leads: tuple[Lead, ...] = ()
    caps: tuple[Cap, ...] = ()
    bases: tuple[Basis, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Applying:
    """The rules that hold in some regions for one channel; one object for each such choice."""

    hours: tuple[Hours, ...]
    closed: tuple[Closed, ...]
    leads: tuple[Lead, ...]
    caps: tuple[Cap, ...]
    bases: tuple[Basis, ...]


@dataclass(frozen=True, eq=False)
class RuleBook:
    """All rules of one version. Made by ``load``."""

    version: str
    hours: tuple[Hours, ...]
    closed: tuple[Closed, ...]
    leads: tuple[Lead, ...]
    caps: tuple[Cap, ...]
    bases: tuple[Basis, ...]

    def applying(self, regions: frozenset[str], channel: str) -> Applying:
        """The rules that hold in any of ``regions``.

        A country with a ``-?`` behind it stands for all its states, and no region at all for
        everywhere: what nobody knows is judged by every rule that could hold.
        """
        return self._applying(regions, channel)

    @cached_property
    def _applying(self) -> Callable[[frozenset[str], str], Applying]:
        @lru_cache(maxsize=4096)
        def select(regions: frozenset[str], channel: str) -> Applying:
            return Applying(
                hours=tuple(rule for rule in self.hours if _holds(rule, regions, channel)),
                closed=tuple(rule for rule in self.closed if _holds(rule, regions, channel)),
                leads=tuple(rule for rule in self.leads if _holds(rule, regions, channel)),
                caps=tuple(rule for rule in self.caps if _holds(rule, regions, channel)),
                bases=tuple(rule for rule in self.bases if _holds(rule, regions, channel)),
            )

        return select

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule, in the order of the file's kinds."""
        return (*self.hours, *self.closed, *self.leads, *self.caps, *self.bases)


def _holds(rule: Rule, regions: frozenset[str], channel: str) -> bool:
    if channel not in rule.channels:
        return False
    if not regions:
        return True
    countries = {region.partition("-")[0] for region in regions}
    if "*" in rule.where:
        return not countries <= set(rule.but)
    return any(
        region in regions or (f"{region.partition('-')[0]}-?" in regions) for region in rule.where
    )


def load(text: str) -> RuleBook:
    """Read a book of rules from TOML. Raises RuleBookError, saying what to change."""
    try:
        book = _Book.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise RuleBookError(f"is no TOML: {error}") from None
    except ValidationError as error:
        raise RuleBookError("; ".join(_problem(dict(each)) for each in error.errors())) from None
    found = RuleBook(book.version, book.hours, book.closed, book.leads, book.caps, book.bases)
    ids = [rule.id for rule in found.rules]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise RuleBookError(f"two rules have the same id: {', '.join(twice)}")
    for rule in book.hours:
        if rule.since >= rule.until:
            raise RuleBookError(f"{rule.id}: since must be before until")
    for cap in book.caps:
        if cap.per == "phone" and (cap.hours is None) is not cap.local_day:
            raise RuleBookError(f"{cap.id}: needs either hours, or local_day = true")
    if not book.hours:
        raise RuleBookError("has no hours: then every hour of the night would be allowed")
    return found


def _problem(error: dict[str, object]) -> str:
    where = error["loc"]
    place = ".".join(str(part) for part in where) if isinstance(where, tuple) else ""
    return f"{place}: {str(error['msg']).removeprefix('Value error, ')}"
