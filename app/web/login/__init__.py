"""The pages by which people log in and out, and choose their passwords; no script is needed."""

from __future__ import annotations

from typing import Any

import flask_login
import structlog
from bson import ObjectId
from flask import (
    Blueprint,
    Flask,
    Response,
    redirect,
    request,
    session,
    url_for,
)
from flask_wtf.csrf import CSRFError
from pymongo.errors import PyMongoError
from werkzeug.wrappers import Response as AnyResponse

from app.models import DEFAULT_TENANT
from app.pipeline import passwords
from app.pipeline.passwords import Refused
from app.pipeline.person import Person
from app.pipeline.sign_in import Opened, Proven
from app.web import entrance, guard, whose
from app.web.attempts import Attempts
from app.web.here import only_known_hosts
from app.web.login import second_page
from app.web.login.showing import home_of, now, page, throttled
from app.web.sessions import PageUser, derived_key, person_of_page_session

log = structlog.get_logger()
blueprint = Blueprint(
    "login",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/login/static",
)
blueprint.before_request(only_known_hosts)
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    # A link in the address is a key; our own forms must say where they come from.
    "Referrer-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}
_NOTES = ("left", "set")
_PROVEN_SECONDS = 300
"""How long a proved password waits for the code."""


def register(flask: Flask) -> None:
    """Fit the pages to the application."""
    settings = flask.extensions["delauto"].settings
    flask.config.update(
        # Our own middle: the token is bound to the session and ends with it.
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        # A proxy may rename the host; the token alone decides.
        WTF_CSRF_SSL_STRICT=False,
    )
    guard.csrf.init_app(flask)
    flask.extensions["delauto.attempts"] = Attempts(
        settings.redis_url.get_secret_value(),
        settings.login_allowance,
        derived_key(settings.secret_key.get_secret_value(), "attempts"),
    )
    flask.register_blueprint(blueprint)


@blueprint.after_request
def headers(response: Response) -> Response:
    """The headers of these pages."""
    for name, value in _HEADERS.items():
        response.headers[name] = value
    return response


@blueprint.get("/login")
def log_in() -> AnyResponse:
    """The form to log in; who is signed in already is led on."""
    person = person_of_page_session()
    if person is not None:
        return redirect(_onward(person), code=303)
    note = next((each for each in _NOTES if each in request.args), "")
    return page("log_in", note=note)


@blueprint.post("/login")
def enter() -> AnyResponse:
    """Open a session, of which the cookie is new, and lead on."""
    guard.csrf.protect()
    company = request.form.get("company", "").strip().lower() or DEFAULT_TENANT
    email, plain = request.form.get("email", ""), request.form.get("password", "")
    opened = entrance.enter("page", company, email, plain, now=now())
    if isinstance(opened, entrance.Throttled):
        return throttled("log_in", opened.seconds)
    if opened is None:
        return page("log_in", problem="wrong", status=403)
    _leave_former()
    if isinstance(opened, Proven):
        session["proven"] = [opened.tenant_id, str(opened.user_id), opened.mark, now().timestamp()]
        onward = guard.own_path(request.values.get("next", ""))
        return whose.forget(redirect(url_for("login.code", next=onward), code=303))
    return _signed_in(opened)


@blueprint.route("/login/code", methods=["GET", "POST"])
def code() -> AnyResponse:
    """Ask who has proved the password for a code of the second factor."""
    tenant_id, user_id, mark, at = session.get("proven", ("", "", "", 0))
    if not ObjectId.is_valid(user_id) or now().timestamp() - at > _PROVEN_SECONDS:
        session.pop("proven", None)
        return redirect(url_for("login.log_in"), code=303)
    shown: dict[str, Any] = {"onward": guard.own_path(request.values.get("next", "")) or ""}
    if request.method == "GET":
        return page("code", **shown)
    guard.csrf.protect()
    proven = Proven(tenant_id, ObjectId(user_id), mark)
    opened = entrance.enter_code("page", proven, request.form.get("code", ""), now=now())
    if isinstance(opened, entrance.Throttled):
        return throttled("code", opened.seconds, **shown)
    if opened is None:
        return page("code", problem="wrong_code", status=403, **shown)
    session.clear()
    return _signed_in(opened)


