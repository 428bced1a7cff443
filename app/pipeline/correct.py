"""Correct: a dispatcher puts right what was understood, and the driver is told once again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import structlog
from bson import ObjectId

from app.errors import PermanentError, TransientError
from app.models import (
    AnalysisRecord,
    CallLog,
    Correction,
    Delivery,
)
from app.pipeline.answer import to_withdraw
from app.pipeline.correct_delivery import in_effect, put, same_answer
from app.pipeline.correct_effects import settle, suppressed
from app.rules.analysis import Priority, Sentiment
from app.rules.corrected import analysis_of
from app.rules.directive_shape import Fault, ShapeError, directives_from
from app.saying import Saying, Sayings

log = structlog.get_logger()
LONGEST_REASON = 500
_MOST_TRIES = 5


class CorrectionRefusedError(PermanentError):
    """It cannot be kept as it is; ``faults`` names all that is wrong."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(Sayings.of(map(str, faults)))
        self.faults = faults

    @property
    def problems(self) -> tuple[str, ...]:
        """The faults in words."""
        return tuple(map(str, self.faults))


class CorrectionOutdatedError(PermanentError):
    """What was corrected is no longer what the driver reads; says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a dispatcher wants an analysis to be.

    ``directives`` replace all that stood there, in the shape of ``app.rules.directive_shape``;
    none at all means that there is nothing to do. ``seen`` is the ``analysis_version`` that the
    dispatcher looked at. ``sentiment`` and ``priority`` stay, or follow, unless they are given.
    ``by`` is the person, or the key (``kind``): that they may is for the edges to see to.
    """

    directives: Sequence[Mapping[str, Any]]
    seen: int
    by: ObjectId
    kind: Literal["user", "key"] = "user"
    why: str = ""
    sentiment: Sentiment | None = None
    priority: Priority | None = None


@dataclass(frozen=True, slots=True)
class Corrected:
    """What came of it, and what is to be done next."""

    correction_id: ObjectId
    version: int
    """The delivery's ``analysis_version`` now."""
    tell: tuple[ObjectId, ...] = ()
    """The delivery, where its agent has news."""
    withdraw: tuple[ObjectId, ...] = ()
    """A call that need not ring any more."""
    same_answer: tuple[ObjectId, ...] = ()
    """Other deliveries that still stand by the answer as it was: one call was about them all."""
    suppressed: bool = False
    """The number is not to be called; taking an opt-out from the directives does not lift that."""


def correct(tenant_id: str, delivery_id: ObjectId, wish: Wish, *, now: datetime) -> Corrected:
    """Let a dispatcher's directives be the delivery's analysis; safe to repeat.

    What stood there is kept, with who changed it, when and why. The same wish again changes
    nothing. Raises CorrectionRefusedError for a wish that cannot be kept, and
    CorrectionOutdatedError where the analysis is another one than was seen.
    """
    delivery: Delivery | None = Delivery.of(tenant_id, pk=delivery_id).first()
    if delivery is None:
        raise CorrectionRefusedError(Fault(None, Saying("there is no such delivery")))
    _check(wish)
    correction = _put_through(delivery, wish, now)
    if delivery.analysis.correction_id == correction.pk:
        settle(delivery, correction, now=now)
    return _result(delivery, correction)


def _put_through(delivery: Delivery, wish: Wish, now: datetime) -> Correction:
    """The correction that is in effect by this wish, whoever brought it there."""
    for _ in range(_MOST_TRIES):
        alike = _alike(delivery, wish)
        done = next((each for each in alike if in_effect(delivery, each)), None)
        if done is not None or delivery.analysis_version != wish.seen:
            # Several clicks at once each wrote theirs; none but the one in effect can come true.
            for each in alike:
                if each is not done:
                    each.delete()
        if done is not None:
            return done
        if delivery.analysis_version != wish.seen:
            raise _outdated(delivery, wish)
        correction = alike[0] if alike else _written(delivery, wish, now)
        if put(delivery, correction, now):
            log.info("corrected", delivery_id=str(delivery.pk), version=delivery.analysis_version)
            return correction
        delivery.reload()
    raise TransientError(Saying("the delivery changes all the time"))


