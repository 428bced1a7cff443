"""Restore: a correction is taken back, and what stood there before counts again."""

from __future__ import annotations

from datetime import datetime

from bson import ObjectId

from app.models import AnalysisRecord, Correction, Delivery, Review
from app.pipeline.audit import Actor
from app.pipeline.correct import CorrectionOutdatedError, CorrectionRefusedError
from app.pipeline.correct_delivery import put
from app.rules.directive_shape import Fault
from app.saying import Saying

_MEANWHILE = Saying("it was changed meanwhile: look at what stands there now")


def restore(delivery: Delivery, seen: int, who: Actor, *, now: datetime) -> Correction:
    """Let what was understood before the last correction count again, as it was.

    ``seen`` is the ``analysis_version`` that was looked at. It is a correction itself, so the
    driver is told and nothing is lost; reviews that the correction settled are open again. A number
    that it suppressed stays so. Raises CorrectionRefusedError where nothing was corrected, or
    nothing stood there before, and CorrectionOutdatedError where it is another one than was seen.
    """
    if delivery.analysis_version != seen:
        raise CorrectionOutdatedError(_MEANWHILE)
    known = delivery.analysis.correction_id if delivery.analysis else None
    last = Correction.of(delivery.tenant_id, pk=known).first() if known else None
    if last is None:
        raise CorrectionRefusedError(Fault(None, Saying("no person has corrected it")))
    if last.before is None:
        nothing = Saying("nothing stood there before the correction: correct it to what is right")
        raise CorrectionRefusedError(Fault(None, nothing))
    again = _back(delivery, last, seen, who, now)
    if not put(delivery, again, now):
        again.delete()
        raise CorrectionOutdatedError(_MEANWHILE)
    _reviews(last)
    return again


def _back(delivery: Delivery, last: Correction, seen: int, who: Actor, now: datetime) -> Correction:
    name = ObjectId()
    after = AnalysisRecord(**{field: getattr(last.before, field) for field in last.before._fields})
    after.correction_id = name
    saved: Correction = Correction(
        id=name,
        tenant_id=delivery.tenant_id,
        delivery_id=delivery.pk,
        version=seen,
        before=delivery.analysis,
        after=after,
        corrected_by=ObjectId(who.id),
        corrected_as="key" if who.kind == "key" else "user",
        at=now,
    ).save(force_insert=True)
    return saved


def _reviews(last: Correction) -> None:
    """What the correction settled waits for a person again; what it asked for does not."""
    about = Review.of(last.tenant_id, delivery_id=last.delivery_id)
    about.filter(closed_at=last.at, closed_by=last.corrected_by, resolution="corrected").update(
        unset__closed_at=True,
        unset__closed_by=True,
        unset__closed_as=True,
        unset__resolution=True,
        unset__note=True,
        unset__answer=True,
        unset__answered_version=True,
    )
    about.filter(source_id=last.pk, closed_at=None).delete()
