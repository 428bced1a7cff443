"""One transaction of the claim: facts, verdicts, and what is written for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

import structlog
from bson import ObjectId
from pymongo.client_session import ClientSession

from app.models import BridgedCall, CallLog, Customer, Delivery, database
from app.models.numbers import Stored
from app.models.sealing import UnreadableError
from app.pipeline import due
from app.pipeline.claim_writes import Claimed, Writes
from app.pipeline.due import Due, Room
from app.pipeline.permission import facts_of
from app.pipeline.policy import CallingPolicy, closes_soon
from app.rules.gate import Facts, Verdict, judge
from app.rules.household import Expected, together
from app.saying import Saying
from app.states import OUTREACH_WAITING

log = structlog.get_logger()
_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, UnreadableError)
"""What a document that is not as it should be raises; anything else ends the transaction."""


@dataclass(slots=True)
class Work:
    """One transaction; it may run several times, where another one was faster."""

    policy: CallingPolicy
    now: datetime
    order: Sequence[ObjectId]
    room: Room
    turn: str | None = None
    avoid: set[Stored] = field(default_factory=set)
    """Numbers that were found to be taken."""
    session: ClientSession = field(init=False)
    writes: Writes = field(init=False)
    people: Mapping[ObjectId, Mapping[str, Any]] = field(init=False)
    taken: Counter[str] = field(init=False)
    """Calls claimed here, by company."""

    def in_transaction(self, session: ClientSession) -> list[Claimed]:
        """Read, judge and write; returns the calls that are intended once it is committed."""
        self.session, self.taken = session, Counter()
        self.writes = Writes(self.policy, self.now)
        if self.turn is not None and not self._still_our_turn():
            return []
        leads, others = self._read()
        verdicts = self._judged([*leads, *others])
        busy = self._busy() | self.avoid
        homes: dict[ObjectId, list[Due]] = {}
        for each in [*leads, *others]:
            homes.setdefault(each.customer_id, []).append(each)
        claimed: list[Claimed] = []
        done: set[ObjectId] = set()
        for lead in leads:
            if lead.pk in done:
                continue
            done.add(lead.pk)
            home = homes[lead.customer_id]
            try:
                made = self._decide(lead, verdicts, busy, home)
            except _UNREADABLE:
                # One that cannot be read or judged must not keep the others waiting.
                log.exception("a delivery could not be claimed", delivery_id=str(lead.pk))
                self.writes.later(lead, "it could not be judged; see the log")
                continue
            if made is not None:
                claimed.append(made)
                done.update(made.delivery_ids)
        self.writes.flush(session)
        return claimed

    def _decide(
        self,
        lead: Due,
        verdicts: Mapping[ObjectId, Verdict | Exception],
        busy: set[Stored],
        home: Iterable[Due],
    ) -> Claimed | None:
        person, verdict = self.people.get(lead.customer_id), verdicts.get(lead.pk)
        if isinstance(verdict, Exception):
            raise verdict
        if person is None or verdict is None:
            self.writes.move(lead, "skipped", Saying("the customer is gone"))
        elif not verdict.allowed:
            self.writes.put_off(lead, verdict)
        elif verdict.not_after and closes_soon(verdict.not_after, self.now):
            why = Saying("its hours for calls are over in a moment")
            self.writes.wait(lead, verdict.not_after, why)
        elif person["phone"] in busy:
            self.writes.later(lead, Saying("another call to the same number was made a moment ago"))
        elif self._room_for(lead):
            covered = _household(lead, person["phone"], home, verdicts)
            busy.add(person["phone"])
            self.taken[lead.tenant_id] += 1
            return self.writes.claim(covered, person, verdict)
        return None

    def _room_for(self, lead: Due) -> bool:
        mine = self.taken[lead.tenant_id]
        return self.taken.total() < self.room.most and mine < self.room.share(lead.tenant_id)

    def _still_our_turn(self) -> bool:
        # Written, not only read: of two clocks that believe so, MongoDB lets one go first.
        held = database().pacing.update_one(
            {"_id": turn_of(self.policy.account), "who": self.turn},
            {"$set": {"claimed_at": self.now}},
            session=self.session,
        )
        return bool(held.matched_count)

    def _read(self) -> tuple[list[Due], list[Due]]:
        """Those to claim, as they stand in this transaction, and others of their customers."""
        deliveries = Delivery._get_collection()
        waiting = {"outreach.state": {"$in": list(OUTREACH_WAITING)}}
        mine = {"_id": {"$in": list(self.order)}, **waiting}
        still_due = {"outreach.next_attempt_at": {"$lte": self.now}}
        found = [
            Due.read(each)
            for each in deliveries.find({**mine, **still_due}, due.FIELDS, session=self.session)
        ]
        place = {pk: index for index, pk in enumerate(self.order)}
        leads = sorted(found, key=lambda each: place[each.pk])
        known = {each.pk for each in leads}
        of_them = {
            "tenant_id": {"$in": sorted({each.tenant_id for each in leads})},
            "customer_id": {"$in": sorted({each.customer_id for each in leads})},
            "status": {"$in": ["scheduled", "assigned", "in_transit"]},
            **waiting,
        }
        more = deliveries.find(of_them, due.FIELDS, session=self.session)
        others = [Due.read(each) for each in more if each["_id"] not in known]
        people = Customer._get_collection().find(
            {"_id": {"$in": sorted({each.customer_id for each in leads})}},
            ("phone", "preferences.language"),
            session=self.session,
        )
        self.people = {each["_id"]: each for each in people}
        return leads, others

    def _judged(self, deliveries: Sequence[Due]) -> dict[ObjectId, Verdict | Exception]:
        """The gate's verdict on each, or why there is none."""
        found: dict[ObjectId, Verdict | Exception] = {}
        try:
            facts = self._facts(deliveries)
        except _UNREADABLE:
            # One of them spoils it for all: which, is found one by one.
            facts = {}
            for each in deliveries:
                try:
                    facts |= self._facts([each])
                except _UNREADABLE as error:
                    found[each.pk] = error
        for pk, each_facts in facts.items():
            try:
                found[pk] = judge(each_facts, self.policy.book)
            except _UNREADABLE as error:
                found[pk] = error
        return found

    def _facts(self, deliveries: Sequence[Due]) -> dict[ObjectId, Facts]:
        return facts_of(
            # It reads no more of a delivery than Due has.
            cast("Sequence[Delivery]", deliveries),
            now=self.now,
            window=self.policy.window,
            session=self.session,
        )

    def _busy(self) -> set[Stored]:
        """Numbers that ring, talk, or were dialled a moment ago, for whichever company."""
        numbers = {"to_number": {"$in": [each["phone"] for each in self.people.values()]}}
        calls = CallLog._get_collection()
        lately = {"dialing_at": {"$gt": self.now - self.policy.cool_down}}
        found: set[Stored] = set()
        for condition in ({"in_flight": True}, lately):
            query = {**numbers, **condition}
            found.update(
                each["to_number"]
                for each in calls.find(query, {"to_number": 1}, session=self.session)
            )
        # Whom a driver speaks to, or is about to.
        bridged = BridgedCall._get_collection()
        talking = {"customer_phone": numbers["to_number"], "in_flight": True}
        found.update(
            each["customer_phone"]
            for each in bridged.find(talking, {"customer_phone": 1}, session=self.session)
        )
        return found


def turn_of(account: str) -> str:
    """The document that says which clock claims."""
    return f"{account} clock"


def _expected(delivery: Due, phone: Stored) -> Expected[ObjectId]:
    return Expected(
        delivery.pk, delivery.tenant_id, phone, delivery.scheduled_time, delivery.time_zone
    )


def _household(
    lead: Due,
    phone: Stored,
    home: Iterable[Due],
    verdicts: Mapping[ObjectId, Verdict | Exception],
) -> list[Due]:
    """The lead, and what else the same call may be about."""
    same = {
        each.pk: each
        for each in home
        if each.pk == lead.pk
        or (each.tenant_id == lead.tenant_id and _allowed(verdicts.get(each.pk)))
    }
    if len(same) == 1:
        return [lead]
    expected = {pk: _expected(each, phone) for pk, each in same.items()}
    return [same[each.id] for each in together(expected[lead.pk], expected.values())]


def _allowed(verdict: Verdict | Exception | None) -> bool:
    return isinstance(verdict, Verdict) and verdict.allowed
