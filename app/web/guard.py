"""Who may open which page: each is declared with what it needs, and no other is opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Blueprint, abort, g, make_response, redirect, request, url_for
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response

from app.pipeline.person import Person
from app.rules.permissions import MAY, Permission, Reach, Role
from app.saying import Saying
from app.web.here import only_known_hosts
from app.web.sessions import person_of_page_session
from app.web.words import told

csrf = CSRFProtect()
"""Checks the forms of pages; see ``someone_is_signed_in``."""

NEEDS: dict[str, Permission | None] = {
    "login.password": None,
    "login.log_out": None,
    "login.second": None,
}
"""What each page needs; None: nothing but to be somebody. ``page`` adds to it."""
_FOR_LIMITED = {"login.log_out", "login.second"}
"""All that is open to who must set up a second factor first."""
FOR_SCRIPTS: set[str] = set()
"""Pages that scripts read, which can do nothing with a page to log in."""
SHOWN_ON: dict[str, str] = {}
"""Parts of pages, and the page that each is shown on, whole."""
View = TypeVar("View", bound=Callable[..., Any])


class NotPermittedError(Forbidden):
    """The role of who is signed in does not permit this."""

    def __init__(self, role: Role, permission: str) -> None:
        self.role, self.permission = role, permission
        super().__init__(f"this needs the permission {permission}, which the role {role} has not")


def page(
    blueprint: Blueprint,
    rule: str,
    needs: Permission | None,
    *,
    methods: Sequence[str] = ("GET",),
    script: bool = False,
    part_of: str = "",
) -> Callable[[View], View]:
    """Declare a page of a blueprint that is protected, and what it needs.

    ``script``: scripts read it; who is not signed in gets status 401 instead of the log-in.
    ``part_of``: the page that a browser is led to that opens this part by itself.
    """

    def declare(view: View) -> View:
        endpoint = f"{blueprint.name}.{view.__name__}"
        NEEDS[endpoint] = needs
        if script:
            FOR_SCRIPTS.add(endpoint)
        if part_of:
            SHOWN_ON[endpoint] = part_of
        blueprint.add_url_rule(rule, view.__name__, view, methods=list(methods))
        return view

    return declare


def protect(blueprint: Blueprint) -> None:
    """Let nobody see these pages but who is signed in and may."""
    blueprint.before_request(only_known_hosts)
    blueprint.before_request(someone_is_signed_in)


def someone_is_signed_in() -> Response | None:
    """Refuse a page of the table to who is nobody, may not, or did not send our own form."""
    person = person_of_page_session()
    if person is None:
        if request.endpoint in FOR_SCRIPTS or "HX-Request" in request.headers:
            # htmx goes to the log-in by itself, and comes back to the page around.
            here = urlsplit(request.headers.get("HX-Current-URL", "")).path or "/"
            onward = {"HX-Redirect": url_for("login.log_in", next=own_path(here))}
            return make_response(
                told(Saying("You are not logged in.")) + "\n",
                401,
                {"Content-Type": "text/plain", **onward},
            )
        return redirect(url_for("login.log_in", next=own_path(request.full_path)), code=303)
    page = request.endpoint or ""
    if page not in NEEDS:
        abort(403, Saying("nobody may open this page"))
    if person.limited and page not in _FOR_LIMITED:
        return redirect(url_for("login.second"), code=303)
    needed = NEEDS[page]
    reach = MAY[person.role].get(needed) if needed else Reach.OWN
    if reach is None:
        raise NotPermittedError(person.role, str(needed))
    # https://www.w3.org/TR/fetch-metadata/: scripts never say so, nor can they.
    if page in SHOWN_ON and request.headers.get("Sec-Fetch-Dest") == "document":
        return redirect(url_for(SHOWN_ON[page]), code=303)
    csrf.protect()
    g.reach = reach
    return None


def person_here() -> Person:
    """Who opened this page; only behind ``protect``."""
    found = person_of_page_session()
    if found is None:
        abort(401)
    return found


def sees_all() -> bool:
    """May they see what this page shows of the whole company, or their own alone?"""
    return bool(g.reach is Reach.ALL)


def may(person: Person, permission: Permission) -> bool:
    """Have they this permission, over whichever records?"""
    return permission in MAY[person.role]


def own_path(path: str) -> str | None:
    """A path of ours to go on to; None for what might lead elsewhere, or nowhere."""
    path = path.removesuffix("?")
    plain = path.isascii() and path.isprintable() and not set(path) & set(" \\")
    if not plain or not path.startswith("/") or path.startswith("//"):
        return None
    leads_back = path.partition("?")[0] in ("/", "/login", "/logout")
    return None if leads_back else path
