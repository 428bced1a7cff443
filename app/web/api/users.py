"""Users: who works for the company, in which role, and who may log in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from bson import ObjectId
from pydantic import ConfigDict, Field

from app.errors import PermanentError
from app.models import Agent
from app.pipeline import passwords, second_factor, sign_in, staff
from app.pipeline.staff import NewPerson
from app.rules.permissions import Permission, Role
from app.saying import Saying
from app.web.api.agents import Language, kept
from app.web.api.asking import Ask, Reply
from app.web.api.listing import NEWEST, OLDEST, Order, page_of
from app.web.api.operations import Resource
from app.web.api.phones import Phone, Region, phone_of
from app.web.api.problems import not_found
from app.web.api.shapes import (
    Email,
    Given,
    Id,
    Line,
    Listed,
    Moment,
    Page,
    Selected,
    Shape,
    Versioned,
    stamped,
)

resource = Resource("Users", "Who works for the company, in which role; who drives, too.")
_ONE = "/users/<id:user_id>"
_ORDERS = {"-created": NEWEST, "created": OLDEST, "name": Order("name")}
_READ, _WRITE = Permission.USERS_READ, Permission.USERS_WRITE
_Name = Annotated[Line, Field(max_length=120)]


class UserOut(Versioned):
    """Somebody of the company."""

    VOLATILE = frozenset({"last_login", "login_count", "updated_at"})
    id: Id
    name: str
    email: str
    phone: str
    role: Role
    language: Language
    is_active: bool = Field(description="May log in.")
    second_factor: bool = Field(description="Are they asked for a code beside the password?")
    last_login: Moment | None
    login_count: int
    created_at: Moment | None
    updated_at: Moment | None


class UserPage(Page[UserOut]):
    """Some users."""


class UsersAsked(Listed):
    """Which users."""

    role: Role | None = None
    is_active: bool | None = None
    sort: Literal["-created", "created", "name"] = "-created"


class NewUser(Given):
    """Somebody to add."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Robin Planner",
                    "email": "robin@example.com",
                    "phone": "+14155550102",
                    "role": "dispatcher",
                }
            ]
        }
    )
    name: _Name
    email: Email
    phone: Phone
    region: Region = None
    role: Role
    language: Language = "en"


