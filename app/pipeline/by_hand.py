"""By hand: a dispatcher wants a call now, or one ended that has not been answered yet."""

from __future__ import annotations

from datetime import UTC, datetime

from app.errors import PermanentError, TransientError
from app.models import ByHand, CallLog, Delivery
from app.pipeline.dispatch import Calling
from app.pipeline.permission import judge_delivery, stopped
from app.pipeline.placing import ended
from app.pipeline.policy import closes_soon
from app.pipeline.reconcile import WITHDRAWN
from app.pipeline.state_names import state_name
from app.rules.gate import Verdict
from app.saying import Saying
from app.states import CALL, CALL_ENDED, DELIVERY_OVER, OUTREACH, OUTREACH_HEARD, OUTREACH_SETTLED

_WHY = Saying("a dispatcher asks for a call now")


class NotAllowedError(PermanentError):
    """The gate refuses the call; the message says why, and from when it would be allowed."""

    def __init__(self, verdict: Verdict) -> None:
        why, when = verdict.summary, Saying("and never before the delivery is due")
        if verdict.not_before is not None:
            moment = verdict.not_before.astimezone(UTC).isoformat(timespec="seconds")
            when = Saying("allowed from %(moment)s", moment=moment.replace("+00:00", "Z"))
        super().__init__(Saying("no call is allowed now: %(why)s; %(when)s", why=why, when=when))


def place(delivery: Delivery, asked: ByHand, calling: Calling, *, now: datetime) -> str | None:
    """Let the delivery's next call be due now, as far as the gate allows it; safe to repeat.

    The clock claims it, and the gate is asked again then and before it is dialled. Attempts that
    were made count: when there are no more, the delivery must be rescheduled. Raises
    PermanentError where there is to be no call now. Returns why nobody at all is called at the
    moment, if that is so: then the call waits.
    """
    _check(delivery)
    verdict = judge_delivery(delivery, calling.book, now=now, window=calling.window)
    if verdict is None:
        raise PermanentError(Saying("the customer is gone"))
    if not verdict.allowed:
        raise NotAllowedError(verdict)
    if closes_soon(verdict.not_after, now):
        raise PermanentError(
            Saying("no call is allowed now: its hours for calls are over in a moment")
        )
    if delivery.outreach.state in OUTREACH_SETTLED:
        delivery.move_to(OUTREACH, "pending", at=now, cause=_WHY)
    due = delivery.modify(
        {"outreach__state__in": ["pending", "waiting"]},
        set__outreach__next_attempt_at=now,
        set__outreach__reason=_WHY,
        set__outreach__asked=asked,
        unset__outreach__to_text=True,
    )
    if not due:
        raise TransientError(Saying("the delivery changes at this very moment"))
    return stopped("call")


def _check(delivery: Delivery) -> None:
    outreach = delivery.outreach
    if delivery.status in DELIVERY_OVER:
        raise PermanentError(
            Saying(
                "it is %(status)s: nobody is called about it any more",
                status=state_name(delivery.status),
            )
        )
    if outreach.state in OUTREACH_HEARD:
        raise PermanentError(
            Saying(
                "the customer was heard already: the outreach is %(state)s",
                state=state_name(outreach.state),
            )
        )
    if outreach.state == "calling":
        raise PermanentError(
            Saying("a call about it is under way: %(call_id)s", call_id=outreach.call_id)
        )
    made, most = outreach.attempts - (outreach.excused or 0), delivery.max_retries + 1
    if made >= most:
        raise PermanentError(
            Saying(
                "%(made)s of at most %(most)s calls were made: reschedule it to begin anew",
                made=made,
                most=most,
            )
        )


def cancel(call: CallLog, wish: ByHand, *, now: datetime) -> bool:
    """Let a call that nobody has answered yet not ring any more; safe to repeat.

    None follows by itself, about no delivery that it covers: a dispatcher may place one. True
    where it has ended with this; otherwise the network is to be told (``reconcile.withdraw``),
    and where the customer is faster the call goes on. Raises PermanentError for a call that
    cannot be cancelled.
    """
    if call.direction == "inbound":
        raise PermanentError(Saying("the customer called us: such a call cannot be cancelled"))
    if call.status in CALL_ENDED:
        raise PermanentError(
            Saying("it is over already: %(status)s", status=state_name(call.status))
        )
    if call.status == "in-progress":
        raise PermanentError(Saying("somebody has answered it: it ends by itself"))
    if call.status == "unknown":
        raise PermanentError(
            Saying(
                "the network has not said whether it took the call, and is asked: try again in "
                "a minute"
            )
        )
    if call.dialing_at is None:
        why = "cancelled by hand"
        return call.move_to(
            CALL, "canceled", at=now, cause=why, where={"dialing_at": None},
            set__cancelled=wish, set__outcome=WITHDRAWN, **ended(now),
        )  # fmt: skip
    if call.cancelled is None:
        call.modify(set__cancelled=wish)
    return False
