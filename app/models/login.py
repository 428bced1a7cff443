"""Being signed in: each log-in of a person, and the links by which passwords are set anew."""

from __future__ import annotations

from mongoengine import BooleanField, DateTimeField, ObjectIdField, StringField

from app.models.base import TenantDocument


class LoginSession(TenantDocument):
    """One log-in, on the pages or through the API, from its password to its end."""

    meta = {"collection": "login_sessions"}
    user_id = ObjectIdField(required=True)
    kind = StringField(choices=("page", "api"), required=True)
    began_at = DateTimeField(required=True)
    seen_at = DateTimeField(required=True)
    """When it was last used, to the minute."""
    expires_at = DateTimeField(required=True)
    """When it ends however much it is used."""
    revoked_at = DateTimeField()
    revoked_why = StringField(
        choices=("signed_out", "everywhere", "password", "deactivated", "reused", "stopped")
    )
    """``reused``: a refresh token came twice, so somebody else holds a copy; ``stopped``: by an
    administrator."""
    refresh_id = StringField()
    """The id of the one refresh token that is good now; sessions of the API alone."""
    used_refresh_id = StringField()
    """The id of the one before it."""
    refreshed_at = DateTimeField()
    """When that one was used up."""
    limited = BooleanField()
    """Good for nothing but to set up the second factor that the company asks for."""
    address = StringField()
    """From where, cut to the network (IPv4 /24, IPv6 /48)."""
    device = StringField(max_length=120)
    """The beginning of what the browser calls itself."""


class PasswordReset(TenantDocument):
    """A link by which one person sets a new password, once."""

    meta = {"collection": "password_resets"}
    user_id = ObjectIdField(required=True)
    digest = StringField(required=True)
    """SHA-256 of the token, hexadecimal: it has 256 random bits, so no slow hash. Unique."""
    made_at = DateTimeField(required=True)
    expires_at = DateTimeField(required=True)
    used_at = DateTimeField()
