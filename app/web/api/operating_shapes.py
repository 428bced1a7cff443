"""How work goes, as the API shows it: what is a company's own, and what the installation's."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from app.pipeline.installation import MOST
from app.web.api.shapes import Given, Id, Line, Listed, Moment, Page, Shape

_AtMost = Annotated[int, Field(description=f"{MOST} at most: further nothing is counted.")]


class _Told(Shape):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class DisabledWebhookOut(_Told):
    """A webhook to which nothing is sent any more, for it failed."""

    id: Id
    description: str
    disabled_at: Moment | None
    disabled_because: Literal["failing", "gone"]


class WaitingOut(_Told):
    """What of the company stands still."""

    dead_jobs: _AtMost
    calls_due: _AtMost
    calls_due_since: Moment | None = Field(description="When the longest due call was due.")
    calls_unsettled: _AtMost
    recordings: _AtMost
    reviews: _AtMost
    webhooks_disabled: list[DisabledWebhookOut]


class CircuitOut(_Told):
    """Whether the telephone network is asked for calls, or for messages."""

    name: Literal["calls", "messages"]
    state: Literal["closed", "open", "half_open"] = Field(
        description="Open: it is not asked; half_open: it is tried once."
    )
    opened_at: Moment | None = None
    by_hand: bool = Field(default=False, description="A person stopped it, and must let it go on.")
    next_try_at: Moment | None = None
    code: str | None = Field(default=None, description="For the operator's company alone.")
    reason: str | None = Field(default=None, description="For the operator's company alone.")


class QueueOut(_Told):
    """One queue, over all companies."""

    name: str
    waiting: int
    running: int
    crashed: int = Field(description="Ended by an error that nobody foresaw, within two weeks.")
    oldest_at: Moment | None
    oldest_job: str | None


class WorkerOut(_Told):
    """One process that takes jobs."""

    name: str
    queues: list[str]
    state: str
    job: str | None
    seen_at: Moment | None
    since: Moment | None
    done: int
    failed: int


class RetentionOut(_Told):
    """The last time that what had been kept long enough was let go."""

    at: Moment
    ended_at: Moment | None
    gone: dict[str, int]
    failed: dict[str, str]
    more: bool


class BackupOut(_Told):
    """The last backup."""

    at: Moment
    ended_at: Moment
    size: int | None = Field(description="Bytes.")
    with_objects: bool | None


class MigrationsOut(Shape):
    """Steps of the database's shape."""

    newest: str | None = Field(description="The newest that has run.")
    pending: list[str] = Field(description="Those of this version that have not.")


class InstallationOut(Shape):
    """The installation itself, over all companies."""

    queues: list[QueueOut] | None = Field(description="Null while Redis is out of reach.")
    workers: list[WorkerOut] | None
    clock_at: Moment | None = Field(description="The clock's last beat.")
    speech_at: Moment | None
    heard_at: Moment | None = Field(description="When a recording was heard last.")
    heard_seconds: float | None = Field(description="How long that took.")
    audio_seconds: float | None = Field(description="How long it plays.")
    dead_jobs: _AtMost
    retention: RetentionOut | None
    backup: BackupOut | None
    migrations: MigrationsOut


class OperationsOut(Shape):
    """How work goes."""

    at: Moment
    own: WaitingOut
    circuits: list[CircuitOut]
    installation: InstallationOut | None = Field(
        description="Null for everybody but the company of the operator."
    )


class PartOut(Shape):
    """Something that everything rests on."""

    name: str
    ready: bool
    says: str


class PartsOut(Shape):
    """All parts, asked just now."""

    at: Moment
    parts: list[PartOut]


class DeadJobOut(Shape):
    """Work that failed for good, or too often."""

    id: Id
    job: str
    about: Literal["recording", "call", "message", "reply", "delivery"] | None = Field(
        description="What it was about; null where that is gone."
    )
    delivery_id: Id | None
    error: str | None
    first_at: Moment
    last_at: Moment
    tries: int
    retried_at: Moment | None = Field(
        description="When somebody last had it tried again; null once that has failed too. "
        "What works goes off the list."
    )
    retried_by: str | None


class DeadJobPage(Page[DeadJobOut]):
    """Some dead jobs."""


class DeadJobsAsked(Listed):
    """Which dead jobs."""

    job: Annotated[
        str | None, Field(max_length=60, pattern=r"^[a-z_]+$", description="Of this kind alone.")
    ] = None
    sort: Literal["-last", "last"] = "-last"


class Discarded(Given):
    """Why nobody needs to look at it any more."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "The customer was called by hand."}]}
    )
    reason: Line


class RetriedOut(Shape):
    """What came of having all tried again."""

    retried: int
    refused: int = Field(description="Of no use to try: discard them.")
    more: bool = Field(description="There are more: ask again.")
