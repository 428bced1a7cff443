"""Chapters of days: each is one world of its own, whose customers come back from day to day."""

from __future__ import annotations

import os
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path

from app.config import Settings
from app.models import Delivery
from tests.simulation import acts, books
from tests.simulation.calendar_days import Day, changes, first_day, near_a_change, next_day
from tests.simulation.database import part_of
from tests.simulation.ear import Ear, listening
from tests.simulation.judge import Case, Findings, judge_day, unfinished
from tests.simulation.mishaps import NEVER, Mishaps, of_the_day, plan_of
from tests.simulation.moving_time import MovingTime
from tests.simulation.network import Asked
from tests.simulation.orders import OFFICE, Order, companies, live, orders
from tests.simulation.people import SECOND_COMPANY, Customer
from tests.simulation.product import Product
from tests.simulation.wake_ups import WakeUps
from tests.simulation.world import World

DAYS = 8
"""How many days a chapter has."""
_LONGEST = timedelta(hours=40)
"""After the last van, within which everything must be closed."""
Judge = Callable[[Case, Findings], None]


@dataclass
class Report:
    """What some days came to."""

    days: int = 0
    special: Counter[str] = field(default_factory=Counter)
    counted: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    mishaps: Counter[str] = field(default_factory=Counter)
    looked_at: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Report) -> None:
        """Take the other's counts, too."""
        self.days += other.days
        for name in ("special", "counted", "faults", "mishaps", "looked_at", "states"):
            getattr(self, name).update(getattr(other, name))
        self.wrong += other.wrong


