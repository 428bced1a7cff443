"""What the pages of planning share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for

from app.rules.permissions import Permission
from app.web import guard
from app.web.pages.planning.days import Day
from app.web.words import gettext as _

blueprint = Blueprint("planning", __name__, url_prefix="/plan", template_folder="templates")
LARGEST_FILE = 2 * 1024 * 1024
"""Bytes of a file of deliveries."""


@blueprint.before_request
def _room_for_files() -> None:
    """These forms hold a file, and once more its text. They are read of who is signed in alone."""
    if request.endpoint in ("planning.file_given", "planning.wrong_rows"):
        request.max_content_length = 3 * LARGEST_FILE
        request.max_form_memory_size = 3 * LARGEST_FILE


# Behind the above: what is protected has its form read.
guard.protect(blueprint)


@dataclass(frozen=True, slots=True)
class Part:
    """One of the pages."""

    label: str
    address: str
    here: bool


def page(name: str, *, day: Day | None = None, **values: Any) -> str:
    """One of the pages as text; what it needs beside its own values is added."""
    person = guard.person_here()
    writes = guard.may(person, Permission.DELIVERIES_WRITE)
    return render_template(
        f"planning/{name}.html",
        person=person,
        parts=_parts(name, day, writes),
        day=day,
        writes=writes,
        **values,
    )


def only_of_the_company() -> None:
    """Drivers have a page of their own; this one is about everybody's deliveries."""
    if not guard.sees_all():
        abort(403, _("these are the deliveries of the whole company"))


def _parts(name: str, day: Day | None, writes: bool) -> list[Part]:
    on = str(day) if day is not None else None
    parts = [
        Part(_("Calendar"), url_for("planning.month"), name == "month"),
        Part(_("Map and stops"), url_for("planning.map", day=on), name in ("map", "suggestion")),
    ]
    if writes:
        parts += [
            Part(_("Import"), url_for("planning.file"), name == "import"),
            Part(_("New delivery"), url_for("planning.new"), name == "new"),
        ]
    return parts
