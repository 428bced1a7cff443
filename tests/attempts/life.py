"""What can happen to deliveries, action by action; a test or Hypothesis says in which order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from app.models import CallLog, Circuit, Delivery
from app.pipeline.plan import NewDelivery, plan
from app.pipeline.suppression import suppress
from app.states import DELIVERY
from tests.attempts.judge import Judge
from tests.attempts.network import NetworkCall
from tests.attempts.world import TENANTS, World

T = TypeVar("T")
NUMBERS = ("+447700900101", "+447700900102", "+447700900103")
STANDSTILLS = (1.0, 3.0, 40.0, 65.0, 130.0, 300.0)
"""Seconds for which a process is stopped; two are too many between the intent and the request."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What happens while a process stands at a point: it dies, or others act meanwhile."""

    point: str
    what: str
    which: int = 0
    answer: str = "placed"


class Life:
    """The life of a few deliveries."""

    def __init__(self, here: World) -> None:
        self.here = here
        here.begin()
        self.network = here.network
        self.judge = Judge(self.network)
        self.deliveries: list[Delivery] = []
        self.job: tuple[str, str] | None = None
        """The one that a worker is at."""
        self.swept_at = -1.0
        """How much time had passed at the last sweep: none sees more before some has again."""

    # -- dispatchers and customers ------------------------------------------------------------

    def plan(self, who: int, whose: int = 0, several: int = 1, hours: float = 8.0) -> None:
        """Deliveries to one number; the van comes in so many hours."""
        now = datetime.now(UTC)
        wish = NewDelivery(
            reference=None,
            customer_name="Casey Customer",
            phone=NUMBERS[who],
            address="12 Mill Lane",
            longitude=-0.1,
            latitude=51.5,
            scheduled_time=now + timedelta(hours=hours),
            consent=False,
        )
        runtime = self.here.runtime
        window, book = runtime.settings.calling_window, runtime.rules
        self.deliveries += [
            plan(TENANTS[whose], wish, now=now, window=window, book=book) for _ in range(several)
        ]

    def cancel(self, which: int = 0) -> None:
        delivery = Delivery.across_tenants(pk=one(self.deliveries, which).pk).get()
        delivery.move_to(DELIVERY, "cancelled", at=datetime.now(UTC), cause="by the dispatcher")

    def opt_out(self, who: int = 0, whose: int = 0) -> None:
        at = datetime.now(UTC)
        suppress(TENANTS[whose], NUMBERS[who], source="dispatcher", evidence=None, now=at)

    # -- the product's processes --------------------------------------------------------------

    def process(self, do: Callable[[], Any], trouble: Trouble | None = None) -> None:
        """A process does something, perhaps with trouble on the way."""
        if trouble is not None and trouble.what == "dies":
            self.here.dies_at = trouble.point
        elif trouble is not None:
            self.here.interrupts[trouble.point] = lambda: self._meanwhile(trouble)
        self.here.alive(do)
        if trouble is not None:
            self.here.dies_at = None
            self.here.interrupts.clear()

    def claim(self, trouble: Trouble | None = None) -> None:
        self.process(self.here.tick, trouble)

    def sweep(self) -> None:
        self.swept_at = self.here.passed
        self.process(lambda: self.here.duty("sweep"))

    def work(
        self,
        which: int = 0,
        *,
        twice: bool = False,
        answer: str = "placed",
        trouble: Trouble | None = None,
    ) -> None:
        """A worker runs one of the waiting jobs, if there is one."""
        waiting = self.here.wake_ups.waiting
        if waiting:
            which %= len(waiting)
            self.job = waiting[which]
            self.network.answer = answer if self.job[0] == "dial" else "placed"
            self.process(lambda: self.here.work(which, keep=twice), trouble)
            self.network.answer = "placed"

    def dial(self, **how: Any) -> None:
        """A worker takes a call to dial, one that is claimed now where none waits."""
        if not self._dials():
            self.claim()
        for index in self._dials()[:1]:
            self.work(index, **how)

    def _dials(self) -> list[int]:
        waiting = self.here.wake_ups.waiting
        return [index for index, (name, _) in enumerate(waiting) if name == "dial"]

    # -- what others do while a process stands at a point -------------------------------------

    def _meanwhile(self, trouble: Trouble) -> None:
        outer, next_answer = self.job, self.network.answer
        acts: dict[str, Callable[[], Any]] = {
            "others claim": self.claim,
            "others work": lambda: self.work(trouble.which, answer=trouble.answer),
            "another does the same": lambda: self._same_job(trouble.answer),
            "a report comes": lambda: self.report(trouble.which, -1),
            "the number opts out": lambda: self._changes_mind(trouble),
            "the delivery is cancelled": lambda: self._changes_mind(trouble),
            "it stands still": lambda: self._stand_still(trouble.which, works=True),
            "it stands still, swept": lambda: self._stand_still(trouble.which, works=False),
        }
        acts[trouble.what]()
        self.job, self.network.answer = outer, next_answer

    def _same_job(self, answer: str) -> None:
        if self.job:
            self.here.wake_ups.waiting.append(self.job)
            self.work(len(self.here.wake_ups.waiting) - 1, answer=answer)

    def _changes_mind(self, trouble: Trouble) -> None:
        if trouble.point == "dial-intent" and self.job:
            # The gate was asked already, and the request leaves in this very moment.
            self.judge.excused.add(self.job[1])
        self.judge.note_wishes()
        if trouble.what == "the number opts out":
            self.opt_out(trouble.which % 3)
        else:
            self.cancel(trouble.which)
        self.judge.note_wishes()

    def _stand_still(self, which: int, *, works: bool) -> None:
        """This process is stopped; the others look after everything meanwhile."""
        self.here.pass_time(timedelta(seconds=one(STANDSTILLS, which)))
        self.sweep()
        for _ in range(3 if works else 0):
            self.work()

    # -- the network --------------------------------------------------------------------------

    def go_on(self, which: int = 0, way: int = 0) -> None:
        """A live call comes to one of its next states."""
        call = one([each for each in self.network.calls if each.live], which)
        self.network.go_on(call, one(self.network.ways(call), way))

    def come_to_nothing(self, which: int = 0, trouble: Trouble | None = None) -> None:
        """The line is busy, which is told at once; then a worker takes the job that this made."""
        call = one([each for each in self.network.calls if each.live], which)
        self.network.go_on(call, "failed" if call.status == "in-progress" else "busy")
        self.report(self.network.calls.index(call))
        self.work(len(self.here.wake_ups.waiting) - 1, trouble=trouble)

    def report(self, which: int = 0, event: int = -1, trouble: Trouble | None = None) -> None:
        """Any report of any call: late, again, before an earlier one, long after the end."""
        if self.network.calls:
            call = one(self.network.calls, which)
            number, status, at = call.events[event % len(call.events)]
            form = {
                "CallStatus": status,
                "SequenceNumber": str(number),
                "Timestamp": f"{at:%a, %d %b %Y %H:%M:%S +0000}",
            }
            if status == "completed":
                form["CallDuration"] = "9"
            self.process(lambda: self.here.about(call, "status", **form), trouble)

    def report_all(self, which: int, *, backwards: bool) -> None:
        """Every report of a call, one after the other."""
        call = one(self.network.calls, which)
        numbers = range(len(call.events))
        for event in reversed(numbers) if backwards else numbers:
            self.report(self.network.calls.index(call), event)

    def act(self, which: int, does: str, *, hangs_up: bool) -> None:
        """A customer, who answers now or did before, presses a key, or is a machine."""
        call = one([each for each in self.network.calls if each.live or each.started_at], which)
        if call.started_at is None:
            self.network.go_on(call, "in-progress")
        self.process(lambda: self._act(call, does))
        if hangs_up and call.live:
            self.network.go_on(call, "completed")
            self.report(self.network.calls.index(call))

    def _act(self, call: NetworkCall, does: str) -> None:
        if does == "is a machine":
            call.answered_by = "machine"
            self.here.about(call, "answered-by", AnsweredBy="machine_start")
            return
        self.here.about(call, "script/menu/keys", Digits=does)
        if does == "2" and not call.recordings:
            self.here.about(call, "script/instructions")
            call.recordings.append(f"RE{call.sid[2:]}")

    def announce(self, which: int, trouble: Trouble | None = None) -> None:
        """The network announces the recording of a call."""
        call = one([each for each in self.network.calls if each.recordings], which)
        form = {
            "RecordingSid": call.recordings[0],
            "RecordingStatus": "completed",
            "RecordingDuration": "4",
        }
        self.process(lambda: self.here.about(call, "recording", **form), trouble)

    # -- time ---------------------------------------------------------------------------------

    def until_next(self) -> timedelta:
        """As long as nothing can happen."""
        now = datetime.now(UTC)
        if CallLog._get_collection().find_one({"settled_at": None, "dialing_at": {"$ne": None}}):
            return timedelta(seconds=125)
        times = [
            *Delivery._get_collection().distinct("outreach.next_attempt_at"),
            *CallLog._get_collection().distinct("next_try_at", {"settled_at": None}),
            *Circuit._get_collection().distinct("probe_at", {"state": {"$ne": "closed"}}),
        ]
        ahead = [each - now for each in times if each and each > now]
        return max(min(ahead, default=timedelta(seconds=61)), timedelta(seconds=21))

    def until_quiet(self) -> None:
        """Whatever may still happen, happens; then nothing may be left over."""
        self.network.away, self.network.unlisted = False, False
        for _ in range(80):
            self.network.end_all()
            self.claim()
            self._work_all()
            if not self.judge.unsettled():
                break
            self.sweep()
            self._work_all()
            self.judge.look()
            self.here.pass_time(self.until_next())
        self.judge.look()
        self.judge.in_the_end()

    def _work_all(self) -> None:
        for _ in range(40):
            self.work()


def one(several: Sequence[T], which: int) -> T:
    """One of them, counted round."""
    return several[which % len(several)]
