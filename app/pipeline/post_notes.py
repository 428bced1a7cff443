"""What comes of each try to tell a subscriber: taken, tried again, given up, or the last."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from bson import ObjectId

from app.gateways import Answered, NotAnswered, PostResult
from app.models import Posting, Subscription
from app.models.webhooks import MOST_TRIES, Try
from app.pipeline.subscription_standing import disable
from app.rules.webhooks import again
from app.states import POSTING

log = structlog.get_logger()
_GONE = 410
"""The receiver wants nothing more (RFC 9110, 15.5.11)."""


def note(
    subscription: Subscription,
    posting: Posting,
    result: PostResult | None,
    *,
    now: datetime,
    luck: float,
) -> bool:
    """Write down what came of a try; was the event taken? ``result`` is None where the event is
    not kept any more."""
    made = _try(result, now)
    kept = [*posting.tries, made][-MOST_TRIES:]
    if made.error is None:
        posting.move_to(
            POSTING, "taken", at=now, cause="taken", set__tries=kept, unset__next_at=True
        )
        _succeeded(subscription, now)
        return True
    asked = result.retry_after if isinstance(result, Answered) else None
    next_at = again.next_try(posting.tried, since=posting.since, now=now, luck=luck, asked=asked)
    if result is None or next_at is None or made.status == _GONE:
        posting.move_to(
            POSTING, "given_up", at=now, cause=made.error, set__tries=kept, unset__next_at=True
        )
    else:
        posting.modify({"status": "pending"}, set__tries=kept, set__next_at=next_at)
    if result is not None:
        _failed(subscription, made, now)
    return False


def judge(
    subscription: Subscription, results: list[PostResult | None], *, now: datetime
) -> set[ObjectId]:
    """Send nothing more to a subscriber that is gone, or failed for too long.

    Returns the other subscriptions that are to hear of it.
    """
    gone = any(isinstance(each, Answered) and each.status == _GONE for each in results)
    since = subscription.failing_since
    if not gone and (since is None or now - since < again.DISABLE_AFTER):
        return set()
    awake = disable(subscription, "gone" if gone else "failing", now=now)
    subscription.reload()
    return awake


def _try(result: PostResult | None, now: datetime) -> Try:
    if result is None:
        return Try(at=now, error="the event is not kept any more")
    if isinstance(result, NotAnswered):
        return Try(at=now, error=result.reason, milliseconds=result.milliseconds)
    return Try(
        at=now,
        status=result.status,
        error=_wrong(result.status),
        milliseconds=result.milliseconds,
        answer=result.body,
    )


def _wrong(status: int) -> str | None:
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        return "it answered with a redirect, which is not followed"
    return "it wants no more" if status == _GONE else f"it answered {status}"


def _succeeded(subscription: Subscription, now: datetime) -> None:
    seen = subscription.last_taken_at
    if subscription.failures or seen is None or now - seen >= timedelta(minutes=1):
        subscription.modify(
            set__failures=0,
            set__last_taken_at=now,
            unset__failing_since=True,
            unset__rests_until=True,
        )


def _failed(subscription: Subscription, made: Try, now: datetime) -> None:
    pause = again.rest(subscription.failures + 1)
    changes = {"set__rests_until": now + pause} if pause else {}
    if subscription.failing_since is None:
        changes["set__failing_since"] = now
    subscription.modify(inc__failures=1, **changes)
    log.warning(
        "not taken", subscription_id=str(subscription.pk), status=made.status, why=made.error
    )
