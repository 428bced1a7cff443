"""Who takes part: the courier's company, its agents, and its customers."""

from __future__ import annotations

from bson import ObjectId
from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    EmailField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    FloatField,
    IntField,
    ListField,
    ObjectIdField,
    PointField,
    StringField,
)

from app.models import password
from app.models.base import TenantDocument
from app.models.encryption import EncryptedField
from app.models.numbers import NumberField
from app.rules.permissions import Role
from app.rules.texts import LANGUAGES


class CallingChoices(EmbeddedDocument):
    """What a company decides about its calls, within what the rules allow."""

    hours = StringField()
    """Local times like 09:00-20:00; narrows the lawful hours, never widens them."""
    mode = StringField(choices=("consent", "package_notification"), default="consent")
    """On what basis customers are called; see ``app.rules.gate``."""
    days_ahead = IntField(min_value=1)
    """Called at most so long before the van; absent: the rules' own."""
    most_calls_a_day = IntField(min_value=1)
    """To one number, over all deliveries; absent: the rules' own."""
    most_calls_a_delivery = IntField(min_value=1)
    calls_per_second = FloatField(min_value=0.01)
    """This company's share of the account's pace; absent: all of it."""
    calls_in_progress = IntField(min_value=1)
    quiet_days = ListField(StringField())
    """Dates like 2026-12-24 on which nobody is called."""
    texts = BooleanField(default=True)
    """May unreached customers be sent a text message?"""
    transfer_number = StringField()
    """Where key 0 leads, E.164; absent: a promise to call back."""
    transfer_hours = StringField()
    """Times like 09:00-17:00 in which somebody answers there, by the company's own clock."""
    time_zone = StringField()
    """The company's, as Europe/London; absent: that of each delivery."""


class Tenant(TenantDocument):
    """A courier company that uses this installation."""

    meta = {"collection": "tenants"}
    name = StringField(required=True, max_length=120)
    """As customers hear it."""
    callback_number = StringField()
    calling = EmbeddedDocumentField(CallingChoices, default=CallingChoices)
    stops_per_driver = IntField(min_value=1)
    """How many one driver can have on one day, for suggestions; absent: ours."""
    prompts = DictField()
    """Own texts of the call script: {language: {prompt: text}}."""
    voices = DictField()
    """Own voices: {language: name of a voice}."""
    second_factor_for = ListField(StringField(choices=tuple(role.value for role in Role)))
    """Roles that must prove more than their password."""


class PerformanceMetrics(EmbeddedDocument):
    total_deliveries = IntField(default=0)
    successful_deliveries = IntField(default=0)
    average_rating = FloatField(default=0)
    response_time = FloatField(default=0)
    """Minutes."""


class SecondFactor(EmbeddedDocument):
    """What somebody proves beside their password: codes of an app that knows a secret (TOTP)."""

    secret = EncryptedField(required=True)
    """Base32, as such apps take it."""
    since = DateTimeField()
    """Asked for since then; absent until a first code has proved that the app knows it."""
    used_step = IntField(default=0)
    """Of which half minute since 1970 the last code was: none is taken twice, or earlier."""
    recovery = ListField(StringField())
    """SHA-256 of each code that still helps who has lost the app, hexadecimal. They have 120 random
    bits, so no slow hash."""


class PushDevice(EmbeddedDocument):
    """One browser of an agent's that shows pushes."""

    id = ObjectIdField(db_field="_id", default=ObjectId)
    fingerprint = StringField(required=True)
    """SHA-256 of its address: by it the same browser is known again, whoever uses it."""
    service = StringField(required=True)
    """The push service's host."""
    subscription = EncryptedField(required=True)
    """``endpoint``, ``p256dh`` and ``auth``: whoever has them can send there."""
    key = StringField(required=True)
    """Our public key when it subscribed: it takes pushes that are signed with that one alone."""
    since = DateTimeField(required=True)


