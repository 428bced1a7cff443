"""Staff: who works for a company, in which role, and who no longer does."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from bson import ObjectId
from mongoengine import NotUniqueError, ValidationError

from app.config import E164
from app.errors import PermanentError
from app.models import Agent, PasswordReset
from app.models.transaction import in_transaction
from app.pipeline.passwords import too_weak
from app.pipeline.sign_in import sign_out_everywhere
from app.rules.passwords import SAYS
from app.rules.permissions import Role
from app.saying import Saying

log = structlog.get_logger()
CHANGEABLE = ("name", "email", "phone", "role", "language")
_TAKEN = Saying("belongs to somebody of this company already")
_NOBODY = Saying("there is no such person in this company")
_LAST_ADMIN = Saying(
    "this is the last administrator who can log in: make somebody else one first, or nobody could"
)


class NotKeptError(PermanentError):
    """What is asked about a person cannot be kept; ``problems`` says why, field by field."""

    def __init__(self, problems: Mapping[str, Saying]) -> None:
        self.problems = dict(problems)
        super().__init__("; ".join(f"{field} {says}" for field, says in problems.items()))


class NobodyError(PermanentError):
    """There is no such person in this company."""


class LastAdminError(PermanentError):
    """The company would have nobody left who administers it."""


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody to be added."""

    name: str
    email: str
    phone: str
    """E.164."""
    role: Role = Role.AGENT
    language: str = "en"


def check_new(tenant_id: str, new: NewPerson) -> None:
    """Raises NotKeptError naming all for which somebody could not be added, the password apart."""
    user = _person(tenant_id, new)
    _check(user)
    for name in ("email", "phone"):
        if Agent.of(tenant_id, **{name: getattr(user, name)}).only("id").first() is not None:
            raise NotKeptError({name: _TAKEN})


def add_person(tenant_id: str, new: NewPerson, plain: str | None = None) -> Agent:
    """Add somebody. Without a password they cannot log in until they set one by a link.

    Raises NotKeptError.
    """
    user = _person(tenant_id, new)
    _check(user)
    if plain is not None:
        if weak := too_weak(user, plain):
            raise NotKeptError({"password": SAYS[weak]})
        user.set_password(plain)
    saved: Agent = _saved(user)
    log.info("person added", user=str(saved.pk), role=saved.role)
    return saved


def _person(tenant_id: str, new: NewPerson) -> Agent:
    user = Agent(
        tenant_id=tenant_id,
        name=new.name.strip(),
        email=new.email,
        phone=new.phone,
        role=new.role.value,
        language=new.language,
    )
    # 256 random bits that nobody knows stand for a password that nobody has set.
    user.set_password(secrets.token_urlsafe(32))
    return user


def change_person(
    tenant_id: str, user_id: ObjectId, changes: Mapping[str, Any], *, now: datetime
) -> Agent:
    """Change what ``CHANGEABLE`` names. A new role holds at once, in open sessions too.

    Raises NobodyError, NotKeptError and LastAdminError.
    """
    unknown = set(changes) - set(CHANGEABLE)
    if unknown:
        raise NotKeptError(dict.fromkeys(sorted(unknown), Saying("cannot be changed")))

    def write() -> Agent:
        user = _existing(tenant_id, user_id)
        if user.role == Role.ADMIN and changes.get("role", user.role) != Role.ADMIN:
            _keep_an_admin(user, now)
            user.reload()
        for field, value in changes.items():
            setattr(user, field, value)
        _check(user)
        saved: Agent = _saved(user)
        return saved

    changed = in_transaction(write)
    log.info("person changed", user=str(user_id), fields=sorted(changes))
    return changed


def deactivate(tenant_id: str, user_id: ObjectId, *, now: datetime) -> int:
    """Let somebody in no more: all their sessions and links end with it. How many sessions did.

    Raises NobodyError and LastAdminError.
    """

    def write() -> int:
        user = _existing(tenant_id, user_id)
        if user.role == Role.ADMIN:
            _keep_an_admin(user, now)
        Agent.of(tenant_id, pk=user_id).update_one(set__is_active=False)
        PasswordReset.of(tenant_id, user_id=user_id).delete()
        return sign_out_everywhere(tenant_id, user_id, now=now, why="deactivated")

    ended = in_transaction(write)
    log.info("person deactivated", user=str(user_id), sessions=ended)
    return ended


def activate(tenant_id: str, user_id: ObjectId) -> None:
    """Let somebody in again, with the password they had. Raises NobodyError; who was deleted
    stays out.
    """
    if not Agent.of(tenant_id, pk=user_id, deleted_at=None).update_one(set__is_active=True):
        raise NobodyError(_NOBODY)
    log.info("person activated", user=str(user_id))


def named(tenant_id: str, who: str) -> Agent:
    """The person with this e-mail address or id. Raises NobodyError."""
    wanted = {"pk": ObjectId(who)} if ObjectId.is_valid(who) else {"email": who.strip().lower()}
    found: Agent | None = Agent.of(tenant_id, deleted_at=None, **wanted).first()
    if found is None:
        raise NobodyError(_NOBODY)
    return found


def _existing(tenant_id: str, user_id: ObjectId) -> Agent:
    found: Agent | None = Agent.of(tenant_id, pk=user_id).first()
    if found is None:
        raise NobodyError(_NOBODY)
    return found


def _keep_an_admin(leaving: Agent, now: datetime) -> None:
    """Raises LastAdminError where nobody else administers.

    It writes to every administrator, so that two who remove each other at the same moment collide.
    """
    admins = Agent.of(leaving.tenant_id, role=Role.ADMIN.value, is_active=True)
    admins.update(set__updated_at=now)
    if leaving.is_active and not admins.filter(pk__ne=leaving.pk).count():
        raise LastAdminError(_LAST_ADMIN)


def _check(user: Agent) -> None:
    """Raises NotKeptError naming every field that cannot be kept."""
    problems: dict[str, Saying] = {}
    if not (user.name or "").strip():
        problems["name"] = Saying("must not be empty")
    if not E164.fullmatch(user.phone or ""):
        problems["phone"] = Saying("must be like +14155550100")
    try:
        user.validate()
    except ValidationError as error:
        problems = {**{name: _odd(says) for name, says in error.to_dict().items()}, **problems}
    if problems:
        raise NotKeptError(problems)


def _odd(says: object) -> Saying:
    """What the document says against one of its fields."""
    return Saying("cannot be kept: %(why)s", why=says)


def _saved(user: Agent) -> Any:
    try:
        return user.save()
    except NotUniqueError as error:
        pattern = (getattr(error.__context__, "details", None) or {}).get("keyPattern", {})
        taken = "phone" if "phone" in pattern else "email"
        raise NotKeptError({taken: _TAKEN}) from None
