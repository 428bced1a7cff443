"""How the pages of the log-in are shown: in the reader's language, with what went wrong."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.models import Tenant
from app.pipeline.person import Person
from app.rules.permissions import MAY, Permission, Reach
from app.web import guard
from app.web.link.visit import preferred
from app.web.link.words import OWN_NAMES
from app.web.login.words import WORDS


def page(which: str, *, problem: str = "", status: int = 200, **shown: Any) -> AnyResponse:
    """The page of this name; ``problem`` is the name of what to say about it."""
    language = preferred(request, shown.pop("language", "en"))
    if which == "log_in":
        shown = {**_form(), **shown}
    text = render_template(
        f"login/{which}.html",
        say=WORDS[language],
        language=language,
        languages=OWN_NAMES,
        problem=problem,
        **shown,
    )
    return make_response(text, status)


def throttled(which: str, wait: int, **shown: Any) -> AnyResponse:
    """The page once more: there were too many attempts, the next is in so many seconds."""
    answer = page(which, problem="throttled", status=429, minutes=math.ceil(wait / 60), **shown)
    answer.headers["Retry-After"] = str(wait)
    return answer


def home_of(person: Person) -> str:
    """The page on which somebody's work is."""
    all_of_it = MAY[person.role].get(Permission.DELIVERIES_READ) is Reach.ALL
    return url_for("pages.home") if all_of_it else url_for("agent.own")


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def _form() -> dict[str, Any]:
    """What the form to log in keeps of what was typed; the company where there are several."""
    company = request.values.get("company", "")
    several = bool(company) or Tenant.across_tenants().limit(2).count(with_limit_and_skip=True) > 1
    return {
        "email": request.form.get("email", "")[:254],
        "company": company,
        "several": several,
        "onward": guard.own_path(request.values.get("next", "")) or "",
    }
