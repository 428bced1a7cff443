"""Text: who was not reached by telephone gets one message with a link, and never a second.

The same one way as a call's: the message is written down, the rules are asked, the moment of
sending is written down, and then the network is asked once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from bson import ObjectId
from mongoengine import NotUniqueError

from app import callbacks
from app.gateways import AnswerLost, NotSent, Refused, TextRequest, TextResult, Texts, TextSent
from app.models import Customer, Delivery, Message, Tenant
from app.pipeline import circuit, link, permission, remind
from app.pipeline.permission import Window
from app.pipeline.text_progress import bind, learn
from app.rules import network_errors
from app.rules.gate import RuleBook
from app.rules.texts import moments, spoken, wording
from app.states import DELIVERY_OVER, MESSAGE, OUTREACH_HEARD

log = structlog.get_logger()
WORTHLESS = timedelta(minutes=2)
"""Less than so long before the van is there, nobody would read it in time."""


@dataclass(frozen=True, slots=True)
class Sender:
    """What sending takes, beside the network: our address, the secret of links, the rules."""

    public_url: str
    links: link.Links
    rules: RuleBook
    window: Window
    """The installation's CALLING_HOURS."""


def intend(delivery_id: ObjectId, sender: Sender, *, now: datetime) -> Message | None:
    """Write the message that asks the customer of an unreached delivery; safe to repeat.

    None where none is to be sent: heard meanwhile, too late, the company sends no texts, or the
    household is asked about another delivery of that day. One message for a delivery, ever: the
    one there is comes back, whatever became of it.
    """
    delivery: Delivery | None = Delivery.across_tenants(pk=delivery_id).first()
    if delivery is None or not delivery.outreach.to_text:
        return None
    message = _message(delivery, sender, now)
    if message is not None:
        try:
            message.save(force_insert=True)
        except NotUniqueError:
            message = Message.of(delivery.tenant_id, delivery_id=delivery.pk, purpose="link").get()
    delivery.modify(unset__outreach__to_text=True)
    return message


def _message(delivery: Delivery, sender: Sender, now: datetime) -> Message | None:
    customer = Customer.of(delivery.tenant_id, pk=delivery.customer_id).first()
    tenant = Tenant.of(delivery.tenant_id).first()
    late = now + WORTHLESS >= delivery.scheduled_time
    if customer is None or tenant is None or late or not tenant.calling.texts:
        return None
    if delivery.outreach.state in OUTREACH_HEARD or _asked_already(delivery, now):
        return None
    language = spoken(customer.preferences.language)
    zone = ZoneInfo(delivery.time_zone)
    when = moments.Moment(
        delivery.scheduled_time,
        delivery.window.end if delivery.window else None,
        delivery.time_zone,
        now.astimezone(zone).date(),
    )
    token = sender.links.token(delivery.pk, link.deadline(delivery))
    return Message(
        tenant_id=delivery.tenant_id,
        purpose="link",
        delivery_id=delivery.pk,
        customer_id=customer.pk,
        to_number=customer.phone,
        language=language,
        body=wording.link_text(
            language,
            company=tenant.name,
            when=moments.said(when, language),
            link=link.address(sender.public_url, token),
            own=tenant.prompts,
        ),
        claimed_at=now,
        valid_until=delivery.scheduled_time,
    )


def _asked_already(delivery: Delivery, now: datetime) -> bool:
    others = [other.pk for other in link.household(delivery, now)]
    asking = Message.of(
        delivery.tenant_id,
        delivery_id__in=others,
        purpose="link",
        status__nin=("failed", "undelivered", "canceled"),
    )
    return asking.first() is not None


