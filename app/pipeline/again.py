"""Again: a call reached nobody; when the customer is called next, or that they are texted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.models import CallLog, Delivery, Tenant
from app.pipeline import circuit
from app.pipeline.answer import news
from app.pipeline.permission import facts_of
from app.pipeline.reconcile import NOT_PLACED, RANG, WITHDRAWN
from app.pipeline.review import open_review
from app.rules import attempts, network_errors
from app.rules.attempts import Ahead, Failure, Pause, Surroundings
from app.rules.gate import Facts, RuleBook, Verdict, Weight, judge
from app.states import OUTREACH

_EXCUSED = frozenset({NOT_PLACED, WITHDRAWN, "not_allowed"})
"""Outcomes of attempts that never met the customer."""
_SPOKEN = frozenset({"script", "keys", "recorded", "transferred", "inbound"})
"""The steps of a conversation, each of which is in the ledger before a word of it is said."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The installation's choices about calling again."""

    policy: Mapping[str, Pause]
    book: RuleBook
    window: tuple[time, time]
    cool_down: timedelta = timedelta(seconds=60)


def excused(call: CallLog) -> bool:
    """Does the attempt not count against the customer: it never met them, or failed through us?"""
    if call.cancelled is not None and call.outcome == RANG:
        # Else one could let a telephone ring and cancel, over and over.
        return False
    if call.status == "canceled" or call.outcome in _EXCUSED or unspoken(call):
        return True
    if call.status != "failed" or not call.error_code:
        return False
    error = network_errors.of(call.error_code)
    return error.ours or circuit.tripped(circuit.CALLS, call.pk)


def unspoken(call: CallLog) -> bool:
    """Did a person answer to whom we said nothing, since our database was out of reach?"""
    if call.status != "completed" or call.answered_by == "machine" or call.notice_at:
        return False
    return not any(each.event in _SPOKEN for each in call.webhook_events)


def after(call: CallLog, delivery: Delivery, terms: Terms, *, now: datetime) -> str:
    """Plan what follows for one delivery of the call; safe to repeat. Returns the call's outcome.

    Nothing follows where the delivery went on without this call.
    """
    facts = facts_of([delivery], now=now, window=terms.window).get(delivery.pk)
    status = attempts.MACHINE if call.status == "completed" else call.status
    if unspoken(call):
        status = "failed"
    against = _against(judge(facts, terms.book)) if facts else {"delivery-over"}
    if facts is None or against & {"suppression", "delivery-over"}:
        target = "suppressed" if "suppression" in against else "skipped"
        _move(call, delivery, target, "it is not to be called any more", now)
        return call.outcome or status
    if call.cancelled is not None:
        # Who cancels a call does not want the same one a minute later: they ask for it.
        free = {"inc__outreach__excused": int(excused(call))}
        _move(call, delivery, "skipped", "a call was cancelled by hand", now, **free)
        return call.outcome or status
    ahead = attempts.after_failure(
        _failure(call, delivery, status, now),
        Surroundings(
            policy=terms.policy,
            zone=ZoneInfo(delivery.time_zone),
            lawful_from=lambda moment: _judged(facts, moment, terms.book).not_before,
            why_never=lambda moment: _judged(facts, moment, terms.book).summary,
            cool_down=terms.cool_down,
        ),
    )
    _plan(call, delivery, ahead, now)
    return call.outcome or status


def _failure(call: CallLog, delivery: Delivery, status: str, now: datetime) -> Failure:
    free = excused(call)
    made = CallLog.of(delivery.tenant_id, covers=delivery.pk, dialing_at__ne=None)
    counted = delivery.outreach.attempts - (delivery.outreach.excused or 0) - int(free)
    return Failure(
        status=status,
        error_code=call.error_code,
        attempts=counted,
        retries=delivery.max_retries,
        ended_at=now,
        excused=free,
        earlier=list(made.scalar("dialing_at")),
    )


def _judged(facts: Facts, moment: datetime, book: RuleBook) -> Verdict:
    return judge(replace(facts, now=moment), book)


def _against(verdict: Verdict) -> set[str]:
    return {each.rule for each in verdict.reasons if each.weight is Weight.FORBIDS}


def _plan(call: CallLog, delivery: Delivery, ahead: Ahead, now: datetime) -> None:
    free = excused(call)
    if ahead.at is not None:
        _move(
            call,
            delivery,
            "waiting",
            ahead.reason,
            now,
            set__outreach__next_attempt_at=ahead.at,
            inc__outreach__excused=int(free),
            inc__retry_count=int(not free),
        )
        return
    changes: dict[str, Any] = news()
    if not ahead.number_wrong and _texts(delivery):
        changes["set__outreach__to_text"] = True
    moved = _move(call, delivery, "unreachable", ahead.reason, now, **changes)
    if moved and ahead.number_wrong:
        open_review(
            delivery.tenant_id,
            delivery.pk,
            reason="wrong_number",
            source_id=call.pk,
            call_id=call.pk,
            due=delivery.scheduled_time,
            now=now,
        )


def _texts(delivery: Delivery) -> bool:
    tenant: Tenant | None = Tenant.of(delivery.tenant_id).only("calling").first()
    return tenant is None or bool(tenant.calling.texts)


def _move(
    call: CallLog, delivery: Delivery, target: str, why: str, now: datetime, **changes: Any
) -> bool:
    return delivery.move_to(
        OUTREACH,
        target,
        at=now,
        cause=why,
        where={"outreach__call_id": call.pk, "outreach__state": "calling"},
        set__outreach__reason=why,
        **changes,
    )
