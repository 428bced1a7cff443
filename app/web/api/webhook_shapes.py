"""What the API shows and takes of webhooks, and of how each event was sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from app.models import Event, Posting, Subscription
from app.models.webhooks import Secret, Try
from app.pipeline import subscriptions
from app.pipeline.event_log import envelope
from app.pipeline.subscriptions import LONGEST_DESCRIPTION
from app.rules.events import TYPES, Envelope, public_id
from app.rules.webhooks import addresses
from app.web.api.shapes import WHOLE, Given, GivenMoment, Id, Listed, Moment, Page, Shape, Versioned

_HOUR = timedelta(hours=1)
_URL = Annotated[
    str,
    Field(
        pattern=r"^https?://[!-~]+$",
        max_length=addresses.LONGEST,
        description="HTTPS, with a name of the public internet as its host.",
        examples=["https://hooks.shop.example/delauto"],
    ),
]
# The use case says which are unknown, and which there are.
_Type = Annotated[str, Field(max_length=60, json_schema_extra={"enum": ["*", *TYPES]})]
_Types = Annotated[
    list[_Type],
    Field(
        min_length=1,
        max_length=len(TYPES),
        description="Types of events, each once; or * alone for all, those to come too.",
        json_schema_extra={"uniqueItems": True},
    ),
]
_Description = Annotated[
    str, Field(max_length=LONGEST_DESCRIPTION, pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$")
]
EventId = Annotated[
    str, Field(pattern=r"^evt_[0-9a-f]{24}$", examples=["evt_65a1b2c3d4e5f60718293a4b"])
]
PostingState = Literal["pending", "taken", "given_up"]


class SecretOut(Shape):
    """Since when, and until when, a secret signs; itself it is not shown."""

    since: Moment
    until: Moment | None = Field(description="Null on the one that stays.")

    @classmethod
    def of(cls, secret: Secret) -> SecretOut:
        """From what is kept."""
        return cls.model_construct(since=secret.since, until=secret.until)


class WebhookOut(Versioned):
    """An address, and the events that are sent there."""

    VOLATILE = frozenset(
        {"secret", "failures", "failing_since", "rests_until", "last_taken_at", "updated_at"}
    )
    id: Id
    url: str = Field(description="Without its query for who may not write: it may hold a token.")
    types: list[str]
    description: str
    secrets: list[SecretOut] = Field(description="The newest first.")
    is_active: bool = Field(description="Where not, what happens waits for it, for 30 days.")
    disabled_at: Moment | None
    disabled_because: Literal["failing", "gone", "paused"] | None = Field(
        description="Nothing got through for days; it answered 410; somebody paused it."
    )
    failures: int = Field(description="In a row.")
    failing_since: Moment | None
    rests_until: Moment | None = Field(description="It failed several times: left alone so long.")
    last_taken_at: Moment | None
    created_at: Moment | None
    updated_at: Moment | None


class WebhookWithSecret(WebhookOut):
    """A webhook, and the secret that signs what is sent there: shown now and never again."""

    secret: str


class WebhookPage(Page[WebhookOut]):
    """Some webhooks."""


class NewWebhook(Given):
    """Where to send what."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "url": "https://hooks.shop.example/delauto",
                    "types": ["delivery.instructed", "call.completed"],
                    "description": "Our order desk",
                }
            ]
        }
    )
    url: _URL
    types: _Types = ["*"]
    description: _Description = ""


class ChangedWebhook(Given):
    """What is to change; the rest stays. Types are replaced as a whole."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"types": ["*"]}]})
    url: _URL = ""
    types: _Types = ["*"]
    description: _Description = ""


class WebhooksAsked(Listed):
    """Which webhooks."""

    is_active: bool | None = None
    sort: Literal["-created", "created"] = "-created"


class SecretRotation(Given):
    """How the secret changes."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"overlap_hours": 24}]})
    overlap_hours: Annotated[
        int,
        Field(
            ge=0,
            le=subscriptions.LONGEST_OVERLAP // _HOUR,
            description="So long those before sign as well; 0 ends them at once.",
        ),
        WHOLE,
    ] = subscriptions.OVERLAP // _HOUR


