"""Lives of deliveries, drawn at random: when the van comes, who is called, what comes of it.

Plain values; ``benchmarks.ledger`` makes documents of them. The shares are guesses at a courier's
days, chosen so that every state occurs, and prove nothing about real ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/New_York")
MOST_ATTEMPTS = 4
DAYS_AHEAD = 3
_HOURS = (9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19)
_AT_HOME = {9: 0.40, 10: 0.40, 11: 0.42, 12: 0.48, 13: 0.45, 14: 0.42, 15: 0.45, 16: 0.52,
            17: 0.62, 18: 0.70, 19: 0.66}  # fmt: skip
"""How likely a person answers, by the local hour."""
_MISSED = ("no-answer", "no-answer", "no-answer", "machine", "machine", "busy", "failed")
_SAID = ("instructed",) * 11 + ("confirmed",) * 6 + ("nothing_said",) * 2 + ("declined",)
HEARD = frozenset(("instructed", "confirmed", "declined"))


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call. ``result`` is what was learned from it, or why nothing was."""

    at: datetime
    result: str
    rings: int
    """Seconds from the dialling to the answer, or the end."""
    talks: int
    """Seconds from the answer to the end; 0 where nobody answered."""

    @property
    def by_a_person(self) -> bool:
        """Did a person answer?"""
        return self.result in _SAID

    @property
    def answered_at(self) -> datetime:
        """When somebody or something answered, or would have."""
        return self.at + timedelta(seconds=self.rings)

    @property
    def ended_at(self) -> datetime:
        """When the line was free."""
        return self.answered_at + timedelta(seconds=self.talks)


@dataclass(slots=True)
class Life:
    """One delivery. Times are in UTC."""

    created_at: datetime
    van_at: datetime
    state: str = "pending"
    """Of the outreach."""
    channel: str = "call"
    heard_at: datetime | None = None
    status: str = "scheduled"
    attempts: list[Attempt] = field(default_factory=list)
    steps: list[tuple[str, str, str, datetime]] = field(default_factory=list)
    """Machine, the states from and to, and the time, of every move."""

    @property
    def calls(self) -> int:
        """How many calls were made."""
        return len(self.attempts)

    @property
    def answered(self) -> bool:
        """Did a person answer any call? Then it was the last."""
        return bool(self.attempts) and self.attempts[-1].by_a_person

    @property
    def last_at(self) -> datetime:
        """When something changed last."""
        return max([self.created_at, *(at for *_, at in self.steps)])

    def move(self, machine: str, state: str, at: datetime) -> None:
        """Note a move, and stand there."""
        source = self.state if machine == "outreach" else self.status
        self.steps.append((machine, source, state, at))
        if machine == "outreach":
            self.state = state
        else:
            self.status = state


def draw(random: Random, *, today: date, days: int) -> Life:
    """A delivery of one of so many days up to today, or of the next few; nothing is ahead of
    half past twelve of today but the van."""
    day = today - timedelta(days=random.randrange(-DAYS_AHEAD, days))
    van_at = _local(day, random.choice(_HOURS), random.randrange(60))
    now = _local(today, 12, 30)
    life = Life(created_at=van_at - timedelta(days=4, minutes=random.randrange(600)), van_at=van_at)
    life.created_at = min(life.created_at, now)
    _call(life, random, now)
    _drive(life, random, now)
    return life


def _local(day: date, hour: int, minute: int) -> datetime:
    return datetime.combine(day, time(hour, minute), ZONE).astimezone(UTC)


def _call(life: Life, random: Random, now: datetime) -> None:
    chance = random.random()
    begins = life.van_at.astimezone(ZONE).date() - timedelta(days=1)
    if chance < 0.05:
        first = _local(begins, 9, 0)
        if first < now:
            life.move("outreach", "suppressed" if chance < 0.01 else "skipped", first)
        return
    at = _local(begins, random.choice(_HOURS), random.randrange(60))
    for _ in range(MOST_ATTEMPTS):
        if at >= now or at >= life.van_at:
            break
        attempt = _attempt(random, at)
        life.attempts.append(attempt)
        life.move("outreach", "calling", at)
        done_at = attempt.ended_at + timedelta(seconds=4 + random.randrange(20))
        if attempt.by_a_person:
            life.move("outreach", attempt.result, done_at)
            life.heard_at = done_at if attempt.result in HEARD else None
            return
        life.move("outreach", "waiting", done_at)
        at = _next(at, random)
    if life.state == "waiting" and (len(life.attempts) == MOST_ATTEMPTS or life.van_at < now):
        _give_up(life, random, now)


def _attempt(random: Random, at: datetime) -> Attempt:
    if random.random() < _AT_HOME[at.astimezone(ZONE).hour]:
        return Attempt(at, random.choice(_SAID), random.randrange(4, 20), random.randrange(9, 95))
    result = random.choice(_MISSED)
    talks = random.randrange(12, 30) if result == "machine" else 0
    return Attempt(at, result, random.randrange(2, 32), talks)


def _next(at: datetime, random: Random) -> datetime:
    """Some hours later, within the hours in which calls are made."""
    local = (at + timedelta(minutes=random.randrange(100, 300))).astimezone(ZONE)
    if local.hour in _AT_HOME:
        return local.astimezone(UTC)
    return _local(local.date() + timedelta(days=int(local.hour > 19)), 9, local.minute)


def _give_up(life: Life, random: Random, now: datetime) -> None:
    at = life.attempts[-1].ended_at + timedelta(seconds=30)
    life.move("outreach", "unreachable", at)
    answers_at = at + timedelta(minutes=random.randrange(3, 240))
    if random.random() < 0.3 and answers_at < min(now, life.van_at):
        life.channel = "link"
        life.move("outreach", "instructed", answers_at)
        life.heard_at = answers_at


def _drive(life: Life, random: Random, now: datetime) -> None:
    """The van. Who was heard is more often met at the first try."""
    if random.random() < 0.03:
        life.move("delivery", "cancelled", min(life.created_at + timedelta(hours=9), now))
        return
    tries = 0
    at = life.van_at
    while True:
        loaded = at - timedelta(hours=3)
        if loaded >= now:
            return
        life.move("delivery", "assigned", loaded)
        if at - timedelta(hours=1) >= now:
            return
        life.move("delivery", "in_transit", at - timedelta(hours=1))
        done = at + timedelta(minutes=random.randrange(-25, 40))
        if done >= now:
            return
        met = 0.95 if life.heard_at is not None else 0.84
        if random.random() < met or tries:
            life.move("delivery", "completed", done)
            return
        life.move("delivery", "failed", done)
        tries += 1
        again = done + timedelta(hours=2)
        if random.random() < 0.5 or again >= now:
            return
        life.move("delivery", "scheduled", again)
        at += timedelta(days=1)
        life.van_at = at
