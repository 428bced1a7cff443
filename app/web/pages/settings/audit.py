"""The audit log: who did what, on what and when; each page that is read makes an entry itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app.rules.audit_actions import Action
from app.rules.permissions import Permission
from app.web import guard
from app.web.api.problems import Problem
from app.web.pages import asking
from app.web.pages.forms import Form, filled
from app.web.pages.settings import blueprint, shown
from app.web.pages.settings.audit_subjects import Subjects
from app.web.pages.settings.audit_words import SAYS, SUBJECTS
from app.web.words import gettext as _
from app.web.words import zone_here

_FILTERS = ("action", "actor", "subject_kind", "subject_id", "since", "until")
_POINTERS = {"/before": "until"}


@guard.page(blueprint, "/audit", Permission.AUDIT_READ)
def audit() -> tuple[str, int]:
    """Search the log, the newest entries first."""
    values = {name: request.args.get(name, "").strip() for name in _FILTERS}
    form = Form(values, saves=False)
    page = None
    try:
        page = asking.ask("list_audit_entries", query=_query(form))
    except Problem as problem:
        form = form.refused(problem, _POINTERS)
    users = asking.ask("list_users", query={"limit": 200, "sort": "name"}).items
    return shown(
        "audit",
        form=form,
        page=page,
        chosen=filled(form.values),
        actions=[
            ("", _("everything")),
            *sorted(((each.value, _(SAYS[each])) for each in Action), key=lambda pair: pair[1]),
        ],
        kinds=[("", _("all kinds")), *((name, _(label)) for name, label in SUBJECTS.items())],
        users=[("", _("anybody")), *((each.id, each.name) for each in users)],
        says=lambda name: _(SAYS[Action(name)]) if name in {*Action} else name,
        subjects=Subjects(),
        told=_told,
    )


@guard.page(blueprint, "/audit", Permission.AUDIT_READ, methods=["POST"])
def verify_audit() -> Response:
    """Walk along the log, and say whether it is whole."""
    found = asking.ask("verify_audit", body={})
    if found.broken:
        flash(_("The log breaks at entry %(number)s: %(why)s", number=found.broken.sequence,
                why=found.broken.says), "problem")  # fmt: skip
    elif found.more:
        flash(_("The first %(count)s entries follow each other as they should; the command "
                "`delauto audit verify` walks along all.", count=found.entries))  # fmt: skip
    else:
        flash(_("The log is whole: %(count)s entries follow each other.", count=found.entries))
    return redirect(url_for("settings.audit"), code=303)


def _query(form: Form) -> dict[str, Any]:
    query = {name: form[name] for name in ("action", "actor", "subject_kind", "subject_id")}
    query["cursor"] = request.args.get("cursor", "")
    query["since"] = _moment(form["since"])
    query["before"] = _moment(form["until"], days=1)
    return {**filled(query), "limit": 50}


def _told(entry: Any) -> str:
    """The rest of an entry, shortly; empty where there is nothing that helps a reader."""
    said = [f"{name.replace('_', ' ')}: {value}" for name, value in entry.detail.items()
            if value not in ("", None, [], "page") and not name.endswith("_id")]  # fmt: skip
    if entry.changed and entry.subject.kind != "review":
        fields = ", ".join(name.replace("_", " ") for name in entry.changed)
        said.insert(0, _("Changed: %(fields)s", fields=fields))
    return " · ".join(said)


def _moment(day: str, days: int = 0) -> str:
    """When a day begins by the company's clock, or the day after it; what is no day as it is."""
    try:
        begins = datetime.fromisoformat(day)
    except ValueError:
        return day
    return (begins.replace(tzinfo=ZoneInfo(zone_here())) + timedelta(days=days)).isoformat()
