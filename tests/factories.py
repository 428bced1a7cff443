"""Documents with valid defaults; a test names only what matters to it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from app.models import (
    DEFAULT_TENANT,
    Agent,
    BridgedCall,
    CallLog,
    Consent,
    Customer,
    Delivery,
    Proof,
    Recording,
    Tenant,
)
from app.models.base import TenantDocument
from app.pipeline.policy import CallingPolicy
from app.rules import gate

NOW = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)
ALL_DAY = (time(0), time(23, 59, 59))
ALWAYS_RULES = Path(__file__).with_name("always.toml")
ALWAYS = gate.load(ALWAYS_RULES.read_text())
"""Rules that allow every hour, without consent or caps."""
BOOK = gate.load(gate.BUNDLED.read_text())
"""The rules that come with the product."""
_numbers = count(100)


def number() -> str:
    """A telephone number that nobody else in the run has."""
    return f"+1555{next(_numbers):07}"


def sid(prefix: str) -> str:
    """A provider's id that nobody else in the run has."""
    return f"{prefix}{next(_numbers):032x}"


def tenant(tenant_id: str = DEFAULT_TENANT, **fields: Any) -> Tenant:
    return _saved(Tenant, {"tenant_id": tenant_id, "name": "Harbour Parcels"}, fields)


def agent(tenant_id: str = DEFAULT_TENANT, **fields: Any) -> Agent:
    n = next(_numbers)
    basics = {"name": "Dana Driver", "email": f"d{n}@example.com", "password": "not a hash"}
    return _saved(Agent, {"tenant_id": tenant_id, "phone": number(), **basics}, fields)


def customer(tenant_id: str = DEFAULT_TENANT, **fields: Any) -> Customer:
    basics = {"tenant_id": tenant_id, "name": "Casey Customer", "phone": number()}
    return _saved(Customer, basics, fields)


def delivery(tenant_id: str = DEFAULT_TENANT, **fields: Any) -> Delivery:
    whose = fields.pop("customer", None) or customer(tenant_id)
    basics = {
        "tenant_id": tenant_id,
        "customer_id": whose.pk,
        "address": "12 Mill Lane",
        "coordinates": [-0.1, 51.5],
        "scheduled_time": NOW + timedelta(hours=3),
        "time_zone": "UTC",
    }
    document = Delivery(**{**basics, **fields})
    if document.outreach.next_attempt_at is None and document.outreach.state == "pending":
        document.outreach.next_attempt_at = NOW - timedelta(minutes=1)
    return document.save()


def call(of: Delivery | None = None, **fields: Any) -> CallLog:
    if of is None:
        of = delivery(outreach={"state": "calling", "attempts": 1})
    basics = {
        "tenant_id": of.tenant_id,
        "delivery_id": of.pk,
        "customer_id": of.customer_id,
        "attempt": 1,
        "from_number": "+12025550142",
        "to_number": Customer.of(of.tenant_id, pk=of.customer_id).get().phone,
        "claimed_at": NOW,
        "covers": [of.pk],
    }
    made = _saved(CallLog, basics, fields)
    if of.outreach.state == "calling":
        of.modify(set__outreach__call_id=made.pk)
    return made


def bridged_call(of: Delivery, **fields: Any) -> BridgedCall:
    """A driver's call to the customer of a delivery, which is over unless told otherwise."""
    person = fields.pop("person", None) or agent(of.tenant_id)
    basics = {
        "tenant_id": of.tenant_id,
        "delivery_id": of.pk,
        "customer_id": of.customer_id,
        "person_id": person.pk,
        "person_phone": person.phone,
        "customer_phone": Customer.of(of.tenant_id, pk=of.customer_id).get().phone,
        "from_number": "+12025550142",
        "claimed_at": NOW,
        "valid_until": NOW + timedelta(seconds=60),
        "status": "completed",
        "in_flight": False,
    }
    return _saved(BridgedCall, basics, fields)


def recording(of: CallLog | None = None, **fields: Any) -> Recording:
    of = of or call(status="completed", in_flight=False)
    name = sid("RE")
    basics = {
        "tenant_id": of.tenant_id,
        "call_log_id": of.pk,
        "delivery_id": of.delivery_id,
        "recording_sid": name,
        "audio_url": f"s3://delauto/rec/{of.pk}/{name}.wav",
        "duration": 4.0,
        "format": "wav",
    }
    return _saved(Recording, basics, fields)


def proof(of: Delivery, **fields: Any) -> Proof:
    """A photo of a delivery; the picture itself is not in the storage."""
    basics = {
        "tenant_id": of.tenant_id, "delivery_id": of.pk, "kind": "photo", "taken_at": NOW,
        "media_type": "image/jpeg", "width": 4, "height": 3, "size": 100, "sha256": sid(""),
        "storage_key": f"proof/{of.pk}/{sid('')}.jpg",
    }  # fmt: skip
    return _saved(Proof, basics, fields)


def consent(of: Delivery, **fields: Any) -> Consent:
    """The customer of a delivery gave their number for the order."""
    phone = Customer.of(of.tenant_id, pk=of.customer_id).get().phone
    basics = {"phone": phone, "basis": "order", "source": "R-1", "since": NOW - timedelta(days=1)}
    return _saved(Consent, {"tenant_id": of.tenant_id, **basics}, fields)


def policy(**fields: Any) -> CallingPolicy:
    basics = {
        "account": "AC" + "0" * 32,
        "from_number": "+12025550142",
        "per_second": 1000.0,
        "window": ALL_DAY,
        "book": ALWAYS,
    }
    return CallingPolicy(**{**basics, **fields})


def _saved(model: type[TenantDocument], basics: dict[str, Any], fields: dict[str, Any]) -> Any:
    return model(**{**basics, **fields}).save()


def zone_where_it_is(hour: int) -> str:
    """A time zone in which it is about this hour now: no test shall hang on the hour."""
    ahead = (hour - datetime.now(UTC).hour + 12) % 24 - 12
    # These names count westwards.
    return f"Etc/GMT{-ahead:+d}"
