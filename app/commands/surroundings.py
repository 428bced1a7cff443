"""What commands stand on: the settings, the database, and messages that say what to do."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import click
from mongoengine import ValidationError
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from app import logs, models
from app.config import Settings
from app.errors import AppError


def settings() -> Settings:
    """The settings of the environment. Raises SettingsError, which ``plainly`` prints."""
    return Settings.from_env(os.environ)


@contextmanager
def database() -> Iterator[Settings]:
    """The settings, with the database connected."""
    found = settings()
    logs.configure("WARNING", "command", sys.stderr)
    models.connect(found)
    try:
        yield found
    finally:
        models.disconnect()


def problems(error: ValidationError) -> str:
    """What a document has against its fields, field by field."""
    found = error.to_dict() if error.errors else {}
    return "; ".join(f"{field}: {says}" for field, says in found.items()) or str(error.message)


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
