"""What a transaction of the claim writes: calls, and what becomes of each delivery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo import UpdateOne
from pymongo.client_session import ClientSession

from app.crash_points import reach
from app.models import CallLog, Delivery
from app.models.outbox import told_of
from app.pipeline.due import Due
from app.pipeline.policy import CallingPolicy, queued_until
from app.rules.gate import Verdict, Weight
from app.states import OUTREACH

NUMBER_BUSY = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Claimed:
    """One call that is intended now, and the deliveries it is about."""

    call_id: ObjectId
    delivery_ids: tuple[ObjectId, ...]
    tenant_id: str


@dataclass(slots=True)
class Writes:
    """Gathered first, written in two requests at the end."""

    policy: CallingPolicy
    now: datetime
    moves: list[UpdateOne] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    template: Mapping[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.template = _template(self.policy, self.now)

    def claim(
        self,
        covered: Sequence[Due],
        person: Mapping[str, Any],
        verdict: Verdict,
    ) -> Claimed:
        """One call about all of these, the lead first; they are ``calling``."""
        lead, call_id = covered[0], ObjectId()
        ids = [each.pk for each in covered]
        attempt = lead.outreach.attempts + 1
        language = (person.get("preferences") or {}).get("language")
        asked = next((each.outreach.asked for each in covered if each.outreach.asked), None)
        self.calls.append(
            {
                **self.template,
                "_id": call_id,
                "tenant_id": lead.tenant_id,
                "delivery_id": lead.pk,
                "customer_id": lead.customer_id,
                "covers": ids,
                "attempt": attempt,
                "retry_count": attempt - 1,
                "to_number": person["phone"],
                "language": language or "en",
                "queued_until": queued_until(verdict.not_after),
                "why_allowed": verdict.as_dict(),
                **({"asked": asked} if asked else {}),
            }
        )
        for each in covered:
            count = each.outreach.attempts + 1
            changes = {"outreach.attempts": count, "outreach.call_id": call_id}
            self.move(each, "calling", f"attempt {count}", changes)
        return Claimed(call_id, tuple(ids), lead.tenant_id)

    def put_off(self, delivery: Due, verdict: Verdict) -> None:
        """Until the gate allows it; where it never will, the outreach ends."""
        if verdict.not_before is not None:
            # A moment that has just come must not be asked about over and over.
            until = max(verdict.not_before, self.now + timedelta(seconds=1))
            self.wait(delivery, until, verdict.summary)
            return
        against = {each.rule for each in verdict.reasons if each.weight is Weight.FORBIDS}
        if "suppression" in against:
            self.move(delivery, "suppressed", "the number is not to be called")
        elif delivery.outreach.state == "pending":
            self.move(delivery, "skipped", verdict.summary)
        else:
            changes: dict[str, Any] = {"to_tell": True}
            if not against & {"deadline", "delivery-over"}:
                changes["outreach.to_text"] = True
            self.move(delivery, "unreachable", verdict.summary, changes, news=True)

    def later(self, delivery: Due, why: str) -> None:
        """For as long as another call to the same number may take."""
        self.wait(delivery, self.now + max(NUMBER_BUSY, self.policy.cool_down), why)

    def wait(self, delivery: Due, until: datetime, why: str) -> None:
        """The delivery stays where it is, and is looked at again then."""
        changes = {"outreach.next_attempt_at": until, "outreach.reason": why}
        self.moves.append(
            UpdateOne(_unchanged(delivery), {"$set": {**changes, "updatedAt": self.now}})
        )

    def move(
        self,
        delivery: Due,
        target: str,
        why: str,
        changes: Mapping[str, Any] | None = None,
        *,
        news: bool = False,
    ) -> None:
        """The delivery's outreach by the table of states, with its history: one atomic update."""
        source = delivery.outreach.state
        if not OUTREACH.allows(source, target):
            raise ValueError(f"outreach does not lead from {source} to {target}")
        # As models.base.Transition has it; a document for each would double the time.
        step = {
            "machine": OUTREACH.name, "from": source, "to": target, "at": self.now, "cause": why,
        }  # fmt: skip
        update: dict[str, Any] = {
            "$set": {
                "outreach.state": target,
                "outreach.reason": why,
                "updatedAt": self.now,
                **(changes or {}),
            },
            "$unset": {"outreach.next_attempt_at": "", "outreach.asked": ""},
            "$push": {"history": step},
        }
        notes = told_of(OUTREACH.name, target, at=self.now, cause=why)
        if notes:
            update["$push"]["outbox"] = {"$each": [note.to_mongo().to_dict() for note in notes]}
        if news:
            update["$inc"] = {"analysis_version": 1}
        self.moves.append(UpdateOne(_unchanged(delivery), update))

    def flush(self, session: ClientSession) -> None:
        """Write everything, within the transaction."""
        if self.moves:
            written = Delivery._get_collection().bulk_write(
                self.moves, ordered=False, session=session
            )
            if written.matched_count != len(self.moves):
                raise RuntimeError("a delivery changed within the transaction that read it")
        reach("claim-moved")
        if self.calls:
            CallLog._get_collection().insert_many(self.calls, ordered=False, session=session)
        reach("claim-written")


def _unchanged(delivery: Due) -> dict[str, Any]:
    return {
        "_id": delivery.pk,
        "outreach.state": delivery.outreach.state,
        "outreach.attempts": delivery.outreach.attempts,
    }


def _template(policy: CallingPolicy, now: datetime) -> dict[str, Any]:
    """What every call of a batch has alike, as the model itself would write it."""
    call = CallLog(
        tenant_id="template",
        attempt=1,
        from_number=policy.from_number,
        to_number="",
        claimed_at=now,
        created_at=now,
        updated_at=now,
    )
    written: dict[str, Any] = call.to_mongo().to_dict()
    return written