def send(message_id: ObjectId, texts: Texts, sender: Sender, *, now: datetime) -> Message | None:
    """Ask the network for an intended message, at most once ever.

    ``sending_at`` is written first, by compare-and-set: whoever wrote it may send the one request.
    None where there is nothing to send now: sent before, not allowed, its window not open yet, or
    the account not to be asked.
    """
    message: Message | None = Message.across_tenants(pk=message_id).first()
    if message is None or message.status != "intended" or message.sending_at is not None:
        return None
    if not _allowed(message, sender, now):
        return None
    if not circuit.may_ask(circuit.MESSAGES, message.pk, now=now):
        return None
    if not message.modify({"status": "intended", "sending_at": None}, set__sending_at=now):
        return None
    result = texts.send(
        TextRequest(
            to_number=message.to_number,
            body=message.body,
            status_url=callbacks.message_status(sender.public_url, str(message.pk)),
            valid_seconds=int((message.valid_until - now).total_seconds()),
        )
    )
    _write_down(message, result, now)
    return message


def _allowed(message: Message, sender: Sender, now: datetime) -> bool:
    """Ask the rules again, now; what they say never to is ended, what must wait is put off."""
    if message.purpose == "reminder":
        why_not = remind.needless(message, now)
        if why_not:
            _cancel(message, why_not, now)
        return why_not is None
    delivery = Delivery.of(message.tenant_id, pk=message.delivery_id).first()
    over = _over(message, delivery, now)
    if over:
        _cancel(message, over, now)
        return False
    verdict = delivery and permission.judge_delivery(
        delivery, sender.rules, now=now, window=sender.window, channel="sms", but=[message.pk]
    )
    if verdict is None:
        _cancel(message, "the customer is gone", now)
        return False
    if verdict.allowed:
        message.modify(set__why_allowed=verdict.as_dict())
        return True
    if verdict.not_before is None or verdict.not_before + WORTHLESS >= message.valid_until:
        reasons = "; ".join(reason.rule for reason in verdict.reasons)
        _cancel(message, f"not allowed: {reasons}", now)
        return False
    message.modify(set__not_before=verdict.not_before)
    return False


def _over(message: Message, delivery: Delivery | None, now: datetime) -> str | None:
    if delivery is None or delivery.status in DELIVERY_OVER:
        return "the delivery is over"
    if delivery.outreach.state in OUTREACH_HEARD:
        return "the customer was heard meanwhile"
    if now + WORTHLESS >= message.valid_until:
        return "too late to be of use"
    return None


def _cancel(message: Message, why: str, now: datetime) -> None:
    message.move_to(
        MESSAGE, "canceled", at=now, cause=why, set__ended_at=now, set__error_message=why
    )


def _write_down(message: Message, result: TextResult, now: datetime) -> None:
    match result:
        case TextSent(message_sid, status):
            circuit.worked(circuit.MESSAGES, message.pk, now=now)
            bind(message, message_sid)
            # The network's own callbacks may have been faster: a refused move is fine.
            message.move_to(MESSAGE, status, at=now, cause="sent")
            if message.purpose == "link":
                Delivery.of(message.tenant_id, pk=message.delivery_id).update(
                    set__outreach__channel="sms"
                )
        case Refused(code, text):
            _refused(message, code, text, now)
        case NotSent(reason):
            _back(message, reason, now)
        case AnswerLost(reason):
            log.warning("answer lost, the network will be asked", reason=reason)
            message.move_to(MESSAGE, "unknown", at=now, cause="the network's answer was lost")


def _refused(message: Message, code: str, text: str, now: datetime) -> None:
    learn(message, code, now=now)
    if network_errors.of(code).ours:
        # Proven not sent, and for no fault of the customer's: it waits until the fault is mended.
        _back(message, f"refused with {code}", now)
        return
    message.move_to(
        MESSAGE,
        "failed",
        at=now,
        cause=f"refused with {code}",
        set__error_code=code,
        set__error_message=text,
        set__ended_at=now,
    )


def _back(message: Message, reason: str, now: datetime) -> None:
    log.warning("message not sent, may be sent again", reason=reason)
    message.modify(
        {"status": "intended", "sending_at": now},
        unset__sending_at=True,
        set__error_message=reason,
    )
