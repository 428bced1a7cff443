"""Who is asking: by a token of the API, or by the session of a page.

Tokens are JWTs (flask-jwt-extended), signed with a key of their own. They carry ids alone; whether
they still hold is looked up each time, so that what an administrator ends is over at once. The
cookie of a page carries the same, signed, and nothing else.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import flask_login
import jwt
from bson import ObjectId
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask_jwt_extended import JWTManager, create_access_token, create_refresh_token, decode_token
from flask_jwt_extended.exceptions import JWTExtendedException

from app.errors import AppError
from app.models.sealing import derived
from app.pipeline import sign_in
from app.pipeline.person import LIFETIME, Ended, Person, person_of
from app.saying import Saying

ACCESS_LIFETIME = timedelta(minutes=15)
_ISSUER = "delauto"
_AUDIENCE = "delauto-api"


class NotSignedInError(AppError):
    """Nobody is signed in with this.

    ``reason``: ``missing``, ``invalid`` (no token of ours, or of another kind), ``expired`` (an
    access token: refresh it) or ``ended`` (the session is over: log in again).
    """

    def __init__(self, reason: str) -> None:
        self.reason, self.says = reason, _SAYS[reason]
        super().__init__(self.says)


_SAYS = {
    "missing": Saying("Send an access token: Authorization: Bearer TOKEN."),
    "invalid": Saying("This is no access token of this installation."),
    "expired": Saying("The access token has expired: get a new one with the refresh token."),
    "ended": Saying("The session is over: log in again."),
}


@dataclass(frozen=True, slots=True, repr=False)
class Tokens:
    """What somebody gets who logged in to the API."""

    access: str
    refresh: str
    access_seconds: int
    """How long the access token is good."""
    session_ends: datetime
    """After which no refresh token helps any more."""


class PageUser(flask_login.UserMixin):  # type: ignore[misc]
    """Somebody who is signed in to the pages, as flask-login wants it."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def get_id(self) -> str:
        """What the cookie says: the company and the session."""
        return f"{self.person.tenant_id}/{self.person.session_id}"


class SignedCookies(SecureCookieSessionInterface):
    """Flask's cookie, signed with SHA-256 instead of SHA-1."""

    digest_method = staticmethod(hashlib.sha256)


def register(flask: Flask) -> None:
    """Fit the application for tokens and for sessions of pages.

    Where the public address is HTTPS, browsers send the cookie over nothing else, and take it from
    no other host (the prefix ``__Host-``).
    """
    secure = flask.extensions["delauto"].settings.public_url.startswith("https://")
    flask.session_interface = SignedCookies()
    flask.config.update(
        SESSION_COOKIE_NAME="__Host-delauto" if secure else "delauto",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        # Not Strict: links in messages lead here, and who follows one is signed in.
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        # It outlives the browser's window, for telephones close that as they like; the session in
        # the database decides.
        PERMANENT_SESSION_LIFETIME=LIFETIME,
        SESSION_REFRESH_EACH_REQUEST=False,
        JWT_SECRET_KEY=derived_key(flask.config["SECRET_KEY"], "API tokens").hex(),
        JWT_ALGORITHM="HS256",
        JWT_DECODE_ALGORITHMS=["HS256"],
        JWT_TOKEN_LOCATION=["headers"],
        JWT_ACCESS_TOKEN_EXPIRES=ACCESS_LIFETIME,
        JWT_ENCODE_ISSUER=_ISSUER,
        JWT_DECODE_ISSUER=_ISSUER,
        JWT_ENCODE_AUDIENCE=_AUDIENCE,
        JWT_DECODE_AUDIENCE=_AUDIENCE,
        # Clocks of several web servers differ a little.
        JWT_DECODE_LEEWAY=5,
    )
    JWTManager(flask)
    pages = flask_login.LoginManager(flask)
    # Where somebody is and what they browse with is kept with the session, not compared: telephones
    # change networks all day.
    pages.session_protection = None
    pages.user_loader(_page_user)


def _page_user(reference: str) -> PageUser | None:
    tenant_id, _, session_id = reference.partition("/")
    if not ObjectId.is_valid(session_id):
        return None
    found = person_of(tenant_id, ObjectId(session_id), kind="page", now=datetime.now(UTC))
    return None if isinstance(found, Ended) else PageUser(found)


def derived_key(secret_key: str, purpose: str) -> bytes:
    """A key of 256 bits for one purpose alone, of the installation's secret."""
    return derived(secret_key.encode(), purpose, 32)


def person_of_token(bearer: str, now: datetime) -> Person:
    """Who sent this access token (without the word Bearer). Raises NotSignedInError.

    Reads the session and the person by their ids.
    """
    claims = _claims(bearer, "access")
    found = person_of(claims.tenant_id, claims.session_id, kind="api", now=now)
    if isinstance(found, Ended) or found.user_id != claims.user_id:
        raise NotSignedInError("ended")
    return found


def person_of_page_session() -> Person | None:
    """Who is signed in to the page of this request; None for nobody."""
    user = flask_login.current_user
    return user.person if user.is_authenticated else None


def tokens_of(opened: sign_in.Opened, *, now: datetime) -> Tokens:
    """The two tokens of a session of the API; the refresh token ends with the session."""
    person = opened.person
    claims = {"sid": str(person.session_id), "tenant": person.tenant_id}
    left = opened.expires - now
    lifetime = min(ACCESS_LIFETIME, left)
    identity = str(person.user_id)
    return Tokens(
        access=create_access_token(identity, additional_claims=claims, expires_delta=lifetime),
        refresh=create_refresh_token(
            identity,
            additional_claims={**claims, "jti": opened.refresh_id},
            expires_delta=left,
        ),
        access_seconds=int(lifetime.total_seconds()),
        session_ends=opened.expires,
    )


def refreshed(refresh_token: str, now: datetime) -> Tokens:
    """New tokens for a refresh token, which is used up with that. Raises NotSignedInError.

    A token that was used before ends its session, but for ``sign_in.OVERLAP``. That must stay
    written: call this within no transaction that an error undoes.
    """
    claims = _claims(refresh_token, "refresh")
    opened = sign_in.refresh(claims.tenant_id, claims.session_id, claims.token_id, now=now)
    if isinstance(opened, Ended):
        raise NotSignedInError("ended")
    return tokens_of(opened, now=now)


@dataclass(frozen=True, slots=True)
class _Claims:
    tenant_id: str
    user_id: ObjectId
    session_id: ObjectId
    token_id: str


def _claims(token: str, kind: str) -> _Claims:
    """What a token says that we signed, and that is of this kind. Raises NotSignedInError."""
    if not token:
        raise NotSignedInError("missing")
    try:
        found: dict[str, Any] = decode_token(token)
    except jwt.ExpiredSignatureError:
        # Whoever has an expired refresh token has to log in anew.
        raise NotSignedInError("expired" if kind == "access" else "ended") from None
    except (jwt.PyJWTError, JWTExtendedException, ValueError, TypeError):
        raise NotSignedInError("invalid") from None
    if found.get("type") != kind:
        raise NotSignedInError("invalid")
    return _Claims(
        tenant_id=found["tenant"],
        user_id=ObjectId(found["sub"]),
        session_id=ObjectId(found["sid"]),
        token_id=found["jti"],
    )
