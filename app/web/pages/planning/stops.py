"""The stops of one day, on a map and as a list beside it; and who drives them, chosen by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bson import ObjectId
from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app.rules.permissions import Permission
from app.web import guard, headers
from app.web.api.problems import Problem
from app.web.here import runtime_here
from app.web.pages.asking import ask
from app.web.pages.planning import looks
from app.web.pages.planning.days import day_given
from app.web.pages.planning.frame import blueprint, only_of_the_company, page
from app.web.words import elsewhere, for_script, ngettext, time_of
from app.web.words import gettext as _

MOST = 2000
"""Stops that are shown of one day."""
TO_ASSIGN = ("scheduled", "assigned")
"""States in which a delivery can be given to somebody."""


@dataclass(frozen=True, slots=True)
class Round:
    """Stops that belong together: one driver's, or nobody's."""

    face: looks.Face | None
    stops: Sequence[Any]
    driver: Any = None


@guard.page(blueprint, "/map", Permission.DELIVERIES_READ)
def map() -> str:  # noqa: A001 - the address's own name
    """The day's stops."""
    only_of_the_company()
    day = day_given(request.args.get("day"))
    agent = request.args.get("agent", "")
    query: dict[str, Any] = {**day.range, "time_zone": day.zone, "stops_up_to": MOST}
    if agent == "nobody":
        query["unassigned"] = True
    elif ObjectId.is_valid(agent):
        query["agent_id"] = agent
    found = ask("read_calendar", query=query)
    drivers = looks.drivers()
    rounds = rounds_of(found.stops or (), drivers)
    return page(
        "map",
        day=day,
        chosen=agent,
        total=found.total,
        too_many=found.stops is None,
        most=MOST,
        rounds=rounds,
        drivers=drivers,
        faces=looks.faces(drivers),
        states={each.state: each for each in looks.states()},
        to_assign=TO_ASSIGN,
        words=_words(),
        data={
            **_ground(),
            "rounds": [_drawn(each) for each in rounds],
            "people": _people(drivers, agent),
        },
    )


@guard.page(blueprint, "/assign", Permission.DELIVERIES_WRITE, methods=["POST"])
def assign() -> Response:
    """Give the chosen stops to the chosen driver, and tell what came of it."""
    day = day_given(request.form.get("day"))
    back = url_for("planning.map", day=str(day), agent=request.form.get("shown") or None)
    chosen = [each for each in request.form.getlist("stop") if ObjectId.is_valid(each)]
    driver = request.form.get("driver", "")
    if not chosen or not ObjectId.is_valid(driver):
        missing = _("Choose a driver.") if chosen else _("Choose at least one stop.")
        flash(missing, "problem")
        return redirect(back, 303)
    give([(each, driver) for each in chosen])
    return redirect(back, 303)


def give(pairs: Iterable[tuple[str, str]], *, only_unassigned: bool = False) -> None:
    """Assign each delivery to its agent, and have the next page tell what came of it."""
    items = [{"delivery_id": stop, "agent_id": driver} for stop, driver in pairs]
    body = {"items": items, "only_unassigned": only_unassigned}
    try:
        told = ask("assign_deliveries", body=body)
    except Problem as problem:
        flash(problem.detail, "problem")
        return
    if told.assigned:
        flash(ngettext("%(num)d stop assigned.", "%(num)d stops assigned.", told.assigned), "")
    reasons: defaultdict[str, int] = defaultdict(int)
    for row in told.rows:
        if row.outcome == "refused":
            reasons[row.detail or ""] += 1
    for why, number in reasons.items():
        stayed = ngettext(
            "%(num)d stop stays as it was: %(why)s",
            "%(num)d stops stay as they were: %(why)s",
            number,
            why=why,
        )
        flash(stayed, "problem")


def rounds_of(stops: Sequence[Any], drivers: Sequence[Any]) -> list[Round]:
    """The stops by who drives them: nobody's first, then each driver's in the order of the round.

    A driver has the same letter and colour as long as the company's drivers are the same.
    """
    faces = looks.faces(drivers)
    known = {each.id: each for each in drivers}
    by_driver: defaultdict[str | None, list[Any]] = defaultdict(list)
    for stop in stops:
        by_driver[stop.agent_id if stop.agent_id in faces else None].append(stop)
    rounds = [Round(None, by_driver.pop(None))] if None in by_driver else []
    ordered = [each for each in faces if each in by_driver]
    return [
        *rounds,
        *(Round(faces[each], looks.in_order(by_driver[each]), known[each]) for each in ordered),
    ]


def _drawn(shown: Round) -> dict[str, Any]:
    face = shown.face
    return {
        "letter": face.letter if face else "",
        "colour": face.colour if face else -1,
        "name": face.name if face else _("No driver yet"),
        "stops": [
            {
                "id": stop.id,
                "number": stop.sequence or None,
                "at": [stop.place.latitude, stop.place.longitude] if stop.place else None,
                "state": stop.status,
                "who": stop.customer or stop.address,
                "when": time_of(stop.scheduled_time, stop.time_zone)
                + elsewhere(stop.scheduled_time, stop.time_zone),
                "where": stop.address,
            }
            for stop in shown.stops
        ],
    }


def _people(drivers: Sequence[Any], agent: str) -> list[dict[str, Any]]:
    """Who is on the road and where: the chosen driver, or everybody where none was chosen."""
    faces = looks.faces(drivers)
    return [
        {
            "name": each.name,
            "letter": faces[each.id].letter,
            "colour": faces[each.id].colour,
            "at": [each.place.latitude, each.place.longitude],
            "since": time_of(each.located_at) if each.located_at else "",
        }
        for each in drivers
        if each.on_shift_since is not None
        and each.place is not None
        and (agent not in faces or agent == each.id)
    ]


def _ground() -> dict[str, Any]:
    """What lies under the map, and that this page may fetch it."""
    settings = runtime_here().settings
    if settings.map_tiles_url is None:
        return {"tiles": None, "attribution": ""}
    parts = urlsplit(settings.map_tiles_url)
    headers.also("img-src", f"{parts.scheme}://{parts.netloc}")
    return {"tiles": settings.map_tiles_url, "attribution": settings.map_attribution}


def _words() -> dict[str, Any]:
    return for_script(
        map=_("Map of the stops"),
        close=_("Close"),
        closer=_("Closer"),
        farther=_("Farther away"),
        is_here=_("{name} was here at {when}"),
        stop=_("Stop {number}: {who}, {when}"),
        chosen=_("{count} chosen"),
        none_chosen=_("Choose stops in the list to give them to a driver."),
        no_tiles=_("The ground could not be fetched. Stops and rounds are shown without it."),
        no_ground=_("No street map is set up: the stops stand where they are, on plain ground."),
        bad=_("No place of a stop is known."),
    )
