"""Reads cases.txt: one line is one case of the gate, written as people would say it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app.rules.gate import Consented, Contact, Facts, RuleBook, Suppressed, Verdict, Weight
from tests.factories import ALWAYS, BOOK

TABLE = Path(__file__).with_name("cases.txt")


@dataclass(frozen=True)
class Who:
    """A customer: the clock of the case's times, and what we know of where they are."""

    clock: str
    phone: str
    door: tuple[float, float] | None = None
    told: str | None = None
    states: tuple[str, ...] = ()


# Numbers are from the ranges kept free for fiction where their country has any.
PEOPLE = {
    "London": Who("Europe/London", "+442079460123", (-0.13, 51.51)),
    "Berlin": Who("Europe/Berlin", "+493023125123", (13.40, 52.52)),
    "Paris": Who("Europe/Paris", "+33199001234", (2.35, 48.86)),
    "Tokyo": Who("Asia/Tokyo", "+81312345678", (139.76, 35.68)),
    "Sydney": Who("Australia/Sydney", "+61255501234", (151.21, -33.87)),
    "Brisbane": Who("Australia/Brisbane", "+61755501234", (153.02, -27.47)),
    "Adelaide": Who("Australia/Adelaide", "+61870101234", (138.60, -34.93)),
    "Lord Howe": Who("Australia/Lord_Howe", "+61255501234", (159.08, -31.55)),
    "Kolkata": Who("Asia/Kolkata", "+913322123456", (88.36, 22.57)),
    "Kathmandu": Who("Asia/Kathmandu", "+97714123456", (85.32, 27.71)),
    "St Johns": Who("America/St_Johns", "+17095550123", (-52.71, 47.56)),
    "Kiritimati": Who("Pacific/Kiritimati", "+68681123", (-157.42, 1.87)),
    "Pago Pago": Who("Pacific/Pago_Pago", "+16845550123", (-170.70, -14.28)),
    "New York": Who("America/New_York", "+12125550123", (-73.98, 40.75)),
    "Los Angeles": Who("America/Los_Angeles", "+12135550123", (-118.24, 34.05)),
    "Phoenix": Who("America/Phoenix", "+16025550123", (-112.07, 33.45)),
    "Honolulu": Who("Pacific/Honolulu", "+18085550123", (-157.86, 21.31)),
    "Anchorage": Who("America/Anchorage", "+19075550123", (-149.90, 61.22)),
    "San Juan": Who("America/Puerto_Rico", "+17875550123", (-66.10, 18.46)),
    "Miami": Who("America/New_York", "+13055550123", (-80.19, 25.76)),
    "Oklahoma City": Who("America/Chicago", "+14055550123", (-97.52, 35.47)),
    "Seattle": Who("America/Los_Angeles", "+12065550123", (-122.33, 47.61)),
    "Baltimore": Who("America/New_York", "+14105550123", (-76.61, 39.29)),
    "Boston": Who("America/New_York", "+16175550123", (-71.06, 42.36)),
    "Hartford": Who("America/New_York", "+18605550123", (-72.68, 41.76)),
    "Louisville": Who("America/Kentucky/Louisville", "+15025550123", (-85.70, 38.15)),
    "Paducah": Who("America/Chicago", "+12705550123", (-88.60, 37.06)),
    "Cincinnati": Who("America/New_York", "+15135550123", (-84.51, 39.10)),
    "Birmingham": Who("America/Chicago", "+12055550123", (-86.80, 33.52)),
    "New Orleans": Who("America/Chicago", "+15045550123", (-90.07, 29.95)),
    "Jackson": Who("America/Chicago", "+16015550123", (-90.18, 32.30)),
    "Atlanta": Who("America/New_York", "+14045550123", (-84.39, 33.75)),
    "Floridian in NY": Who("America/New_York", "+13055550123", (-73.98, 40.75)),
    "Kentuckian in FL": Who("America/New_York", "+15025550123", (-80.19, 25.76)),
    "New Yorker in FL": Who("America/New_York", "+12125550123", (-80.19, 25.76)),
    "Briton in FL": Who("America/New_York", "+442079460123", (-80.19, 25.76)),
    "Alabamian in GA": Who("America/New_York", "+12055550123", (-84.39, 33.75)),
    "Floridian in UK": Who("Europe/London", "+13055550123", (-0.13, 51.51)),
    "by address, FL": Who("America/New_York", "+12125550123", None, None, ("US-FL",)),
    "a Leeds number": Who("Europe/London", "+441134960123"),
    "LA, told NY": Who("America/New_York", "+12135550123", None, "America/New_York"),
    "LA door, told NY": Who(
        "America/Los_Angeles", "+12135550123", (-118.24, 34.05), "America/New_York"
    ),
    "Indiana, 812": Who("America/New_York", "+18125550123"),
    "Florida, 850": Who("America/New_York", "+18505550123"),
    "Tennessee, 423": Who("America/Chicago", "+14235550123"),
    "Australian mobile": Who("Australia/Sydney", "+61491570156"),
    "nobody's +1 555": Who("America/New_York", "+15555550123", None, "America/New_York"),
    "toll-free": Who("America/New_York", "+18005550123", None, "America/New_York"),
    "UK, no zone": Who("Europe/London", "+447700900123"),
    "zone's edge": Who("America/Chicago", "+12195550123", (-86.51, 41.60)),
    "nobody's, no zone": Who("UTC", "+883510012345"),
    "nobody's, Berlin": Who("Europe/Berlin", "+883510012345", None, "Europe/Berlin"),
    "at sea": Who("Europe/London", "+442079460123", (-30.0, 45.0)),
}
OURS = "the delivery in question"


