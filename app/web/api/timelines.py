"""Timelines: all that happened about one delivery."""

from __future__ import annotations

from typing import Literal

from bson import ObjectId
from pydantic import Field

from app.pipeline.timeline import MOST, Source, timeline
from app.rules.hiding import hide
from app.rules.permissions import Permission
from app.web.api import deliveries
from app.web.api.analysis_shapes import codes_of
from app.web.api.asking import Ask
from app.web.api.deliveries import resource
from app.web.api.shapes import Id, Moment, Selected, Shape


class HappeningOut(Shape):
    """One thing that happened."""

    at: Moment
    about: Literal[
        "delivery", "outreach", "call", "recording", "text", "answer", "push", "analysis", "review"
    ]
    what: str = Field(
        description="As the audit log has it where it stands there, delivery.assigned say; else "
        "with the state that was reached, as call.ringing."
    )
    of: Id | None = Field(description="The call, recording, text, answer, push or review.")
    by: str | None = Field(description="Who did it; of a push, to whom.")
    detail: str | None = Field(description="Why, in English or in somebody's words.")
    to: str | None = Field(description="The agent whom it was given to.")
    scheduled_before: Moment | None = Field(
        description="Of one that was moved to another time: the one before."
    )
    scheduled_time: Moment | None = Field(description="And the one from then on.")
    told_at: Moment | None = Field(
        description="When the driver's telephone sent it, where that was later than it was done."
    )


class Timeline(Shape):
    """What happened, the latest first."""

    items: list[HappeningOut] = Field(description=f"The latest {MOST}.")


@resource.get(
    "/deliveries/<id:delivery_id>/timeline", may=Permission.DELIVERIES_READ, answer=Timeline
)
def read_timeline(ask: Ask, query: Selected, delivery_id: ObjectId) -> Timeline:  # noqa: ARG001
    """Read what happened about a delivery.

    Of calls, recordings, corrections and reviews for who may read these; who changed or listened to
    what, for who sees the whole company's deliveries and its agents. Codes are masked.
    """
    delivery = deliveries.found(ask, delivery_id)
    secret = codes_of([delivery.analysis, *delivery.analysis_history])
    return Timeline.model_construct(
        items=[
            HappeningOut.model_construct(
                at=each.at,
                about=each.about,
                what=each.what,
                of=str(each.of) if each.of else None,
                by=each.by,
                detail=hide(each.detail, secret) if each.detail else None,
                to=each.to,
                scheduled_before=each.scheduled_before,
                scheduled_time=each.scheduled_time,
                told_at=each.told_at,
            )
            for each in timeline(delivery, _sources(ask))
        ]
    )


def _sources(ask: Ask) -> list[Source]:
    needed: dict[Source, Permission] = {
        "calls": Permission.CALLS_READ,
        "recordings": Permission.RECORDINGS_READ,
        "corrections": Permission.ANALYSES_READ,
        "reviews": Permission.REVIEWS_READ,
    }
    found: list[Source] = [each for each, permission in needed.items() if ask.may(permission)]
    if ask.own_id is None and ask.may(Permission.AGENTS_READ):
        found.append("audit")
    return found
