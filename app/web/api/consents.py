"""Consents: why numbers may be called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from bson import ObjectId
from pydantic import ConfigDict, Field

from app.models import Consent
from app.pipeline import consents
from app.pipeline.customers import Basis
from app.rules.permissions import Permission
from app.saying import Saying
from app.web.api.asking import Ask, Reply
from app.web.api.listing import NEWEST, OLDEST, page_of
from app.web.api.operations import Resource
from app.web.api.phones import Phone, Region, phone_of
from app.web.api.problems import Fault, invalid, not_found
from app.web.api.shapes import (
    Given,
    GivenMoment,
    Id,
    Line,
    Listed,
    Moment,
    Page,
    Selected,
    Versioned,
    Wanted,
    stamped,
)

resource = Resource("Consents", "Why numbers may be called.")
_ONE = "/consents/<id:consent_id>"
_ORDERS = {"-created": NEWEST, "created": OLDEST}
_BASES = "order: the number was given for the order; express: asked, and agreed; contract."


class ConsentOut(Versioned):
    """Why a number may be called."""

    id: Id
    phone: str = Field(description="E.164")
    basis: Basis = Field(description=_BASES)
    source: str = Field(description="Where it is known from, as a delivery's reference.")
    since: Moment
    withdrawn: Moment | None = Field(description="Since when it holds no more.")


class ConsentPage(Page[ConsentOut]):
    """Some consents."""


class ConsentsAsked(Listed):
    """Which consents."""

    phone: Annotated[Wanted | None, Field(description="Exactly this number.")] = None
    basis: Basis | None = None
    in_force: Annotated[bool | None, Field(description="Not withdrawn.")] = None
    sort: Literal["-created", "created"] = "-created"


class NewConsent(Given):
    """A consent to note."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"phone": "+14155550123", "basis": "express", "source": "web form 4711"}]
        }
    )
    phone: Phone
    region: Region = None
    basis: Annotated[Basis, Field(description=_BASES)]
    source: Annotated[Line, Field(description="Where it is known from.")]
    since: Annotated[GivenMoment | None, Field(description="Now unless given.")] = None


@resource.get("/consents", may=Permission.CONSENTS_READ, answer=ConsentPage)
def list_consents(ask: Ask, query: ConsentsAsked) -> ConsentPage:
    """List consents, withdrawn ones included."""
    where = consents.chosen(
        phone=phone_of(ask, query.phone, None, "phone", any_kind=True) if query.phone else None,
        basis=query.basis,
        in_force=query.in_force,
    )

    def show(found: Sequence[Consent]) -> list[ConsentOut]:
        return [_shown(each) for each in found]

    page = page_of(
        Consent, ask.tenant_id, query, where=where, order=_ORDERS[query.sort], show=show,
        page=ConsentPage,
    )  # fmt: skip
    return ConsentPage.model_validate(page)


@resource.post("/consents", may=Permission.CONSENTS_WRITE, answer=ConsentOut)
def create_consent(ask: Ask, body: NewConsent) -> Reply:
    """Note why a number may be called.

    It does not lift a suppression. Refused where the same is noted already.
    """
    phone = phone_of(ask, body.phone, body.region)
    since = body.since or ask.now
    if since > ask.now:
        fault = Fault(detail=Saying("must not lie in the future"), source="body", pointer="/since")
        raise invalid(fault)
    made = consents.give(ask.tenant_id, phone, body.basis, body.source, since=since, now=ask.now)
    shown = stamped(_shown(made))
    ask.note("consent.created", "consent", made.pk, after=shown, detail={"basis": body.basis})
    return Reply(shown, location=f"/consents/{made.pk}")


@resource.get(_ONE, may=Permission.CONSENTS_READ, answer=ConsentOut)
def read_consent(ask: Ask, query: Selected, consent_id: ObjectId) -> ConsentOut:  # noqa: ARG001
    """Read a consent."""
    return stamped(_shown(_found(ask, consent_id)))


@resource.post(f"{_ONE}/withdraw", may=Permission.CONSENTS_WRITE, status=200, answer=ConsentOut)
def withdraw_consent(ask: Ask, consent_id: ObjectId) -> ConsentOut:
    """Note that a consent holds no more, from now on.

    A planned call that nothing else allows is not placed. To stop calls and messages altogether,
    note a suppression.
    """
    consent = _found(ask, consent_id)
    before = stamped(_shown(consent))
    if ask.if_match is not None:
        ask.still(before)
    after = stamped(_shown(consents.withdraw(consent, now=ask.now)))
    ask.note("consent.withdrawn", "consent", consent_id, before=before, after=after,
             detail={"basis": consent.basis})  # fmt: skip
    return after


def _found(ask: Ask, consent_id: ObjectId) -> Consent:
    found: Consent | None = Consent.of(ask.tenant_id, pk=consent_id).first()
    if found is None:
        raise not_found(Saying("There is no such consent."))
    return found


def _shown(consent: Consent) -> ConsentOut:
    return ConsentOut(
        id=str(consent.pk),
        phone=consent.phone,
        basis=consent.basis,
        source=consent.source,
        since=consent.since,
        withdrawn=consent.withdrawn,
    )
