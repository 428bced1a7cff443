"""Commands of the dispatcher's side: the company, its people, deliveries, and why a call is due."""

from __future__ import annotations

import csv
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TextIO

import click
from bson import ObjectId
from mongoengine import NotUniqueError, ValidationError

from app.commands.surroundings import database, plainly
from app.errors import PermanentError
from app.models import DEFAULT_TENANT, Agent, Delivery, Suppression, Tenant
from app.models.people import Customer
from app.pipeline.plan import NewDelivery, plan
from app.rules import calling_hours

_REQUIRED = ("customer_name", "phone", "address", "longitude", "latitude", "scheduled_time")


@click.group()
def tenant() -> None:
    """The courier company, as customers hear it named."""


@tenant.command("set")
@click.argument("name")
@click.option("--callback-number", help="The number customers may call, as +14155550100.")
@click.option("--tenant", "tenant_id", default=DEFAULT_TENANT, show_default=True)
@plainly
def set_tenant(name: str, callback_number: str | None, tenant_id: str) -> None:
    """Create the company, or change its name."""
    with database():
        found = Tenant.of(tenant_id).first() or Tenant(tenant_id=tenant_id)
        found.name = name
        found.callback_number = callback_number or found.callback_number
        found.save()
    click.echo(f"{tenant_id}: {name}")


@click.group()
def user() -> None:
    """The people who drive, plan and administer."""


@user.command("add")
@click.argument("name")
@click.option("--email", required=True)
@click.option("--phone", required=True, help="As +14155550100.")
@click.option("--role", type=click.Choice(["agent", "dispatcher", "admin"]), default="agent")
@click.option("--tenant", "tenant_id", default=DEFAULT_TENANT, show_default=True)
@click.password_option()
@plainly
def add_user(name: str, email: str, phone: str, role: str, tenant_id: str, password: str) -> None:
    """Add a person; asks for the password."""
    with database():
        agent = Agent(tenant_id=tenant_id, name=name, email=email, phone=phone, role=role)
        agent.set_password(password)
        try:
            agent.save()
        except NotUniqueError:
            raise PermanentError("somebody has this e-mail address or telephone already") from None
        except ValidationError as error:
            raise PermanentError(f"cannot be kept: {error.message}") from None
    click.echo(f"{agent.pk}: {name}, {role}; page: /agent/{agent.pk}")


@click.command("plan")
@click.argument("file", type=click.File("r", encoding="utf-8-sig"))
@click.option("--time-zone", default="America/New_York", show_default=True)
@click.option("--region", help="Country of numbers without one, as US.")
@click.option("--tenant", "tenant_id", default=DEFAULT_TENANT, show_default=True)
@plainly
def plan_file(file: TextIO, time_zone: str, region: str | None, tenant_id: str) -> None:
    """Plan the deliveries of a CSV FILE (- for standard input), row by row.

    Needs the columns customer_name, phone, address, longitude, latitude and scheduled_time (ISO
    8601); may have window_end, reference, agent_email, time_zone, language, sequence, parcel. A
    row that cannot be planned is reported and the others go on; exit status 1 then.
    """
    rows = _rows(file)
    planned, failed = 0, 0
    with database() as found:
        for number, row in rows:
            try:
                wish = _wish(row, time_zone, region)
                plan(tenant_id, wish, now=datetime.now(UTC), window=found.calling_window)
                planned += 1
            except (PermanentError, ValidationError) as error:
                failed += 1
                click.echo(f"row {number}: {error}", err=True)
    click.echo(f"{planned} planned, {failed} refused")
    if failed:
        sys.exit(1)


def _rows(file: TextIO) -> list[tuple[int, dict[str, str | None]]]:
    """All rows with their numbers, read before any is planned. Raises PermanentError."""
    try:
        rows = csv.DictReader(file)
        names = rows.fieldnames or []
        missing = [name for name in _REQUIRED if name not in names]
        if missing:
            other = next((mark for mark in ";\t|" if mark in "".join(names)), None)
            hint = f"; the file seems to be separated by {other!r}, not by commas" if other else ""
            raise PermanentError(f"the file lacks the columns {', '.join(missing)}{hint}")
        return list(enumerate(rows, start=2))
    except UnicodeDecodeError:
        raise PermanentError("the file is not UTF-8: save it as CSV UTF-8 and try again") from None
    except csv.Error as error:
        raise PermanentError(f"the file is no CSV that can be read: {error}") from None