@dataclass
class Case:
    """One line: the facts it stands for and the answer it expects."""

    line: int
    words: str
    who: Who
    now: datetime
    book: RuleBook = BOOK
    given: dict[str, Any] = field(default_factory=dict)
    answer: str = ""
    against: set[str] = field(default_factory=set)
    and_others: bool = False

    @property
    def facts(self) -> Facts:
        basics = {
            "now": self.now,
            "phone": self.who.phone,
            "coordinates": self.who.door,
            "stated_zone": self.who.told,
            "states": self.who.states,
            "delivery_id": OURS,
            "consents": (Consented("order", self.now - timedelta(days=1), id="given"),),
        }
        return Facts(**{**basics, **self.given})

    def says(self, verdict: Verdict) -> str:
        """The verdict in the table's words."""
        if verdict.never:
            return "never"
        if verdict.allowed:
            end = self._wall(verdict.not_after)
            same_day = end.startswith(
                f"{self.now.astimezone(ZoneInfo(self.who.clock)):%a %Y-%m-%d}"
            )
            return f"yes until {end[15:] if same_day else end}"
        return f"from {self._wall(verdict.not_before)}"

    def _wall(self, moment: datetime) -> str:
        local = moment.astimezone(ZoneInfo(self.who.clock))
        return f"{local:%a %Y-%m-%d %H:%M}" + (" second" if local.fold else "")


def cases() -> list[Case]:
    """Every line of the table."""
    found = []
    for number, line in enumerate(TABLE.read_text().splitlines(), start=1):
        if line and not line.startswith("#"):
            found.append(_case(number, [cell.strip() for cell in line.split("|")]))
    return found


def against(verdict: Verdict) -> set[str]:
    return {each.rule for each in verdict.reasons if each.weight is not Weight.ALLOWS}


def _case(number: int, cells: list[str]) -> Case:
    words, name, when, besides, answer = cells
    who = PEOPLE[name]
    says, _, rules = answer.partition(" : ")
    case = Case(number, words, who, _moment(when, who.clock), answer=says.strip())
    case.against = {rule.strip() for rule in rules.split(",") if rule.strip()}
    case.and_others = "..." in case.against
    case.against.discard("...")
    contacts: list[Contact] = []
    for each in besides.split():
        what, _, value = each.partition("=")
        _besides(case, contacts, what, value)
    by = case.given.pop("by", None)
    case.given["contacts"] = tuple(
        Contact(c.at, c.channel, c.delivery_ids, c.status, by) for c in contacts
    )
    return case


def _besides(  # noqa: PLR0912 - the words of the table
    case: Case, contacts: list[Contact], what: str, value: str
) -> None:
    given = case.given
    match what:
        case "calls" | "ours" | "texts" | "ourtexts":
            about = (OURS,) if what.startswith("our") else ("another",)
            channel = "sms" if what.endswith("texts") else "call"
            for hours in value.split(","):
                at = case.now - timedelta(hours=float(hours.removesuffix("h")))
                contacts.append(Contact(at, channel, about))
        case "by":
            given["by"] = value
        case "text":
            given["channel"] = "sms"
        case "any-hour":
            case.book = ALWAYS
        case "house" | "company":
            since, until = (time.fromisoformat(each) for each in value.split("-"))
            kind = "installation_hours" if what == "house" else "tenant_hours"
            given[kind] = (since, until)
        case "quiet":
            given["quiet_days"] = frozenset(date.fromisoformat(day) for day in value.split(","))
        case "aday":
            given["most_calls_a_day"] = int(value)
        case "adelivery":
            given["most_calls_a_delivery"] = int(value)
        case "ahead":
            given["days_ahead"] = int(value)
        case "mode" | "heard":
            given[what] = value
        case "over":
            given["over"] = True
        case "barred":
            given["suppressions"] = (Suppressed(value, case.now - timedelta(days=3)),)
        case "van":
            given["deadline"] = _van(value, case)
        case "consent":
            given["consents"] = tuple(_consents(value, case.now))
        case _:
            raise ValueError(f"line {case.line}: what is {what}?")


def _consents(value: str, now: datetime) -> list[Consented]:
    day = timedelta(days=1)
    kinds = {
        "none": [],
        "order": [Consented("order", now - day, id="given")],
        "express": [Consented("express", now - day, id="said")],
        "tomorrow": [Consented("order", now + day)],
        "withdrawn": [Consented("order", now - 2 * day, withdrawn=now - day)],
        "withdrawn-later": [Consented("order", now - day, withdrawn=now + day)],
    }
    return [consent for kind in value.split(",") for consent in kinds[kind]]


def _van(value: str, case: Case) -> datetime:
    zone = ZoneInfo(case.who.clock)
    if "T" in value:
        return datetime.fromisoformat(value).replace(tzinfo=zone)
    day = case.now.astimezone(zone).date()
    return datetime.combine(day, time.fromisoformat(value), tzinfo=zone)


def _moment(text: str, clock: str) -> datetime:
    """A time on the wall, as Tue 2026-03-10 10:00; `second` where the clock shows it twice."""
    parts = text.split()
    local = datetime.fromisoformat("T".join(parts[1:3]))
    local = local.replace(tzinfo=ZoneInfo(clock), fold=int(parts[3:] == ["second"]))
    if f"{local:%a}" != parts[0]:
        raise ValueError(f"{text}: that day is a {local:%A}")
    return local.astimezone(UTC)
