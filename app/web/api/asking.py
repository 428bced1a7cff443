"""One request as its handler sees it, and what the handler answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bson import ObjectId
from pydantic import BaseModel
from werkzeug.http import parse_etags

from app.pipeline import audit
from app.queues import WakeUp
from app.rules.permissions import Permission, Reach
from app.runtime import Runtime
from app.saying import Saying
from app.web.api.callers import Caller
from app.web.api.once import Key
from app.web.api.problems import Problem
from app.web.api.shapes import Versioned, version_of


@dataclass(frozen=True, slots=True)
class Noted:
    """What goes into the audit log with the change."""

    action: str
    kind: str
    id: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    detail: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asks, when, and with what at hand. Made anew where the transaction runs again."""

    caller: Caller
    reach: Reach
    """Over which records the permission of this route extends for this caller."""
    now: datetime
    runtime: Runtime
    request_id: str | None = None
    if_match: str | None = None
    address: str | None = None
    """The address that the request came from."""
    agent: str | None = None
    """The header User-Agent."""
    key: Key | None = None
    """The request's Idempotency-Key, for who does it in several parts."""
    noted: list[Noted] = field(default_factory=list)

    @property
    def tenant_id(self) -> str:
        """The caller's company."""
        return self.caller.tenant_id

    @property
    def own_id(self) -> ObjectId | None:
        """Whose records alone may be seen; None where all of the company's may."""
        if self.reach is Reach.ALL:
            return None
        # A key has no person: nothing is its own.
        return self.caller.person_id or ObjectId(b"\0" * 12)

    def may(self, permission: Permission) -> bool:
        """Has the caller this permission too, for all records or their own?"""
        return self.caller.reach(permission) is not None

    def still(self, shown: Versioned) -> None:
        """Is the thing as the caller saw it? Raises the problem that it is not."""
        # Weakly, and with or without quotes: a proxy that compresses weakens what we sent, and a
        # version tells one text from another all the same.
        wanted = parse_etags(self.if_match or "")
        if not wanted.contains_weak(version_of(shown)):
            raise Problem(
                "changed-meanwhile",
                Saying("It is not at the version that If-Match names any more."),
            )

    def note(
        self,
        action: str,
        kind: str,
        subject: object,
        *,
        before: BaseModel | None = None,
        after: BaseModel | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Have the audit log say what was done; written in the same transaction."""
        self.noted.append(Noted(action, kind, str(subject), _plain(before), _plain(after), detail))

    def write_notes(self) -> None:
        """Append what was noted to the audit log, once."""
        noted, self.noted[:] = self.noted[:], []
        events = [
            audit.Event(
                action=each.action,
                subject_kind=each.kind,
                subject_id=each.id,
                before=each.before,
                after=each.after,
                detail=each.detail,
            )
            for each in noted
        ]
        audit.record_all(
            self.tenant_id, self.caller.actor, events, now=self.now, request_id=self.request_id
        )


def _plain(shown: BaseModel | None) -> Mapping[str, Any] | None:
    return None if shown is None else shown.model_dump(mode="json")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a handler answers, and whom to wake once it is true."""

    content: BaseModel | None = None
    location: str | None = None
    """The path of what was made, beneath /api/v1."""
    wake: tuple[WakeUp, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int | None = None
    """Where it differs from the route's own."""
