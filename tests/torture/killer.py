"""Kills and pauses processes, seeded, and aimed at the moment in which a call is asked for."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from pymongo.errors import PyMongoError

from app.models import CallLog
from local.supervisor import Supervisor

_AIM_SECONDS = 2.0
_PAUSES = (0.5, 4.0)
"""Seconds for which a stopped process stays so: some shorter, some longer than the guard's two."""


@dataclass
class Killer:
    """Strikes ``workers`` and the parts as told. ``struck`` counts what was done to whom."""

    supervisor: Supervisor
    workers: list[str]
    dice: random.Random
    struck: Counter[str] = field(default_factory=Counter)
    last_at: float = 0.0
    _resuming: list[threading.Timer] = field(default_factory=list)

    def worker(self, *, aimed: bool) -> None:
        """Kill or pause one worker; ``aimed``: while some call is being asked for."""
        hit = aimed and self._await_dialling()
        name = self.dice.choice(self.workers)
        pid = self.supervisor.pid(name)
        if pid is None:
            self._count("worker was down already")
            return
        with suppress(ProcessLookupError):
            if self.dice.random() < 2 / 3:
                os.kill(pid, signal.SIGKILL)
                self._count("worker kill -9" + (", while dialling" if hit else ""))
            else:
                os.kill(pid, signal.SIGSTOP)
                self._count("worker SIGSTOP" + (", while dialling" if hit else ""))
                timer = threading.Timer(self.dice.uniform(*_PAUSES), _resume, [pid])
                self._resuming.append(timer)
                timer.start()

    def part(self, name: str) -> None:
        """Kill one of the parts; the supervisor brings it back with its data."""
        self.supervisor.kill(name)
        self._count(f"{name} kill -9")

    def done(self) -> None:
        """Let every paused process go on."""
        for timer in self._resuming:
            timer.join()

    def _await_dialling(self) -> bool:
        end = time.monotonic() + _AIM_SECONDS
        while time.monotonic() < end:
            with suppress(PyMongoError):
                if CallLog.across_tenants(status="intended", dialing_at__ne=None).first():
                    return True
            time.sleep(0.002)
        return False

    def _count(self, what: str) -> None:
        self.struck[what] += 1
        self.last_at = time.time()


def _resume(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)


def schedule(
    dice: random.Random, worker_faults: int, kills: dict[str, int]
) -> list[tuple[float, Callable[[Killer], None]]]:
    """When to strike, as fractions of the work done, and how; in order."""
    strikes: list[tuple[float, Callable[[Killer], None]]] = []
    for index in range(worker_faults):
        aimed = index % 4 != 3
        strikes.append((dice.uniform(0.02, 0.95), _worker(aimed=aimed)))
    for name, times in kills.items():
        strikes.extend((dice.uniform(0.05, 0.95), _part(name)) for _ in range(times))
    return sorted(strikes, key=lambda strike: strike[0])


def _worker(*, aimed: bool) -> Callable[[Killer], None]:
    return lambda killer: killer.worker(aimed=aimed)


def _part(name: str) -> Callable[[Killer], None]:
    return lambda killer: killer.part(name)
