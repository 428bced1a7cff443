"""Proofs: photos and signatures of a delivery, sent from the door and shown to who may see them."""

from __future__ import annotations

import base64
import binascii
from datetime import timedelta
from typing import Annotated, Literal

from bson import ObjectId
from pydantic import ConfigDict, Field

from app.errors import PermanentError
from app.models import Proof
from app.pipeline import dispatch, proofs
from app.rules import pictures
from app.rules.permissions import Permission
from app.saying import Saying
from app.web.api import deliveries
from app.web.api.asking import Ask, Reply
from app.web.api.delivery_shapes import Done
from app.web.api.once import Answered, once
from app.web.api.operations import Resource
from app.web.api.problems import Fault, invalid, not_found
from app.web.api.shapes import Id, Line, Moment, Shape

resource = Resource("Proofs", "Photos and signatures that show what became of a delivery.")
_MOST_BYTES = 1_500_000
_MOST_LETTERS = (_MOST_BYTES + 2) // 3 * 4
_OF = "/deliveries/<id:delivery_id>/proofs"
_EXAMPLE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTjW5QAAAABJRU5ErkJggg=="
)


class NewProof(Done):
    """A photo or a signature."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"kind": "signature", "content": _EXAMPLE, "signed_by": "C. Jones"}]
        }
    )
    kind: Literal["photo", "signature"]
    content: Annotated[
        str,
        Field(
            min_length=4,
            max_length=_MOST_LETTERS,
            pattern=r"^[A-Za-z0-9+/]+={0,2}$",
            description="A JPEG or PNG file in base64, at most 1.5 MB and 4,096 pixels each way. "
            "Only what draws it is kept: turn it upright first.",
            json_schema_extra={"contentEncoding": "base64"},
        ),
    ]
    signed_by: Annotated[Line | None, Field(description="Who signed, as they said it.")] = None


class ProofOut(Shape):
    """A proof, without its picture."""

    id: Id
    delivery_id: Id
    kind: Literal["photo", "signature"]
    taken_at: Moment
    taken_by: Id | None = Field(description="The user; null where another system sent it.")
    signed_by: str | None
    media_type: Literal["image/jpeg", "image/png"]
    width: int = Field(description="Pixels.")
    height: int
    size: int = Field(description="Bytes.")
    visible: bool = Field(description="The picture is still kept.")


class Proofs(Shape):
    """Those of one delivery: ten at most."""

    items: list[ProofOut]


class PictureLink(Shape):
    """Where to see it; whoever has the address can, until it expires."""

    url: str
    expires_at: Moment


@resource.post(
    _OF, may=Permission.DELIVERIES_DRIVE, answer=ProofOut, transactional=False,
    largest=_MOST_LETTERS + 4096,
)  # fmt: skip
def add_proof(ask: Ask, body: NewProof, delivery_id: ObjectId) -> Reply:
    """Keep a photo or a signature with a delivery.

    The same picture sent twice is kept once. What a file says beside its picture, as where it was
    taken, is not kept.
    """
    delivery = deliveries.found(ask, delivery_id)
    taken = proofs.Taken(
        kind=body.kind,
        picture=_picture(body.content),
        at=dispatch.taken_at(body.at, now=ask.now),
        by=ask.caller.person_id,
        signed_by=body.signed_by,
    )
    stored = proofs.store(delivery.pk, taken, ask.runtime.storage)

    def work() -> Answered:
        ask.noted.clear()
        proof, fresh = proofs.keep(deliveries.found(ask, delivery_id), stored)
        if fresh:
            detail = {"kind": proof.kind, "delivery": str(delivery_id)}
            ask.note("proof.added", "proof", proof.pk, detail=detail)
        ask.write_notes()
        return Answered(201, shown(proof).model_dump_json(), {})

    try:
        answered, _ = once(ask.tenant_id, ask.key, work, ask.now)
    except PermanentError:
        proofs.discard(stored, ask.runtime.bucket)
        raise
    kept = ProofOut.model_validate_json(answered.text)
    return Reply(kept, location=f"/deliveries/{delivery_id}/proofs")


@resource.get(_OF, may=Permission.PROOFS_READ, answer=Proofs)
def list_proofs(ask: Ask, delivery_id: ObjectId) -> Proofs:
    """List the photos and signatures of a delivery, the first taken first."""
    delivery = deliveries.found(ask, delivery_id)
    return Proofs(items=[shown(each) for each in proofs.of_delivery(ask.tenant_id, delivery.pk)])


@resource.post(
    "/proofs/<id:proof_id>/link",
    may=Permission.PROOFS_READ,
    status=200,
    answer=PictureLink,
    kept=False,
)
def read_proof(ask: Ask, proof_id: ObjectId) -> PictureLink:
    """Get an address that shows a photo or a signature for two minutes.

    Each is kept in the audit log; that is why it is a POST.
    """
    proof = proofs.find(ask.tenant_id, proof_id, agent_id=ask.own_id)
    if proof is None:
        raise not_found(Saying("There is no such proof."))
    seconds = proofs.LINK_SECONDS
    url = proofs.look(proof, ask.runtime.storage, seconds=seconds)
    ask.note("proof.read", "proof", proof_id)
    return PictureLink(url=url, expires_at=ask.now + timedelta(seconds=seconds))


def shown(proof: Proof) -> ProofOut:
    """A proof as it is shown."""
    return ProofOut.model_construct(
        id=str(proof.pk),
        delivery_id=str(proof.delivery_id),
        kind=proof.kind,
        taken_at=proof.taken_at,
        taken_by=str(proof.taken_by) if proof.taken_by else None,
        signed_by=proof.signed_by,
        media_type=proof.media_type,
        width=proof.width,
        height=proof.height,
        size=proof.size,
        visible=bool(proof.storage_key),
    )


def _picture(content: str) -> pictures.Picture:
    try:
        return pictures.cleaned(base64.b64decode(content, validate=True))
    except binascii.Error:
        says = Saying("is no base64 that can be read")
    except pictures.PictureError as error:
        says = error.says
    raise invalid(Fault(detail=says, source="body", pointer="/content"))
