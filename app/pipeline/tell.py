"""Tell: the agent learns what the customer wants, on a list that survives everything."""

from __future__ import annotations

from datetime import datetime

import structlog
from bson import ObjectId
from mongoengine import NotUniqueError, QuerySet

from app.models import Agent, AnalysisRecord, CallLog, Delivery, PushMessage, SystemMetric
from app.rules.analysis import Kind
from app.rules.directives.sentences import driver_sentence, standing

log = structlog.get_logger()
_WITHOUT_ORDERS = (Kind.SPEAK_TO_HUMAN, Kind.WRONG_NUMBER, Kind.QUESTION)
"""What directives come to for the driver that leave nothing for them to do."""


def tell(delivery_id: ObjectId, *, now: datetime) -> PushMessage | None:
    """Put the news of a delivery on its agent's list, once for each version of it.

    Safe to repeat. None where there is no news or no agent to tell.
    """
    delivery: Delivery | None = Delivery.across_tenants(pk=delivery_id).first()
    if delivery is None or not delivery.to_tell or delivery.agent_id is None:
        return None
    agent = Agent.of(delivery.tenant_id, pk=delivery.agent_id).only("language").first()
    message = PushMessage(
        tenant_id=delivery.tenant_id,
        agent_id=delivery.agent_id,
        kind="instructions" if delivery.analysis else "nothing_heard",
        delivery_id=delivery.pk,
        call_id=delivery.call_log_id,
        version=delivery.analysis_version,
        text=sentence(delivery, agent.language if agent else "en"),
        sent_at=now,
        arrival=arrival_of(delivery) if delivery.analysis else None,
    )
    try:
        message.save(force_insert=True)
        log.info("told", delivery_id=str(delivery.pk), version=message.version)
        _measure(delivery, now)
    except NotUniqueError:
        message = PushMessage.of(
            delivery.tenant_id,
            agent_id=delivery.agent_id,
            delivery_id=delivery.pk,
            version=delivery.analysis_version,
        ).get()
    delivery.modify({"analysis_version": message.version}, unset__to_tell=True)
    return message


def arrival_of(delivery: Delivery) -> datetime:
    """When the van is to be there, as the round has it, or else as it was planned."""
    eta: datetime | None = delivery.route.eta if delivery.route else None
    return eta or delivery.scheduled_time


def stop_of(delivery: Delivery) -> int | None:
    """Its place in the round, from 1; None where it has none."""
    return (delivery.route.sequence if delivery.route else None) or None


def sentence(delivery: Delivery, language: str = "en") -> str:
    """What a driver of this language reads; empty while nothing is known."""
    if delivery.analysis and delivery.analysis.instructions:
        return _instructions(delivery.analysis, language)
    if delivery.outreach.state == "instructed":
        kinds = [each.kind for each in delivery.analysis.directives] if delivery.analysis else []
        known = [kind.value for kind in kinds if kind in _WITHOUT_ORDERS]
        # Where a dispatcher found nothing to do in it, nobody needs to listen any more.
        corrected = delivery.analysis is not None and delivery.analysis.correction_id is not None
        otherwise = "nothing" if corrected else "listening"
        return standing(known[0] if known else otherwise, language)
    return standing(delivery.outreach.state, language)


def _instructions(analysis: AnalysisRecord, language: str) -> str:
    """The stored English, or the same said anew from the directives."""
    english = str(analysis.instructions)
    # What was kept before quotes were may hold some in its English alone: nothing of it is lost.
    if language == "en" or analysis.quotes is None:
        return english
    said = analysis.to_rules()
    return driver_sentence(said.directives, said.quotes, language) or english


def delivered(messages: QuerySet, *, now: datetime) -> None:
    """These messages reached one of their agent's screens; the first time counts."""
    messages.filter(delivered_at=None).update(set__delivered_at=now)


def _measure(delivery: Delivery, now: datetime) -> None:
    """How long the driver waited; a correction, which tells anew, is no measure of that."""
    if delivery.call_log_id is None:
        return
    about = PushMessage.of(delivery.tenant_id, call_id=delivery.call_log_id)
    if about.filter(delivery_id=delivery.pk).count() > 1:
        return
    call = CallLog.of(delivery.tenant_id, pk=delivery.call_log_id).first()
    if call and call.end_time:
        seconds = (now - call.end_time).total_seconds()
        outcome = call.outcome or ""
        SystemMetric.noted(
            delivery.tenant_id, "hang_up_to_told", seconds, unit="s", at=now, outcome=outcome
        ).save()