def _wish(row: Mapping[str, str | None], time_zone: str, region: str | None) -> NewDelivery:
    """One row as a wish. Raises PermanentError naming the columns that cannot be read."""
    cells = {name: (value or "").strip() for name, value in row.items() if name}
    problems = [f"{name} is empty" for name in _REQUIRED if not cells[name]]
    try:
        longitude, latitude = float(cells["longitude"]), float(cells["latitude"])
    except ValueError:
        problems.append("longitude and latitude must be decimal degrees")
    times = {}
    for name in ("scheduled_time", "window_end"):
        try:
            times[name] = datetime.fromisoformat(cells[name]) if cells.get(name) else None
            if (moment := times[name]) is not None and not 2000 < moment.year < 2100:
                raise ValueError  # noqa: TRY301 - the same complaint
        except ValueError:
            times[name] = None
            problems.append(f"{name} must be like 2026-11-20T09:30:00-05:00")
    scheduled = times.get("scheduled_time")
    if any(moment is not None and moment.tzinfo is None for moment in times.values()):
        problems.append("times must have their offset from UTC, as -05:00 or Z")
    if problems or scheduled is None:
        raise PermanentError("; ".join(problems))
    return NewDelivery(
        reference=cells.get("reference") or None,
        customer_name=cells["customer_name"],
        phone=cells["phone"],
        address=cells["address"],
        longitude=longitude,
        latitude=latitude,
        scheduled_time=scheduled,
        window_end=times.get("window_end"),
        time_zone=cells.get("time_zone") or time_zone,
        region=region,
        language=cells.get("language") or "en",
        agent_email=cells.get("agent_email") or None,
        sequence=_sequence(cells.get("sequence", "")),
        parcel=cells.get("parcel") or None,
    )


def _sequence(text: str) -> int | None:
    if not text:
        return None
    if text.isascii() and text.isdigit() and int(text[:9]) < 10_000 and len(text) < 6:
        return int(text)
    raise PermanentError("sequence must be a whole number from 0 to 9999")


@click.command()
@click.argument("delivery")
@click.option("--at", type=click.DateTime(["%Y-%m-%dT%H:%M"]), help="UTC; now unless given.")
@click.option("--tenant", "tenant_id", default=DEFAULT_TENANT, show_default=True)
@plainly
def why(delivery: str, at: datetime | None, tenant_id: str) -> None:
    """Would DELIVERY (its id or reference) be called, and why (not)?"""
    moment = at.replace(tzinfo=UTC) if at else datetime.now(UTC)
    if not 2000 < moment.year < 2100:
        raise PermanentError("--at must be a time of this century")
    with database() as found:
        known = (
            Delivery.of(tenant_id, pk=ObjectId(delivery)).first()
            if ObjectId.is_valid(delivery)
            else Delivery.of(tenant_id, reference=delivery).first()
        )
        if known is None:
            raise PermanentError(f"no delivery has the id or reference {delivery}")
        customer = Customer.of(tenant_id, pk=known.customer_id).get()
        verdict = calling_hours.judge(
            moment, known.time_zone, found.calling_window, deadline=known.scheduled_time
        )
        barred = Suppression.of(tenant_id, phone=customer.phone, scope__in=["all", "calls"]).first()
    click.echo(f"outreach: {known.outreach.state} ({known.outreach.reason or 'no reason noted'})")
    click.echo(f"attempts: {known.outreach.attempts} of {known.max_retries + 1}")
    if barred:
        click.echo(f"never: the number is suppressed since {barred.since:%Y-%m-%d %H:%M} UTC")
    elif verdict.allowed:
        click.echo(f"allowed: {verdict.reason} ({verdict.source})")
    else:
        later = f"from {verdict.not_before:%Y-%m-%d %H:%M %Z}" if verdict.not_before else "never"
        click.echo(f"not now, {later}: {verdict.reason} ({verdict.source})")
