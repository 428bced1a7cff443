"""Webhooks: where a company's systems hear of what happens, and how that went."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app.rules.events import TYPES
from app.rules.permissions import Permission
from app.web import guard
from app.web.api.problems import Problem
from app.web.pages import asking
from app.web.pages.forms import Form, number, sent
from app.web.pages.settings import blueprint, shown
from app.web.pages.settings.webhook_words import GROUPS, event_in_words
from app.web.words import gettext as _

_ONE = "/webhooks/<webhook_id>"
_DEEDS = "pause,enable,test"
Page = tuple[str, int]


@guard.page(blueprint, "/webhooks", Permission.WEBHOOKS_READ)
def webhooks() -> Page:
    """Every address that events are sent to."""
    return _list(Form({"url": "", "description": "", "types": ["*"]}))


@guard.page(blueprint, "/webhooks", Permission.WEBHOOKS_WRITE, methods=["POST"])
def make_webhook() -> Page:
    """Send events to another address, and show the secret this once."""
    form = _typed()
    try:
        made = asking.ask("create_webhook", body=dict(form.values))
    except Problem as problem:
        return _list(form.refused(problem))
    return _one(made.id, secret=made.secret)


@guard.page(blueprint, _ONE, Permission.WEBHOOKS_READ)
def webhook(webhook_id: str) -> Page:
    """One address: what is sent there, and how that went."""
    return _one(webhook_id)


@guard.page(blueprint, _ONE, Permission.WEBHOOKS_WRITE, methods=["POST"])
def change_webhook(webhook_id: str) -> Page | Response:
    """Save another address, or other events."""
    form = _typed()
    try:
        asking.ask(
            "change_webhook", path={"webhook_id": webhook_id}, body=dict(form.values),
            version=request.form.get("version", ""),
        )  # fmt: skip
    except Problem as problem:
        return _one(webhook_id, form=form.refused(problem))
    flash(_("Saved."))
    return redirect(url_for("settings.webhook", webhook_id=webhook_id), code=303)


@guard.page(blueprint, f"{_ONE}/rotate", Permission.WEBHOOKS_WRITE, methods=["POST"])
def rotate_webhook(webhook_id: str) -> Page:
    """Make a new secret, and show it this once."""
    form = Form(sent("overlap_hours"))
    hours = number(form["overlap_hours"], whole=True)
    try:
        made = asking.ask(
            "rotate_webhook_secret", path={"webhook_id": webhook_id}, body={"overlap_hours": hours}
        )
    except Problem as problem:
        return _one(webhook_id, rotation=form.refused(problem))
    return _one(webhook_id, secret=made.secret)


@guard.page(blueprint, f"{_ONE}/<any({_DEEDS}):deed>", Permission.WEBHOOKS_WRITE, methods=["POST"])
def do_webhook(webhook_id: str, deed: str) -> Page | Response:
    """Send nothing for now, send again, or send a trial."""
    try:
        asking.ask(f"{deed}_webhook", path={"webhook_id": webhook_id})
    except Problem as problem:
        return _one(webhook_id, form=_known(webhook_id).refused(problem))
    done = {
        "pause": _("Paused: what happens waits here, for 30 days at most."),
        "enable": _("Events are sent again, and what waited meanwhile."),
        "test": _("A trial is on its way. It stands in the list in a moment."),
    }
    flash(done[deed])
    return redirect(url_for("settings.webhook", webhook_id=webhook_id), code=303)


@guard.page(blueprint, f"{_ONE}/delete", Permission.WEBHOOKS_WRITE, methods=["POST"])
def delete_webhook(webhook_id: str) -> Response:
    """Send nothing there any more."""
    asking.ask("delete_webhook", path={"webhook_id": webhook_id})
    flash(_("Nothing is sent there any more."))
    return redirect(url_for("settings.webhooks"), code=303)


@guard.page(blueprint, f"{_ONE}/postings/<posting_id>", Permission.WEBHOOKS_READ)
def posting(webhook_id: str, posting_id: str) -> Page:
    """How one event was sent, each try of it."""
    return _posting(webhook_id, posting_id)


@guard.page(blueprint, f"{_ONE}/postings/<posting_id>", Permission.WEBHOOKS_WRITE, methods=["POST"])
def replay_posting(webhook_id: str, posting_id: str) -> Page | Response:
    """Send one event again."""
    path = {"webhook_id": webhook_id, "posting_id": posting_id}
    try:
        again = asking.ask("replay_posting", path=path)
    except Problem as problem:
        return _posting(webhook_id, posting_id, Form().refused(problem))
    flash(_("It is sent again."))
    onward = url_for("settings.posting", webhook_id=webhook_id, posting_id=again.id)
    return redirect(onward, code=303)


def _typed() -> Form:
    return Form({**sent("url", "description"), "types": request.form.getlist("types")})


def _list(form: Form) -> Page:
    page = asking.ask("list_webhooks", query={"limit": 50})
    return shown("webhooks", form=form, page=page, types=types(), **_words())


def _one(
    webhook_id: str, *, form: Form | None = None, rotation: Form | None = None, secret: str = ""
) -> Page:
    path = {"webhook_id": webhook_id}
    found = asking.ask("read_webhook", path=path)
    status, cursor = request.args.get("status", ""), request.args.get("cursor", "")
    query: dict[str, Any] = {"limit": 25, "cursor": cursor, "status": [status] if status else None}
    sent_there = asking.ask(
        "list_postings", path=path, query={name: each for name, each in query.items() if each}
    )
    rotation = rotation or Form({"overlap_hours": "24"})
    text, code = shown(
        "webhook", form=form or _values(found), webhook=found, rotation=rotation, secret=secret,
        types=types(), postings=sent_there, wanted=status, **_words(),
    )  # fmt: skip
    return text, max(code, rotation.status)


def _posting(webhook_id: str, posting_id: str, form: Form | None = None) -> Page:
    path = {"webhook_id": webhook_id, "posting_id": posting_id}
    found = asking.ask("read_posting", path=path)
    event = found.event.model_dump_json(indent=2) if found.event else ""
    return shown("posting", form=form, posting=found, event=event, **_words())


def _known(webhook_id: str) -> Form:
    return _values(asking.ask("read_webhook", path={"webhook_id": webhook_id}))


def _values(found: Any) -> Form:
    return Form({"url": found.url, "description": found.description, "types": list(found.types)})


def _words() -> dict[str, Any]:
    return {
        "states": {
            "pending": _("on its way"), "taken": _("taken"), "given_up": _("given up"),
        },
        "why": {
            "failing": _("stopped: nothing got through for days"),
            "gone": _("stopped: the address says that it is gone (410)"),
            "paused": _("paused"),
        },
    }  # fmt: skip


def types() -> list[tuple[str, list[tuple[str, str]]]]:
    """The types of events, by what they are about."""
    found: dict[str, list[tuple[str, str]]] = {
        "": [("*", _("All events, including those that are added later"))]
    }
    for name in TYPES:
        group = name.partition(".")[0]
        label = _(GROUPS[group]) if group in GROUPS else group.capitalize()
        found.setdefault(label, []).append((name, f"{event_in_words(name)} ({name})"))
    return list(found.items())
