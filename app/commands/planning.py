"""The command that plans deliveries from a file."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TextIO

import click
from mongoengine import ValidationError

from app.commands.surroundings import database, noted, plainly, problems
from app.errors import PermanentError
from app.models import DEFAULT_TENANT
from app.pipeline import company, delivery_file
from app.pipeline.file_rows import Zones, wish_of
from app.pipeline.plan import known_company, plan
from app.runtime import rules


@click.command("plan")
@click.argument("file", type=click.File("r", encoding="utf-8-sig"))
@click.option("--time-zone", help="Of rows that name none, as Europe/London.")
@click.option("--region", help="Country of numbers without one, as US.")
@click.option("--tenant", "tenant_id", default=DEFAULT_TENANT, show_default=True)
@plainly
def plan_file(file: TextIO, time_zone: str | None, region: str | None, tenant_id: str) -> None:
    """Plan the deliveries of a CSV FILE (- for standard input), row by row.

    Needs the columns customer_name, phone, address and scheduled_time (2026-11-24 14:30, or with
    its offset as 2026-11-24T14:30-05:00); may have longitude and latitude (both or neither),
    time_zone, window_end, reference, agent_email, language, sequence, parcel,
    delivery_instructions (what the customer asks for every time, as where their usual place is),
    consent (yes unless it says no: whether the number was given for the order), and date, for
    times that are written without their day. Times without an offset are those of the row's
    time_zone, else of --time-zone, else of the company's. A row that cannot be planned is reported
    and the others go on; exit status 1 then. One whose customer may not be called is planned, and
    reported with the reason.
    """
    given = delivery_file.read(_text(file))
    if given.unknown:
        named = ", ".join(
            f"{name} (is {given.meant[name]} meant?)" if name in given.meant else name
            for name in given.unknown
        )
        click.echo(
            f"delauto: nothing is read from the columns {named}; "
            f"those that may be there are {', '.join(delivery_file.COLUMNS)}",
            err=True,
        )
    planned, silent, failed = 0, 0, 0
    with database(tenant_id) as found:
        known_company(tenant_id)
        book = rules(found)
        zones = Zones(time_zone, company.time_zone(tenant_id))
        for number, row in given.rows:
            try:
                wish = wish_of(row, zones, region).wish
                now = datetime.now(UTC)
                made = plan(
                    tenant_id, wish, now=now, window=found.calling_window, book=book,
                    own_number=found.twilio_from_number,
                    locate=found.geocoder_url is not None,
                )  # fmt: skip
            except PermanentError as error:
                failed += 1
                click.echo(f"row {number}: {error}", err=True)
            except ValidationError as error:
                failed += 1
                click.echo(f"row {number}: {problems(error)}", err=True)
            else:
                planned += 1
                noted("delivery.created", "delivery", made.pk, tenant_id)
                if made.outreach.state in delivery_file.WITHOUT_A_CALL:
                    silent += 1
                    click.echo(
                        f"row {number}: planned, but nobody will be called: {made.outreach.reason}"
                    )
    without = f" ({silent} of them without a call)" if silent else ""
    click.echo(f"{planned} planned{without}, {failed} refused")
    if failed:
        sys.exit(1)


def _text(file: TextIO) -> str:
    try:
        return file.read()
    except UnicodeDecodeError:
        raise PermanentError("the file is not UTF-8: save it as CSV UTF-8 and try again") from None
