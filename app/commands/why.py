"""The command that explains: would this delivery's customer be called then, and why (not)?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import click

from app.commands.surroundings import database, delivery_named, plainly
from app.errors import PermanentError
from app.models import DEFAULT_TENANT
from app.pipeline.permission import Explanation, Kept, explain
from app.rules import network_errors
from app.rules.gate import Channel, Reason, Verdict
from app.runtime import rules

_WHAT: dict[Channel, str] = {"call": "a call", "sms": "a text"}


@click.command()
@click.argument("delivery")
@click.option("--at", help="As 2026-11-20T09:30, in UTC; or with its offset. Now unless given.")
@click.option("--channel", type=click.Choice(["call", "sms"]), default="call", show_default=True)
@click.option("--tenant", "tenant_id", default=DEFAULT_TENANT, show_default=True)
@plainly
def why(delivery: str, at: str | None, channel: Channel, tenant_id: str) -> None:
    """Would DELIVERY (its id or reference) be called then, and why (not)?

    The id of one of its calls or texts, as `circuit show` prints them, will do as well. Also
    tells of each call that was made why it was allowed, as it was kept with the call.
    """
    moment = _moment(at) if at else datetime.now(UTC)
    with database(tenant_id) as found:
        known = delivery_named(delivery, tenant_id)
        told = explain(known, moment, rules(found), window=found.calling_window, channel=channel)
    for line in lines(told):
        click.echo(line)


def _moment(text: str) -> datetime:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        read = None
    if read is None or not 2000 < read.year < 2100:
        raise PermanentError(
            "--at must be a time of this century, as 2026-11-20T09:30 (UTC) or "
            "2026-11-20T09:30-05:00"
        )
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def lines(told: Explanation) -> Iterator[str]:
    """The explanation in plain words, line by line."""
    name = told.reference or told.delivery_id
    yield f"delivery: {name}, van {_both(told.van_at, told.time_zone)}"
    yield f"outreach: {told.state} ({told.reason or 'no reason noted'})"
    yield f"attempts: {told.attempts} of {told.most_attempts}"
    yield f"next: {_next(told)}"
    if told.stopped is not None:
        what = "dialling is" if told.channel == "call" else "texts are"
        yield f"{what} stopped for everybody: {told.stopped}; see delauto circuit show"
    verdict = told.verdict
    if verdict is None:
        yield "never: the customer is gone"
    else:
        zone = verdict.local_times[0][0] if verdict.local_times else told.time_zone
        yield f"asked about: {_both(verdict.at, zone)}"
        yield f"rules say: {_answer(verdict, zone)}"
        for reason in verdict.reasons:
            yield f"  {reason.weight.value:8}{_reason(reason)}"
        yield f"found by: {', '.join(verdict.found_by) or 'nothing'}"
        yield f"regions: {', '.join(verdict.regions) or 'not known, so every rule counts'}"
        yield f"rules: version {verdict.rules_version}"
    for kept in told.kept:
        yield from _kept(kept, told.time_zone)


def _next(told: Explanation) -> str:
    if told.state == "calling":
        return "a call is under way, or about to be placed"
    if told.next_at is None:
        return "nothing more is planned"
    return f"a call, not before {_both(told.next_at, told.time_zone)}"


def _answer(verdict: Verdict, zone: str) -> str:
    what = _WHAT["sms" if verdict.channel == "sms" else "call"]
    if verdict.never or verdict.not_before is None:
        return f"never {what}"
    end = f", until {_both(verdict.not_after, zone)}" if verdict.not_after else ""
    if verdict.allowed:
        return f"{what} is allowed{end}"
    return f"not before {_both(verdict.not_before, zone)}{end}"


def _both(moment: datetime, zone: str) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    utc = moment.astimezone(UTC)
    return f"{local:%a %Y-%m-%d %H:%M} in {zone} ({utc:%Y-%m-%d %H:%M} UTC)"


def _reason(reason: Reason) -> str:
    return f"{reason.says} [{reason.rule}/{reason.version}: {reason.source}]"


def _kept(kept: Kept, zone: str) -> Iterator[str]:
    name = f"attempt {kept.attempt}" if kept.channel == "call" else "text"
    why_allowed = kept.why_allowed
    yield f"{name}: {kept.status}, {_both(kept.at, zone)}"
    if kept.error_code:
        error = network_errors.of(kept.error_code)
        yield f"  the network's code {kept.error_code}: {error.meaning}"
    if not why_allowed:
        yield "  nothing was kept about why it was allowed"
        return
    yield f"  allowed by rules {why_allowed.get('rules_version', 'of an earlier form')}"
    for name, local in why_allowed.get("local_times", {}).items():
        yield f"  local time: {datetime.fromisoformat(local):%a %Y-%m-%d %H:%M:%S} in {name}"
    for reason in why_allowed.get("reasons", []):
        yield f"  {reason['says']} [{reason['rule']}/{reason['version']}: {reason['source']}]"
    if why_allowed.get("consent_id"):
        yield f"  consent: {why_allowed['consent_id']}"
