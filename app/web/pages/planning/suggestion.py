"""A suggestion of who could drive what: looked at first, then taken over as far as it is liked."""

from __future__ import annotations

from typing import Any

from bson import ObjectId
from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from app.rules.permissions import Permission
from app.rules.suggestion import WhyLeft
from app.web import guard
from app.web.pages.asking import ask
from app.web.pages.planning import looks
from app.web.pages.planning.days import Day, day_given
from app.web.pages.planning.frame import blueprint, page
from app.web.pages.planning.stops import MOST, give
from app.web.words import gettext as _
from app.web.words import marked

_WHY = {
    WhyLeft.NOWHERE: marked("Nobody knows where it is: add its place or its address."),
    WhyLeft.NOBODY: marked("No driver was chosen."),
    WhyLeft.FULL: marked("Every driver has as many stops as they can have."),
    WhyLeft.TIMES: marked("Who has room is elsewhere at that time."),
}


@guard.page(blueprint, "/suggestion", Permission.DELIVERIES_WRITE, methods=["GET", "POST"])
def suggestion() -> str:
    """Who could drive what nobody drives yet: all of the day, or what was chosen in the list."""
    given = request.values
    day = day_given(given.get("day"))
    everybody = looks.drivers()
    chosen = [each for each in given.getlist("driver") if ObjectId.is_valid(each)]
    stops = [each for each in given.getlist("stop") if ObjectId.is_valid(each)]
    if "asked" not in given:
        chosen = [each.id for each in _who_drives(everybody, day)]
    body: dict[str, Any] = {**day.range, "agent_ids": chosen}
    if stops:
        body["delivery_ids"] = stops
    room = given.get("room", "")
    if room.isdigit() and 1 <= int(room[:5]) <= 1000:
        body["room"] = int(room)
    told = ask("suggest_agents", body=body)
    known = _by_id(day)
    matches = sorted(told.items, key=lambda match: _time(known, match.delivery_id))
    return page(
        "suggestion",
        day=day,
        told=told,
        matches=matches,
        stops=known,
        only=stops,
        faces=looks.faces(everybody),
        drivers=everybody,
        chosen=chosen,
        room=room,
        why={each: _(text) for each, text in _WHY.items()},
    )


@guard.page(blueprint, "/suggestion/take", Permission.DELIVERIES_WRITE, methods=["POST"])
def take() -> Response:
    """Assign what is ticked of a suggestion; what somebody took meanwhile stays theirs."""
    day = day_given(request.form.get("day"))
    pairs = [each.partition(":")[::2] for each in request.form.getlist("match")]
    fine = [(s, d) for s, d in pairs if ObjectId.is_valid(s) and ObjectId.is_valid(d)]
    if fine:
        give(fine, only_unassigned=True)
    return redirect(url_for("planning.map", day=str(day)), 303)


def _who_drives(everybody: list[Any], day: Day) -> list[Any]:
    """Who probably drives on that day: today who is on shift, if anybody is; else everybody."""
    on_shift = [each for each in everybody if each.on_shift_since is not None]
    return on_shift if day.today and on_shift else everybody


def _by_id(day: Day) -> dict[str, Any]:
    query = {**day.range, "time_zone": day.zone, "stops_up_to": MOST, "unassigned": True}
    found = ask("read_calendar", query=query)
    return {stop.id: stop for stop in found.stops or ()}


def _time(known: dict[str, Any], delivery_id: str) -> str:
    """Sorts as text in the order of the day."""
    return known[delivery_id].scheduled_time.isoformat() if delivery_id in known else ""
