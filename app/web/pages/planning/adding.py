"""A new delivery by hand: a form, with what is wrong beside each field."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app.rules.permissions import Permission
from app.web import guard
from app.web.api.problems import Problem
from app.web.pages.asking import ask
from app.web.pages.forms import Form
from app.web.pages.planning import looks
from app.web.pages.planning.days import day_given, moment_given, rfc
from app.web.pages.planning.frame import blueprint, page
from app.web.words import gettext as _
from app.web.words import moment_of, retold

TEXTS = (
    "customer_name", "phone", "address", "reference", "language", "agent_email", "priority",
    "delivery_instructions",
)  # fmt: skip
"""Fields that the API has by the same names."""
_OTHERS = (
    "fragile", "signature_required", "consent", "day", "clock", "until", "latitude", "longitude",
    "parcel",
)  # fmt: skip
_FIELD_OF = {
    "/scheduled_time": "clock",
    "/window_end": "until",
    "/place": "latitude",
    "/time_zone": "phone",
    "/parcel/special_instructions": "parcel",
    "/parcel/fragile": "fragile",
    "/parcel/signature_required": "signature_required",
}
"""The form's field for what the API names otherwise."""


@guard.page(blueprint, "/new", Permission.DELIVERIES_WRITE)
def new() -> str:
    """The empty form."""
    day = day_given(request.args.get("day"))
    values = {"day": str(day if request.args.get("day") else day.after), "consent": "yes"}
    return _page(Form({**_NOTHING, **values}))[0]


@guard.page(blueprint, "/new/given", Permission.DELIVERIES_WRITE, methods=["POST"])
def new_given() -> Response | tuple[str, int]:
    """Plan it, or show the form again with what is wrong."""
    given = {name: value.strip() for name, value in request.form.items()}
    form = Form({**_NOTHING, **given})
    for name, says in _missing(given).items():
        form = form.wrong(name, says)
    if form.faults:
        return _page(form)
    key = given.get("key", "")
    try:
        made = ask("create_delivery", body=_body(given), key=key if key.isalnum() else None)
    except Problem as problem:
        return _page(form.refused(problem, _FIELD_OF))
    flash(_says(made), "")
    if given.get("then") == "another":
        return redirect(url_for("planning.new", day=given["day"]), 303)
    return redirect(url_for("planning.map", day=given["day"], _anchor=f"stop-{made.id}"), 303)


_NOTHING = dict.fromkeys((*TEXTS, *_OTHERS), "")


def _page(form: Form) -> tuple[str, int]:
    shown = page("new", form=form, key=secrets.token_hex(16), drivers=looks.drivers())
    return shown, form.status


def _missing(given: Mapping[str, str]) -> dict[str, str]:
    """What the page itself sees to be wrong, by field."""
    faults = {
        name: _("Must be filled in.")
        for name in ("customer_name", "phone", "address", "day", "clock")
        if not given.get(name)
    }
    if not faults and moment_given(given["day"], given["clock"]) is None:
        faults["clock"] = _("Give a day and a time.")
    if not faults and given.get("until") and moment_given(given["day"], given["until"]) is None:
        faults["until"] = _("Give a day and a time.")
    for name in ("latitude", "longitude"):
        if given.get(name) and _number(given[name]) is None:
            faults[name] = _("Give decimal degrees, such as 51.5.")
    if bool(given.get("latitude")) is not bool(given.get("longitude")):
        faults["latitude"] = _("Give both, or neither.")
    return faults


def _body(given: Mapping[str, str]) -> dict[str, Any]:
    start = moment_given(given["day"], given["clock"])
    end = moment_given(given["day"], given.get("until", ""))
    if start is not None and end is not None and end <= start:
        # Past midnight.
        end += timedelta(days=1)
    parcel: dict[str, Any] = {name: name in given for name in ("fragile", "signature_required")}
    if given.get("parcel"):
        parcel["special_instructions"] = given["parcel"]
    body: dict[str, Any] = {name: given[name] for name in TEXTS if given.get(name)}
    body |= {"parcel": parcel, "consent": "consent" in given}
    body["scheduled_time"] = rfc(start) if start else ""
    if end is not None:
        body["window_end"] = rfc(end)
    if given.get("latitude"):
        body["place"] = {name: _number(given[name]) for name in ("longitude", "latitude")}
    return body


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _says(made: Any) -> str:
    next_call = made.outreach.next_attempt_at
    if next_call is not None:
        return _(
            "Planned. The customer is called from %(when)s.",
            when=moment_of(next_call, made.time_zone),
        )
    return _("Planned. Nobody calls the customer: %(why)s", why=retold(made.outreach.reason or ""))
