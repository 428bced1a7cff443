"""The documents, and the connection to MongoDB that they share."""

from __future__ import annotations

import os
from typing import Any, ClassVar

import mongoengine
from mongoengine.base.common import _document_registry
from pymongo import MongoClient
from pymongo.database import Database
from pymongo.uri_parser import parse_uri

from app.config import Settings
from app.models import numbers, sealing
from app.models.analysis import AnalysisRecord
from app.models.api_key import ApiKey
from app.models.audit import AuditEntry, use_secret
from app.models.base import DEFAULT_TENANT, StatefulDocument, TenantDocument, TenantScopeError
from app.models.bridged_call import BridgedCall
from app.models.by_hand import ByHand
from app.models.call_log import CallLog, KeyPress
from app.models.correction import Correction
from app.models.delivery import Delivery, Outreach, PackageDetails, Route, TimeWindow
from app.models.figures import KeptFigures
from app.models.idempotency import IdempotentAnswer
from app.models.login import LoginSession, PasswordReset
from app.models.operations import (
    INSTALLATION,
    BackupReport,
    Circuit,
    DeadJob,
    Heartbeat,
    PushMessage,
    Review,
    SystemMetric,
)
from app.models.people import (
    Agent,
    CallingChoices,
    Consent,
    Customer,
    Preferences,
    PushDevice,
    Suppression,
    Tenant,
)
from app.models.proof import Proof
from app.models.recording import Recording, Transcription
from app.models.retention import RetentionReport
from app.models.second_opinion import SecondOpinion
from app.models.texts import InboundMessage, Message, Reply
from app.models.webhooks import Event, Notice, Posting, Subscription

__all__ = [
    "DEFAULT_TENANT",
    "INSTALLATION",
    "Agent",
    "AnalysisRecord",
    "ApiKey",
    "AuditEntry",
    "BackupReport",
    "BridgedCall",
    "ByHand",
    "CallLog",
    "CallingChoices",
    "Circuit",
    "Consent",
    "Correction",
    "Customer",
    "DeadJob",
    "Delivery",
    "Event",
    "Heartbeat",
    "IdempotentAnswer",
    "InboundMessage",
    "KeptFigures",
    "KeyPress",
    "LoginSession",
    "Message",
    "Notice",
    "Outreach",
    "PackageDetails",
    "PasswordReset",
    "Posting",
    "Preferences",
    "Proof",
    "PushDevice",
    "PushMessage",
    "Recording",
    "Reply",
    "RetentionReport",
    "Review",
    "Route",
    "SecondOpinion",
    "StatefulDocument",
    "Subscription",
    "Suppression",
    "SystemMetric",
    "Tenant",
    "TenantDocument",
    "TenantScopeError",
    "TimeWindow",
    "Transcription",
    "connect",
    "database",
    "disconnect",
    "numbers",
    "sealing",
    "use_keys",
]


_WAITS = {
    "serverSelectionTimeoutMS": 3000,
    "connectTimeoutMS": 3000,
    "socketTimeoutMS": 20_000,
}
"""Bounds of waiting for the server, unless the address gives its own."""


def use_keys(comma_separated: str) -> None:
    """Encrypt with the first of these keys from now on; decrypt with any of them."""
    sealing.use(comma_separated)


def connect(settings: Settings, *, anew: bool = False) -> None:
    """Connect this process; every write waits for the majority and the journal.

    Call it after any fork: a client does not survive one. It does not wait for the server. A
    connection to the same address stays, unless it is to be made ``anew``: a thread that reads
    while the process connects can bring the closed one back, which mongoengine keeps by its alias.
    """
    uri = settings.mongodb_uri.get_secret_value()
    use_keys(settings.field_encryption_key.get_secret_value())
    use_secret(settings.secret_key.get_secret_value())
    numbers.forget_key()
    if not anew and _Connected.to == (os.getpid(), uri) and _Connected.client is _client():
        return
    parsed = parse_uri(uri, validate=False)
    given = {name.lower() for name in parsed["options"]}
    mongoengine.disconnect()
    mongoengine.connect(
        db=parsed["database"] or "delauto",
        host=uri,
        tz_aware=True,
        uuidRepresentation="standard",
        w="majority",
        journal=True,
        retryWrites=True,
        appname="delauto",
        **{name: value for name, value in _WAITS.items() if name.lower() not in given},
    )
    for each in _document_registry.values():
        # A thread that read meanwhile may have kept a collection of the client that was closed.
        if issubclass(each, mongoengine.Document):
            each._disconnect()
    _Connected.to, _Connected.client = (os.getpid(), uri), _client()


class _Connected:
    to: ClassVar[tuple[int, str] | None] = None
    """By which process, and where."""
    client: ClassVar[MongoClient[dict[str, Any]] | None] = None


def _client() -> MongoClient[dict[str, Any]] | None:
    try:
        found: MongoClient[dict[str, Any]] = mongoengine.get_connection()
    except mongoengine.ConnectionFailure:
        return None
    return found


def disconnect() -> None:
    """Close this process's connection."""
    mongoengine.disconnect()


def database() -> Database[dict[str, Any]]:
    """The connected database, for migrations and counts that span collections."""
    found: Database[dict[str, Any]] = mongoengine.get_db()
    return found
