"""What other settings would have changed last week: asked before they are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Literal

from pydantic import ConfigDict, Field

from app.pipeline import what_if
from app.pipeline.what_if import Outcome
from app.rules.permissions import Permission
from app.web.api.asking import Ask
from app.web.api.settings import CallingOut, check_choices, chosen_by, company_of, resource
from app.web.api.shapes import Given, Id, Moment, Shape

_MOST_EXAMPLES = 20


class WantedChoices(Given):
    """Choices about calls that are thought of; the rest is taken as it stands."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"calling": {"hours": "10:00-18:00"}}]}
    )
    calling: CallingOut = CallingOut()


class Changed(Shape):
    """How many calls would have been otherwise."""

    same: int
    moved: int = Field(description="At another time.")
    dropped: int = Field(description="Not at all any more.")
    gained: int = Field(description="Allowed now, and not before.")
    never: int = Field(description="Allowed under neither.")


class Because(Shape):
    """What stands behind so many changes."""

    change: Literal["moved", "dropped", "gained"]
    rule: str
    says: str = Field(description="In one of the cases.")
    calls: int


class ChangedCall(Shape):
    """One call that would have been otherwise."""

    delivery_id: Id
    reference: str | None
    time_zone: str
    attempt: int
    change: Literal["moved", "dropped", "gained"]
    present: Moment | None = Field(description="When it is allowed by the choices that hold.")
    proposed: Moment | None
    rules: list[str]


class WhatIfOut(Shape):
    """What would have changed."""

    since: Moment
    until: Moment
    known: int = Field(description="Deliveries whose van came in this time; 20,000 at most.")
    looked_at: int = Field(description="So many of them were judged again, spread evenly.")
    first: Changed = Field(description="First calls, judged at the moment of planning.")
    further: Changed = Field(description="Calls after the first that were made, judged then.")
    texts: int = Field(description="Text messages more; fewer where negative.")
    because: list[Because] = Field(description="The most frequent first.")
    calls: list[ChangedCall] = Field(description="Some of those that would have been otherwise.")


@resource.post(
    "/settings/what-if",
    may=Permission.SETTINGS_READ,
    status=200,
    answer=WhatIfOut,
    transactional=False,
    kept=False,
)
def try_settings(ask: Ask, body: WantedChoices) -> WhatIfOut:
    """Tell what other choices about calls would have changed in the last seven days.

    The gate is asked again about at most 300 deliveries, under the choices that hold and those
    that are sent. Pace and transfers are not part of it. It reads alone.
    """
    tenant = company_of(ask)
    present = chosen_by(tenant)
    wanted = {name: getattr(body.calling, name) for name in body.calling.model_fields_set}
    check_choices(ask, wanted)
    found = what_if.what_if(
        ask.tenant_id,
        present,
        {**present, **wanted},
        now=ask.now,
        book=ask.runtime.rules,
        window=ask.runtime.settings.calling_window,
    )
    both = [*found.first, *found.further]
    return WhatIfOut(
        since=found.since,
        until=found.until,
        known=found.known,
        looked_at=found.looked_at,
        first=_counted(found.first),
        further=_counted(found.further),
        texts=found.texts,
        because=_because(both),
        calls=[_shown(each) for each in both if _differs(each)][:_MOST_EXAMPLES],
    )


def _differs(outcome: Outcome) -> bool:
    return outcome.change in ("moved", "dropped", "gained")


def _counted(outcomes: Iterable[Outcome]) -> Changed:
    counts: Counter[str] = Counter(each.change for each in outcomes)
    return Changed(**{name: counts[name] for name in Changed.model_fields})


def _because(outcomes: Iterable[Outcome]) -> list[Because]:
    counts: Counter[tuple[Any, str]] = Counter()
    says: dict[tuple[Any, str], str] = {}
    for each in outcomes:
        for reason in each.reasons:
            counts[each.change, reason.rule] += 1
            says.setdefault((each.change, reason.rule), reason.says)
    return [
        Because(change=key[0], rule=key[1], says=says[key], calls=calls)
        for key, calls in counts.most_common()
    ]


def _shown(outcome: Outcome) -> ChangedCall:
    return ChangedCall.model_construct(
        delivery_id=str(outcome.delivery_id),
        reference=outcome.reference,
        time_zone=outcome.time_zone,
        attempt=outcome.attempt,
        change=outcome.change,
        present=outcome.present,
        proposed=outcome.proposed,
        rules=[each.rule for each in outcome.reasons],
    )
