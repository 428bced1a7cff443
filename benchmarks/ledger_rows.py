"""Documents of a made-up ledger, as the models themselves would write them.

Of each kind the model writes one; the others are copies of it with other values, for a document
object for each would take ten times as long.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from operator import itemgetter
from random import Random
from typing import Any

from bson import ObjectId

from app.models import (
    Agent,
    CallLog,
    Consent,
    Customer,
    Delivery,
    PushMessage,
    Recording,
    Reply,
    Review,
    Suppression,
    Tenant,
)
from app.models.base import TenantDocument
from app.models.people import CallingChoices
from benchmarks.ledger_words import Pool, Said
from benchmarks.lives import ZONE, Attempt, Life, draw

_FROM = "+12025550142"
_PRIORITIES = ("normal",) * 7 + ("high", "high", "urgent", "low")
_STREETS = (
    "Mill Lane",
    "Harbour Street",
    "Chapel Road",
    "Station Road",
    "Elm Court",
    "Orchard Way",
)
_NAMES = ("Casey", "Robin", "Priya", "Miguel", "Anke", "Chloé", "Jordan", "Sam", "Wei", "Amara")
_FAMILIES = ("Jones", "Okafor", "Schmidt", "Garcia", "Martin", "Novak", "Khan", "Rossi", "Lee")
_STATUS = {"busy": "busy", "no-answer": "no-answer", "failed": "failed"}
_SETTLED = timedelta(seconds=4)


class Rows:
    """Gathers rows until ``taken`` hands them over."""

    def __init__(
        self, new_id: Callable[[datetime], ObjectId], random: Random, tenant_id: str
    ) -> None:
        self._id, self._random, self._tenant = new_id, random, tenant_id
        self._rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._agents: list[ObjectId] = []
        self._customers: list[tuple[ObjectId, str, str]] = []
        self._templates: dict[type[TenantDocument], dict[str, Any]] = {}
        self._from = CallLog.from_number.to_mongo(_FROM)
        self._suppressed: set[str] = set()
        self._said = Pool.read()

    def taken(self) -> dict[str, list[dict[str, Any]]]:
        """What was gathered since the last time, by collection."""
        taken, self._rows = self._rows, defaultdict(list)
        return taken

    def tenant(self, at: datetime) -> None:
        """The company itself, with its clock."""
        calling = CallingChoices(time_zone=ZONE.key).to_mongo().to_dict()
        self._add(Tenant, at, name="Harbour Parcels", calling=calling)

    def agent(self, number: int, at: datetime) -> None:
        """Somebody who drives. Nobody can log in as them: their password is no hash."""
        self._agents.append(
            self._add(
                Agent,
                at,
                name=f"{_NAMES[number % len(_NAMES)]} {_FAMILIES[number % len(_FAMILIES)]}",
                phone=Agent.phone.to_mongo(f"+1556{number:07}"),
                email=f"driver-{number}@{self._tenant}.example.com",
                password="none",  # noqa: S106 - see above
                current_location=self._place(),
            )
        )

    def customer(self, number: int, at: datetime) -> None:
        """Somebody who expects parcels, and why they may be called."""
        phone = Customer.phone.to_mongo(f"+1555{number:07}")
        address = f"{1 + number % 190} {self._random.choice(_STREETS)}, New York, NY 10001"
        name = f"{self._random.choice(_NAMES)} {self._random.choice(_FAMILIES)}"
        customer_id = self._add(Customer, at, name=name, phone=phone, address=address)
        self._customers.append((customer_id, phone, address))
        self._add(Consent, at, phone=phone, basis="order", source=f"R-{number}", since=at)

    def delivery(self, number: int, *, today: date, days: int) -> None:
        """One parcel, with everything that was done about it."""
        life = draw(self._random, today=today, days=days)
        customer_id, phone, address = self._random.choice(self._customers)
        delivery_id = self._id(life.created_at)
        calls = [self._call(life, n, delivery_id, customer_id, phone) for n in range(life.calls)]
        row: dict[str, Any] = {
            "customer_id": customer_id,
            "address": address,
            "coordinates": self._place(),
            "scheduled_time": life.van_at,
            "window": {"start": life.van_at, "end": life.van_at + timedelta(hours=2)},
            "time_zone": ZONE.key,
            "status": life.status,
            "priority": self._random.choice(_PRIORITIES),
            "reference": f"R-{number:07}",
            "outreach": self._outreach(life, calls),
            "history": [_step(*step) for step in sorted(life.steps, key=itemgetter(3))],
            "retry_count": max(0, len(calls) - 1),
        }
        if life.status not in {"scheduled", "cancelled"}:
            row["agent_id"] = self._random.choice(self._agents)
        if life.status == "completed":
            row["actual_delivery_time"] = life.steps[-1][-1]
        if life.answered:
            row["call_log_id"] = calls[-1]
        if said := self._what(life):
            row |= self._understood(life, said, delivery_id, customer_id, calls)
        self._add(Delivery, life.created_at, delivery_id, updatedAt=life.last_at, **row)
        if life.heard_at and "agent_id" in row:
            self._tell(row, said, delivery_id, life.heard_at)
        if life.heard_at and life.state == "declined":
            self._suppress(phone, calls[-1], life.heard_at)
        if life.heard_at and said and said.for_a_person:
            self._review(row, delivery_id, life.heard_at)

    def _understood(
        self,
        life: Life,
        said: Said,
        delivery_id: ObjectId,
        customer_id: ObjectId,
        calls: list[ObjectId],
    ) -> dict[str, Any]:
        """What a delivery keeps of an answer, whichever way it came."""
        if life.channel == "link":
            source = self._reply(life, delivery_id, customer_id)
            return {"analysis": said.analysis(source, None, life.heard_at), "analysis_version": 1}
        if life.state == "confirmed":
            known = said.analysis(calls[-1], calls[-1], life.heard_at)
            return {"analysis": known, "analysis_version": 1}
        heard = self._recording(life, said, delivery_id, calls[-1])
        known = said.analysis(heard, calls[-1], life.heard_at)
        return {"analysis": known, "analysis_version": 1, "recording_id": heard}

    def _outreach(self, life: Life, calls: list[ObjectId]) -> dict[str, Any]:
        kept: dict[str, Any] = {
            "state": life.state,
            "attempts": len(calls),
            "channel": life.channel,
            "reason": "",
        }
        if life.state in ("pending", "waiting"):
            kept["next_attempt_at"] = life.van_at - timedelta(hours=20)
        if calls:
            kept["call_id"] = calls[-1]
        return kept

    def _call(
        self, life: Life, n: int, delivery_id: ObjectId, customer_id: ObjectId, phone: str
    ) -> ObjectId:
        attempt = life.attempts[n]
        call_id = self._id(attempt.at)
        row: dict[str, Any] = {
            "delivery_id": delivery_id,
            "customer_id": customer_id,
            "covers": [delivery_id],
            "call_sid": f"CA{'0' * 8}{call_id}",
            "status": _STATUS.get(attempt.result, "completed"),
            "from_number": self._from,
            "to_number": phone,
            "attempt": n + 1,
            "retry_count": n,
            "in_flight": False,
            "claimed_at": attempt.at,
            "dialing_at": attempt.at + timedelta(seconds=1),
            "end_time": attempt.ended_at,
            "duration": attempt.talks,
            "outcome": attempt.result,
            "settled_at": attempt.ended_at + _SETTLED,
        }
        if attempt.talks:
            row |= _answered(attempt)
        self._add(CallLog, attempt.at, call_id, updatedAt=attempt.ended_at + _SETTLED, **row)
        return call_id

    def _recording(
        self, life: Life, said: Said, delivery_id: ObjectId, call_id: ObjectId
    ) -> ObjectId:
        at = life.attempts[-1].ended_at
        recording_id = self._id(at)
        key = f"rec/{call_id}/RE{'0' * 8}{recording_id}.wav"
        seconds = 2.0 + len(said.words) / 14
        return self._add(
            Recording,
            at,
            recording_id,
            updatedAt=life.heard_at,
            call_log_id=call_id,
            delivery_id=delivery_id,
            recording_sid=f"RE{'0' * 8}{recording_id}",
            audio_url=f"s3://delauto/{key}",
            storage_key=key,
            sha256="0" * 64,
            duration=seconds,
            file_size=int(seconds * 16_000) + 44,
            format="wav",
            stage="understood",
            processing_status="completed",
            language="en",
            no_speech=0.01,
            transcription={
                "text": said.transcript,
                "confidence": 0.93,
                "language": "en",
                "processing_time": round(seconds / 5, 2),
            },
            ai_analysis=said.analysis(recording_id, call_id, life.heard_at),
        )

    def _what(self, life: Life) -> Said | None:
        if life.state == "confirmed":
            return self._said.confirming
        return self._random.choice(self._said.instructing) if life.state == "instructed" else None

    def _reply(self, life: Life, delivery_id: ObjectId, customer_id: ObjectId) -> ObjectId:
        at = life.heard_at or life.last_at
        about = {"delivery_id": delivery_id, "customer_id": customer_id}
        return self._add(Reply, at, channel="link", key="1", at=at, settled_at=at, **about)

    def _suppress(self, phone: str, call_id: ObjectId, at: datetime) -> None:
        if phone not in self._suppressed:
            self._suppressed.add(phone)
            self._add(Suppression, at, phone=phone, scope="all", source="key", since=at,
                      evidence=call_id)  # fmt: skip

    def _tell(
        self, row: dict[str, Any], said: Said | None, delivery_id: ObjectId, at: datetime
    ) -> None:
        told = at + timedelta(seconds=self._random.randrange(1, 9))
        about = {"call_id": row["call_log_id"]} if "call_log_id" in row else {}
        self._add(
            PushMessage,
            told,
            agent_id=row["agent_id"],
            kind="instructions",
            delivery_id=delivery_id,
            version=1,
            text=said.message if said else "",
            sent_at=told,
            delivered_at=told + timedelta(seconds=2),
            **about,
        )

    def _review(self, row: dict[str, Any], delivery_id: ObjectId, at: datetime) -> None:
        closed = {"closed_at": at + timedelta(minutes=30)} if self._random.random() < 0.9 else {}
        about = {"delivery_id": delivery_id, "source_id": row["analysis"]["source_id"]}
        self._add(Review, at, reason="unclear", due=row["scheduled_time"], opened_at=at,
                  **about, **closed)  # fmt: skip

    def _place(self) -> dict[str, Any]:
        east, north = self._random.random() / 5, self._random.random() / 5
        return {"type": "Point", "coordinates": [round(-74.05 + east, 5), round(40.65 + north, 5)]}

    def _add(
        self,
        model: type[TenantDocument],
        made_at: datetime,
        document_id: ObjectId | None = None,
        **fields: Any,
    ) -> ObjectId:
        template = self._templates.get(model)
        if template is None:
            template = model(tenant_id=self._tenant).to_mongo().to_dict()
            self._templates[model] = template
        known = document_id or self._id(made_at)
        row = {**template, "_id": known, "createdAt": made_at, "updatedAt": made_at, **fields}
        self._rows[model._get_collection_name()].append(row)
        return known


def _answered(attempt: Attempt) -> dict[str, Any]:
    minutes = -(-attempt.talks // 60)
    return {
        "start_time": attempt.answered_at,
        "answered_by": "human" if attempt.by_a_person else "machine",
        "answered_by_proof": "detection",
        "notice_at": attempt.answered_at + timedelta(seconds=3),
        "notice_version": "1",
        "cost": round(0.014 * minutes, 4),
        "currency": "USD",
    }


def _step(machine: str, source: str, target: str, at: datetime) -> dict[str, Any]:
    return {"machine": machine, "from": source, "to": target, "at": at, "cause": "as drawn"}
