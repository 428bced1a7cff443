"""A POST that is repeated with the same Idempotency-Key is done once, and answered the same."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.models.idempotency import IdempotentAnswer
from app.pipeline.audit import audited
from app.saying import Saying
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
            says = Saying(
                "must have 1 to %(most)s printable ASCII characters without spaces, as a UUID has",
                most=LONGEST,
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
        kept = _kept([key], now).get(key.id)
        if kept is not None:
            return kept, True
        answered = work()
        _keep(key.tenant_id, {key: answered}, now)
        return answered, False

    return audited(tenant_id, kept_or_done)


def once_each(
    tenant_id: str,
    keys: Sequence[Key | None],
    work: Callable[[Sequence[int]], Mapping[int, Answered]],
    now: datetime,
) -> Mapping[int, Answered]:
    """The same for parts of a request, all in one transaction; what was kept, and what is new.

    ``work`` is given the places in ``keys`` of those that are to be done, and answers for those
    that it did: the others are not kept.
    """

    def kept_or_done() -> Mapping[int, Answered]:
        found = _kept([key for key in keys if key], now)
        again = {place: found[key.id] for place, key in enumerate(keys) if key and key.id in found}
        done = work([place for place in range(len(keys)) if place not in again])
        answers = {key: each for place, each in done.items() if (key := keys[place])}
        _keep(tenant_id, answers, now)
        return {**again, **done}

    return audited(tenant_id, kept_or_done)


def _kept(keys: Sequence[Key], now: datetime) -> dict[str, Answered]:
    """Answers that are kept, by the key's id. Raises Problem for another request's."""
    if not keys:
        return {}
    wanted = {key.id: key for key in keys}
    answers = {}
    for found in IdempotentAnswer.of(keys[0].tenant_id, pk__in=list(wanted)):
        if found.expires_at <= now:
            continue
        if found.request != wanted[found.pk].request:
            raise Problem(
                "idempotency-key-reused",
                Saying(
                    "Another request was sent with this %(header)s less than 24 hours ago.",
                    header=HEADER,
                ),
            )
        answers[found.pk] = Answered(found.status, found.text, dict(found.headers))
    return answers


def _keep(tenant_id: str, answers: Mapping[Key, Answered], now: datetime) -> None:
    IdempotentAnswer.update_each(
        tenant_id,
        [
            (
                {"pk": key.id},
                {
                    "set__request": key.request,
                    "set__status": answered.status,
                    "set__text": answered.text,
                    "set__headers": answered.headers,
                    "set__expires_at": now + KEPT,
                },
            )
            for key, answered in answers.items()
        ],
    )


def _digest(*parts: str | bytes) -> str:
    found = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        found.update(len(raw).to_bytes(8, "big") + raw)
    return found.hexdigest()