class TryOut(Shape):
    """One request, and what came of it."""

    at: Moment
    status: int | None = Field(description="HTTP; null where there was no answer.")
    error: str | None = Field(description="Null where the event was taken.")
    milliseconds: int | None
    answer: str | None = Field(description="The beginning of the answer's body.")

    @classmethod
    def of(cls, one: Try) -> TryOut:
        """From what is kept."""
        return cls.model_construct(
            at=one.at, status=one.status, error=one.error, milliseconds=one.milliseconds,
            answer=one.answer,
        )  # fmt: skip


class PostingOut(Shape):
    """One event on its way to one webhook."""

    id: Id
    webhook_id: Id
    event_id: EventId
    type: str
    delivery_id: Id | None
    status: PostingState
    replay: int = Field(description="From 1 where it was asked for again.")
    next_at: Moment | None = Field(description="When it is tried next.")
    first_tried_at: Moment | None
    tried: int
    last_try: TryOut | None
    created_at: Moment | None

    @classmethod
    def of(cls, posting: Posting) -> PostingOut:
        """From what is kept."""
        return cls.model_construct(
            id=str(posting.pk),
            webhook_id=str(posting.subscription_id),
            event_id=public_id(str(posting.event_id)),
            type=posting.type,
            delivery_id=str(posting.delivery_id) if posting.delivery_id else None,
            status=posting.status,
            replay=posting.replay,
            next_at=posting.next_at,
            first_tried_at=posting.since,
            tried=posting.tried,
            last_try=TryOut.of(posting.tries[-1]) if posting.tries else None,
            created_at=posting.created_at,
        )


class PostingWithEvent(PostingOut):
    """The same with each try that is kept, and with what is told."""

    tries: list[TryOut] = Field(description="The latest 60, the oldest first.")
    event: Envelope | None = Field(description="As it is sent; null once it is gone.")

    @classmethod
    def with_event(cls, posting: Posting, event: Event | None) -> PostingWithEvent:
        """From what is kept."""
        told = PostingOut.of(posting)
        return cls.model_construct(
            **{name: getattr(told, name) for name in PostingOut.model_fields},
            tries=[TryOut.of(each) for each in posting.tries],
            event=envelope(event) if event else None,
        )


class PostingPage(Page[PostingOut]):
    """Some postings."""


class PostingsAsked(Listed):
    """Which postings."""

    status: Annotated[
        list[PostingState], Field(max_length=3, description="One of these; repeat for several.")
    ] = []
    event_id: EventId | None = None
    delivery_id: Id | None = None
    sort: Literal["-created", "created"] = "-created"


class Range(Given):
    """From when until when."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"since": "2026-11-20T06:00:00Z"}]})
    since: GivenMoment
    until: Annotated[GivenMoment | None, Field(description="Until then; now unless given.")] = None
    only_missed: Annotated[bool, Field(strict=True, description="Not what was taken.")] = True
    after: Annotated[EventId | None, Field(description="The next of the answer before.")] = None


class ReplayedOut(Shape):
    """What is sent again."""

    events: int
    next: EventId | None = Field(
        description="Send it as after for those that follow; null where there are no more."
    )


def shown(each: Subscription, *, whole: bool) -> WebhookOut:
    """A webhook as it is shown, without the version; not ``whole``: without its address's query."""
    return WebhookOut.model_construct(
        version="",
        id=str(each.pk),
        url=each.url if whole else each.url.partition("?")[0],
        types=list(each.types),
        description=each.description or "",
        secrets=[SecretOut.of(secret) for secret in each.secrets],
        is_active=each.is_active,
        disabled_at=each.disabled_at,
        disabled_because=each.disabled_because,
        failures=each.failures,
        failing_since=each.failing_since,
        rests_until=each.rests_until,
        last_taken_at=each.last_taken_at,
        created_at=each.created_at,
        updated_at=each.updated_at,
    )
