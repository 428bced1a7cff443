"""One's own account: name, language, password, and where one is logged in."""

from __future__ import annotations

import flask_login
from flask import flash, redirect, request, session, url_for
from werkzeug.wrappers import Response

from app.web import guard, whose
from app.web.api.problems import Problem
from app.web.link.words import OWN_NAMES
from app.web.login.showing import home_of
from app.web.login.words import WORDS
from app.web.pages import asking
from app.web.pages.forms import Form, sent
from app.web.pages.settings import blueprint, shown
from app.web.pages.settings.devices import device_of
from app.web.pages.settings.users import ROLES
from app.web.words import gettext as _
from app.web.words import language_here, speaking

Page = tuple[str, int]


@guard.page(blueprint, "/me", None)
def me() -> Page:
    """One's own page."""
    return _me()


@guard.page(blueprint, "/me", None, methods=["POST"])
def change_me() -> Page | Response:
    """Save one's own name and language."""
    form = Form(sent("name", "language"))
    try:
        asking.ask("change_me", body=dict(form.values))
    except Problem as problem:
        return _me(form=form.refused(problem))
    # It is read in the language that was chosen.
    with speaking(form.values["language"] or language_here()):
        flash(_("Saved."))
    return redirect(url_for("settings.me"), code=303)


@guard.page(blueprint, "/me/password", None, methods=["POST"])
def change_password() -> Page | Response:
    """Choose another password; all other sessions end."""
    # As it was typed: blanks belong to a password.
    typed = {name: request.form.get(name, "") for name in ("old", "new", "again")}
    form = Form(dict.fromkeys(typed, ""))
    if typed["new"] != typed["again"]:
        return _me(password=form.wrong("again", _("The two do not agree.")))
    try:
        asking.ask("change_own_password", body={"old": typed["old"], "new": typed["new"]})
    except Problem as problem:
        return _me(password=form.refused(problem))
    flash(_("The password is changed. Everywhere else you are logged out."))
    return redirect(url_for("settings.me"), code=303)


@guard.page(blueprint, "/me/sessions/<session_id>/end", None, methods=["POST"])
def end_session(session_id: str) -> Response:
    """Log out somewhere else."""
    asking.ask("end_own_session", path={"session_id": session_id})
    flash(_("You are logged out there."))
    return redirect(url_for("settings.me"), code=303)


@guard.page(blueprint, "/me/sessions/end", None, methods=["POST"])
def end_sessions() -> Response:
    """Log out everywhere, here too."""
    asking.ask("log_out", body={"everywhere": True})
    flask_login.logout_user()
    session.clear()
    return whose.forget(redirect(url_for("login.log_in", left=""), code=303))


def _me(*, form: Form | None = None, password: Form | None = None) -> Page:
    mine = asking.ask("me")
    password = password or Form(dict.fromkeys(("old", "new", "again"), ""))
    text, status = shown(
        "me",
        form=form or Form({"name": mine.name, "language": mine.language}),
        me=mine,
        role=_(ROLES[mine.role][0]),
        password=password,
        sessions=asking.ask("list_own_sessions").items,
        device_of=device_of,
        languages=OWN_NAMES.items(),
        home=home_of(guard.person_here()),
        say=WORDS[language_here()],
    )
    return text, max(status, password.status)
