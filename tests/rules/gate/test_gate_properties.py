"""What holds for every customer, every moment and every book: asked of a slow, naive reading."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import holidays
from hypothesis import assume, given
from hypothesis import strategies as st

from app.rules.gate import (
    BUNDLED,
    Consented,
    Contact,
    Facts,
    RuleBook,
    Suppressed,
    judge,
    load,
)
from app.rules.gate.place import find
from tests.factories import BOOK
from tests.rules.gate.case_table import PEOPLE

MINUTE = timedelta(minutes=1)
OPEN_DOORS = [who for who in PEOPLE.values() if who.phone not in ("+18005550123", "+883510012345")]
EDGES = [  # Around every change of clocks that the table names.
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 4, 4, 16, tzinfo=UTC),
    datetime(2026, 10, 3, 16, tzinfo=UTC),
]
moments = st.one_of(
    st.datetimes(datetime(2024, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.builds(
        lambda edge, minutes: edge + timedelta(minutes=minutes),
        st.sampled_from(EDGES),
        st.integers(-36 * 60, 36 * 60),
    ),
)
ages = st.floats(0, 24 * 40, allow_nan=False).map(lambda hours: timedelta(hours=hours))
hours = st.tuples(st.integers(0, 23), st.integers(1, 24)).filter(lambda pair: pair[0] < pair[1])


def consent_of(now: datetime) -> tuple[Consented, ...]:
    return (Consented("order", now - timedelta(days=60), id="given"),)


def clock(hour: int) -> time:
    return time(23, 59) if hour == 24 else time(hour)


@st.composite
def wishes(draw: st.DrawFn) -> Facts:
    """Somebody from the table, some moment, some history, and some choices of the company."""
    who = draw(st.sampled_from(OPEN_DOORS))
    now = draw(moments)
    contacts = [
        Contact(now - age, draw(st.sampled_from(["call", "sms"])), (draw(st.sampled_from("ab")),))
        for age in draw(st.lists(ages, max_size=5))
    ]
    own = draw(st.none() | hours)
    return Facts(
        now=now,
        phone=who.phone,
        coordinates=who.door,
        stated_zone=who.told,
        states=who.states,
        delivery_id="a",
        channel=draw(st.sampled_from(["call", "sms"])),
        contacts=tuple(contacts),
        consents=draw(st.sampled_from([consent_of(now), ()])),
        mode=draw(st.sampled_from(["consent", "package_notification"])),
        deadline=draw(st.none() | ages.map(lambda age: now + age)),
        tenant_hours=(clock(own[0]), clock(own[1])) if own else None,
        quiet_days=frozenset(
            now.date() + timedelta(days=day) for day in draw(st.sets(st.integers(-1, 3)))
        ),
        most_calls_a_day=draw(st.none() | st.integers(1, 3)),
    )


def naive(facts: Facts, moment: datetime) -> bool:
    """The clock and the calendar read off the wall, rule by rule, for the bundled book."""
    place = find(facts.phone, facts.coordinates, facts.stated_zone, facts.states)
    states = {region[3:] for region in place.regions if region.startswith("US-")}

    def holds(*named: str) -> bool:
        return "?" in states or bool(states & set(named))

    for zone in place.zones:
        wall = moment.astimezone(ZoneInfo(zone))
        hour = wall.hour + wall.minute / 60 + wall.second / 3600 + wall.microsecond / 3.6e9
        late = 20 if holds("FL", "OK", "WA", "MD", "MA", "CT") else 21
        early = 10 if holds("KY") else 9 if holds("CT") else 8
        if not early <= hour < late:
            return False
        if wall.date() in facts.quiet_days:
            return False
        if facts.tenant_hours is not None:
            since, until = facts.tenant_hours
            ends = 24 if until == time(23, 59) else until.hour
            if not since.hour <= hour < ends:
                return False
        for state in ("AL", "LA", "MS"):
            if holds(state) and (wall.weekday() == 6 or is_holiday(state, wall.date())):
                return False
    return True


def is_holiday(state: str, day: date) -> bool:
    return day in holidays.country_holidays("US", subdiv=state, years=day.year)


@given(wishes())
def test_nothing_outside_the_window_is_ever_allowed(facts) -> None:
    verdict = judge(facts, BOOK)
    if verdict.allowed:
        assert naive(facts, facts.now)
        assert facts.deadline is None or facts.now < facts.deadline
        assert facts.consents or facts.mode == "package_notification"
    elif not verdict.never:
        assert naive(facts, verdict.not_before)
        assert verdict.not_before > facts.now


@given(wishes())
def test_the_stretch_that_is_allowed_is_lawful_to_its_end(facts) -> None:
    verdict = judge(facts, BOOK)
    if verdict.not_before is None:
        return
    length = verdict.not_after - verdict.not_before
    assert length > timedelta(0)
    for part in range(5):
        assert naive(facts, verdict.not_before + length * part / 5)
    last = verdict.not_after - timedelta(microseconds=1)
    assert naive(facts, last)
    if facts.deadline is None or verdict.not_after < facts.deadline:
        assert not naive(facts, verdict.not_after)


@given(wishes())
def test_what_is_put_off_is_allowed_then(facts) -> None:
    verdict = judge(facts, BOOK)
    if verdict.never:
        return
    later = judge(replace(facts, now=verdict.not_before), BOOK)
    assert later.allowed
    assert later.not_after == verdict.not_after


@given(wishes())
def test_nothing_earlier_would_have_been_allowed(facts) -> None:
    verdict = judge(facts, BOOK)
    assume(not verdict.never and not verdict.allowed)
    waited = verdict.not_before - facts.now
    steps = [waited * part / 12 for part in range(12)]
    for step in [*steps, waited - MINUTE if waited > MINUTE else waited / 2]:
        assert not judge(replace(facts, now=facts.now + step), BOOK).allowed


@given(wishes())
def test_never_stays_never(facts) -> None:
    verdict = judge(facts, BOOK)
    assume(verdict.never and facts.deadline is not None)
    for part in range(12):
        moment = facts.now + (facts.deadline - facts.now) * part / 12
        assert not judge(replace(facts, now=moment), BOOK).allowed


LEADLESS = replace(BOOK, leads=())
LEAD = timedelta(hours=BOOK.leads[0].hours)


@given(wishes(), st.none() | st.integers(1, 5))
def test_a_customer_is_called_too_early_only_where_it_would_be_never_otherwise(facts, days) -> None:
    facts = replace(facts, days_ahead=days)
    soon, whenever = judge(facts, BOOK), judge(replace(facts, days_ahead=None), LEADLESS)
    assert soon.never == whenever.never
    assert whenever.allowed or not soon.allowed
    if facts.deadline is None or soon.never:
        return
    begin = facts.deadline - (min(LEAD, timedelta(days=days)) if days else LEAD)
    if soon.not_before < begin:
        assert judge(replace(facts, days_ahead=None, now=begin), LEADLESS).never
    elif facts.now < begin:
        assert soon.has("days-ahead" if not days or days >= 3 else "company-days-ahead")


CHANGES = [
    lambda f: {"suppressions": (*f.suppressions, Suppressed("all", f.now))},
    lambda f: {"suppressions": (*f.suppressions, Suppressed("calls", f.now))},
    lambda f: {"heard": "declined"},
    lambda f: {"over": True},
    lambda f: {"consents": ()},
    lambda f: {"contacts": (*f.contacts, Contact(f.now - MINUTE, "call", ("a",)))},
    lambda f: {"contacts": (*f.contacts, Contact(f.now - MINUTE, "sms", ("a",)))},
    lambda f: {"deadline": min(f.deadline or f.now + MINUTE, f.now + MINUTE)},
    lambda f: {"tenant_hours": (time(10), time(16)) if f.tenant_hours is None else f.tenant_hours},
    lambda f: {"installation_hours": (time(10), time(16))},
    lambda f: {"quiet_days": f.quiet_days | {f.now.date()}},
    lambda f: {"most_calls_a_day": 1},
    lambda f: {"most_calls_a_delivery": 1},
]


@given(wishes(), st.sampled_from(CHANGES))
def test_what_stands_against_it_never_turns_a_no_into_a_yes(facts, change) -> None:
    # But for how early the van's customers are called: better too early than never.
    before = judge(facts, LEADLESS)
    after = judge(replace(facts, **change(facts)), LEADLESS)
    if not before.allowed:
        assert not after.allowed
    if before.never:
        assert after.never
    if not before.never and not after.never:
        assert after.not_before >= before.not_before


MORE_RULES = [
    '[[hours]]\nid="x"\nversion=1\nsource="a test"\nsays="a test"\nsince="11:00"\nuntil="15:00"\n',
    '[[closed]]\nid="x"\nversion=1\nsource="a test"\nsays="a test"\nweekdays=["monday"]\n',
    '[[closed]]\nid="x"\nversion=1\nsource="a test"\nsays="a test"\nholidays=true\n',
    '[[caps]]\nid="x"\nversion=1\nsource="a test"\nsays="a test"\nper="phone"\nmost=1\nhours=48\n',
    '[[caps]]\nid="x"\nversion=1\nsource="a test"\nsays="a test"\nper="delivery"\nmost=1\n',
]
LONGER: list[RuleBook] = [
    replace(load(BUNDLED.read_text() + "\n" + rule), leads=()) for rule in MORE_RULES
]


@given(wishes(), st.sampled_from(LONGER))
def test_one_more_rule_never_turns_a_no_into_a_yes(facts, longer) -> None:
    before, after = judge(facts, LEADLESS), judge(facts, longer)
    assert before.allowed or not after.allowed
    assert not before.never or after.never


ONE_ZONE = st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"}))


@given(ONE_ZONE, moments)
def test_a_number_of_no_country_is_judged_by_every_rule_in_its_stated_zone(zone, moment) -> None:
    facts = Facts(now=moment, phone="+883510012345", stated_zone=zone, consents=consent_of(moment))
    verdict = judge(facts, BOOK)
    wall = moment.astimezone(ZoneInfo(zone)).time()
    if not time(8) <= wall < time(21):
        assert not verdict.allowed
