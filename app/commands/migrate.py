"""`delauto migrate`: the database's shape."""

from __future__ import annotations

import click

import migrations
from app import models
from app.commands.surroundings import database, plainly
from app.errors import PermanentError


@click.group()
def migrate() -> None:
    """Change the database's shape by numbered, reversible steps."""


@migrate.command()
@plainly
def up() -> None:
    """Run all migrations that have not run."""
    with database():
        try:
            ran = migrations.up(models.database())
        except migrations.MigrationError as error:
            raise PermanentError(str(error)) from error
    for migration in ran:
        click.echo(f"ran {migration.number:04} {migration.name}")
    if not ran:
        click.echo("nothing to do")


@migrate.command()
@plainly
def down() -> None:
    """Take the newest migration back."""
    with database():
        try:
            gone = migrations.down(models.database())
        except migrations.MigrationError as error:
            raise PermanentError(str(error)) from error
    click.echo(f"took back {gone.number:04} {gone.name}" if gone else "nothing has run")


@migrate.command()
@plainly
def status() -> None:
    """Which migrations have run, and when."""
    with database():
        done = migrations.applied(models.database())
    for migration in migrations.known():
        at = done.get(migration.number)
        said = f"ran {at:%Y-%m-%d %H:%M:%S} UTC" if at else "pending"
        click.echo(f"{migration.number:04} {migration.name}: {said}")


@migrate.command()
@click.argument("name")
@plainly
def create(name: str) -> None:
    """Write an empty migration with the next number."""
    try:
        click.echo(f"wrote {migrations.create(name)}")
    except migrations.MigrationError as error:
        raise PermanentError(str(error)) from error
