"""Proofs: photos and signatures of deliveries, in the storage, shown to who may see them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.errors import PermanentError
from app.gateways import Storage
from app.gateways.bucket import Bucket
from app.models import Delivery, Proof, database
from app.pipeline.deliveries import find as find_delivery
from app.rules.pictures import Picture
from app.saying import Saying

MOST = 10
"""Of one delivery."""
LINK_SECONDS = 120
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png"}


@dataclass(frozen=True, slots=True)
class Taken:
    """What was photographed or signed, when, and by whom."""

    kind: str
    picture: Picture
    at: datetime
    by: ObjectId | None
    signed_by: str | None = None

    @property
    def sha256(self) -> str:
        """Of the picture."""
        return hashlib.sha256(self.picture.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Stored:
    """A picture that the storage holds."""

    key: str
    taken: Taken


def folder(delivery_id: ObjectId) -> str:
    """Where the pictures of a delivery lie."""
    return f"proof/{delivery_id}/"


def store(delivery_id: ObjectId, taken: Taken, storage: Storage) -> Stored:
    """Put the picture into the storage, before a document names it; safe to repeat.

    The same picture has the same name. Raises TransientError.
    """
    digest, ending = taken.sha256, _ENDINGS[taken.picture.kind]
    key = f"{folder(delivery_id)}{digest[:32]}.{ending}"
    storage.put(key, taken.picture.content, taken.picture.kind)
    return Stored(key, taken)


def keep(delivery: Delivery, stored: Stored) -> tuple[Proof, bool]:
    """Note a picture with its delivery; False where it was noted before.

    To be called within a transaction. Raises PermanentError where no more is kept.
    """
    if delivery.customer_id is None:
        raise PermanentError(Saying("the customer was erased: nothing more is kept about them"))
    if delivery.status == "cancelled":
        raise PermanentError(Saying("it is cancelled: there is nothing to prove"))
    taken = stored.taken
    own = Proof.of(delivery.tenant_id, delivery_id=delivery.pk)
    known = own.filter(sha256=taken.sha256).first()
    if known is not None:
        return known, False
    if own.count() >= MOST:
        raise PermanentError(
            Saying("there are %(most)s photos and signatures of it: no more are kept", most=MOST)
        )
    picture = taken.picture
    made = Proof(
        tenant_id=delivery.tenant_id,
        delivery_id=delivery.pk,
        kind=taken.kind,
        taken_at=taken.at,
        taken_by=taken.by,
        signed_by=taken.signed_by,
        media_type=picture.kind,
        width=picture.width,
        height=picture.height,
        size=len(picture.content),
        storage_key=stored.key,
        sha256=taken.sha256,
    )
    return made.save(), True


def discard(stored: Stored, bucket: Bucket) -> None:
    """Take a picture out of the storage again that no document came to name."""
    if database().proofs.count_documents({"storage_key": stored.key}, limit=1) == 0:
        _remove(stored.key, bucket)


def of_delivery(tenant_id: str, delivery_id: ObjectId) -> list[Proof]:
    """Its pictures, the first taken first."""
    return list(Proof.of(tenant_id, delivery_id=delivery_id).order_by("id"))


def find(tenant_id: str, proof_id: ObjectId, *, agent_id: ObjectId | None) -> Proof | None:
    """The proof; None where there is none, or its delivery is not this agent's."""
    found: Proof | None = Proof.of(tenant_id, pk=proof_id).first()
    if found is None or find_delivery(tenant_id, found.delivery_id, agent_id=agent_id) is None:
        return None
    return found


def look(proof: Proof, storage: Storage, *, seconds: int) -> str:
    """An address that shows the picture for so many seconds.

    Raises PermanentError where its time was over.
    """
    if not proof.storage_key:
        raise PermanentError(Saying("the picture was deleted: it was kept for long enough"))
    return storage.link(proof.storage_key, seconds)


def delete_picture(proof: Mapping[str, Any], bucket: Bucket, *, now: datetime) -> int:
    """Delete a stored proof's picture in all its versions, and who signed; safe to repeat.

    That there was one stays. Returns how many versions went. Raises TransientError.
    """
    gone = _remove(proof["storage_key"], bucket) if proof.get("storage_key") else 0
    wiped = {"storage_key": "", "sha256": "", "signed_by": ""}
    database().proofs.update_one(
        {"_id": proof["_id"]}, {"$set": {"picture_deleted_at": now}, "$unset": wiped}
    )
    return gone


def _remove(key: str, bucket: Bucket) -> int:
    gone = 0
    for each in list(bucket.versions(prefix=key)):
        bucket.remove(each.key, each.version)
        gone += 1
    return gone
