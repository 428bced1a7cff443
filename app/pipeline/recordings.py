"""Recordings: found, and listened to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from app.errors import PermanentError
from app.gateways import Storage
from app.models import AnalysisRecord, CallLog, Delivery, Recording
from app.models.as_stored import AsStored
from app.pipeline import calls
from app.saying import Saying

LINK_SECONDS = 120
"""How long the address of a recording's sound plays it."""


@dataclass(frozen=True, slots=True)
class Link:
    """Where a recording can be heard, and until when."""

    url: str
    expires_at: datetime


def chosen(
    *,
    own: Mapping[str, Any] | None = None,
    delivery_id: str | None = None,
    call_id: str | None = None,
    stage: Sequence[str] = (),
) -> dict[str, Any]:
    """The condition, in MongoDB's form, of being one of these recordings."""
    where: dict[str, Any] = dict(own or {})
    if delivery_id is not None:
        where["delivery_id"] = ObjectId(delivery_id)
    if call_id is not None:
        where["call_log_id"] = ObjectId(call_id)
    if stage:
        where["stage"] = {"$in": list(stage)}
    return where


def own_of(tenant_id: str, agent_id: ObjectId) -> dict[str, Any]:
    """The condition of having been said about one of this agent's latest deliveries."""
    deliveries = calls.own_deliveries(tenant_id, agent_id)
    calling = CallLog.of(tenant_id, covers__in=deliveries).only("id").as_pymongo()
    about_them = [each["_id"] for each in calling]
    return {
        "$or": [{"delivery_id": {"$in": deliveries}}, {"call_log_id": {"$in": about_them}}],
    }


def find(tenant_id: str, recording_id: ObjectId, *, agent_id: ObjectId | None) -> Recording | None:
    """The recording; None where there is none, or it is about no delivery of this agent."""
    found: Recording | None = Recording.of(tenant_id, pk=recording_id).first()
    if found is None or agent_id is None:
        return found
    call = CallLog.of(tenant_id, pk=found.call_log_id).first() if found.call_log_id else None
    about = {found.delivery_id, *(call.covers if call else ())}
    own = Delivery.of(tenant_id, pk__in=list(about), agent_id=agent_id, deleted_at=None)
    return found if own.only("id").first() is not None else None


def listen(recording: Recording, storage: Storage, *, seconds: int, now: datetime) -> Link:
    """Where the recording can be heard for so many seconds; the access is counted.

    Who lets somebody listen notes that in the audit log. Raises PermanentError for a recording
    that has no sound: none was fetched yet, none was said, or it was deleted.
    """
    if not recording.storage_key:
        raise PermanentError(Saying("there is no audio of this recording"))
    recording.modify(inc__access_count=1, set__last_accessed_at=now)
    url = storage.link(recording.storage_key, seconds)
    return Link(url, now + timedelta(seconds=seconds))


def understood_of(recordings: Iterable[Recording]) -> dict[ObjectId, list[AnalysisRecord]]:
    """Everything that was understood about the deliveries of these recordings, by delivery."""
    ids = list({each.delivery_id for each in recordings})
    if not ids:
        return {}
    (tenant_id,) = {each.tenant_id for each in recordings}
    fields = Delivery.of(tenant_id, pk__in=ids).only("analysis", "analysis_history")
    found = (AsStored(Delivery, each) for each in fields.as_pymongo())
    return {
        each.pk: [record for record in (each.analysis, *each.analysis_history) if record]
        for each in found
    }