def simulate(settings: Settings, days: Iterable[int], seed: int) -> Report:
    """Live through these days of the seed.

    A day's customers may have been met on the days before it in its chapter: those are lived
    through as well, and only the wanted ones are counted.
    """
    mishaps = Mishaps()
    wake_ups = WakeUps()
    product = Product(settings, wake_ups, mishaps)
    report = Report()
    wanted = sorted(days)
    for chapter in sorted({day // DAYS for day in wanted}):
        mine = [day for day in wanted if day // DAYS == chapter]
        product.empty()
        wake_ups.waiting.clear()
        with tempfile.TemporaryDirectory(prefix="delauto-days-") as folder, listening() as ear:
            begin = first_day(random.Random(f"{seed}/{chapter}"))
            start = datetime.combine(begin, time(), tzinfo=UTC) - timedelta(days=2)
            with MovingTime(start) as clock:
                world = World(product, wake_ups, mishaps, clock, Path(folder))
                chapter_run = _Chapter(seed, chapter, begin, set(mine), report, ear)
                world.run(chapter_run.live)
    return report


def simulate_part(environ: dict[str, str], days: list[int], seed: int) -> Report:
    """The same in a process of its own, with a database of its own."""
    return simulate(Settings.from_env(part_of(environ, os.getpid())), days, seed)


@dataclass
class _Chapter:
    seed: int
    number: int
    begin: date
    wanted: set[int]
    report: Report
    ear: Ear
    known: list[Customer] = field(default_factory=list)
    stopped: dict[str, list[float]] = field(default_factory=dict)

    async def live(self, world: World) -> None:
        calendar = random.Random(f"{self.seed}/{self.number}/calendar")
        after = self.begin
        for number in range(self.number * DAYS, max(self.wanted) + 1):
            day = next_day(after, calendar)
            after = day.day
            found = await self._day(number, day, world)
            if number in self.wanted:
                self.report.add(found)

    async def _day(self, number: int, day: Day, world: World) -> Report:
        dice = random.Random(f"{self.seed}/{number}")
        faults = of_the_day(number)
        planned = orders(day, self.known, faults, dice)
        quiet = day.day if dice.random() < 0.15 else None
        world.questions.clear()
        world.mishaps.happened.clear()
        world.mishaps.begin(dice, NEVER)
        companies(quiet.isoformat() if quiet else None)
        await world.time.until(min(each.planned_at for each in planned) - timedelta(minutes=5))
        for customer in {id(each.customer): each.customer for each in planned}.values():
            world.carrier.exchange.assign(customer.number, customer.assignment)
        world.carrier.exchange.assign(OFFICE, {"calls": [{"outcome": "answers", "talks": 90}]})
        position, began = books.position(world.carrier), world.time.now()
        world.carrier.parts.faults.arm(plan_of(number, self.seed * 100_003 + number, dice))
        more = {"database out of reach": 40.0} if "hang_up_in_pause" in faults else {}
        world.mishaps.begin(random.Random(f"{self.seed}/{number}/mishaps"), more)
        world.on_text = partial(self._may_visit, world=world, dice=dice)
        world.between_days = False
        for order in planned:
            own = random.Random(f"{self.seed}/{number}/{order.reference}")
            world.start(live(order, world, own))
            world.start(acts.unasked(order, world, own))
        await _until_quiet(world, max(each.van_at for each in planned) + _LONGEST)
        world.between_days = True
        world.mishaps.begin(dice, NEVER)
        found = _report(number, day, planned, world)
        case = Case(
            world,
            books.since(world.carrier, position, began),
            {each.number: each for each in self.known},
            quiet,
            self.stopped,
            books.instant(began),
        )
        findings = Findings()
        judge_day(case, findings)
        findings.wrong += [*world.broken, *self.ear.exceptions]
        found.counted.update({f"log: {said}": n for said, n in self.ear.errors.items()})
        for told in (world.broken, self.ear.exceptions, self.ear.errors):
            told.clear()
        _count(found, case, findings, f"seed {self.seed}, day {number} ({day.day})")
        return found

    def _may_visit(self, asked: Asked, world: World, dice: random.Random) -> None:
        whom = next((each for each in self.known if each.number == asked.number), None)
        if whom is None or whom.visits_link == "never":
            return
        stopped = self.stopped.setdefault(whom.number, [])
        world.start(acts.visit(asked, whom, world, dice, stopped))


async def _until_quiet(world: World, latest: datetime) -> None:
    pause = 60.0
    while world.time.moment < latest:
        await world.time.sleep(pause)
        if world.at_rest and not any(True for _ in unfinished()):
            return
        pause = min(pause * 1.5, 1800.0)


def _report(number: int, day: Day, planned: list[Order], world: World) -> Report:
    zones = {day.anchor.zone, *(each.customer.place.zone for each in planned)}
    found = Report(days=1)
    found.special[f"drawn: {day.kind}"] += 1
    found.special["days on which clocks change"] += any(changes(zone, day.day) for zone in zones)
    beside = any(near_a_change(zone, day.day) for zone in zones)
    found.special["days on or beside a change"] += beside
    found.faults.update(world.carrier.parts.faults.described()["injected"])
    found.mishaps.update(world.mishaps.happened)
    found.counted["deliveries ordered"] += len(planned)
    found.counted["of the second company"] += sum(
        each.customer.tenant_id == SECOND_COMPANY for each in planned
    )
    return found


def _count(found: Report, case: Case, findings: Findings, where: str) -> None:
    found.looked_at.update(findings.looked_at)
    found.wrong += [f"{where}: {each}" for each in findings.wrong]
    found.counted["calls placed"] += len(case.books.outbound)
    found.counted["calls from customers"] += len(case.books.calls) - len(case.books.outbound)
    found.counted["texts sent"] += sum(t.direction == "outbound-api" for t in case.books.texts)
    found.counted["texts from customers"] += sum(
        text.direction == "inbound" for text in case.books.texts
    )
    found.counted["finished recordings"] += len(case.books.heard)
    found.states.update(f"call {call.status}" for call in case.books.outbound)
    for delivery in Delivery.across_tenants(created_at__gte=case.began).only("outreach.state"):
        found.states[f"delivery {delivery.outreach.state}"] += 1
