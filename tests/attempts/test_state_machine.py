"""The attempt under everything at once: no order of events calls twice, or forgets anybody.

Hypothesis makes up lives of a few deliveries, step by step: clocks, workers and webhooks of the
product itself, a network that loses answers, processes that die or stand still anywhere. After
each step, and when all is quiet in the end, what was promised is checked (``judge``). A life that
fails is made as short as possible and printed as a program.

STATE_MACHINE_EXAMPLES sets the number of lives; ``--hypothesis-seed=N`` repeats a run.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.attempts.life import Life, Trouble
from tests.attempts.network import ANSWERS
from tests.attempts.world import World, world

EXAMPLES = int(os.environ.get("STATE_MACHINE_EXAMPLES", "150"))
PAUSES = (1.0, 16.0, 35.0, 65.0, 130.0, 300.0, 1800.0, 9 * 3600.0)
IN_A_TRANSACTION = ("claim-moved", "claim-written")
AT_A_CLOCK = ("claim-begin", *IN_A_TRANSACTION, "claim-committed")
AT_A_DIALLER = (
    "dial-begin", "dial-reserved", "dial-intent", "dial-sent", "dial-bound", "dial-noted",
)  # fmt: skip
AT_OTHERS = (
    "reconcile-asked", "reconcile-closed", "conclude-begin", "conclude-suppressed",
    "conclude-delivery", "conclude-settled", "recording-put", "recording-stored",
)  # fmt: skip
ALWAYS_MET = ("reconcile-asked", "reconcile-closed", "conclude-delivery", "conclude-settled")
AT_WEBHOOKS = ("webhook-begin", "webhook-kept", "webhook-answered")
MEANWHILE = (
    "others claim", "others work", "another does the same", "a report comes",
    "the number opts out", "the delivery is cancelled", "it stands still",
    "it stands still, swept",
)  # fmt: skip
some = st.integers(0, 5)
"""Which of those there are; counted round."""
answers = st.sampled_from(ANSWERS)


def trouble_at(points: tuple[str, ...]) -> st.SearchStrategy[Trouble]:
    """A death at one of the points, or something that happens meanwhile."""
    # What is locked in a transaction would be waited for by who acts meanwhile, for ever.
    free = [point for point in points if point not in IN_A_TRANSACTION]
    return st.one_of(
        st.builds(Trouble, st.sampled_from(points), st.just("dies")),
        st.builds(Trouble, st.sampled_from(free), st.sampled_from(MEANWHILE), some, answers),
    )


class Attempts(RuleBasedStateMachine):
    """The rules by which Hypothesis makes up lives."""

    world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        self.life = Life(self.world)
        self.network = self.life.network

    @initialize(several=st.integers(1, 3))
    def the_morning_begins(self, several: int) -> None:
        self.life.plan(0, 0, several)

    @precondition(lambda self: len(self.life.deliveries) < 4)
    @rule(who=st.integers(0, 2), whose=st.integers(0, 1), hours=st.sampled_from([1.0, 3.0, 30.0]))
    def a_delivery_is_planned(self, who: int, whose: int, hours: float) -> None:
        self.life.plan(who, whose, 1, hours)

    @rule(which=some, whose=st.integers(0, 1), what=st.sampled_from(["opts out", "is cancelled"]))
    def somebody_changes_their_mind(self, which: int, whose: int, what: str) -> None:
        if what == "opts out":
            self.life.opt_out(which % 3, whose)
        else:
            self.life.cancel(which)

    # -- processes ----------------------------------------------------------------------------

    @rule(trouble=st.none() | trouble_at(AT_A_CLOCK))
    def a_clock_claims(self, trouble: Trouble | None) -> None:
        self.life.claim(trouble)

    @precondition(lambda self: self.life.swept_at != self.life.here.passed)
    @rule()
    def a_clock_sweeps(self) -> None:
        self.life.sweep()

    @rule(twice=st.booleans(), answer=answers)
    def a_worker_dials(self, twice: bool, answer: str) -> None:
        self.life.dial(twice=twice, answer=answer)

    @rule(answer=answers, trouble=trouble_at(AT_A_DIALLER))
    def a_worker_dials_with_trouble(self, answer: str, trouble: Trouble) -> None:
        self.life.dial(answer=answer, trouble=trouble)

    @precondition(lambda self: self.life.here.wake_ups.waiting)
    @rule(which=some, twice=st.booleans(), trouble=st.none() | trouble_at(AT_OTHERS))
    def a_worker_works(self, which: int, twice: bool, trouble: Trouble | None) -> None:
        self.life.work(which, twice=twice, trouble=trouble)

    @precondition(lambda self: self.life.here.wake_ups.waiting)
    @rule()
    def wake_ups_are_lost(self) -> None:
        self.life.here.wake_ups.waiting.clear()

    @rule(seconds=st.sampled_from(PAUSES))
    def time_passes(self, seconds: float) -> None:
        self.life.here.pass_time(timedelta(seconds=seconds))

    @precondition(lambda self: self.network.calls)
    @rule()
    def nothing_happens_until_something_is_due(self) -> None:
        self.life.here.pass_time(self.life.until_next())

    # -- the network --------------------------------------------------------------------------

    @precondition(lambda self: self.network.asked)
    @rule(away=st.booleans(), unlisted=st.booleans())
    def the_network_is(self, away: bool, unlisted: bool) -> None:
        self.network.away, self.network.unlisted = away, unlisted

    @precondition(lambda self: any(call.live for call in self.network.calls))
    @rule(which=some, way=some)
    def a_call_goes_on(self, which: int, way: int) -> None:
        self.life.go_on(which, way)

    @precondition(lambda self: any(call.live for call in self.network.calls))
    @rule(which=some, trouble=st.none() | trouble_at(AT_OTHERS))
    def a_call_comes_to_nothing(self, which: int, trouble: Trouble | None) -> None:
        """It is told at once, and what follows is concluded."""
        self.life.come_to_nothing(which, trouble)

    @precondition(lambda self: self.network.calls)
    @rule(which=some, event=some, trouble=st.none() | trouble_at(AT_WEBHOOKS))
    def the_network_reports(self, which: int, event: int, trouble: Trouble | None) -> None:
        self.life.report(which, event, trouble)

    @precondition(lambda self: self.network.calls)
    @rule(which=some, backwards=st.booleans())
    def the_network_reports_everything(self, which: int, backwards: bool) -> None:
        self.life.report_all(which, backwards=backwards)

    @precondition(lambda self: any(call.live or call.started_at for call in self.network.calls))
    @rule(which=some, does=st.sampled_from(["2", "1", "9", "is a machine"]), hangs_up=st.booleans())
    def a_customer_acts(self, which: int, does: str, hangs_up: bool) -> None:
        self.life.act(which, does, hangs_up=hangs_up)

    @precondition(lambda self: any(call.recordings for call in self.network.calls))
    @rule(which=some, trouble=st.none() | trouble_at(("webhook-kept", "recording-announced")))
    def a_recording_is_announced(self, which: int, trouble: Trouble | None) -> None:
        self.life.announce(which, trouble)

    # -- what must hold -----------------------------------------------------------------------

    @invariant()
    def promises_hold(self) -> None:
        self.life.here.seen["steps"] += 1
        self._telling(self.life.judge.look)

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:
                self._telling(self.life.until_quiet)
        finally:
            self.life.here.end()

    def _telling(self, check: Callable[[], None]) -> None:
        try:
            check()
        except AssertionError:
            note(f"life number {self.life.here.seen['lives']}")
            note(self.life.judge.story())
            raise


LIVES = settings(
    max_examples=EXAMPLES,
    stateful_step_count=18,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.timeout(7200)
def test_no_order_of_events_calls_twice_or_forgets_anybody(settings: Any) -> None:
    with world(settings) as here:
        Attempts.world = here
        run_state_machine_as_test(Attempts, settings=LIVES)
        print(f"{here.seen.pop('lives')} lives, {here.seen.pop('steps')} steps; {dict(here.seen)}")
        # Lives in which nothing gets far prove nothing.
        missed = {*AT_A_CLOCK, *AT_A_DIALLER, *AT_WEBHOOKS, *ALWAYS_MET} - set(here.seen)
        assert EXAMPLES < 100 or not missed
