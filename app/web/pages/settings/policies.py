"""Hours and policies: who is called when, and what other choices would have changed last week."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.rules.permissions import Permission
from app.web import guard
from app.web.api.problems import Problem
from app.web.here import runtime_here
from app.web.pages import asking
from app.web.pages.forms import Form, number, sent
from app.web.pages.settings import blueprint, shown
from app.web.pages.settings.users import ROLES
from app.web.words import gettext as _

_COMPANY = ("name", "callback_number")
_WHOLE = ("days_ahead", "most_calls_a_day", "most_calls_a_delivery", "calls_in_progress")
_NUMBERS = (*_WHOLE, "calls_per_second")
_WORDS = ("mode", "transfer_number", "time_zone")
_SPANS = ("hours", "transfer_hours")
_ENDS = tuple(f"{span}_{end}" for span in _SPANS for end in ("from", "to"))
_POINTERS = {
    f"/calling/{name}": name for name in (*_NUMBERS, *_WORDS, *_SPANS, "quiet_days", "texts")
}
Page = tuple[str, int]


@guard.page(blueprint, "/policies", Permission.SETTINGS_READ)
def policies() -> Page:
    """The company's choices about its calls."""
    return _page()


@guard.page(blueprint, "/policies", Permission.SETTINGS_WRITE, methods=["POST"])
def change_policies() -> Page | Response:
    """Save them."""
    form = _typed()
    body = {"name": form["name"], "callback_number": form["callback_number"] or None,
            "calling": _calling(form), "second_factor_for": form["second_factor_for"],
            "stops_per_driver": _whole(form["stops_per_driver"])}  # fmt: skip
    try:
        asking.ask("change_settings", body=body, version=request.form.get("version", ""))
    except Problem as problem:
        return _page(form.refused(problem, _POINTERS))
    flash(_("Saved. It holds for every call that is placed from now on."))
    return redirect(url_for("settings.policies"), code=303)


@guard.page(blueprint, "/policies/what-if", Permission.SETTINGS_WRITE, methods=["POST"])
def try_policies() -> Page | str:
    """What they would have changed last week; nothing is saved."""
    form, answer = _typed(), None
    try:
        answer = asking.ask("try_settings", body={"calling": _calling(form)})
    except Problem as problem:
        form = form.refused(problem, _POINTERS)
    if "HX-Request" in request.headers:
        # htmx shows what is answered with 200 alone.
        return render_template("settings/_what_if.html", answer=answer, form=form, why=_why())
    return _page(form, answer)


def _typed() -> Form:
    typed: dict[str, Any] = sent(
        *_COMPANY, "stops_per_driver", *_NUMBERS, *_WORDS, *_ENDS, "quiet_days"
    )
    typed["texts"] = "texts" in request.form
    typed["second_factor_for"] = request.form.getlist("second_factor_for")
    for span in _SPANS:
        ends = [typed[f"{span}_{end}"] for end in ("from", "to")]
        typed[span] = "-".join(ends) if any(ends) else ""
    return Form(typed)


def _calling(form: Form) -> dict[str, Any]:
    """What was typed, as the API takes it; what is empty is left to the rules."""
    found: dict[str, Any] = {name: form[name] or None for name in (*_WORDS, *_SPANS)}
    found["mode"] = form["mode"] or "consent"
    for name in _NUMBERS:
        text = form[name]
        found[name] = number(text, whole=name in _WHOLE) if text else None
    found["quiet_days"] = form["quiet_days"].replace(",", " ").split()
    found["texts"] = form["texts"]
    return found


def _whole(text: str) -> Any:
    return number(text, whole=True) if text else None


def _page(form: Form | None = None, answer: Any = None) -> Page:
    found = asking.ask("read_settings")
    return shown(
        "policies",
        form=form or _values(found),
        version=found.version,
        answer=answer,
        why=_why(),
        usual=_usual(),
        changes=asking.may(Permission.SETTINGS_WRITE),
        roles=[("", [(role.value, _(name)) for role, (name, _about) in ROLES.items()])],
        modes=[
            ("consent", _("with the customer’s consent")),
            ("package_notification", _("as a parcel notice, once per delivery")),
        ],
    )


def _usual() -> dict[str, int]:
    """What holds where a company chose nothing, by the rules of this installation."""
    rules = runtime_here().rules
    leads = [each.hours for each in rules.leads if "call" in each.channels]
    caps = [each for each in rules.caps
            if "call" in each.channels and "call" in each.counts and each.where == ("*",)
            and not each.without_consent]  # fmt: skip
    return {
        "days": min(leads, default=0) // 24,
        "a_day": min((each.most for each in caps if each.per == "phone" and each.local_day),
                     default=0),
        "a_delivery": min((each.most for each in caps if each.per == "delivery"), default=0),
    }  # fmt: skip


def _values(found: Any) -> Form:
    calling = found.calling
    values: dict[str, Any] = {name: getattr(found, name) for name in _COMPANY}
    values["stops_per_driver"] = found.stops_per_driver
    values["second_factor_for"] = [role.value for role in found.second_factor_for]
    values |= {name: getattr(calling, name) for name in (*_NUMBERS, *_WORDS, *_SPANS, "texts")}
    for span in _SPANS:
        begin, _dash, end = (values[span] or "").partition("-")
        values[f"{span}_from"], values[f"{span}_to"] = begin, end
    values["quiet_days"] = "\n".join(calling.quiet_days)
    return Form(values)


def _why() -> dict[str, str]:
    """The company's own rules, shortly; what the law's say is told in their own words."""
    return {
        "company-hours": _("outside your hours"),
        "company-days-ahead": _("too many days before the delivery"),
        "company-calls-a-day": _("enough calls on that day"),
        "company-calls-a-delivery": _("enough calls about that delivery"),
        "quiet-days": _("a quiet day"),
        "deadline": _("the delivery comes before that"),
        "suppression": _("the number asked not to be contacted"),
        "installation-hours": _("outside this installation’s hours"),
        "no-opening": _("no hour in the next weeks suits every rule"),
    }
