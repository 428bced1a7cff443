"""Commands of the courier's company: its name, and what it decides about its calls."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import click
from mongoengine import ValidationError

from app.commands.surroundings import database, noted, plainly, problems
from app.config import Settings
from app.errors import PermanentError
from app.models import DEFAULT_TENANT, Tenant
from app.pipeline.company import ChoicesError, check_choices
from app.runtime import rules

_TENANT = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
"""As ``TenantDocument`` keeps it."""


def tenant_name(_context: click.Context, _parameter: click.Parameter, name: str) -> str:
    """A company's id as it may be written; raises click's BadParameter."""
    if not _TENANT.fullmatch(name):
        raise click.BadParameter(
            "must be of small letters a to z, digits and hyphens, at most 64, the first no "
            "hyphen, like harbour-parcels"
        )
    return name


of_tenant = click.option(
    "--tenant", "tenant_id", default=DEFAULT_TENANT, show_default=True, callback=tenant_name,
    help="Small letters, digits and hyphens.",
)  # fmt: skip


@click.group()
def tenant() -> None:
    """The courier company, as customers hear it named, and its choices about calls."""


@tenant.command("set")
@click.argument("name")
@click.option("--callback-number", help="The number customers may call, as +14155550100.")
@click.option("--hours", help="Local times for calls, as 09:00-20:00; narrows the lawful hours.")
@click.option(
    "--mode",
    type=click.Choice(["consent", "package_notification"]),
    help="On what basis customers are called.",
)
@click.option("--days-ahead", type=click.IntRange(1, 30), help="Called at most so early.")
@click.option("--calls-a-day", type=click.IntRange(1, 100), help="At most, to one number.")
@click.option("--calls-a-delivery", type=click.IntRange(1, 100), help="At most.")
@click.option("--calls-per-second", type=click.FloatRange(0.01, 100), help="This company's share.")
@click.option("--calls-in-progress", type=click.IntRange(1, 10_000), help="At most, at once.")
@click.option("--quiet-day", "quiet_days", multiple=True, help="As 2026-12-24; may be repeated.")
@click.option("--transfer-number", help="Where key 0 leads, as +14155550100.")
@click.option("--transfer-hours", help="When somebody answers there, as 09:00-17:00.")
@click.option(
    "--time-zone",
    help="The company's, as Europe/London: by it pages tell times, and transfers have hours.",
)
@click.option("--texts/--no-texts", default=None, help="May unreached customers get a text?")
@click.option("--unset", multiple=True, help="Forget a choice, as hours or quiet-days.")
@of_tenant
@plainly
def set_tenant(
    name: str,
    callback_number: str | None,
    tenant_id: str,
    unset: tuple[str, ...],
    calls_a_day: int | None,
    calls_a_delivery: int | None,
    **given: Any,
) -> None:
    """Create the company, or change it. What is not given stays as it is.

    Quiet days are added to those there are; --unset quiet-days forgets them.
    """
    wishes = {
        **given,
        "most_calls_a_day": calls_a_day,
        "most_calls_a_delivery": calls_a_delivery,
        "quiet_days": list(given["quiet_days"]) or None,
    }
    chosen = {field: value for field, value in wishes.items() if value is not None}
    if not name.strip():
        raise PermanentError("the company needs a name: customers hear it first")
    if not math.isfinite(chosen.get("calls_per_second", 1.0)):
        raise PermanentError("--calls-per-second must be a number")
    forgotten = _fields(unset)
    with database() as installation:
        _check(chosen, callback_number, installation)
        found = Tenant.of(tenant_id).first() or Tenant(tenant_id=tenant_id)
        before = _kept(found)
        found.name = name
        found.callback_number = callback_number or found.callback_number
        for field in forgotten:
            delattr(found.calling, field)
        if "quiet_days" in chosen:
            chosen["quiet_days"] = sorted({*found.calling.quiet_days, *chosen["quiet_days"]})
        for field, value in chosen.items():
            setattr(found.calling, field, value)
        try:
            found.save()
        except ValidationError as error:
            raise PermanentError(f"cannot be kept: {problems(error)}") from None
        noted("settings.changed", "tenant", tenant_id, tenant_id, before=before, after=_kept(found))
    click.echo(f"{tenant_id}: {name}")
    for line in _choices(found):
        click.echo(f"  {line}")


_OPTIONS = {"most_calls_a_day": "calls-a-day", "most_calls_a_delivery": "calls-a-delivery",
            "quiet_days": "quiet-day"}  # fmt: skip


def _kept(tenant: Tenant) -> dict[str, Any]:
    """What the audit log compares of a company."""
    kept: dict[str, Any] = tenant.to_mongo().to_dict()
    return {name: value for name, value in kept.items() if name not in ("createdAt", "updatedAt")}


def _check(chosen: Mapping[str, Any], callback_number: str | None, installation: Settings) -> None:
    """Raises PermanentError naming everything that cannot be kept, by its option."""
    wish = {**chosen, "callback_number": callback_number}
    try:
        check_choices(wish, rules(installation), installation.calling_window)
    except ChoicesError as error:
        options = {
            _OPTIONS.get(field, field.replace("_", "-")): says
            for field, says in error.problems.items()
        }
        raise PermanentError(
            "; ".join(f"--{name} {says}" for name, says in options.items())
        ) from None


_NAMES = {"calls_a_day": "most_calls_a_day", "calls_a_delivery": "most_calls_a_delivery"}
_MAY_BE_UNSET = (
    "hours", "mode", "days-ahead", "calls-a-day", "calls-a-delivery", "calls-per-second",
    "calls-in-progress", "quiet-days", "transfer-number", "transfer-hours",
    "time-zone", "texts",
)  # fmt: skip


def _fields(unset: tuple[str, ...]) -> list[str]:
    unknown = [name for name in unset if name not in _MAY_BE_UNSET]
    if unknown:
        raise PermanentError(
            f"--unset knows no {', '.join(unknown)}, only {', '.join(_MAY_BE_UNSET)}"
        )
    fields = [name.replace("-", "_") for name in unset]
    return [_NAMES.get(field, field) for field in fields]


def _choices(found: Tenant) -> list[str]:
    """What the company has decided, for reading over."""
    calling = found.calling
    values = {
        "callback number": found.callback_number,
        "basis": calling.mode,
        "hours": calling.hours,
        "days ahead": calling.days_ahead,
        "calls a day to a number": calling.most_calls_a_day,
        "calls a delivery": calling.most_calls_a_delivery,
        "calls a second": calling.calls_per_second,
        "calls at once": calling.calls_in_progress,
        "quiet days": ", ".join(calling.quiet_days),
        "time zone": calling.time_zone
        or "none: pages tell UTC; give --time-zone, as Europe/London",
        "transfer": " ".join(filter(None, (calling.transfer_number, calling.transfer_hours))),
        "texts": "yes" if calling.texts else "no",
    }
    return [f"{what}: {value}" for what, value in values.items() if value]
