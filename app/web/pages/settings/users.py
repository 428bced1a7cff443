"""Users: who works here, in which role; invited and helped in again by a link."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app.rules.permissions import Permission, Role
from app.web import guard
from app.web.api.problems import Problem
from app.web.link.words import OWN_NAMES
from app.web.pages import asking
from app.web.pages.forms import Form, filled, sent
from app.web.pages.settings import blueprint, shown
from app.web.words import gettext as _
from app.web.words import marked

_FIELDS = ("name", "email", "phone", "role", "language")
_ONE = "/users/<user_id>"
ROLES = {
    Role.ADMIN: (marked("Administrator"), marked("may do everything")),
    Role.DISPATCHER: (marked("Dispatcher"), marked("plans, watches, steps in")),
    Role.AGENT: (marked("Driver"), marked("sees and does their own deliveries")),
    Role.VIEWER: (marked("Viewer"), marked("looks on, and hears no recordings")),
}
Page = tuple[str, int]


@guard.page(blueprint, "/users", Permission.USERS_READ)
def users() -> Page:
    """Everybody, page by page, narrowed by role."""
    return _list(Form({**dict.fromkeys(_FIELDS, ""), "role": "dispatcher", "language": "en"}))


@guard.page(blueprint, "/users", Permission.USERS_WRITE, methods=["POST"])
def invite_user() -> Page:
    """Add somebody, and make the link by which they choose their password."""
    form = Form(sent(*_FIELDS))
    try:
        made = asking.ask("create_user", body=filled(form.values))
    except Problem as problem:
        return _list(form.refused(problem))
    return _one(made.id, link=asking.ask("reset_user", path={"user_id": made.id}), invited=True)


@guard.page(blueprint, _ONE, Permission.USERS_READ)
def user(user_id: str) -> Page:
    """One of them."""
    return _one(user_id)


@guard.page(blueprint, _ONE, Permission.USERS_WRITE, methods=["POST"])
def change_user(user_id: str) -> Page | Response:
    """Save what was changed about somebody."""
    form = Form(sent(*_FIELDS))
    try:
        asking.ask(
            "change_user",
            path={"user_id": user_id},
            body=dict(form.values),
            version=request.form.get("version", ""),
        )
    except Problem as problem:
        return _one(user_id, form=form.refused(problem))
    flash(_("Saved."))
    return redirect(url_for("settings.users"), code=303)


@guard.page(blueprint, f"{_ONE}/reset", Permission.USERS_WRITE, methods=["POST"])
def reset_user(user_id: str) -> Page:
    """A link by which somebody chooses a new password, shown this once."""
    try:
        return _one(user_id, link=asking.ask("reset_user", path={"user_id": user_id}))
    except Problem as problem:
        return _one(user_id, form=_known(user_id).refused(problem))


@guard.page(blueprint, f"{_ONE}/<any(deactivate,activate):deed>", Permission.USERS_WRITE,
            methods=["POST"])  # fmt: skip
def let_user(user_id: str, deed: str) -> Page | Response:
    """Let somebody in no more, or again."""
    try:
        asking.ask(f"{deed}_user", path={"user_id": user_id})
    except Problem as problem:
        return _one(user_id, form=_known(user_id).refused(problem))
    done = {"deactivate": _("Their log-in is blocked."), "activate": _("They can log in again.")}
    flash(done[deed])
    return redirect(url_for("settings.user", user_id=user_id), code=303)


@guard.page(blueprint, f"{_ONE}/sign-out", Permission.USERS_WRITE, methods=["POST"])
def sign_out_user(user_id: str) -> Response:
    """End every session of somebody."""
    ended = asking.ask("sign_out_user", path={"user_id": user_id})
    flash(_("Logged out everywhere. Sessions ended: %(count)s", count=ended.sessions))
    return redirect(url_for("settings.user", user_id=user_id), code=303)


@guard.page(blueprint, f"{_ONE}/second-factor", Permission.USERS_WRITE, methods=["POST"])
def remove_second_factor(user_id: str) -> Response:
    """Ask somebody for no codes any more, who has lost their app."""
    asking.ask("remove_second_factor", path={"user_id": user_id})
    flash(_("Log-in codes are off for them, and they are logged out everywhere."))
    return redirect(url_for("settings.user", user_id=user_id), code=303)


def _list(form: Form) -> Page:
    query = {name: request.args.get(name, "") for name in ("role", "is_active", "cursor")}
    page = asking.ask("list_users", query={**query, "sort": "name", "limit": 50})
    return shown(
        "users",
        form=form,
        page=page,
        query=query,
        roles=roles(),
        what_roles_do=what_roles_do(),
        languages=OWN_NAMES.items(),
    )


def _one(
    user_id: str, *, form: Form | None = None, link: object = None, invited: bool = False
) -> Page:
    found = asking.ask("read_user", path={"user_id": user_id})
    return shown(
        "user",
        form=form or _values(found),
        user=found,
        link=link,
        invited=invited,
        roles=roles(),
        what_roles_do=what_roles_do(),
        languages=OWN_NAMES.items(),
        own=str(guard.person_here().user_id) == user_id,
    )


def _known(user_id: str) -> Form:
    return _values(asking.ask("read_user", path={"user_id": user_id}))


def _values(user: object) -> Form:
    return Form({name: str(getattr(user, name)) for name in _FIELDS})


def roles() -> dict[str, str]:
    """What each role is called."""
    return {role.value: _(name) for role, (name, _about) in ROLES.items()}


def what_roles_do() -> str:
    """Each role with what it is, in one line."""
    return " · ".join(f"{_(name)}: {_(about)}" for name, about in ROLES.values())
