"""What a courier's manager asks every Monday, for any range of days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId
from pydantic import TypeAdapter
from pymongo.errors import ExecutionTimeout

from app.models import Agent, KeptFigures, Tenant
from app.pipeline.analytics.calls import of_calls
from app.pipeline.analytics.deliveries import of_deliveries
from app.pipeline.analytics.figures import Report
from app.pipeline.analytics.kept import AS_USUAL, Terms, kept
from app.pipeline.analytics.span import MOST_MILLISECONDS, Span, SpanError
from app.saying import Saying

_FORM = 3
"""Grows when the meaning or the shape of a figure changes: older ones are then not used."""
_SHAPE = TypeAdapter(Report)


def zone_of(tenant_id: str) -> str:
    """The time zone by which a company counts its days; UTC where it has not said."""
    found = Tenant.of(tenant_id).first()
    return str((found.calling.time_zone if found else None) or "UTC")


def report(
    tenant_id: str, span: Span, terms: Terms = AS_USUAL, *, agent_id: ObjectId | None = None
) -> Report:
    """The figures of a company for these days, of one agent or all; ``computed_at`` tells their
    age.
    """
    name = _name(span, agent_id)
    figures, computed_at = kept(tenant_id, name, lambda: _plain(tenant_id, span, agent_id), terms)
    return _SHAPE.validate_python({**figures, "computed_at": computed_at})


def known(tenant_id: str, span: Span, agent_id: ObjectId | None = None) -> Report | None:
    """The same as it was last counted, at once; None where that is too long ago, or never was."""
    found = KeptFigures.of(tenant_id, name=_name(span, agent_id), computed_at__ne=None).first()
    if found is None:
        return None
    return _SHAPE.validate_python({**found.figures, "computed_at": found.computed_at})


def _name(span: Span, agent_id: ObjectId | None) -> str:
    whose = f" of {agent_id}" if agent_id else ""
    return f"report {_FORM} {span.first} {span.last} {span.time_zone}{whose}"


def computed(tenant_id: str, span: Span, agent_id: ObjectId | None = None) -> Report:
    """The same, counted now and not kept. Raises SpanError where the ledger is too large for it."""
    now = datetime.now(UTC)
    try:
        deliveries = of_deliveries(tenant_id, span, agent_id)
        calls = of_calls(tenant_id, span, agent_id)
    except ExecutionTimeout:
        raise SpanError(
            Saying(
                "counting %(count)s days took longer than %(seconds)s seconds: ask for fewer",
                count=len(span),
                seconds=MOST_MILLISECONDS // 1000,
            )
        ) from None
    return Report(
        first=span.first,
        last=span.last,
        time_zone=span.time_zone,
        computed_at=now,
        total=deliveries.total,
        by_day=deliveries.by_day,
        by_agent=deliveries.by_agent,
        by_hour=calls.by_hour,
        attempts=deliveries.attempts,
        first_time=deliveries.first_time,
        by_kind=deliveries.by_kind,
        told=calls.told,
        waits=calls.waits,
        costs=calls.costs,
        costs_by_day=calls.costs_by_day,
        priced=calls.priced,
    )


def _plain(tenant_id: str, span: Span, agent_id: ObjectId | None) -> dict[str, Any]:
    plain: dict[str, Any] = _SHAPE.dump_python(computed(tenant_id, span, agent_id), mode="json")
    return plain


def names_of(tenant_id: str, agent_ids: Iterable[str | None]) -> dict[str, str]:
    """The names of agents by their ids, to stand beside the figures; those that exist."""
    wanted = [ObjectId(each) for each in agent_ids if each is not None]
    found = Agent.of(tenant_id, pk__in=wanted).only("name")
    return {str(each.pk): each.name for each in found}
