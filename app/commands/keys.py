"""Commands that make keys."""

from __future__ import annotations

import secrets

import click
from cryptography.fernet import Fernet

from app.commands.surroundings import database, plainly
from app.models import DEFAULT_TENANT, ApiKey


@click.group()
def key() -> None:
    """Keys of the installation and of other systems."""


@key.command("field-encryption")
def field_encryption() -> None:
    """Print a new FIELD_ENCRYPTION_KEY."""
    click.echo(Fernet.generate_key().decode())


@key.command("secret")
def secret() -> None:
    """Print a new SECRET_KEY."""
    click.echo(secrets.token_urlsafe(48))


@key.command("add")
@click.argument("name")
@click.option("--permission", "permissions", multiple=True, help="As deliveries:read.")
@click.option("--tenant", "tenant_id", default=DEFAULT_TENANT, show_default=True)
@plainly
def add(name: str, permissions: tuple[str, ...], tenant_id: str) -> None:
    """Make an API key for another system. It is shown this once."""
    with database():
        _, plain = ApiKey.issue(tenant_id, name, list(permissions))
    click.echo(plain)
