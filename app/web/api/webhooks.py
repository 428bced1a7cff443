"""Webhooks: where a company's systems hear of what happens, and of what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar

from bson import ObjectId

from app import queues
from app.models import Subscription
from app.pipeline import event_log, subscriptions
from app.pipeline import subscription_standing as standing
from app.pipeline.event_log import NoPostingError
from app.pipeline.subscriptions import (
    NoSubscriptionError,
    SubscriptionRefusedError,
    SubscriptionWish,
)
from app.queues import WakeUp
from app.rules.permissions import Permission
from app.saying import Saying, Sayings
from app.web.api.asking import Ask, Reply
from app.web.api.listing import NEWEST, OLDEST, page_of
from app.web.api.operations import Resource
from app.web.api.problems import Fault, Problem, invalid, not_found
from app.web.api.shapes import Selected, stamped
from app.web.api.webhook_shapes import (
    ChangedWebhook,
    NewWebhook,
    PostingOut,
    SecretRotation,
    WebhookOut,
    WebhookPage,
    WebhooksAsked,
    WebhookWithSecret,
    shown,
)

resource = Resource("Webhooks", "Where events are sent, and how that went.")
ONE = "/webhooks/<id:webhook_id>"
READ = Permission.WEBHOOKS_READ
WRITE = Permission.WEBHOOKS_WRITE
ORDERS = {"-created": NEWEST, "created": OLDEST}
Result = TypeVar("Result")


@resource.get("/webhooks", may=READ, answer=WebhookPage)
def list_webhooks(ask: Ask, query: WebhooksAsked) -> WebhookPage:
    """List webhooks."""

    def show(found: Sequence[Subscription]) -> list[WebhookOut]:
        return [shown(each, whole=ask.may(WRITE)) for each in found]

    page = page_of(
        Subscription, ask.tenant_id, query, where=subscriptions.chosen(active=query.is_active),
        order=ORDERS[query.sort], show=show, page=WebhookPage,
    )  # fmt: skip
    return WebhookPage.model_validate(page)


@resource.post("/webhooks", may=WRITE, answer=WebhookWithSecret)
def create_webhook(ask: Ask, body: NewWebhook) -> Reply:
    """Send events to an address from now on.

    The answer holds the secret that signs them; it is never shown again.
    """
    made = checked(
        lambda: subscriptions.subscribe(
            ask.tenant_id,
            SubscriptionWish(url=body.url, types=tuple(body.types), description=body.description),
            by=ask.caller.person_id,
            now=ask.now,
            to_loopback=ask.runtime.settings.webhooks_to_loopback,
        )
    )
    after = _shown(made.subscription)
    ask.note("webhook.created", "webhook", after.id, after=after)
    return Reply(_with_secret(after, made.secret), location=f"/webhooks/{after.id}")


@resource.get(ONE, may=READ, answer=WebhookOut)
def read_webhook(ask: Ask, query: Selected, webhook_id: ObjectId) -> WebhookOut:  # noqa: ARG001
    """Read a webhook."""
    return stamped(shown(found(ask, webhook_id), whole=ask.may(WRITE)))


@resource.patch(ONE, may=WRITE, answer=WebhookOut)
def change_webhook(ask: Ask, body: ChangedWebhook, webhook_id: ObjectId) -> WebhookOut:
    """Change where events are sent, or which.

    What is still to be sent goes to the new address.
    """
    before = _shown(found(ask, webhook_id))
    ask.still(before)
    given = body.given()
    if "types" in given:
        given["types"] = tuple(given["types"])
    to_loopback = ask.runtime.settings.webhooks_to_loopback
    changed = checked(
        lambda: subscriptions.change(
            ask.tenant_id, webhook_id, SubscriptionWish(**given), to_loopback=to_loopback
        )
    )
    return _noted(ask, "webhook.changed", before, changed)


@resource.delete(ONE, may=WRITE, versioned=True)
def delete_webhook(ask: Ask, webhook_id: ObjectId) -> Reply:
    """Send nothing there any more, not even what waits."""
    before = _shown(found(ask, webhook_id))
    ask.still(before)
    standing.remove(ask.tenant_id, webhook_id, now=ask.now)
    ask.note("webhook.deleted", "webhook", webhook_id, before=before)
    return Reply()


@resource.post(f"{ONE}/rotate-secret", may=WRITE, status=200, answer=WebhookWithSecret)
def rotate_webhook_secret(
    ask: Ask, body: SecretRotation, webhook_id: ObjectId
) -> WebhookWithSecret:
    """Make a new secret.

    The answer holds it; it is never shown again. Those before sign beside it for a while, so that
    nothing is refused while your receiver changes over.
    """
    before = _shown(found(ask, webhook_id))
    made = checked(
        lambda: subscriptions.rotate(
            ask.tenant_id, webhook_id, now=ask.now, overlap=timedelta(hours=body.overlap_hours)
        )
    )
    return _with_secret(_noted(ask, "webhook.rotated", before, made.subscription), made.secret)


@resource.post(f"{ONE}/pause", may=WRITE, status=200, answer=WebhookOut)
def pause_webhook(ask: Ask, webhook_id: ObjectId) -> WebhookOut:
    """Send nothing for now.

    What happens waits until it is enabled again, for 30 days at most.
    """
    before = _shown(found(ask, webhook_id))
    paused = standing.pause(ask.tenant_id, webhook_id, now=ask.now)
    return _noted(ask, "webhook.changed", before, paused)


@resource.post(f"{ONE}/enable", may=WRITE, status=200, answer=WebhookOut)
def enable_webhook(ask: Ask, webhook_id: ObjectId) -> Reply:
    """Send again, and what waited meanwhile."""
    before = _shown(found(ask, webhook_id))
    enabled = standing.enable(ask.tenant_id, webhook_id, by=ask.caller.person_id, now=ask.now)
    return Reply(_noted(ask, "webhook.changed", before, enabled), wake=woken(webhook_id))


@resource.post(f"{ONE}/test", may=WRITE, answer=PostingOut)
def test_webhook(ask: Ask, webhook_id: ObjectId) -> Reply:
    """Send a trial there.

    Read the posting in a moment: it says how that went. Refused where the webhook is disabled.
    """
    event = checked(lambda: standing.send_test(ask.tenant_id, webhook_id, now=ask.now))
    sent = PostingOut.of(event_log.latest(ask.tenant_id, webhook_id, event.pk))
    ask.note("webhook.tested", "webhook", webhook_id, detail={"event": sent.event_id})
    where = f"/webhooks/{webhook_id}/postings/{sent.id}"
    return Reply(sent, location=where, wake=woken(webhook_id))


def found(ask: Ask, webhook_id: ObjectId) -> Subscription:
    """The company's webhook of this id. Raises Problem."""
    return checked(lambda: subscriptions.find(ask.tenant_id, webhook_id))


