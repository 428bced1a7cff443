"""One of everything that the API knows, for requests that name it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId

from app.models import Agent, Customer, DeadJob, Recording, Review
from app.pipeline import api_keys, dead_jobs, event_log, stops
from app.pipeline import subscription_standing as standing
from tests import factories
from tests.pipeline import event_side
from tests.web import api_side


@dataclass(frozen=True)
class World:
    """The ids of things that are there, by the names that paths give them."""

    tenant_id: str
    ids: dict[str, str]

    @classmethod
    def filled(cls, tenant_id: str, *, now: datetime, driver: Agent | None = None) -> World:
        """Make one of everything for a company, all of it this agent's (or nobody's)."""
        api_side.company(tenant_id)
        customer = Customer(
            tenant_id=tenant_id, name="Casey Jones", phone=factories.number(), created_at=now
        ).save()
        own = {"agent_id": driver.pk, "status": "assigned"} if driver else {}
        delivery = factories.delivery(tenant_id, customer=customer, **own)
        call = factories.call(delivery, status="completed", in_flight=False)
        recording = factories.recording(call, storage_key="rec/world.wav")
        review = Review(
            tenant_id=tenant_id, delivery_id=delivery.pk, source_id=call.pk, call_id=call.pk,
            reason="unclear", due=delivery.scheduled_time, opened_at=now,
        ).save()  # fmt: skip
        hook = event_side.subscriber(tenant_id=tenant_id)
        trial = standing.send_test(tenant_id, hook.pk, now=now)
        posting = event_log.latest(tenant_id, hook.pk, trial.pk)
        return cls(
            tenant_id,
            {
                "user_id": str(factories.agent(tenant_id, role="dispatcher").pk),
                "agent_id": str((driver or factories.agent(tenant_id)).pk),
                "customer_id": str(customer.pk),
                "delivery_id": str(delivery.pk),
                "call_id": str(call.pk),
                "recording_id": str(recording.pk),
                "review_id": str(review.pk),
                "bridged_call_id": str(factories.bridged_call(delivery).pk),
                "proof_id": str(factories.proof(delivery).pk),
                "key_id": str(_key(tenant_id, now)),
                "suppression_id": str(stops.stop(tenant_id, "+14155550124", "sms", now=now)[0].pk),
                "consent_id": str(factories.consent(delivery).pk),
                "webhook_id": str(hook.pk),
                "posting_id": str(posting.pk),
                "dead_job_id": str(_dead_job(recording, now)),
            },
        )

    def known(self, names: Iterable[str]) -> dict[str, str]:
        """Ids for the names that are known."""
        return {name: self.ids[name] for name in names if name in self.ids}


def _dead_job(recording: Recording, now: datetime) -> ObjectId:
    dead_jobs.bury(recording.tenant_id, "store", recording.pk, "it is gone", now=now)
    return DeadJob.of(recording.tenant_id, document_id=recording.pk).get().pk


def _key(tenant_id: str, now: datetime) -> ObjectId:
    wish = api_keys.NewKey(name="There", permissions=["customers:read"])
    return api_keys.issue(tenant_id, api_side.SYSTEM, wish, now=now).key_id
