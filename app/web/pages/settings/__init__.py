"""Settings: what a company decides, who works in it, and what other systems may do.

Everybody has a page about themselves here; dispatchers read the company's choices, administrators
change them. Whatever is changed goes through the API's operations.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.rules.permissions import MAY, Permission, Reach
from app.web import guard
from app.web.pages.forms import Form
from app.web.words import gettext as _
from app.web.words import marked

blueprint = Blueprint(
    "settings",
    __name__,
    url_prefix="/settings",
    template_folder="templates",
)
guard.protect(blueprint)

_PARTS: tuple[tuple[str, str, str, Permission | None], ...] = (
    (
        "policies",
        marked("Hours and policies"),
        marked("When customers are called, and how often"),
        Permission.SETTINGS_READ,
    ),
    (
        "script",
        marked("Call script"),
        marked("What customers hear, and a call to try it"),
        Permission.SETTINGS_READ,
    ),
    ("users", marked("Users"), marked("Who works here, in which role"), Permission.USERS_READ),
    ("keys", marked("API keys"), marked("What other systems may do"), Permission.KEYS_READ),
    (
        "webhooks",
        marked("Webhooks"),
        marked("Which systems hear of what happens"),
        Permission.WEBHOOKS_READ,
    ),
    (
        "numbers",
        marked("Numbers"),
        marked("Blocked numbers, and the legal basis for calling the others"),
        Permission.SUPPRESSIONS_READ,
    ),
    ("audit", marked("Audit log"), marked("Who did what, and when"), Permission.AUDIT_READ),
    (
        "me",
        marked("Your account"),
        marked("Name, language, password, where you are logged in"),
        None,
    ),
)
"""The pages: the endpoint, its name, what it is about, and who may see it."""


def parts() -> list[dict[str, Any]]:
    """The pages that who asks may see."""
    mine = MAY[guard.person_here().role]
    return [
        {
            "label": _(label),
            "about": _(about),
            "address": url_for(f"settings.{endpoint}"),
            "here": request.path.startswith(url_for(f"settings.{endpoint}")),
        }
        for endpoint, label, about, needs in _PARTS
        if needs is None or mine.get(needs) is Reach.ALL
    ]


def shown(template: str, *, form: Form | None = None, **values: Any) -> tuple[str, int]:
    """One of the pages, with the status of its form."""
    form = form or Form()
    text = render_template(
        f"settings/{template}.html",
        person=guard.person_here(),
        parts=parts(),
        form=form,
        **values,
    )
    return text, form.status


@guard.page(blueprint, "", None)
def home() -> Response | tuple[str, int]:
    """All of the settings that one may see; to who may see none but their own, that."""
    if MAY[guard.person_here().role].get(Permission.SETTINGS_READ) is not Reach.ALL:
        return redirect(url_for("settings.me"), code=303)
    return shown("home")


from app.web.pages.settings import audit, keys, me, numbers, policies, script, users, webhooks  # noqa: E402

__all__ = ["audit", "blueprint", "keys", "me", "numbers", "policies", "script", "users", "webhooks"]