def checked(work: Callable[[], Result]) -> Result:
    """Do it; what the use case refuses is raised as the Problem that tells of it."""
    try:
        return work()
    except NoSubscriptionError:
        raise not_found(Saying("There is no such webhook.")) from None
    except NoPostingError:
        raise not_found(Saying("There is no such posting, or its event is gone.")) from None
    except SubscriptionRefusedError as error:
        # About the thing itself, it is its state that does not allow it.
        if any(field == "id" for field, _ in error.problems):
            raise Problem("conflict", Sayings.of(says for _, says in error.problems)) from None
        raise invalid(
            *(
                Fault(detail=says, source="body", pointer=f"/{field}")
                for field, says in error.problems
            )
        ) from None


def woken(webhook_id: ObjectId) -> tuple[WakeUp, ...]:
    """Whom to wake to send what waits."""
    return (WakeUp(queues.POST_EVENTS, webhook_id),)


def _shown(each: Subscription) -> WebhookOut:
    return stamped(shown(each, whole=True))


def _noted(ask: Ask, action: str, before: WebhookOut, changed: Subscription) -> WebhookOut:
    after = _shown(changed)
    ask.note(action, "webhook", after.id, before=before, after=after)
    return after


def _with_secret(told: WebhookOut, secret: str) -> WebhookWithSecret:
    fields = {name: getattr(told, name) for name in WebhookOut.model_fields}
    return WebhookWithSecret.model_construct(**fields, secret=secret)