def _signed_in(opened: Opened) -> AnyResponse:
    session.permanent = True
    flask_login.login_user(PageUser(opened.person))
    return whose.tell(redirect(_onward(opened.person), code=303), opened.person.user_id)


@blueprint.route("/second-factor", methods=["GET", "POST"])
def second() -> AnyResponse:
    """Set up a second factor, or switch it off."""
    refused = guard.someone_is_signed_in()
    return refused if refused is not None else second_page.answer(guard.person_here())


@blueprint.post("/logout")
def log_out() -> AnyResponse:
    """End the session, here and in the database. Who is nobody already is led on as well."""
    person = person_of_page_session()
    if person is None:
        return redirect(url_for("login.log_in"), code=303)
    guard.csrf.protect()
    _leave_former()
    company = None if person.tenant_id == DEFAULT_TENANT else person.tenant_id
    onward = redirect(url_for("login.log_in", left="", company=company), code=303)
    onward.headers["Clear-Site-Data"] = '"storage"'
    return whose.forget(onward)


@blueprint.route("/password", methods=["GET", "POST"])
def password() -> AnyResponse:
    """Change one's own password; the old one is asked for."""
    refused = guard.someone_is_signed_in()
    if refused is not None:
        return refused
    person = guard.person_here()
    shown: dict[str, Any] = {"language": person.language, "home": home_of(person)}
    if request.method == "GET":
        return page("password", **shown)
    old, new = request.form.get("old", ""), request.form.get("new", "")
    why = _differ() or entrance.change_password(person, old, new, now=now())
    if why is None:
        return page("password", note="changed", **shown)
    return _refused("password", why, shown)


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
def reset(token: str) -> AnyResponse:
    """Choose a password by a link. Looking at the link uses nothing up."""
    owner = passwords.resetting(token, now=now())
    if owner is None:
        return page("gone", status=410)
    shown: dict[str, Any] = {"language": owner.language, "whose": owner.name}
    if request.method == "GET":
        return page("reset", **shown)
    guard.csrf.protect()
    why = _differ() or entrance.reset_password(token, request.form["new"], now=now())
    if why is None:
        company = None if owner.tenant_id == DEFAULT_TENANT else owner.tenant_id
        return redirect(url_for("login.log_in", set="", company=company), code=303)
    return _refused("reset", why, shown)


@blueprint.errorhandler(CSRFError)
def stale(error: CSRFError) -> AnyResponse:
    """The form is not of this session: shown anew."""
    log.info("a form was refused", why=error.description)
    if request.endpoint == "login.reset":
        return redirect(request.path, code=303)
    person = person_of_page_session()
    if person is not None and request.endpoint == "login.log_out":
        return redirect(home_of(person), code=303)
    if person is not None and request.endpoint == "login.second":
        return second_page.stale(person)
    if person is not None:
        return page(
            "password", problem="stale", status=400, language=person.language, home=home_of(person)
        )
    return page("log_in", problem="stale", status=400)


@blueprint.errorhandler(PyMongoError)
def database_away(error: PyMongoError) -> AnyResponse:
    """Say so kindly; nothing was changed."""
    log.error("the database is out of reach", why=type(error).__name__)
    return page("away", status=503)


def _onward(person: Person) -> str:
    return guard.own_path(request.values.get("next", "")) or home_of(person)


def _leave_former() -> None:
    """End the session that this browser had, and forget all that its cookie said."""
    former = person_of_page_session()
    if former is not None:
        entrance.leave(former, now=now())
    flask_login.logout_user()
    session.clear()


def _differ() -> str | None:
    same = request.form.get("new", "") == request.form.get("again", "")
    return None if same and "new" in request.form else "differ"


def _refused(which: str, why: str | entrance.Throttled, shown: dict[str, Any]) -> AnyResponse:
    """The form once more, with what was wrong."""
    if isinstance(why, entrance.Throttled):
        return throttled(which, why.seconds, **shown)
    if why == Refused.GONE:
        return page("gone", status=410)
    problem = "wrong_old" if why == Refused.WRONG else str(why)
    return page(which, problem=problem, status=422, **shown)
