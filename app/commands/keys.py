"""Commands of keys: the installation's own, and those by which other systems use the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import click

from app.commands.surroundings import database, operator, plainly
from app.errors import PermanentError
from app.models import DEFAULT_TENANT, ApiKey
from app.pipeline import api_keys
from app.pipeline.api_keys import OVERLAP, Issued, NewKey
from app.rules import api_key_text
from app.rules.api_key_text import ENVIRONMENTS

_of_tenant = click.option("--tenant", "tenant_id", default=DEFAULT_TENANT, show_default=True)


@click.group()
def key() -> None:
    """Keys by which other systems use the API."""


@key.command("add")
@click.argument("name")
@click.option("--permission", "permissions", multiple=True, help="As deliveries:read; repeat it.")
@click.option(
    "--environment", type=click.Choice(list(ENVIRONMENTS)), default="development",
    show_default=True, help="For which it is; the key says so.",
)  # fmt: skip
@click.option("--requests", type=int, default=1000, show_default=True, help="In each period.")
@click.option("--period", type=int, default=900, show_default=True, help="Seconds.")
@click.option("--days", type=click.IntRange(1, 3650), help="Until it expires; never unless given.")
@click.option("--description", help="For whoever reads the list.")
@_of_tenant
@plainly
def add(name: str, days: int | None, period: int, tenant_id: str, **given: Any) -> None:
    """Make an API key for another system. It is shown this once."""
    now = datetime.now(UTC)
    ends = now + timedelta(days=days) if days else None
    wish = NewKey(name=name, period_seconds=period, expires_at=ends, **given)
    with database(tenant_id):
        made = api_keys.issue(tenant_id, operator(), wish, now=now)
    _show(made)


@key.command("list")
@_of_tenant
@plainly
def list_keys(tenant_id: str) -> None:
    """List a company's API keys, the newest first; never the keys themselves."""
    now = datetime.now(UTC)
    with database(tenant_id):
        for each in ApiKey.of(tenant_id).order_by("-created_at"):
            used = f"{each.last_used_at:%Y-%m-%d %H:%M}Z" if each.last_used_at else "never"
            click.echo(f"{each.prefix}  {each.name}  {each.environment}  {_state(each, now)}")
            click.echo(f"  may {' '.join(each.permissions) or 'do nothing'}")
            click.echo(f"  used {each.usage_count} times, last {used}")


@key.command("rotate")
@click.argument("prefix")
@click.option(
    "--overlap", type=click.FloatRange(0, 720), default=OVERLAP / timedelta(hours=1),
    show_default=True, help="Hours for which the old key still opens what it did.",
)  # fmt: skip
@_of_tenant
@plainly
def rotate(prefix: str, overlap: float, tenant_id: str) -> None:
    """Make a successor of the API key that begins with PREFIX. It is shown this once."""
    with database(tenant_id):
        known = _key(prefix, tenant_id)
        made = api_keys.rotate(
            tenant_id, operator(), known.pk,
            now=datetime.now(UTC), overlap=timedelta(hours=overlap),
        )  # fmt: skip
    _show(made)
    click.echo(f"{known.prefix} ends at {made.replaced_ends_at:%Y-%m-%d %H:%M:%S}Z", err=True)


@key.command("revoke")
@click.argument("prefix")
@_of_tenant
@plainly
def revoke(prefix: str, tenant_id: str) -> None:
    """End the API key that begins with PREFIX at once."""
    with database(tenant_id):
        known = _key(prefix, tenant_id)
        if not api_keys.revoke(tenant_id, operator(), known.pk, now=datetime.now(UTC)):
            raise PermanentError(f"{known.prefix} was revoked already")
    click.echo(f"{known.prefix} is revoked")


def _key(prefix: str, tenant_id: str) -> ApiKey:
    """By the public beginning, or by the whole key. Raises PermanentError."""
    public = api_key_text.prefix_of(prefix) or prefix
    found: ApiKey | None = ApiKey.of(tenant_id, prefix=public).first()
    if found is None:
        raise PermanentError("no API key of this company begins so: see `delauto key list`")
    return found


def _state(key: ApiKey, now: datetime) -> str:
    if not key.is_active:
        return f"revoked {key.revoked_at:%Y-%m-%d %H:%M}Z" if key.revoked_at else "revoked"
    if key.expires_at is None:
        return "in use"
    said = "expired" if key.expires_at <= now else "in use until"
    return f"{said} {key.expires_at:%Y-%m-%d %H:%M}Z" + (", replaced" if key.replaced_by else "")


def _show(made: Issued) -> None:
    click.echo(made.plain)
    click.echo("keep it now: it is not shown again", err=True)
    if made.expires_at:
        click.echo(f"it expires at {made.expires_at:%Y-%m-%d %H:%M:%S}Z", err=True)
