"""Everything in one process and one virtual time: product, carrier, worker, clock, customers."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from app import crash_points
from app.rules.gate import Verdict
from local.carrier.exchange_parts import CarrierOptions
from local.carrier.in_process import CarrierAdapter, InProcessCarrier, start_in_process
from tests.simulation import alarms, facts
from tests.simulation.mishaps import Mishaps
from tests.simulation.moving_time import MovingTime
from tests.simulation.network import Asked, Killed, ToCarrier, ToProduct, within_the_process
from tests.simulation.people import DRIVER
from tests.simulation.product import CARRIER_URL, PUBLIC_URL, Product
from tests.simulation.wake_ups import WakeUps
from workers import clock as clock_worker
from workers import jobs

_SHORTEST, _LONGEST = 3.0, 6 * 3600.0
"""Seconds between two rounds of the clock: few at first, more the longer nothing happened."""
_WHILE_STIRRED = 30.0
"""Seconds between two rounds while something happens all the time."""
_LONGEST_AWAY = 900.0
_AT_ONCE = 0.25
"""Seconds until a delivery that is due is claimed."""
_SELDOM = 4 * 3600.0
"""Seconds after which a duty is done though it will find nothing."""


@dataclass(frozen=True, slots=True)
class Question:
    """The product asked for a call or text, and what the gate says of that at that moment."""

    asked: Asked
    at: datetime
    verdict: Verdict | None


@dataclass
class World:
    """One product and one carrier; `run` lives through some time with both."""

    product: Product
    wake_ups: WakeUps
    mishaps: Mishaps
    time: MovingTime
    folder: Path
    questions: list[Question] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    """What raised where nothing may."""
    carrier: InProcessCarrier = field(init=False)
    way: ToProduct = field(init=False)
    away: list[tuple[float, float]] = field(default_factory=list)
    """From when to when no worker was there."""
    between_days: bool = True
    """All is closed, and nobody does anything until the next day is begun."""
    on_text: Callable[[Asked], None] | None = None
    _stirred: asyncio.Event = field(init=False)
    _queued: asyncio.Event = field(init=False)
    _own: set[asyncio.Task[Any]] = field(default_factory=set)
    _clock: asyncio.Task[Any] | None = None
    _others: set[asyncio.Task[Any]] = field(default_factory=set)
    _last_stir: float = 0.0

    def run(self, work: Callable[[World], Coroutine[Any, Any, None]]) -> None:
        """Start the carrier and the product's processes, live through the work, and stop them."""
        self.time.run(self._run(work))

    async def _run(self, work: Callable[[World], Coroutine[Any, Any, None]]) -> None:
        self._stirred, self._queued = asyncio.Event(), asyncio.Event()
        self.wake_ups.woken = self._woken
        settings = self.product.settings
        options = CarrierOptions(settings.twilio_account_sid, settings.auth_tokens[0], self.folder)
        self.way = ToProduct(self.product.flask.wsgi_app, self.time, self.mishaps, self.stir)
        self.carrier = start_in_process(options, self.time, self.way, CARRIER_URL)
        account = self.carrier.parts.numbers.account.changed(
            {
                "voice_url": f"{PUBLIC_URL}/webhooks/twilio/inbound/call",
                "status_callback": f"{PUBLIC_URL}/webhooks/twilio/inbound/status",
                "sms_url": f"{PUBLIC_URL}/webhooks/twilio/inbound/message",
            }
        )
        self.carrier.parts.numbers.describe(account)
        out = ToCarrier(CarrierAdapter(self.carrier), CARRIER_URL, self.mishaps, self._watch)
        crash_points.on_reach = self._reached
        own = [_this_task(), *map(asyncio.create_task, (self._work(), self._tick()))]
        self._own, self._clock = set(own), own[-1]
        for task in own[1:]:
            task.add_done_callback(partial(_give_up, own[0]))
        try:
            with within_the_process(out):
                await work(self)
        finally:
            crash_points.on_reach = None
            for task in own[1:]:
                task.cancel()
            await asyncio.gather(*own[1:], return_exceptions=True)
            await self.carrier.stop()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Let somebody else live beside: a customer, a driver."""
        task = asyncio.create_task(work)
        self._others.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._others.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self.broken.append(repr(task.exception()))

    # -- what is going on ---------------------------------------------------------------------

    def stir(self) -> None:
        """Something happened: the clock looks again soon."""
        self._last_stir = self.time.now()
        self._stirred.set()

    def _woken(self) -> None:
        self._queued.set()
        if asyncio.current_task() is not self._clock:
            # What the clock itself offers again is no news.
            self.stir()

    @property
    def at_rest(self) -> bool:
        """Has nothing to be done, in the product's queue or anywhere at the carrier?"""
        return not self.wake_ups.waiting and asyncio.all_tasks() <= self._own

    def _watch(self, asked: Asked) -> None:
        if asked.number == DRIVER:
            # The gate is about customers.
            return
        verdict = facts.verdict_now(asked, self.product.runtime, self.time.moment)
        self.questions.append(Question(asked, self.time.moment, verdict))
        if self.on_text is not None and asked.link:
            self.on_text(asked)

    # -- the product's processes --------------------------------------------------------------

    def _reached(self, point: str) -> None:
        if self.mishaps.strikes("process killed"):
            self.mishaps.happened[f"killed at {point}"] += 1
            raise Killed(point)

    async def _work(self) -> None:
        """A worker for all queues: one job after the other; one that dies takes its job along."""
        dice = random.Random(7)
        while True:
            if not self.wake_ups.waiting:
                self._queued.clear()
                await self._queued.wait()
            await self.time.sleep(dice.uniform(0.02, 0.5))
            if self.mishaps.strikes("workers away"):
                since = self.time.now()
                await self.time.sleep(self.mishaps.lasts(_LONGEST_AWAY))
                self.away.append((since, self.time.now()))
            if self.mishaps.strikes("redis emptied"):
                self.wake_ups.waiting.clear()
                continue
            job, document_id = self.wake_ups.waiting.popleft()
            self._as_a_process(partial(getattr(jobs, job.name), str(document_id)))

    async def _tick(self) -> None:
        """The clock: its duties, as far as there is anything for them to look at."""
        done: dict[str, float] = {}
        while True:
            now, ahead = self.time.now(), alarms.look(self.time.moment)
            worth = {"tick": ahead.due, "sweep": ahead.open}
            for duty in clock_worker.DUTIES:
                if worth.get(duty.name) or now - done.get(duty.name, 0.0) >= _SELDOM:
                    done[duty.name] = now
                    self._as_a_process(partial(duty.do, self.product.runtime))
            if now in done.values():
                ahead = alarms.look(self.time.moment)
            self._stirred.clear()
            if self.between_days:
                await self._stirred.wait()
            else:
                await self._pause(ahead.alarm)

    async def _pause(self, alarm: datetime | None) -> None:
        """Wait for a while, longer the longer nothing happened, or until the next alarm."""
        quiet = self.time.now() - self._last_stir
        longest = min(max(_SHORTEST, 3 * quiet), _LONGEST)
        if alarm is not None:
            ahead = (alarm - self.time.moment) / timedelta(seconds=1) + 0.05
            longest = min(longest, ahead)
        end = self.time.now() + longest
        try:
            async with asyncio.timeout(longest):
                await self._stirred.wait()
        except TimeoutError:
            return
        soon = alarms.look(self.time.moment)
        rest = _AT_ONCE if soon.due else min(_WHILE_STIRRED, end - self.time.now())
        if soon.alarm is not None:
            rest = min(rest, (soon.alarm - self.time.moment) / timedelta(seconds=1) + 0.05)
        await self.time.sleep(rest)

    def _as_a_process(self, do: Callable[[], Any]) -> None:
        try:
            do()
        except Killed:
            # Whoever supervises it starts it again; what it was doing is lost.
            return
        except Exception as error:  # noqa: BLE001 - told as a finding, and the next one goes on
            self.broken.append(f"{do.func.__name__} raised {error!r}"[:300])  # type: ignore[attr-defined]


def _this_task() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("not in a task")
    return task


def _give_up(whole: asyncio.Task[Any], part: asyncio.Task[Any]) -> None:
    """Without one of its processes the product is none: nothing is simulated any more."""
    if not part.cancelled() and part.exception() is not None:
        asyncio.get_running_loop().call_exception_handler(
            {"message": "a simulated process is broken", "exception": part.exception()}
        )
        whole.cancel("a simulated process is broken")
