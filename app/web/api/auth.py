"""Logging in to the API, and what people do about their own password and sessions."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from app.models import DEFAULT_TENANT, Agent
from app.pipeline import second_factor
from app.pipeline.passwords import Refused
from app.pipeline.person import Person
from app.pipeline.sign_in import Opened, Proven
from app.rules.passwords import SAYS, Weakness
from app.rules.permissions import MAY, Role
from app.saying import Saying
from app.web import entrance, sessions
from app.web.api.asking import Ask, Reply
from app.web.api.operations import Resource
from app.web.api.problems import Fault, Problem, invalid
from app.web.api.shapes import Given, Id, Moment, Shape

resource = Resource(
    "Log-in",
    "People log in for tokens: the access token goes with each request for a quarter of an hour, "
    "the refresh token brings the next ones, for a day at most. Other systems send an API key.",
)
_ENTRANCE = {"anyone": True, "transactional": False}
_OWN = {"may": None, "transactional": False}
_LOG_IN_AGAIN = Saying("Log in again: POST /api/v1/auth/token.")
_CHECK_THEM = Saying(
    "Check both, and the company; an administrator can make a link to choose a new password."
)
_Password = Annotated[str, Field(max_length=1000, json_schema_extra={"format": "password"})]


class _Secret(Given):
    # Passwords are taken exactly as they come.
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=False)


class Credentials(_Secret):
    """With what a person logs in."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"email": "dot@example.com", "password": "seven plums upon the sill"}]
        }
    )
    email: Annotated[str, Field(max_length=254)]
    password: _Password
    company: Annotated[
        str, Field(max_length=64, description="The company's id, where it is not the first.")
    ] = DEFAULT_TENANT
    code: Annotated[
        str | None,
        Field(
            max_length=100,
            description="Of the app, or a recovery code; for who has set up a second factor.",
        ),
    ] = None


class RefreshToken(_Secret):
    """What brings new tokens; it is used up with that."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"refresh_token": "eyJhbGciOi…"}]})
    refresh_token: Annotated[str, Field(max_length=4000)]


class TokensOut(Shape):
    """Tokens of one session."""

    access_token: str = Field(description="Send it as Authorization: Bearer.")
    refresh_token: str = Field(
        description="Good once. Used a second time, more than ten seconds after the first, it "
        "ends the session, for it was copied."
    )
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a scheme, no secret
    expires_in: int = Field(description="Seconds for which the access token is good.")
    session_ends: Moment = Field(description="After that, log in again.")


class LogOut(Given):
    """Which sessions to end."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"everywhere": False}]})
    everywhere: bool = Field(default=False, description="All sessions of this person, pages too.")


class PasswordChange(_Secret):
    """The password one has, and the one to have."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"old": "seven plums upon the sill", "new": "quiet marmalade over Lisbon"}]
        }
    )
    old: _Password
    new: _Password


class PasswordReset(_Secret):
    """What stands behind /reset/ in the link, and the password to have."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"token": "Zk3…", "new": "quiet marmalade over Lisbon"}]}
    )
    token: Annotated[str, Field(max_length=200)]
    new: _Password


class Me(Shape):
    """Who is asking: a person, or another system by its key."""

    kind: Literal["user", "key"]
    id: Id
    company: str
    name: str
    email: str | None = Field(description="Of a key: null, as role, language and log-ins are.")
    role: Role | None
    language: str | None
    permissions: dict[str, str] = Field(
        description="What they may do, and over which records: all, or their own."
    )
    last_login: Moment | None
    login_count: int | None
    second_factor: bool | None = Field(description="Are they asked for a code at log-in?")


@resource.post(
    "/auth/token", status=200, answer=TokensOut, problems={"unauthenticated"}, **_ENTRANCE
)
def log_in(ask: Ask, body: Credentials) -> TokensOut:
    """Log in.

    The same answer for an unknown address and a wrong password. Who has a second factor sends its
    code along, and is told so where it is missing. Ten attempts in a quarter of an
    hour for one account, and as many failed ones from one address, unless the operator says
    otherwise.
    """
    company = body.company.strip().lower() or DEFAULT_TENANT
    opened = entrance.enter("api", company, body.email, body.password, now=ask.now)
    if isinstance(opened, entrance.Throttled):
        raise _throttled(opened)
    if opened is None:
        raise _nobody(Saying("E-mail address and password do not fit together."), _CHECK_THEM)
    if isinstance(opened, Proven):
        opened = _with_code(opened, body.code, ask)
    return _out(sessions.tokens_of(opened, now=ask.now))


def _with_code(proven: Proven, code: str | None, ask: Ask) -> Opened:
    if not code:
        says = Saying("A code of the second factor is needed too: send it as code.")
        mend = Saying("Send the same again with the code that the app shows now as code.")
        raise _nobody(says, mend)
    opened = entrance.enter_code("api", proven, code, now=ask.now)
    if isinstance(opened, entrance.Throttled):
        raise _throttled(opened)
    if opened is None:
        says = Saying("The code of the second factor is wrong, or was used already.")
        mend = Saying("Send the next code of the app, or a recovery code not used yet.")
        raise _nobody(says, mend)
    return opened


