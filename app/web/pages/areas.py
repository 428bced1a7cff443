"""The areas of the pages, in the order in which the navigation shows them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Flask, request, url_for

from app.rules.permissions import MAY, Permission, Reach
from app.web.pages import delivery, figures, operations, planning, reviews, settings
from app.web.sessions import person_of_page_session
from app.web.words import gettext, marked


@dataclass(frozen=True, slots=True)
class Area:
    """Some pages that belong together."""

    blueprint: Blueprint
    label: str = ""
    """In the navigation, in English (``marked``); empty: it is not there."""
    endpoint: str = ""
    """Where the navigation leads."""
    needs: Permission | None = None
    """Who is shown the way: those who may this for the whole company."""


@dataclass(frozen=True, slots=True)
class Way:
    """One entry of the navigation."""

    label: str
    address: str
    here: bool


BOARD = (marked("Board"), "pages.home", Permission.DELIVERIES_READ)
AREAS: tuple[Area, ...] = (
    Area(reviews.blueprint, marked("Questions"), "reviews.queue", Permission.REVIEWS_READ),
    Area(delivery.blueprint),
    Area(planning.blueprint, marked("Plan"), "planning.month", Permission.DELIVERIES_READ),
    Area(figures.blueprint, marked("Figures"), "figures.page", Permission.METRICS_READ),
    Area(operations.blueprint, marked("Operations"), "operations.page", Permission.OPERATIONS_READ),
    Area(settings.blueprint, marked("Settings"), "settings.home", Permission.SETTINGS_READ),
)


def register(flask: Flask) -> None:
    """Fit the areas to the application."""
    for area in AREAS:
        flask.register_blueprint(area.blueprint)
    flask.context_processor(lambda: {"ways": ways})


def _area_here() -> str:
    """Where this page belongs: a delivery's own page to the board."""
    found = (request.endpoint or "").split(".")[0]
    return "pages" if found == delivery.blueprint.name else found


def ways() -> list[Way]:
    """The navigation of who opened this page."""
    person = person_of_page_session()
    if person is None:
        return []
    mine = MAY[person.role]
    known = [BOARD, *((area.label, area.endpoint, area.needs) for area in AREAS if area.label)]
    return [
        Way(
            gettext(label),
            url_for(endpoint),
            here=_area_here() == endpoint.split(".")[0],
        )
        for label, endpoint, needs in known
        if needs is None or mine.get(needs) is Reach.ALL
    ]