def _check(wish: Wish) -> None:
    faults = []
    if len(wish.why) > LONGEST_REASON:
        faults.append(
            Fault(
                None,
                Saying("the reason must have at most %(most)s letters", most=LONGEST_REASON),
            )
        )
    try:
        directives_from(wish.directives)
    except ShapeError as error:
        faults += error.faults
    if faults:
        raise CorrectionRefusedError(*faults)


def _alike(delivery: Delivery, wish: Wish) -> list[Correction]:
    """What the same wish wrote already, be it at another click or before a crash."""
    wanted = [each.as_dict() for each in directives_from(wish.directives)]
    known = Correction.of(
        delivery.tenant_id, delivery_id=delivery.pk, version=wish.seen, corrected_by=wish.by
    )
    found = []
    for each in known.order_by("id"):
        judged = {name: getattr(each.after, name) for name in each.judged}
        if each.after.as_dict()["directives"] == wanted and judged == _judged(wish):
            found.append(each)
    return found


def _judged(wish: Wish) -> dict[str, object]:
    given = {"sentiment": wish.sentiment, "priority": wish.priority}
    return {name: value for name, value in given.items() if value is not None}


def _written(delivery: Delivery, wish: Wish, now: datetime) -> Correction:
    """Save what is to change, before it changes: nobody corrects without leaving a trace."""
    directives = directives_from(wish.directives)
    before = delivery.analysis
    if before is None and not directives:
        nothing = Saying("nothing was understood, and no directive is given")
        raise CorrectionRefusedError(Fault(None, nothing))
    known = before.to_rules() if before else None
    analysis = analysis_of(
        directives, before=known, sentiment=wish.sentiment, priority=wish.priority
    )
    name = ObjectId()
    source_id, call_id, said_at = _origin(delivery, name, now)
    after = AnalysisRecord.from_rules(analysis, source_id=source_id, call_id=call_id, at=said_at)
    after.correction_id = name
    correction = Correction(
        id=name,
        tenant_id=delivery.tenant_id,
        delivery_id=delivery.pk,
        version=wish.seen,
        before=before,
        after=after,
        judged=list(_judged(wish)),
        corrected_by=wish.by,
        corrected_as=wish.kind,
        at=now,
        why=wish.why.strip() or None,
    )
    saved: Correction = correction.save(force_insert=True)
    return saved


def _origin(
    delivery: Delivery, name: ObjectId, now: datetime
) -> tuple[ObjectId, ObjectId | None, datetime]:
    """Of which answer it is: its source, its call, and when it was said.

    It keeps the time of the answer it corrects: what the customer says later, even before the
    dispatcher was done, counts more.
    """
    before = delivery.analysis
    if before is not None:
        return before.source_id or name, before.call_id, before.at or now
    call = CallLog.of(delivery.tenant_id, pk=delivery.call_log_id).first()
    if call is None:
        return name, None, now
    return delivery.recording_id or call.pk, call.pk, call.end_time or call.claimed_at


def _outdated(delivery: Delivery, wish: Wish) -> CorrectionOutdatedError:
    known = delivery.analysis
    by_colleague = known is not None and known.correction_id is not None
    meanwhile = (
        Saying("somebody else has corrected it meanwhile")
        if by_colleague
        else Saying("the customer was heard again meanwhile")
    )
    return CorrectionOutdatedError(
        Saying(
            "%(meanwhile)s (it is at version %(version)s, you looked at %(seen)s): look at what "
            "stands there now, and correct that if it is wrong",
            meanwhile=meanwhile,
            version=delivery.analysis_version,
            seen=wish.seen,
        )
    )


def _result(delivery: Delivery, correction: Correction) -> Corrected:
    live = to_withdraw(delivery, but=None)
    return Corrected(
        correction_id=correction.pk,
        version=delivery.analysis_version,
        tell=(delivery.pk,) if delivery.to_tell else (),
        withdraw=(live,) if live else (),
        same_answer=same_answer(delivery, correction.after.call_id),
        suppressed=suppressed(delivery),
    )
