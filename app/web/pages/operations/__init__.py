"""The operator's page: does everything work, what waits, and what failed for good.

It is read without a script too. With one it asks anew every few seconds, and says so where no
answer comes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.pipeline.installation import MOST
from app.rules.permissions import Permission
from app.web import guard
from app.web.api.problems import Problem
from app.web.pages import asking
from app.web.pages.operations.labels import JOBS, KEPT, PARTS, QUEUES
from app.web.pages.operations.troubles import of_parts, old_backup, silent, troubles
from app.web.words import gettext as _
from app.web.words import ngettext, number

blueprint = Blueprint("operations", __name__, template_folder="templates")
guard.protect(blueprint)
READ, WRITE = Permission.OPERATIONS_READ, Permission.OPERATIONS_WRITE
_A_PAGE = 25


@guard.page(blueprint, "/operations", READ)
def page() -> str:
    """Everything as it stands; the parts are asked when the page is there, or on request."""
    parts = _parts() if request.args.get("ask") == "parts" else None
    return render_template(
        "operations/page.html",
        person=guard.person_here(),
        parts=parts,
        of_parts=of_parts,
        **{**_now(), **_dead_jobs(request.args.get("cursor", ""))},
    )


@guard.page(blueprint, "/operations/now", READ, script=True, part_of="operations.page")
def now() -> str:
    """What waits and who works, as it stands now."""
    return render_template("operations/_now.html", anew=True, **_now())


@guard.page(blueprint, "/operations/parts", READ, script=True, part_of="operations.page")
def parts() -> str:
    """Each part, asked just now; it may take some seconds."""
    found = asking.ask("read_parts")
    return render_template(
        "operations/_parts.html", parts=found, of_parts=of_parts, label=_label, anew=True
    )


@guard.page(blueprint, "/operations/dead-jobs", READ, script=True, part_of="operations.page")
def dead_jobs() -> Response:
    """The list of what failed, or nothing where it is the one that is shown already."""
    shown = _dead_jobs(request.args.get("cursor", ""))
    if request.args.get("seen") == shown["digest"]:
        return Response(status=204)
    return Response(render_template("operations/_dead_jobs.html", **shown))


@guard.page(blueprint, "/operations/dead-jobs/retry", WRITE, methods=["POST"])
def retry_all() -> AnyResponse:
    """Have everything that failed tried again."""

    def deed() -> str:
        done = asking.ask("retry_dead_jobs")
        says = ngettext("One is tried again.", "%(num)d are tried again.", done.retried)
        if done.refused:
            says += " " + ngettext(
                "One is of no use to try: discard it.",
                "%(num)d are of no use to try: discard them.",
                done.refused,
            )
        return says + (" " + _("There are more: ask again.") if done.more else "")

    return _done(deed)


@guard.page(blueprint, "/operations/dead-jobs/<dead_job_id>/retry", WRITE, methods=["POST"])
def retry(dead_job_id: str) -> AnyResponse:
    """Have one tried again."""

    def deed() -> str:
        asking.ask("retry_dead_job", path={"dead_job_id": dead_job_id})
        return _("It is tried again. Once it works, it goes off the list.")

    return _done(deed)


@guard.page(blueprint, "/operations/dead-jobs/<dead_job_id>/discard", WRITE, methods=["POST"])
def discard(dead_job_id: str) -> AnyResponse:
    """Put one away, with a reason."""
    reason = request.form.get("reason", "").strip()

    def deed() -> str:
        asking.ask("discard_dead_job", path={"dead_job_id": dead_job_id}, body={"reason": reason})
        return _("It is put away. The audit log keeps the reason.")

    if not reason:
        flash(_("Say why nobody needs to look at it any more."), "problem")
        return redirect(url_for("operations.page"), code=303)
    return _done(deed)


def _done(deed: Callable[[], str]) -> AnyResponse:
    try:
        flash(deed(), "done")
    except Problem as problem:
        if problem.kind == "not-found":
            flash(_("It is not on the list any more."), "problem")
        else:
            flash(problem.detail, "problem")
    return redirect(url_for("operations.page"), code=303)


def _now() -> dict[str, Any]:
    found = asking.ask("read_operations")
    return {
        "now": found,
        "troubles": troubles(found),
        "silent": silent,
        "old_backup": old_backup,
        "labels": lambda names: ", ".join(_label(name) for name in names),
        "count": lambda n: f"{number(n)}+" if n >= MOST else number(n),
        "label": _label,
    }


def _parts() -> Any:
    """None for who is not told of the installation."""
    try:
        return asking.ask("read_parts")
    except Problem:
        return None


def _dead_jobs(cursor: str) -> dict[str, Any]:
    query = {"limit": _A_PAGE, **({"cursor": cursor} if cursor else {})}
    found = asking.ask("list_dead_jobs", query=query)
    digest = hashlib.sha256(found.model_dump_json().encode()).hexdigest()[:16]
    return {
        "dead": found,
        "digest": digest,
        "cursor": cursor,
        "may_write": asking.may(WRITE),
        "label": _label,
    }


def _label(name: str) -> str:
    """A job, a queue, a part or a kind of data in words."""
    known = {**JOBS, **QUEUES, **PARTS, **KEPT}
    return _(known[name]) if name in known else name


__all__ = ["blueprint"]
