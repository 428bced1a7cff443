"""The calendar: its frame, and all that its script says; the script asks the API for deliveries."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from app.rules.permissions import Permission
from app.web import guard, headers
from app.web.pages.planning import looks
from app.web.pages.planning.days import day_given
from app.web.pages.planning.frame import blueprint, only_of_the_company, page
from app.web.words import for_script, language_here, zone_here
from app.web.words import gettext as _


@guard.page(blueprint, "", Permission.DELIVERIES_READ)
def month() -> str:
    """Months, weeks and days of deliveries, to be moved by hand."""
    only_of_the_company()
    drivers = looks.drivers()
    # The calendar's style sheet brings a font of arrows with it, used or not.
    headers.also("font-src", "data:")
    return page(
        "month",
        states=looks.states(),
        drivers=drivers,
        nonce=headers.style_nonce(),
        words=_words(),
        data=_data(drivers),
    )


def _data(drivers: list[Any]) -> dict[str, Any]:
    return {
        "zone": zone_here(),
        "language": language_here(),
        "writes": guard.may(guard.person_here(), Permission.DELIVERIES_WRITE),
        "drivers": {each.id: each.name for each in drivers},
        "states": {each.state: {"sign": each.sign, "label": each.label} for each in looks.states()},
        "day": str(day_given(request.args.get("day"))),
        "map": url_for("planning.map"),
        "page": url_for("delivery.whole", delivery_id="x").removesuffix("/x"),
    }


def _words() -> dict[str, Any]:
    return for_script(
        today=_("Today"),
        month=_("Month"),
        week=_("Week"),
        day=_("Day"),
        before=_("Earlier"),
        after=_("Later"),
        calendar=_("Calendar"),
        loading=_("Fetching deliveries…"),
        drag=_("Drag a delivery to another time, or open it and give it another time there."),
        open=_("To move a delivery, open it and give it another time."),
        none=_("No deliveries in this time."),
        some=_("Deliveries: {count}"),
        many=_("{count} deliveries: shown as numbers. Choose a driver or a state to see each."),
        failed=_("The deliveries could not be fetched: {why}"),
        again=_("Try again"),
        moved=_("{who}: moved to {when}."),
        undo=_("Undo"),
        back=_("{who}: back at {when}."),
        refused=_("{who} stays at {when}: {why}"),
        past=_("The time must lie ahead."),
        broken=_("Something went wrong here. Load the page anew."),
        no_time=_("Give a day and a time."),
        changed=_("Somebody else has changed it meanwhile. It is shown anew."),
        offline=_("The server cannot be reached. Nothing was changed."),
        more=_("{count} more"),
        together=_("{count} deliveries"),
        nobody=_("No driver yet"),
        no_name=_("Delivery"),
        in_hour=_("{count} deliveries from {when}"),
        others=_("Only the first {count} are shown."),
    )
