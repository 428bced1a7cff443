"""Claim: due deliveries become intended calls, many in one transaction, before anybody dials."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pymongo
import structlog
from pymongo.errors import BulkWriteError, DuplicateKeyError
from pymongo.read_concern import ReadConcern

from app.crash_points import reach
from app.models import database
from app.pipeline import due
from app.pipeline.claim_transaction import Work, turn_of
from app.pipeline.claim_writes import Claimed
from app.pipeline.due import Room
from app.pipeline.policy import CallingPolicy

__all__ = ["Batch", "CallingPolicy", "Claimed", "claim_batch", "my_turn"]

log = structlog.get_logger()
_TURN = timedelta(seconds=3)
_TURN_WAITS, _BATCH_WAITS = 2, 15
"""Seconds; a clock that dies within its transaction leaves locks until MongoDB ends that."""
_MOST_TRIES = 5
_DUPLICATE = 11000


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of the deliveries that were looked at."""

    claimed: tuple[Claimed, ...] = ()
    looked_at: int = 0


def my_turn(account: str, who: str, *, now: datetime) -> bool:
    """Is this the clock that claims? The others need not try the same deliveries.

    Spares work, and keeps the account's limits where clocks run side by side; that nothing is
    claimed twice does not rest on it. Who falls silent for three seconds loses the turn.
    """
    try:
        with pymongo.timeout(_TURN_WAITS):
            database().pacing.update_one(
                {"_id": turn_of(account), "$or": [{"who": who}, {"until": {"$lte": now}}]},
                {"$set": {"who": who, "until": now + _TURN}},
                upsert=True,
            )
    except DuplicateKeyError:
        return False
    return True


def claim_batch(
    policy: CallingPolicy,
    *,
    now: datetime,
    room: Room,
    most: int | None = None,
    turn: str | None = None,
) -> Batch:
    """Look at up to ``most`` due deliveries, and claim what there is ``room`` for: one transaction.

    For each: the facts are read, the gate is asked, the call is written ``intended`` and the
    delivery ``calling``, with its whole household; or the delivery is put off, skipped or
    suppressed, with the reason. All of it or nothing is committed. Any number of clocks may do it
    at once: a delivery is claimed by one of them. With ``turn``, nothing is claimed unless that
    clock still has its turn (``my_turn``): it may have been paused since it looked for ``room``.
    """
    picked = due.pick(most or room.most, policy.account, now=now)
    if not picked:
        return Batch()
    reach("claim-begin")
    claimed = _committed(Work(policy, now, [each.pk for each in picked], room, turn))
    reach("claim-committed")
    if claimed:
        due.served(policy.account, claimed[-1].tenant_id)
    return Batch(tuple(claimed), len(picked))


def _committed(work: Work) -> list[Claimed]:
    """Run the transaction; a number that turns out to be taken is put off, and no other."""
    for _ in range(_MOST_TRIES):
        try:
            with pymongo.timeout(_BATCH_WAITS), database().client.start_session() as session:
                return session.with_transaction(
                    work.in_transaction, read_concern=ReadConcern("snapshot")
                )
        except BulkWriteError as error:
            failures = error.details.get("writeErrors", [])
            taken = {each["op"].get("to_number") for each in failures}
            if {each["code"] for each in failures} != {_DUPLICATE} or taken <= work.avoid:
                raise
            work.avoid |= taken
    return []
