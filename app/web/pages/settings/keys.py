"""API keys: made, shown once, changed, replaced and ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app.rules.permissions import FOR_KEYS, Permission
from app.web import guard
from app.web.api.problems import Problem
from app.web.pages import asking
from app.web.pages.forms import Form, filled, number, sent
from app.web.pages.settings import blueprint, shown
from app.web.words import gettext as _
from app.web.words import marked

_ONE = "/keys/<key_id>"
_LINES = ("name", "description", "environment", "requests", "period_minutes", "days")
_POINTERS = {"/period_seconds": "period_minutes", "/expires_at": "days"}
_NEW = {"environment": "production", "requests": "1000", "period_minutes": "15", "days": "365"}
ENVIRONMENTS = {
    "production": marked("Production"),
    "staging": marked("Staging"),
    "development": marked("Development"),
}
_GROUPS = {
    "deliveries": marked("Deliveries"),
    "customers": marked("Customers"),
    "agents": marked("Drivers"),
    "calls": marked("Calls"),
    "recordings": marked("Recordings"),
    "analyses": marked("What was understood"),
    "reviews": marked("Questions"),
    "proofs": marked("Photos and signatures"),
    "codes": marked("Codes that open doors"),
    "suppressions": marked("Numbers not to be called"),
    "consents": marked("Consents"),
    "metrics": marked("Figures"),
    "settings": marked("Settings"),
    "webhooks": marked("Webhooks"),
    "users": marked("Users"),
    "keys": marked("API keys"),
    "audit": marked("Audit log"),
    "operations": marked("Operation"),
}
_DEEDS = {
    "read": marked("read"),
    "write": marked("write"),
    "drive": marked("start, complete, fail"),
    "report": marked("report places and shifts"),
    "listen": marked("listen"),
}
Page = tuple[str, int]


@guard.page(blueprint, "/keys", Permission.KEYS_READ)
def keys() -> Page:
    """Every key, the revoked ones too where they are asked for."""
    return _list(Form({**dict.fromkeys(_LINES, ""), **_NEW, "permissions": ["deliveries:read"]}))


@guard.page(blueprint, "/keys", Permission.KEYS_WRITE, methods=["POST"])
def make_key() -> Page:
    """Make a key, and show it this once."""
    form = _typed()
    days = form["days"]
    body = {**_body(form), "environment": form["environment"]}
    if days:
        found = number(days, whole=True)
        if not isinstance(found, int) or not 0 < found < 36_500:
            return _list(form.wrong("days", _("must be a number of days, or empty")))
        body["expires_at"] = datetime.now(UTC) + timedelta(days=found)
    try:
        made = asking.ask("create_key", body=body)
    except Problem as problem:
        return _list(form.refused(problem, _POINTERS))
    return _one(made.id, made=made)


@guard.page(blueprint, _ONE, Permission.KEYS_READ)
def key(key_id: str) -> Page:
    """One key; never the key itself."""
    return _one(key_id)


@guard.page(blueprint, _ONE, Permission.KEYS_WRITE, methods=["POST"])
def change_key(key_id: str) -> Page | Response:
    """Save another name, other permissions or limits."""
    form = _typed()
    try:
        asking.ask(
            "change_key", path={"key_id": key_id},
            body={**_body(form), "description": form["description"]},
            version=request.form.get("version", ""),
        )  # fmt: skip
    except Problem as problem:
        return _one(key_id, form=form.refused(problem, _POINTERS))
    flash(_("Saved. It holds from the next request on."))
    return redirect(url_for("settings.keys"), code=303)


@guard.page(blueprint, f"{_ONE}/rotate", Permission.KEYS_WRITE, methods=["POST"])
def rotate_key(key_id: str) -> Page:
    """Make a successor, and show it this once."""
    form = Form(sent("overlap_hours"))
    hours = number(form["overlap_hours"])
    try:
        made = asking.ask("rotate_key", path={"key_id": key_id}, body={"overlap_hours": hours})
    except Problem as problem:
        return _one(key_id, rotation=form.refused(problem))
    return _one(made.id, made=made)


@guard.page(blueprint, f"{_ONE}/revoke", Permission.KEYS_WRITE, methods=["POST"])
def revoke_key(key_id: str) -> Page | Response:
    """End a key at once."""
    asking.ask("revoke_key", path={"key_id": key_id})
    flash(_("The key is revoked: the next request with it is refused."))
    return redirect(url_for("settings.keys"), code=303)


def _typed() -> Form:
    return Form({**sent(*_LINES), "permissions": request.form.getlist("permissions")})


def _body(form: Form) -> dict[str, Any]:
    """What making and changing have in common, as the API takes it."""
    minutes = number(form["period_minutes"])
    seconds = round(minutes * 60) if isinstance(minutes, float) else minutes
    return {
        "name": form["name"],
        "permissions": form["permissions"],
        **filled({"description": form["description"]}),
        "requests": number(form["requests"], whole=True),
        "period_seconds": seconds,
    }


def _list(form: Form) -> Page:
    every = bool(request.args.get("all"))
    query = {"cursor": request.args.get("cursor", ""), "is_active": "" if every else "true"}
    page = asking.ask("list_keys", query={**query, "limit": 50})
    # Where there is none at all, there are no revoked ones to look at either.
    some = bool(page.items) or every or bool(asking.ask("list_keys", query={"limit": 1}).items)
    return shown("keys", form=form, page=page, every=every, some=some, **_words())


def _one(
    key_id: str, *, form: Form | None = None, rotation: Form | None = None, made: Any = None
) -> Page:
    found = asking.ask("read_key", path={"key_id": key_id})
    values = {
        **{name: getattr(found, name, "") for name in _LINES},
        "period_minutes": f"{found.period_seconds / 60:g}",
        "permissions": list(found.permissions),
    }
    rotation = rotation or Form({"overlap_hours": "24"})
    text, status = shown(
        "key", form=form or Form(values), key=found, made=made, rotation=rotation, **_words()
    )
    return text, max(status, rotation.status)


def _words() -> dict[str, Any]:
    return {
        "groups": groups(),
        "environments": [(name, _(words)) for name, words in ENVIRONMENTS.items()],
        "states": {"in_use": _("in use"), "expired": _("expired"), "revoked": _("revoked")},
    }


def groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """The permissions that keys may have, by what they are about."""
    found: dict[str, list[tuple[str, str]]] = {name: [] for name in _GROUPS}
    for permission in Permission:
        about, _colon, deed = permission.value.partition(":")
        if permission in FOR_KEYS:
            says = _(_DEEDS[deed]) if deed in _DEEDS else deed
            found.setdefault(about, []).append((permission.value, says))
    named = {about: _(words) for about, words in _GROUPS.items()}
    return [(named.get(about, about), options) for about, options in found.items() if options]
