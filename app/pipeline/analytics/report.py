"""What a courier's manager asks every Monday, for any range of days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId
from pydantic import TypeAdapter
from pymongo.errors import ExecutionTimeout

from app.models import Agent, Tenant
from app.pipeline.analytics.calls import of_calls
from app.pipeline.analytics.deliveries import of_deliveries
from app.pipeline.analytics.figures import Report
from app.pipeline.analytics.kept import AS_USUAL, Terms, kept
from app.pipeline.analytics.span import MOST_MILLISECONDS, Span, SpanError

_FORM = 1
"""Grows when the meaning or the shape of a figure changes: older ones are then not used."""
_SHAPE = TypeAdapter(Report)


def zone_of(tenant_id: str) -> str:
    """The time zone by which a company counts its days; UTC where it has not said."""
    found = Tenant.of(tenant_id).first()
    return str((found.calling.time_zone if found else None) or "UTC")


def report(tenant_id: str, span: Span, terms: Terms = AS_USUAL) -> Report:
    """The figures of a company for these days; ``computed_at`` tells their age."""
    name = f"report {_FORM} {span.first} {span.last} {span.time_zone}"
    figures, computed_at = kept(tenant_id, name, lambda: _plain(tenant_id, span), terms)
    return _SHAPE.validate_python({**figures, "computed_at": computed_at})


def computed(tenant_id: str, span: Span) -> Report:
    """The same, counted now and not kept. Raises SpanError where the ledger is too large for it."""
    now = datetime.now(UTC)
    try:
        deliveries, calls = of_deliveries(tenant_id, span), of_calls(tenant_id, span)
    except ExecutionTimeout:
        raise SpanError(
            f"counting {len(span)} days took longer than {MOST_MILLISECONDS // 1000} seconds: "
            "ask for fewer"
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
        costs=calls.costs,
        priced=calls.priced,
    )


def _plain(tenant_id: str, span: Span) -> dict[str, Any]:
    plain: dict[str, Any] = _SHAPE.dump_python(computed(tenant_id, span), mode="json")
    return plain


def names_of(tenant_id: str, agent_ids: Iterable[str | None]) -> dict[str, str]:
    """The names of agents by their ids, to stand beside the figures; those that exist."""
    wanted = [ObjectId(each) for each in agent_ids if each is not None]
    found = Agent.of(tenant_id, pk__in=wanted).only("name")
    return {str(each.pk): each.name for each in found}
