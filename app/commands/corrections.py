"""The command that hands out what dispatchers corrected, for the evaluation."""

from __future__ import annotations

import hmac
import json
from collections import Counter
from datetime import UTC, datetime

import click

from app.commands.surroundings import database, plainly
from app.errors import PermanentError
from app.models import DEFAULT_TENANT
from app.pipeline.labelled import LeftOut, labelled
from app.rules.pseudonyms import Pseudonyms


@click.group()
def corrections() -> None:
    """What dispatchers put right."""


@corrections.command("export")
@click.option("--since", help="Corrections made from then on, as 2026-11-20 or 2026-11-20T09:30.")
@click.option("--tenant", "tenant_id", default=DEFAULT_TENANT, show_default=True)
@click.option(
    "--pseudonyms/--as-said",
    "disguised",
    default=True,
    show_default=True,
    help="Replace codes, telephone numbers and names, the same by the same.",
)
@plainly
def export(since: str | None, tenant_id: str, disguised: bool) -> None:
    """Corrected answers as labelled lines (JSON) for `make eval`.

    Leaves out what retention has wiped, and says on standard error what it left out. Even with
    pseudonyms, places, addresses and times are as the customer said them: keep the file
    accordingly.
    """
    moment = _moment(since) if since else None
    missing: Counter[str] = Counter()
    written = 0
    with database() as found:
        secret = found.secret_key.get_secret_value().encode()
        key = hmac.digest(secret, b"pseudonyms of exported corrections", "sha256")
        pseudonyms = Pseudonyms(key) if disguised else None
        for each in labelled(tenant_id, since=moment, pseudonyms=pseudonyms):
            if isinstance(each, LeftOut):
                missing[each.why] += 1
            else:
                written += 1
                click.echo(json.dumps(each.as_dict(), ensure_ascii=False))
    left_out = "".join(f", {count} left out: {why}" for why, count in sorted(missing.items()))
    click.echo(f"{written} exported{left_out}", err=True)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise PermanentError(
            "--since must be a time like 2026-11-20 or 2026-11-20T09:30 (UTC)"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
