"""A POST that is repeated with the same Idempotency-Key is done once, and answered the same."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.models.idempotency import IdempotentAnswer
from app.pipeline.audit import audited
from app.web.api.problems import Fault, Problem, with_errors

KEPT = timedelta(hours=24)
HEADER = "Idempotency-Key"
LONGEST = 200
_FORM = re.compile(rf"[!-~]{{1,{LONGEST}}}")


@dataclass(frozen=True, slots=True)
class Answered:
    """What is sent back: status, JSON text, and headers of its own."""

    status: int
    text: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Key:
    """The key of one request, and what it was asked."""

    tenant_id: str
    who: str
    key: str
    request: str
    """A digest of all that makes it this request."""

    @classmethod
    def of(cls, tenant_id: str, who: str, key: str, *parts: str | bytes) -> Key:
        """Make it of the header and the request's parts. Raises Problem for an odd header."""
        if not _FORM.fullmatch(key):
            says = (
                f"must have 1 to {LONGEST} printable ASCII characters without spaces, as a UUID has"
            )
            fault = Fault(detail=says, source="header", name=HEADER)
            raise with_errors("malformed", [fault])
        return cls(tenant_id, who, key, _digest(*parts))

    @property
    def id(self) -> str:
        """What the kept answer is found by."""
        return _digest(self.tenant_id, self.who, self.key)

    def part(self, name: str) -> Key:
        """The key of a part of the request, where it is done in several."""
        return Key(self.tenant_id, self.who, f"{self.key}\n{name}", self.request)


def once(
    tenant_id: str, key: Key | None, work: Callable[[], Answered], now: datetime
) -> tuple[Answered, bool]:
    """Do the work in a transaction that keeps its answer; or return the answer kept, and True.

    What the work raises is not kept, for nothing was done. Raises Problem where the key belongs
    to another request.
    """

    def kept_or_done() -> tuple[Answered, bool]:
        if key is None:
            return work(), False
        found = IdempotentAnswer.of(key.tenant_id, pk=key.id).first()
        if found is not None and found.expires_at > now:
            if found.request != key.request:
                raise Problem(
                    "idempotency-key-reused",
                    f"Another request was sent with this {HEADER} less than 24 hours ago.",
                )
            return Answered(found.status, found.text, dict(found.headers)), True
        answered = work()
        IdempotentAnswer.of(key.tenant_id, pk=key.id).update_one(
            upsert=True,
            set__request=key.request,
            set__status=answered.status,
            set__text=answered.text,
            set__headers=answered.headers,
            set__expires_at=now + KEPT,
        )
        return answered, False

    return audited(tenant_id, kept_or_done)


def _digest(*parts: str | bytes) -> str:
    found = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        found.update(len(raw).to_bytes(8, "big") + raw)
    return found.hexdigest()
