"""What commands stand on: the settings, the database, and messages that say what to do."""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from typing import Any

import click
from bson import ObjectId
from mongoengine import ValidationError
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from app import logs, models
from app.config import Settings
from app.errors import AppError, PermanentError
from app.models import DEFAULT_TENANT, CallLog, Delivery, Message
from app.pipeline.audit import Actor, record
from app.pipeline.plan import known_company


def settings() -> Settings:
    """The settings of the environment. Raises SettingsError, which ``plainly`` prints."""
    return Settings.from_env(os.environ)


@contextmanager
def database(tenant_id: str | None = None) -> Iterator[Settings]:
    """The settings, with the database connected.

    Raises PermanentError where the company that a command is about does not exist. The one that
    nobody need name may still be without a name of its own.
    """
    found = settings()
    logs.configure("WARNING", "command", sys.stderr)
    models.connect(found)
    try:
        if tenant_id not in (None, DEFAULT_TENANT):
            known_company(tenant_id)
        yield found
    finally:
        models.disconnect()


def operator() -> Actor:
    """Whoever runs this command, by the name that the machine knows them by."""
    number = os.getuid()
    try:
        name = pwd.getpwuid(number).pw_name
    except KeyError:
        name = f"user {number}"
    return Actor("command", f"os:{number}", name)


def noted(action: str, kind: str, subject: object, tenant_id: str, **more: Any) -> None:
    """Have it in the company's audit log that this command did something; see ``record``."""
    record(tenant_id, operator(), action, kind, str(subject), now=datetime.now(UTC), **more)


def moment(_context: click.Context, parameter: click.Parameter, text: str | None) -> Any:
    """What an option that takes a moment was given: UTC unless it has an offset."""
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(
            f"--{parameter.name} must be a time like 2026-03-10T09:00+01:00, or a date"
        ) from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def problems(error: ValidationError) -> str:
    """What a document has against its fields, field by field."""
    found = error.to_dict() if error.errors else {}
    return "; ".join(f"{field}: {says}" for field, says in found.items()) or str(error.message)


def delivery_named(name: str, tenant_id: str) -> Delivery:
    """By its id, its reference, or the id of a call or text about it; PermanentError for none."""
    about: ObjectId | None = None
    if ObjectId.is_valid(name):
        about = ObjectId(name)
        for model in (CallLog, Message):
            asked = model.of(tenant_id, pk=about).first()
            if asked is not None:
                about = asked.delivery_id
    by_id: Delivery | None = Delivery.of(tenant_id, pk=about).first() if about else None
    found: Delivery | None = by_id or Delivery.of(tenant_id, reference=name).first()
    if found is None:
        raise PermanentError(
            f"no delivery has the id or reference {name}, and no call about one the id"
        )
    return found


def plainly(command: Callable[..., Any]) -> Callable[..., Any]:
    """A command whose foreseen failures are one message and exit status 1, not a traceback."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except AppError as error:
            click.echo(f"delauto: {error}", err=True)
        except PyMongoError as error:
            click.echo(
                f"delauto: MongoDB is out of reach ({type(error).__name__}): check MONGODB_URI",
                err=True,
            )
        except RedisError as error:
            click.echo(
                f"delauto: Redis is out of reach ({type(error).__name__}): check REDIS_URL",
                err=True,
            )
        sys.exit(1)

    return run
