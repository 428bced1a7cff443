"""Planning: what a range of time holds, who could drive it, and many assignments at once."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

from bson import ObjectId
from pymongo.errors import ExecutionTimeout

from app.errors import PermanentError
from app.pipeline import analytics, calendar
from app.pipeline.suggest import Asked, suggest
from app.queues import WakeUp
from app.rules.gate.place import is_zone
from app.rules.permissions import Permission
from app.saying import Saying, Sayings
from app.web.api.asking import Ask, Reply
from app.web.api.deliveries import found, resource
from app.web.api.delivery_deeds import assign_delivery
from app.web.api.delivery_shapes import Assigned
from app.web.api.once import Answered, once
from app.web.api.planning_shapes import (
    AssignedOne,
    AssignedRow,
    CalendarAsked,
    CalendarOut,
    LeftOut,
    LoadOut,
    ManyAssigned,
    ManyAssignedOut,
    MatchOut,
    StateCountOut,
    StopOut,
    SuggestionAsked,
    SuggestionOut,
)
from app.web.api.problems import Fault, Problem, invalid, of_error
from app.web.api.shapes import Place
from app.web.words import told

_LONGEST = timedelta(days=100)
_LONGEST_SUGGESTION = timedelta(days=7)


@resource.get("/deliveries/calendar", may=Permission.DELIVERIES_READ, answer=CalendarOut)
def read_calendar(ask: Ask, query: CalendarAsked) -> CalendarOut:
    """Read how many deliveries a range of time holds, and which where these are few.

    Counted by state and day or hour. Agents see those that are assigned to them.
    """
    zone = query.time_zone or analytics.zone_of(ask.tenant_id)
    if not is_zone(zone):
        says = Saying("is no time zone; write one like Europe/London")
        raise invalid(Fault(detail=says, source="query", name="time_zone"))
    _fits(query, _LONGEST)
    wanted = _wanted(ask, query)
    try:
        counts = calendar.counts(ask.tenant_id, wanted, query.by, zone)
        total = sum(each.deliveries for each in counts)
        few = total <= query.stops_up_to
        stops = calendar.stops(
            ask.tenant_id, wanted, most=query.stops_up_to, names=ask.may(Permission.CUSTOMERS_READ)
        ) if few and total else []  # fmt: skip
    except ExecutionTimeout:
        says = Saying("takes too long: ask for a shorter range")
        raise invalid(Fault(detail=says, source="query")) from None
    return CalendarOut.model_construct(
        time_zone=zone,
        total=total,
        counts=[StateCountOut.model_construct(**asdict(each)) for each in counts],
        stops=[_shown(each) for each in stops] if few else None,
    )


@resource.post(
    "/deliveries/assign", may=Permission.DELIVERIES_WRITE, status=200, answer=ManyAssignedOut,
    transactional=False,
)  # fmt: skip
def assign_deliveries(ask: Ask, body: ManyAssigned) -> Reply:
    """Give up to 500 deliveries to agents.

    Each is assigned or refused by itself. Sent again with the same Idempotency-Key, those that
    were assigned stay as they are and the others are tried again.
    """
    wake: list[WakeUp] = []
    rows = [
        _assigned(ask, number, each, body.only_unassigned, wake)
        for number, each in enumerate(body.items, start=1)
    ]
    assigned = sum(row.outcome == "assigned" for row in rows)
    answer = ManyAssignedOut(assigned=assigned, refused=len(rows) - assigned, rows=rows)
    return Reply(answer, wake=tuple(wake))


@resource.post(
    "/deliveries/suggest", may=Permission.DELIVERIES_WRITE, status=200, answer=SuggestionOut,
    transactional=False, kept=False,
)  # fmt: skip
def suggest_agents(ask: Ask, body: SuggestionAsked) -> SuggestionOut:
    """Suggest who could drive what nobody drives yet; nothing is changed.

    The nearest agent who has room: by where they are, on a day that is today, and by the stops that
    they have. Distances are as the crow flies.
    """
    _fits(body, _LONGEST_SUGGESTION)
    asked = Asked(
        body.scheduled_from,
        body.scheduled_before,
        None if body.delivery_ids is None else frozenset(body.delivery_ids),
        None if body.agent_ids is None else frozenset(body.agent_ids),
        body.room,
    )
    told = suggest(ask.tenant_id, asked, ask.runtime.suggesting, now=ask.now)
    return SuggestionOut(
        items=[MatchOut(**asdict(each)) for each in told.matches],
        left=[LeftOut(delivery_id=each.stop_id, why=each.why) for each in told.left],
        agents=[LoadOut(**asdict(each)) for each in told.loads],
        more=told.more,
    )


def _wanted(ask: Ask, query: CalendarAsked) -> calendar.Wanted:
    chosen = ObjectId(query.agent_id) if query.agent_id else None
    if chosen is not None and query.unassigned:
        says = Saying("cannot be asked for together with agent_id")
        raise invalid(Fault(detail=says, source="query", name="unassigned"))
    if ask.own_id is not None:
        # Of what is nobody's, or another's, an agent sees nothing.
        strange = query.unassigned or chosen not in (None, ask.own_id)
        chosen = ObjectId(b"\0" * 12) if strange else ask.own_id
    unassigned = query.unassigned and ask.own_id is None
    return calendar.Wanted(
        query.scheduled_from, query.scheduled_before, chosen, unassigned, query.status
    )


def _fits(asked: CalendarAsked | SuggestionAsked, longest: timedelta) -> None:
    """Raises the problem that this is no range, or too long a one."""
    says = None
    if asked.scheduled_before < asked.scheduled_from:
        says = Saying("must not lie before scheduled_from")
    elif asked.scheduled_before - asked.scheduled_from > longest:
        says = Saying("must lie at most %(days)s days after scheduled_from", days=longest.days)
    if says and isinstance(asked, CalendarAsked):
        raise invalid(Fault(detail=says, source="query", name="scheduled_before"))
    if says:
        raise invalid(Fault(detail=says, source="body", pointer="/scheduled_before"))


def _shown(stop: calendar.Stop) -> StopOut:
    place = stop.place
    return StopOut.model_construct(
        **{name: getattr(stop, name) for name in _AS_THEY_ARE},
        place=Place.model_construct(longitude=place[0], latitude=place[1]) if place else None,
        estimated_duration=stop.minutes,
    )


_AS_THEY_ARE = tuple(set(StopOut.model_fields) - {"place", "estimated_duration"})


def _assigned(
    ask: Ask, number: int, item: AssignedOne, only_unassigned: bool, wake: list[WakeUp]
) -> AssignedRow:
    """One of many; ``wake`` gets whom to wake once it is true."""
    woken: list[WakeUp] = []

    def work() -> Answered:
        one = replace(ask, noted=[])
        woken.clear()
        delivery_id = ObjectId(item.delivery_id)
        if only_unassigned and found(one, delivery_id).agent_id not in (
            None, ObjectId(item.agent_id)
        ):  # fmt: skip
            raise PermanentError(Saying("somebody else drives it already"))
        reply = assign_delivery(one, Assigned(agent_id=item.agent_id), delivery_id)
        one.write_notes()
        woken.extend(reply.wake)
        return Answered(200, "", {})

    key = ask.key.part(f"row {number}") if ask.key else None
    try:
        once(ask.tenant_id, key, work, datetime.now(UTC))
    except PermanentError as error:
        return AssignedRow(
            delivery_id=item.delivery_id, outcome="refused", detail=told(of_error(error))
        )
    except Problem as problem:
        says = Sayings.of(fault.detail for fault in problem.errors) or problem.detail
        return AssignedRow(delivery_id=item.delivery_id, outcome="refused", detail=told(says))
    wake.extend(woken)
    return AssignedRow(delivery_id=item.delivery_id, outcome="assigned")
