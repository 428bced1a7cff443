"""Commands of the installation's own keys: to make them, and to change them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence

import click
from cryptography.fernet import Fernet

import migrations
from app import models
from app.commands.surroundings import database, noted, plainly
from app.errors import PermanentError
from app.pipeline.rotate_keys import Rotation
from app.pipeline.rotate_keys import rotate as rotate_keys
from app.rules import vapid


@click.group()
def keys() -> None:
    """The installation's own keys; `delauto key` has those of other systems."""


@keys.command("field-encryption")
def field_encryption() -> None:
    """Print a new FIELD_ENCRYPTION_KEY."""
    click.echo(Fernet.generate_key().decode())


@keys.command("secret")
def secret() -> None:
    """Print a new SECRET_KEY."""
    click.echo(secrets.token_urlsafe(48))


@keys.command("vapid")
@click.option(
    "--subject", default="mailto:operator@example.com", show_default=True,
    help="How push services reach you when something is wrong: a mailbox, or https://example.com.",
)  # fmt: skip
@plainly
def vapid_keys(subject: str) -> None:
    """Print new settings for pushes to agents' telephones.

    With another key than before, every telephone must subscribe anew.
    """
    if not vapid.is_subject(subject):
        raise PermanentError("--subject must be like mailto:operator@example.com")
    private = vapid.new_private_key()
    click.echo(f"VAPID_PRIVATE_KEY={private}")
    click.echo(f"VAPID_SUBJECT={subject}")
    click.echo(f"browsers will know it by its public key {vapid.public_key(private)}", err=True)


@keys.command()
@plainly
def rotate() -> None:
    """Put everything that is encrypted in the database under the newest key.

    Before: put a new key in front of FIELD_ENCRYPTION_KEY, and start every process anew. It may run
    beside the product, and be stopped and run again at any time. Exit status 1 while another key
    is still needed.
    """
    with database():
        if migrations.pending(models.database()):
            raise PermanentError("migrations have not run: `delauto migrate up` first")
        known = models.sealing.ring().ids
        found = rotate_keys()
        noted("field_keys.rotated", "installation", "all", models.DEFAULT_TENANT)
    for line in _report(found, known):
        click.echo(line)
    if found.left:
        raise SystemExit(1)


def _report(found: Rotation, known: Sequence[str]) -> Iterator[str]:
    yield f"{found.renewed} documents renewed; {found.under.total()} values are encrypted in all"
    yield f"{found.under[found.newest]} under key {found.newest}, the newest"
    for key, count in sorted(found.left.items()):
        if key in known:
            yield f"{count} under key {key}: some process still writes with it; start all anew"
        else:
            yield f"{count} under key {key}, which FIELD_ENCRYPTION_KEY does not hold: add it"
    for name, count in sorted(found.unreadable.items()):
        yield f"{count} cannot be read, in {name}"
    for key in known[1:]:
        if key not in found.left:
            yield (
                f"none under key {key}: drop it from FIELD_ENCRYPTION_KEY once no backup that is "
                "older than this needs it"
            )