class Agent(TenantDocument):
    """A person of the company: who drives, plans, looks on or administers."""

    meta = {"collection": "agents"}
    name = StringField(required=True, max_length=120)
    phone = NumberField(required=True)
    email = EmailField(required=True)
    """In small letters; ``save`` sees to it."""
    password = StringField(required=True)
    """An argon2id hash, set by ``set_password``."""
    second_factor = EmbeddedDocumentField(SecondFactor)
    role = StringField(choices=tuple(role.value for role in Role), default=Role.AGENT.value)
    language = StringField(choices=LANGUAGES, default=LANGUAGES[0])
    """In which they read what a customer wants."""
    active_deliveries = IntField(default=0)
    current_location = PointField()
    located_at = DateTimeField()
    """When they were there."""
    shift_since = DateTimeField()
    """On shift since then; absent off shift, when no position is taken."""
    is_active = BooleanField(default=True)
    deleted_at = DateTimeField()
    """Put away then: neither listed nor found."""
    push_devices = ListField(EmbeddedDocumentField(PushDevice))
    """The newest last; see ``app.pipeline.devices``."""
    last_login = DateTimeField()
    login_count = IntField(default=0)
    performance_metrics = EmbeddedDocumentField(PerformanceMetrics, default=PerformanceMetrics)

    def clean(self) -> None:
        """Write the address in the one form in which it is looked up; called by ``save``."""
        if self.email:
            self.email = self.email.strip().lower()

    def set_password(self, plain: str) -> None:
        """Keep the hash of a password."""
        self.password = password.hash_of(plain)

    def password_matches(self, plain: str) -> bool:
        """Is this the password? Constant in what it tells: only yes or no."""
        return password.matches(self.password, plain)


class Preferences(EmbeddedDocument):
    preferred_times = ListField(StringField())
    preferred_days = ListField(StringField())
    delivery_instructions = EncryptedField()
    contact_method = StringField(choices=("call", "sms", "both"), default="call")
    language = StringField(default="en")
    timezone = StringField(default="America/New_York")


class PastCall(EmbeddedDocument):
    call_id = ObjectIdField()
    timestamp = DateTimeField()
    status = StringField()
    duration = IntField()
    """Seconds."""


class Customer(TenantDocument):
    """Somebody who expects a parcel."""

    meta = {"collection": "customers"}
    name = StringField(required=True)
    phone = NumberField(required=True)
    """E.164."""
    email = EmailField()
    address = StringField()
    preferences = EmbeddedDocumentField(Preferences, default=Preferences)
    call_history = ListField(EmbeddedDocumentField(PastCall))
    total_deliveries = IntField(default=0)
    successful_deliveries = IntField(default=0)
    last_delivery_date = DateTimeField()
    customer_rating = FloatField(min_value=1, max_value=5)
    deleted_at = DateTimeField()
    """Put away then: neither listed nor found, until a new delivery to the number."""


class Suppression(TenantDocument):
    """A number that is not to be called; looked at in the transaction that claims a call."""

    meta = {"collection": "suppressions"}
    phone = NumberField(required=True)
    scope = StringField(choices=("all", "calls", "sms"), default="calls", required=True)
    source = StringField(required=True)
    """How we know: key, speech, dispatcher."""
    since = DateTimeField(required=True)
    evidence = ObjectIdField()
    """The call, message or recording in which it was said."""
    lifted_at = DateTimeField()
    """When the customer took it back; absent while it holds."""


class Consent(TenantDocument):
    """Why a number may be called; looked at in the transaction that claims a call."""

    meta = {"collection": "consents"}
    phone = NumberField(required=True)
    basis = StringField(choices=("order", "express", "contract"), required=True)
    """``order``: the number was given for the order; ``express``: asked and agreed."""
    source = StringField(required=True)
    """Where we have it from, as a delivery's reference."""
    since = DateTimeField(required=True)
    withdrawn = DateTimeField()
