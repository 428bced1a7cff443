"""The torture: thousands of calls while the network lies and everything is killed.

What must hold is judged by the carrier's books: no attempt has two calls, no customer was never
called, and all is closed soon after the last fault. The same rig with a naive worker must find
doubles, else it proves nothing.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from pymongo.errors import PyMongoError

from app.models import CallLog, Delivery
from app.states import CALL_ENDED, OUTREACH_SETTLED
from tests.torture import customers, naive
from tests.torture.judge import Verdict, judge, placed
from tests.torture.killer import Killer, schedule
from tests.torture.world import World, eventually, world

LIES = {
    "create_answer_lost": 0.03,
    "create_500_after": 0.03,
    "create_hang": 0.01,
    "create_503_before": 0.01,
    "refuse_429": 0.01,
    "callback_lost": 0.05,
    "callback_twice": 0.15,
    "callback_late": 0.25,
}
"""How often the network misbehaves; the first three leave nobody knowing whether it rang."""


LONGEST_ANSWER = 12
"""Seconds after which no request to the network can still be under way."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How many customers, which seed, how much harm."""

    attempts: int
    seed: int
    worker_faults: int
    kills: dict[str, int]
    workers: int = 4
    seconds: float = 3600
    """Longest time until every customer has been asked for at least once."""
    closing: float = 300
    """Seconds after the last fault in which everything must be closed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened. ``unclosed`` and ``never`` count deliveries."""

    plan: Plan
    verdict: Verdict
    struck: Counter[str]
    lies: dict[str, int]
    never: int
    unclosed: int
    seconds: float
    closed_after: float
    """Seconds from the last fault until all was closed."""
    states: Counter[str] = field(default_factory=Counter)

    @property
    def survived(self) -> bool:
        """Did everything hold that must?"""
        return not (self.verdict.doubles or self.never or self.unclosed)


def torture(plan: Plan, say: Callable[[str], None]) -> Outcome:
    """Run the product through it."""
    with tempfile.TemporaryDirectory(prefix="delauto-torture-") as name:
        folder = Path(name)
        personas = customers.personas(folder, plan.attempts, plan.seed)
        with world(folder, personas, workers=plan.workers, naive=False) as here:
            return _run(plan, here, say)


def positive_control(plan: Plan, say: Callable[[str], None]) -> Outcome:
    """Run the naive worker through the same."""
    with tempfile.TemporaryDirectory(prefix="delauto-naive-") as name:
        folder = Path(name)
        personas = customers.personas(folder, plan.attempts, plan.seed)
        with world(folder, personas, workers=plan.workers, naive=True) as here:
            return _run_naive(plan, here, say)


def _run(plan: Plan, here: World, say: Callable[[str], None]) -> Outcome:
    here.carrier.disturb(plan.seed, **LIES)
    started = time.time()
    customers.deliveries(plan.attempts, spread=timedelta(seconds=min(60, plan.attempts / 20)))
    killer = _killer(plan, here)
    strikes = schedule(random.Random(plan.seed + 1), plan.worker_faults, plan.kills)
    end = time.monotonic() + plan.seconds
    said = 0.0
    while time.monotonic() < end:
        share = placed(here.books) / plan.attempts
        while strikes and strikes[0][0] <= share:
            strikes.pop(0)[1](killer)
        if _asked(plan) >= 1 and not strikes:
            break
        if time.monotonic() - said > 15:
            said = time.monotonic()
            say(
                f"{time.time() - started:6.0f} s: {share:6.1%} of the customers asked for, "
                f"{placed(here.books)} calls, {sum(killer.struck.values())} strikes"
            )
        time.sleep(0.2)
    killer.done()
    lies = here.carrier.disturbed()
    here.carrier.disturb(plan.seed)
    last_fault = time.time()
    eventually(plan.closing, lambda: _unclosed() == 0)
    closed_after = time.time() - last_fault
    verdict = judge(here.books)
    expected = {customers.number(index) for index in range(plan.attempts)}
    return Outcome(
        plan=plan,
        verdict=verdict,
        struck=killer.struck,
        lies=lies,
        never=len(expected - verdict.numbers),
        unclosed=_unclosed(),
        seconds=time.time() - started,
        closed_after=closed_after,
        states=_states(),
    )


def _run_naive(plan: Plan, here: World, say: Callable[[str], None]) -> Outcome:
    here.carrier.disturb(plan.seed, **LIES)
    started = time.time()
    customers.deliveries(plan.attempts, spread=timedelta(seconds=1))
    ids = list(Delivery.across_tenants().scalar("id"))
    killer = _killer(plan, here)
    strikes = schedule(random.Random(plan.seed + 1), plan.worker_faults, plan.kills)
    naive.enqueue(here.settings, ids)
    end = time.monotonic() + plan.seconds
    while time.monotonic() < end:
        share = placed(here.books) / plan.attempts
        while strikes and strikes[0][0] <= share:
            strikes.pop(0)[1](killer)
        if eventually(1, lambda: naive.waiting(here.settings) == 0) and not strikes:
            break
    killer.done()
    time.sleep(LONGEST_ANSWER)
    say(f"{time.time() - started:6.0f} s: the naive worker is through")
    verdict = judge(here.books)
    expected = {customers.number(index) for index in range(plan.attempts)}
    return Outcome(
        plan=plan,
        verdict=verdict,
        struck=killer.struck,
        lies=here.carrier.disturbed(),
        never=len(expected - verdict.numbers),
        unclosed=0,
        seconds=time.time() - started,
        closed_after=0.0,
    )


def _killer(plan: Plan, here: World) -> Killer:
    return Killer(here.stack.supervisor, here.diallers, random.Random(plan.seed + 2))


def _asked(plan: Plan) -> float:
    """The share of customers for whom a first attempt has been settled with the network."""
    try:
        done = Delivery.across_tenants(outreach__attempts__gte=1).count()
    except PyMongoError:
        return 0.0
    return float(done / plan.attempts)


def _unclosed() -> int:
    open_calls = CallLog.across_tenants(status__nin=sorted(CALL_ENDED)).count()
    unsettled = CallLog.across_tenants(settled_at=None).count()
    deliveries = Delivery.across_tenants(outreach__state__nin=sorted(OUTREACH_SETTLED)).count()
    return int(open_calls + unsettled + deliveries)


def _states() -> Counter[str]:
    found: Counter[str] = Counter()
    for each in Delivery.across_tenants().only("outreach.state"):
        found[f"delivery {each.outreach.state}"] += 1
    for call in CallLog.across_tenants().only("status", "outcome"):
        found[f"call {call.status}"] += 1
        if call.outcome == "not_placed":
            found["call not placed, called again"] += 1
    return found
