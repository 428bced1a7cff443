"""Erasure: everything about one number goes, in the database, the storage and at the network.

The network first and the documents last: until then they say what else is to go. Safe to repeat
after a death at any moment. What stays: deliveries without whom and where they were for, because
they are counted; the wish not to be called, as a digest that can only be compared; and the proof.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.errors import PermanentError
from app.gateways.bucket import Bucket
from app.gateways.copies import Copy, NetworkCopies
from app.models import Delivery, database, numbers
from app.models.erasure import Erasure
from app.pipeline import proofs
from app.pipeline.held import Held, held, readable
from app.pipeline.traces import written
from app.pipeline.wipe import wipe
from app.saying import Saying
from app.states import OUTREACH

_LAST = ("customers",)
_KEPT = ("deliveries", "suppressions")
_OF_A_PERSON = (
    "customer_id",
    "coordinates",
    "customer_feedback",
    "tracking_events",
    "analysis_history",
    "package_details.special_instructions",
    "call_log_id",
    "recording_id",
    "outreach.call_id",
    "outreach.to_text",
    "outreach.next_attempt_at",
    "to_tell",
)
_WHY = Saying("the customer was erased")


def erase(number: str, bucket: Bucket, copies: NetworkCopies, *, by: str, now: datetime) -> Erasure:
    """Erase all that is kept about a number in E.164.

    Raises PermanentError while a call to it is under way; TransientError where the network or the
    storage is out of reach, when it is to be run again.
    """
    found = held(number)
    _none_under_way(found)
    digest = numbers.key().digest(number)
    proof = Erasure.objects(number=digest, ended_at=None).first() or Erasure(
        number=digest, begun_at=now, by=by
    )
    proof.save()
    gone = Counter(proof.gone)
    _at_the_network(found, copies, gone)
    _in_the_storage(found, bucket, gone)
    _in_the_database(found, gone)
    proof.gone, proof.ended_at = dict(gone), datetime.now(UTC)
    proof.save()
    return proof


def _none_under_way(found: Held) -> None:
    calls = [*found.of("call_logs"), *found.of("bridged_calls")]
    if any(each.get("in_flight") for each in calls):
        raise PermanentError(
            Saying("a call to this number is under way: run this again when it is over")
        )


def _at_the_network(found: Held, copies: NetworkCopies, gone: Counter[str]) -> None:
    """Recordings before their calls: of a call that is gone, nobody can ask what it had."""
    known = [
        *copies.with_number(found.number),
        *(Copy("call", sid) for sid in found.values("call_logs", "call_sid")),
        *(Copy("call", sid) for sid in found.values("bridged_calls", "call_sid")),
        *(Copy("call", sid) for sid in found.values("bridged_calls", "customer_sid")),
        *(Copy("message", sid) for sid in found.values("messages", "message_sid")),
        *(Copy("message", sid) for sid in found.values("inbound_messages", "message_sid")),
    ]
    recordings = [Copy("recording", sid) for sid in found.values("recordings", "recording_sid")]
    for each in dict.fromkeys(known):
        if each.kind == "call":
            recordings += copies.recordings_of(each.sid)
    for each in dict.fromkeys([*recordings, *known]):
        gone[f"{each.kind}s at the network"] += copies.delete(each)


def _in_the_storage(found: Held, bucket: Bucket, gone: Counter[str]) -> None:
    """By the names of objects, which are made of ids: also those that no document names now."""
    folders = {f"rec/{each['claimed_at']:%Y/%m}/{each['_id']}/" for each in found.of("call_logs")}
    folders |= {f"rec/{each['at']:%Y/%m}/{each['_id']}/" for each in found.of("replies")}
    folders |= {proofs.folder(each) for each in found.ids("deliveries")}
    for prefix in sorted({*folders, *found.values("recordings", "storage_key")}):
        for each in list(bucket.versions(prefix=prefix)):
            bucket.remove(each.key, each.version)
            gone["versions of objects"] += 1


def _in_the_database(found: Held, gone: Counter[str]) -> None:
    db = database()
    for name in (*(each for each in found.documents if each not in (*_LAST, *_KEPT)), *_LAST):
        gone[name] += db[name].delete_many({"_id": {"$in": found.ids(name)}}).deleted_count
    gone["idempotent_answers"] += _kept_answers(found)
    for each in found.of("deliveries"):
        _anonymous(each["tenant_id"], each["_id"])
        gone["deliveries made anonymous"] += 1
    for suppression in found.of("suppressions"):
        gone["suppressions made a digest"] += _as_digest(suppression["_id"], found.number)


def _kept_answers(found: Held) -> int:
    """Those that tell of this person, by number or by id; the others are still to be repeated."""
    answers, about = database().idempotent_answers, written(found.number)
    about |= {str(each) for each in found.all_ids}
    gone = [
        each["_id"]
        for each in answers.find({}, {"text": 1})
        if any(part in str(readable(each.get("text"))) for part in about)
    ]
    return int(answers.delete_many({"_id": {"$in": gone}}).deleted_count)


def _anonymous(tenant_id: str, delivery_id: ObjectId) -> None:
    deliveries, this = database().deliveries, {"_id": delivery_id}
    delivery = Delivery.of(tenant_id, pk=delivery_id).first()
    if delivery is not None:
        # One whose outreach is over stays as it ended: the table refuses.
        delivery.move_to(OUTREACH, "skipped", at=datetime.now(UTC), cause=_WHY)
    wipe(deliveries, this)
    gone = dict.fromkeys(_OF_A_PERSON, "")
    changes = {"address": "erased", "outreach.reason": _WHY, "updatedAt": datetime.now(UTC)}
    deliveries.update_one(this, {"$unset": gone, "$set": changes})


def _as_digest(suppression_id: ObjectId, number: str) -> int:
    """The wish holds on; where it is kept as a digest already, once is enough."""
    suppressions, this = database().suppressions, {"_id": suppression_id}
    kept = {"$set": {"phone": numbers.key().digest(number)}, "$unset": {"evidence": ""}}
    try:
        return int(suppressions.update_one(this, kept).modified_count)
    except DuplicateKeyError:
        return int(suppressions.delete_one(this).deleted_count)