class ChangedUser(Given):
    """What is to change; the rest stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"role": "viewer"}]})
    name: _Name = ""
    email: Email = ""
    phone: Phone = ""
    region: Region = None
    role: Role = Role.AGENT
    language: Language = "en"


class ResetLink(Shape):
    """A link by which somebody chooses a password. It is shown this once, and works once."""

    path: str
    address: str = Field(description="The same with the name of this installation's host.")
    expires_at: Moment


class Ended(Shape):
    """How many sessions were ended."""

    sessions: int


@resource.get("/users", may=_READ, answer=UserPage)
def list_users(ask: Ask, query: UsersAsked) -> UserPage:
    """List everybody of the company, in whichever role; deactivated ones too."""
    where: dict[str, Any] = {"deleted_at": None}
    if query.role is not None:
        where["role"] = query.role.value
    if query.is_active is not None:
        where["is_active"] = query.is_active

    def show(found: Sequence[Agent]) -> list[UserOut]:
        return [_shown(each) for each in found]

    page = page_of(
        Agent, ask.tenant_id, query, where=where, order=_ORDERS[query.sort], show=show,
        page=UserPage,
    )  # fmt: skip
    return UserPage.model_validate(page)


@resource.post("/users", may=_WRITE, answer=UserOut)
def create_user(ask: Ask, body: NewUser) -> Reply:
    """Add somebody.

    They can log in once they have chosen a password: reset_user makes the link for it.
    """
    phone = phone_of(ask, body.phone, body.region)
    new = NewPerson(body.name, body.email, phone, body.role, body.language)
    made = kept(lambda: staff.add_person(ask.tenant_id, new))
    shown = stamped(_shown(made))
    ask.note("user.created", "user", made.pk, after=shown, detail={"role": body.role.value})
    return Reply(shown, location=f"/users/{made.pk}")


@resource.get(_ONE, may=_READ, answer=UserOut)
def read_user(ask: Ask, query: Selected, user_id: ObjectId) -> UserOut:  # noqa: ARG001
    """Read what is known of somebody of the company."""
    return stamped(_shown(_found(ask, user_id)))


@resource.patch(_ONE, may=_WRITE, answer=UserOut)
def change_user(ask: Ask, body: ChangedUser, user_id: ObjectId) -> UserOut:
    """Change somebody's particulars or role.

    A new role holds at once, in open sessions too. The last administrator stays one.
    """
    before = stamped(_shown(_found(ask, user_id)))
    ask.still(before)
    changes = body.given("region")
    if "phone" in changes:
        changes["phone"] = phone_of(ask, body.phone, body.region)
    if "role" in changes:
        changes["role"] = body.role.value
    kept(lambda: staff.change_person(ask.tenant_id, user_id, changes, now=ask.now))
    after = stamped(_shown(_found(ask, user_id)))
    ask.note("user.changed", "user", user_id, before=before, after=after)
    return after


@resource.post(f"{_ONE}/deactivate", may=_WRITE, status=200, answer=UserOut)
def deactivate_user(ask: Ask, user_id: ObjectId) -> UserOut:
    """Let somebody in no more: their sessions and links end at once.

    Refused for the last administrator who can log in.
    """
    before = _seen(ask, user_id)
    staff.deactivate(ask.tenant_id, user_id, now=ask.now)
    after = stamped(_shown(_found(ask, user_id)))
    ask.note("user.deactivated", "user", user_id, before=before, after=after)
    return after


@resource.post(f"{_ONE}/activate", may=_WRITE, status=200, answer=UserOut)
def activate_user(ask: Ask, user_id: ObjectId) -> UserOut:
    """Let somebody in again, with the password they had."""
    before = _seen(ask, user_id)
    staff.activate(ask.tenant_id, user_id)
    after = stamped(_shown(_found(ask, user_id)))
    ask.note("user.reactivated", "user", user_id, before=before, after=after)
    return after


@resource.post(f"{_ONE}/reset", may=_WRITE, status=200, answer=ResetLink)
def reset_user(ask: Ask, user_id: ObjectId) -> ResetLink:
    """Make a link by which somebody chooses a new password; hand it over in person.

    It works once, for an hour, and ends earlier links; the old password stays good until then.
    It is kept as a hash alone. Where the request has an Idempotency-Key, the answer, and with it
    the link, is kept encrypted for 24 hours, to be given to who repeats the request. Refused for
    who is deactivated.
    """
    _seen(ask, user_id)
    token = passwords.make_reset(ask.tenant_id, user_id, now=ask.now)
    if token is None:
        raise PermanentError(Saying("they are deactivated: activate them first"))
    ask.note("password.reset_asked", "user", user_id)
    return ResetLink(
        path=passwords.RESET_PATH.replace("<token>", token),
        address=passwords.address(ask.runtime.settings.public_url, token),
        expires_at=ask.now + passwords.RESET_LIFETIME,
    )


@resource.post(f"{_ONE}/sign-out", may=_WRITE, status=200, answer=Ended)
def sign_out_user(ask: Ask, user_id: ObjectId) -> Ended:
    """End every session of somebody, on the pages and here; they may log in again."""
    _seen(ask, user_id)
    ended = sign_in.sign_out_everywhere(ask.tenant_id, user_id, now=ask.now, why="stopped")
    ask.note("user.logged_out", "user", user_id, detail={"sessions": ended})
    return Ended(sessions=ended)


@resource.post(f"{_ONE}/remove-second-factor", may=_WRITE, status=200, answer=UserOut)
def remove_second_factor(ask: Ask, user_id: ObjectId) -> UserOut:
    """Ask somebody for no codes any more, who has lost their app and the recovery codes.

    Make sure that it is them who asks. All their sessions end.
    """
    user = _found(ask, user_id)
    if second_factor.remove(ask.tenant_id, user.pk):
        sign_in.sign_out_everywhere(ask.tenant_id, user.pk, now=ask.now)
        ask.note("second_factor.off", "user", user.pk)
    return _seen(ask, user_id)


def _seen(ask: Ask, user_id: ObjectId) -> UserOut:
    """The user, at the version that was given, if one was."""
    before = stamped(_shown(_found(ask, user_id)))
    if ask.if_match is not None:
        ask.still(before)
    return before


def _found(ask: Ask, user_id: ObjectId) -> Agent:
    found: Agent | None = Agent.of(ask.tenant_id, pk=user_id, deleted_at=None).first()
    if found is None:
        raise not_found(Saying("There is no such user."))
    return found


def _shown(user: Agent) -> UserOut:
    return UserOut(
        id=str(user.pk),
        name=user.name,
        email=user.email,
        phone=user.phone,
        role=Role(user.role),
        language=user.language,
        is_active=user.is_active,
        second_factor=second_factor.is_on(user),
        last_login=user.last_login,
        login_count=user.login_count or 0,
        created_at=user.created_at,
        updated_at=user.updated_at,
    )