@resource.post(
    "/auth/refresh", status=200, answer=TokensOut, problems={"unauthenticated"}, **_ENTRANCE
)
def refresh_tokens(ask: Ask, body: RefreshToken) -> TokensOut:
    """Get new tokens for a refresh token.

    Keep the new refresh token in place of the one that was sent, which is used up. Who lost the
    answer may send the used one again within ten seconds, and gets the same new refresh token;
    sent again later, or after the new one was used, it counts as copied: the session ends with all
    its tokens, and the person logs in again.
    """
    try:
        return _out(sessions.refreshed(body.refresh_token, ask.now))
    except sessions.NotSignedInError as error:
        if error.reason == "invalid":
            says = Saying("This is no refresh token of this installation.")
            mend = Saying("Send the refresh_token that came with the last tokens.")
            raise _nobody(says, mend) from None
        says = Saying("The session is over: log in again.")
        raise _nobody(says, _LOG_IN_AGAIN) from None


@resource.post("/auth/logout", status=204, problems={"forbidden"}, **_OWN)
def log_out(ask: Ask, body: LogOut) -> Reply:
    """End the session of this token, or all of this person's."""
    entrance.leave(person_asking(ask), now=ask.now, everywhere=body.everywhere)
    return Reply()


@resource.post("/auth/password", status=204, problems={"forbidden"}, **_OWN)
def change_own_password(ask: Ask, body: PasswordChange) -> Reply:
    """Change one's own password; all other sessions end."""
    _judge(entrance.change_password(person_asking(ask), body.old, body.new, now=ask.now))
    return Reply()


@resource.post("/auth/reset", status=204, **_ENTRANCE)
def reset_own_password(ask: Ask, body: PasswordReset) -> Reply:
    """Choose a password by a link that an administrator made; all sessions end."""
    _judge(entrance.reset_password(body.token, body.new, now=ask.now))
    return Reply()


@resource.get("/me", answer=Me, problems={"forbidden"}, may=None)
def me(ask: Ask) -> Me:
    """Read who is asking, and what they may.

    Whoever has logged in, and an API key as well.
    """
    return _this_key(ask) if ask.caller.person_id is None else who_is(person_asking(ask))


def _this_key(ask: Ask) -> Me:
    actor, may = ask.caller.actor, ask.caller.permissions
    return Me(
        kind="key",
        id=actor.id,
        company=ask.tenant_id,
        name=actor.label,
        email=None,
        role=None,
        language=None,
        permissions={str(name): str(may[name]) for name in sorted(may)},
        last_login=None,
        login_count=None,
        second_factor=None,
    )


def who_is(person: Person) -> Me:
    """Somebody, as they are told about themselves."""
    user: Agent = Agent.of(person.tenant_id, pk=person.user_id).get()
    return Me(
        kind="user",
        id=str(user.pk),
        company=person.tenant_id,
        name=user.name,
        email=user.email,
        role=person.role,
        language=user.language,
        permissions={str(name): str(reach) for name, reach in MAY[person.role].items()},
        last_login=user.last_login,
        login_count=user.login_count,
        second_factor=second_factor.is_on(user),
    )


def person_asking(ask: Ask) -> Person:
    """Who is asking; raises a problem where it is another system."""
    caller = ask.caller
    if caller.person_id is None or caller.session_id is None:
        says = Saying("This is for people who logged in; an API key is nobody.")
        raise Problem("forbidden", says, mend=Saying("Log in: POST /api/v1/auth/token."))
    user: Agent = Agent.of(caller.tenant_id, pk=caller.person_id).get()
    return Person(caller.tenant_id, caller.person_id, user.name, Role(user.role), caller.session_id)


def _judge(refused: Weakness | Refused | entrance.Throttled | None) -> None:
    if refused is None:
        return
    if isinstance(refused, entrance.Throttled):
        raise _throttled(refused)
    if isinstance(refused, Weakness):
        raise _wrong("/new", Saying("The password %(what)s.", what=SAYS[refused]))
    raise _wrong(*_REFUSALS[refused])


_REFUSALS = {
    Refused.WRONG: ("/old", Saying("This is not the present password.")),
    Refused.SAME: ("/new", Saying("This is the present password: choose another.")),
    Refused.GONE: ("/token", Saying("The link works no more: ask an administrator for another.")),
}


def _wrong(pointer: str, detail: Saying) -> Problem:
    return invalid(Fault(detail=detail, source="body", pointer=pointer))


def _throttled(how: entrance.Throttled) -> Problem:
    return Problem(
        "too-many-requests",
        Saying(
            "There were too many attempts. Try again in %(seconds)s seconds, or ask "
            "an administrator for a link.",
            seconds=how.seconds,
        ),
        headers={"Retry-After": str(how.seconds)},
    )


def _nobody(detail: Saying, mend: Saying) -> Problem:
    headers = {"WWW-Authenticate": 'Bearer realm="delauto"'}
    return Problem("unauthenticated", detail, headers=headers, mend=mend)


def _out(tokens: sessions.Tokens) -> TokensOut:
    return TokensOut(
        access_token=tokens.access,
        refresh_token=tokens.refresh,
        expires_in=tokens.access_seconds,
        session_ends=tokens.session_ends,
    )
