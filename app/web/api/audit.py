"""The audit log: who did what, on what and when, and whether that record is whole.

Reading it is noted as well. These are reads, so they run outside of a transaction; the note is
appended once the page was found and before it is answered, which costs what any entry costs.
Nobody sees a page that was not noted, and a list stays a GET with a cursor, as all lists are.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from app.pipeline import audit_chain, audit_search
from app.pipeline.audit_chain import Head
from app.rules.audit_actions import Action
from app.rules.permissions import Permission
from app.saying import Saying
from app.web.api.asking import Ask
from app.web.api.listing import in_time, unusable_cursor
from app.web.api.operations import Resource
from app.web.api.problems import Fault, invalid
from app.web.api.shapes import Given, GivenMoment, Listed, Moment, Page, Selected, Shape

resource = Resource("Audit log", "Who did what, on what and when; and whether it is whole.")
MOST_WALKED = 10_000
"""Entries that one request verifies."""
_Place = Annotated[
    str,
    Field(
        pattern=r"^[1-9][0-9]{0,14}:[0-9a-f]{64}$",
        description="A place in the log, as /audit/head tells it.",
    ),
]


class ActorOut(Shape):
    """Who did it."""

    kind: Literal["user", "key", "command", "customer", "system"]
    id: str
    label: str


class SubjectOut(Shape):
    """What it was done to."""

    kind: str
    id: str


class EntryOut(Shape):
    """One thing that was done."""

    sequence: int = Field(description="1, 2, 3 and so on, of the company.")
    at: Moment
    actor: ActorOut
    action: str
    subject: SubjectOut
    changed: tuple[str, ...] = Field(description="Names of the fields that were changed.")
    detail: dict[str, Any]
    before: str | None = Field(description="A digest of what stood there.")
    after: str | None
    request_id: str | None
    hash: str


class EntryPage(Page[EntryOut]):
    """Some entries."""


class EntriesAsked(Listed):
    """Which entries."""

    actor: Annotated[
        str | None, Field(max_length=100, description="The id of a user or key, or a command's.")
    ] = None
    subject_kind: Annotated[
        str | None, Field(max_length=60, description="To what it was done.", examples=["delivery"])
    ] = None
    subject_id: Annotated[
        str | None, Field(max_length=100, description="To which; wants subject_kind as well.")
    ] = None
    action: Annotated[Action | None, Field(description="What was done.")] = None
    since: GivenMoment | None = None
    before: GivenMoment | None = None


class HeadOut(Shape):
    """Where the log ends now."""

    sequence: int = Field(description="Of the last entry; 0 where there is none.")
    hash: str
    place: str = Field(
        description="Both, for verify_audit: keep it where nobody can change it. That the end of "
        "the log was cut off shows by a place that was known before."
    )


class Verification(Given):
    """From where to verify."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{}, {"since": f"5123:{'9f86d081' * 8}"}]}
    )
    since: Annotated[
        _Place | None, Field(description="Behind this entry; the beginning unless given.")
    ] = None


class BreakOut(Shape):
    """Where the log is not what was written."""

    sequence: int
    what: Literal["changed", "gap", "order", "truncated", "rewritten"]
    says: str


class Verified(Shape):
    """What the walk along the log found."""

    entries: int = Field(description="How many follow each other as they should.")
    head: str = Field(description="Up to where; the since of the next request.")
    broken: BreakOut | None = Field(description="Where it breaks first; absent: nowhere.")
    more: bool = Field(description="Further entries follow: ask again from head.")
    removed_up_to: int = Field(description="Up to this entry, old age took entries away.")


@resource.get("/audit", may=Permission.AUDIT_READ, answer=EntryPage)
def list_audit_entries(ask: Ask, query: EntriesAsked) -> EntryPage:
    """Search the audit log, the newest entries first.

    Each page that is read makes an entry itself.
    """
    if query.subject_id is not None and query.subject_kind is None:
        says = Saying("is looked up with its subject_kind: give that too")
        raise invalid(Fault(detail=says, source="query", name="subject_id"))
    wanted = audit_search.Wanted(
        actor_id=query.actor,
        subject_kind=query.subject_kind,
        subject_id=query.subject_id,
        action=query.action.value if query.action else None,
        since=query.since,
        until=query.before,
    )
    after = _after(query.cursor) if query.cursor else None
    page = audit_search.page(ask.tenant_id, wanted, limit=query.limit + 1, after=after)
    entries = [audit_search.found(each) for each in in_time(page)]
    filters = sorted(query.model_fields_set - {"limit", "cursor", "fields"})
    _noted(ask, {"filters": ",".join(filters)})
    shown = entries[: query.limit]
    return EntryPage(
        items=[_shown(each) for each in shown],
        next=_cursor(shown[-1].place) if len(entries) > query.limit else None,
    )


@resource.get("/audit/head", may=Permission.AUDIT_READ, answer=HeadOut)
def read_audit_head(ask: Ask, query: Selected) -> HeadOut:  # noqa: ARG001
    """Read where the log ends now."""
    head = audit_chain.head(ask.tenant_id)
    return HeadOut(sequence=head.sequence, hash=head.hash, place=str(head))


@resource.post(
    "/audit/verify", may=Permission.AUDIT_READ, status=200, answer=Verified, transactional=False
)
def verify_audit(ask: Ask, body: Verification) -> Verified:
    """Walk along the log, and say where it breaks first.

    At most 10,000 entries a request. It reads alone, so an Idempotency-Key changes nothing.
    """
    since = Head.read(body.since) if body.since else None
    checked = audit_chain.verify(ask.tenant_id, since, most=MOST_WALKED)
    last = audit_chain.head(ask.tenant_id).sequence
    broken = checked.broken
    _noted(ask, {"verified": checked.entries})
    return Verified(
        entries=checked.entries,
        head=str(checked.head),
        broken=BreakOut(sequence=broken.sequence, what=broken.what, says=broken.says)
        if broken
        else None,
        more=broken is None and checked.head.sequence < last,
        removed_up_to=checked.removed_up_to,
    )


def _noted(ask: Ask, detail: dict[str, Any]) -> None:
    # Names of filters alone: what is looked for may be somebody's name or number.
    ask.note("audit.read", "tenant", ask.tenant_id, detail=detail)


def _cursor(place: audit_search.Place) -> str:
    at = place.at if place.at.tzinfo else place.at.replace(tzinfo=UTC)
    plain = f"{round(at.timestamp() * 1000)}.{place.sequence}"
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def _after(cursor: str) -> audit_search.Place:
    try:
        plain = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        at, _, sequence = plain.partition(".")
        if at.isdigit() and sequence.isdigit() and len(sequence) < 19:
            moment = datetime.fromtimestamp(int(at) / 1000, UTC)
            return audit_search.Place(moment, int(sequence))
    except (ValueError, OverflowError, OSError):
        pass
    raise unusable_cursor()


def _shown(entry: audit_search.Found) -> EntryOut:
    return EntryOut.model_construct(
        sequence=entry.sequence,
        at=entry.at,
        actor=ActorOut.model_construct(
            kind=entry.actor_kind, id=entry.actor_id, label=entry.actor_label
        ),
        action=entry.action,
        subject=SubjectOut(kind=entry.subject_kind, id=entry.subject_id),
        changed=entry.changed,
        detail=dict(entry.detail),
        before=entry.before,
        after=entry.after,
        request_id=entry.request_id,
        hash=entry.hash,
    )
