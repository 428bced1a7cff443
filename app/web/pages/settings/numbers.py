"""Numbers: which are not to be called or texted, and why others may be.

A number is asked for by a form that is posted: it stands in no address and in no log.
"""

from __future__ import annotations

from typing import Any

from flask import request

from app.rules.permissions import Permission
from app.web import guard
from app.web.api.problems import Problem
from app.web.pages import asking
from app.web.pages.forms import Form, filled, sent
from app.web.pages.settings import blueprint, shown
from app.web.words import gettext as _

_READ = Permission.SUPPRESSIONS_READ
Page = tuple[str, int]


@guard.page(blueprint, "/numbers", _READ)
def numbers() -> Page:
    """The numbers that were stopped last."""
    return _recent(Form({"phone": ""}))


@guard.page(blueprint, "/numbers", _READ, methods=["POST"])
def look_up() -> Page:
    """What is known of one number."""
    return _number(Form(sent("phone")))


@guard.page(blueprint, "/numbers/stop", Permission.SUPPRESSIONS_WRITE, methods=["POST"])
def stop_number() -> Page:
    """Note that a number is not to be reached."""
    form = Form(sent("phone", "scope"))
    return _done("create_suppression", form, _("Blocked: no planned call goes there any more."))


@guard.page(blueprint, "/numbers/consent", Permission.CONSENTS_WRITE, methods=["POST"])
def note_consent() -> Page:
    """Note why a number may be called."""
    form = Form(sent("phone", "basis", "source"))
    return _done("create_consent", form, _("Noted."))


@guard.page(blueprint, "/numbers/suppressions/<suppression_id>/lift",
            Permission.SUPPRESSIONS_WRITE, methods=["POST"])  # fmt: skip
def lift_suppression(suppression_id: str) -> Page:
    """Let a number be reached again."""
    form = Form(sent("phone", "reason"))
    try:
        lifted = asking.ask(
            "lift_suppression",
            path={"suppression_id": suppression_id},
            body={"reason": form["reason"]},
        )
    except Problem as problem:
        return _number(form.refused(problem))
    says = _("The number may be reached again.")
    if lifted.deliveries_to_call:
        says += " " + _(
            "Deliveries that ended uncalled: %(count)s. Call them from their own pages.",
            count=lifted.deliveries_to_call,
        )
    return _number(Form({"phone": lifted.phone or form["phone"]}), done=says)


@guard.page(blueprint, "/numbers/consents/<consent_id>/withdraw", Permission.CONSENTS_WRITE,
            methods=["POST"])  # fmt: skip
def withdraw_consent(consent_id: str) -> Page:
    """Note that a consent holds no more."""
    form = Form(sent("phone"))
    try:
        asking.ask("withdraw_consent", path={"consent_id": consent_id})
    except Problem as problem:
        return _number(form.refused(problem))
    return _number(form, done=_("The consent is withdrawn."))


def _done(operation: str, form: Form, says: str) -> Page:
    try:
        made = asking.ask(operation, body=filled(form.values))
    except Problem as problem:
        return _number(form.refused(problem))
    return _number(Form({"phone": made.phone}), done=says)


def _number(form: Form, *, done: str = "") -> Page:
    """What is known of the number of a form; the form alone where it is none."""
    known: dict[str, Any] = {}
    if not form["phone"]:
        form = form.wrong("phone", _("must not be empty"))
    try:
        for name in ("suppressions", "consents"):
            known[name] = asking.ask(f"list_{name}", query={"phone": form["phone"], "limit": 50})
    except Problem as problem:
        return _recent(form.refused(problem) if not form.faults else form)
    names = _names([form["phone"], *(each.phone for each in known["suppressions"].items)])
    return shown("numbers", form=form, known=known, done=done, names=names, **_words())


def _recent(form: Form) -> Page:
    query = {"in_force": "true", "limit": 25, "cursor": request.args.get("cursor", "")}
    latest = asking.ask("list_suppressions", query=query)
    names = _names([each.phone for each in latest.items])
    return shown("numbers", form=form, latest=latest, names=names, **_words())


def _names(phones: list[str | None]) -> dict[str, str]:
    """Of the customers whose numbers these are, as far as they are known."""
    found = {}
    for phone in filter(None, dict.fromkeys(phones)):
        known = asking.ask("list_customers", query={"phone": phone, "limit": 1}).items
        if known and known[0].name:
            found[phone] = known[0].name
    return found


def _words() -> dict[str, Any]:
    return {
        "scopes": {
            "all": _("calls and messages"), "calls": _("calls"), "sms": _("messages"),
        },
        "blocked": {
            "all": _("no calls or messages"), "calls": _("no calls"), "sms": _("no messages"),
        },
        "allow": {
            "all": _("Allow calls and messages again…"), "calls": _("Allow calls again…"),
            "sms": _("Allow messages again…"),
        },
        "bases": {
            "order": _("the number was given for the order"),
            "express": _("they were asked, and agreed"),
            "contract": _("a contract"),
        },
        "reasons": [
            ("misheard", _("misunderstood: the customer never asked for it")),
            ("taken_back", _("they ask to be reached again")),
            ("other_person", _("the number belongs to somebody else now")),
            ("entered_wrongly", _("it was noted for a wrong number")),
        ],
        "sources": {
            "key": _("by key, on the telephone"),
            "speech": _("by voice, on the telephone"),
            "sms": _("by text message"),
            "link": _("on the page behind their link"),
            "network": _("by the telephone network"),
            "dispatcher": _("by the office"),
        },
    }  # fmt: skip
