"""Commands of webhooks: who is told of which events, how that went, and sending it again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from bson import ObjectId

from app.commands.surroundings import database, moment, plainly
from app.errors import PermanentError
from app.models import DEFAULT_TENANT, Subscription
from app.models.webhooks import Posting
from app.pipeline import event_log, subscriptions
from app.pipeline import subscription_standing as standing
from app.pipeline.plan import known_company
from app.pipeline.subscriptions import SubscriptionWish
from app.rules.events import TYPES, public_id
from app.rules.events.page import page

_tenant = click.option("--tenant", "tenant_id", default=DEFAULT_TENANT, show_default=True)
_events = click.option(
    "--event", "types", multiple=True, help="A type of event; several times for several."
)


@click.group()
def webhooks() -> None:
    """Tell a shipper's system what happens to deliveries."""


@webhooks.command("document")
def document() -> None:
    """Print the page for whoever builds a receiver: docs/webhooks.md is made with it."""
    click.echo(page(), nl=False)


@webhooks.command("events")
def events() -> None:
    """Print every type of event, and what it says."""
    width = max(map(len, TYPES))
    for each in TYPES.values():
        click.echo(f"{each.name:{width}}  {each.meaning}")


@webhooks.command("add")
@click.argument("url")
@_events
@click.option("--description", help="For whoever reads the list.")
@_tenant
@plainly
def add(url: str, types: tuple[str, ...], description: str | None, tenant_id: str) -> None:
    """Send events to URL from now on: all of them, unless --event names some.

    Prints the secret with which they are signed. It is shown this once.
    """
    wish = SubscriptionWish(url=url, types=types or None, description=description)
    with database(tenant_id) as found:
        known_company(tenant_id)
        made = subscriptions.subscribe(
            tenant_id,
            wish,
            by=None,
            now=datetime.now(UTC),
            to_loopback=found.webhooks_to_loopback,
        )
    click.echo(f"{made.subscription.pk}\n{made.secret}")


@webhooks.command("change")
@click.argument("subscription")
@click.option("--url")
@_events
@click.option("--description")
@_tenant
@plainly
def change(
    subscription: str,
    url: str | None,
    types: tuple[str, ...],
    description: str | None,
    tenant_id: str,
) -> None:
    """Change where SUBSCRIPTION is told, or of what (`--event '*'`: of everything)."""
    wish = SubscriptionWish(url=url, types=types or None, description=description)
    with database(tenant_id) as found:
        known = subscriptions.change(
            tenant_id, _id(subscription), wish, to_loopback=found.webhooks_to_loopback
        )
        click.echo(_line(known))


@webhooks.command("list")
@_tenant
@plainly
def list_all(tenant_id: str) -> None:
    """Print every subscription, and how it stands."""
    with database(tenant_id):
        for each in Subscription.of(tenant_id, deleted_at=None).order_by("id"):
            click.echo(_line(each))


@webhooks.command("rotate")
@click.argument("subscription")
@click.option(
    "--overlap-hours", default=24.0, show_default=True, help="How long the former signs as well."
)
@_tenant
@plainly
def rotate(subscription: str, overlap_hours: float, tenant_id: str) -> None:
    """Print a new secret for SUBSCRIPTION; the former goes on to sign beside it for a while."""
    with database(tenant_id):
        made = subscriptions.rotate(
            tenant_id,
            _id(subscription),
            now=datetime.now(UTC),
            overlap=timedelta(hours=overlap_hours),
        )
    click.echo(made.secret)


@webhooks.command("test")
@click.argument("subscription")
@_tenant
@plainly
def test(subscription: str, tenant_id: str) -> None:
    """Send SUBSCRIPTION a trial; `log` says how it went."""
    with database(tenant_id):
        sent = standing.send_test(tenant_id, _id(subscription), now=datetime.now(UTC))
    click.echo(public_id(str(sent.pk)))


def _standing(name: str, act: Callable[[str, ObjectId], Any], meaning: str) -> None:
    @webhooks.command(name, help=meaning)
    @click.argument("subscription")
    @_tenant
    @plainly
    def run(subscription: str, tenant_id: str) -> None:
        with database(tenant_id):
            act(tenant_id, _id(subscription))
        click.echo(f"{subscription}: {name}d")


def _now() -> datetime:
    return datetime.now(UTC)


_standing(
    "pause",
    lambda tenant, each: standing.pause(tenant, each, now=_now()),
    "Send nothing to SUBSCRIPTION; what happens waits for `enable`.",
)
_standing(
    "enable",
    lambda tenant, each: standing.enable(tenant, each, by=None, now=_now()),
    "Send to SUBSCRIPTION again, and what waited meanwhile.",
)
_standing(
    "remove",
    lambda tenant, each: standing.remove(tenant, each, now=_now()),
    "Send nothing to SUBSCRIPTION any more.",
)


@webhooks.command("log")
@click.argument("subscription")
@click.option("--status", type=click.Choice(["pending", "taken", "given_up"]))
@click.option("--most", default=50, show_default=True)
@_tenant
@plainly
def log(subscription: str, status: str | None, most: int, tenant_id: str) -> None:
    """Print how events were sent to SUBSCRIPTION, the newest first."""
    with database(tenant_id):
        known = subscriptions.find(tenant_id, _id(subscription))
        for each in event_log.postings(tenant_id, known.pk, status=status, most=most):
            click.echo(_posting(each))


@webhooks.command("replay")
@click.argument("subscription")
@click.option("--event", "event_id", help="One event, by its id (evt_...).")
@click.option(
    "--since", callback=moment, help="Or all from this time on; UTC unless it says otherwise."
)
@click.option("--until", callback=moment, help="And before this time; until now unless given.")
@click.option("--all", "taken_too", is_flag=True, help="What was taken as well.")
@_tenant
@plainly
def replay(
    subscription: str,
    event_id: str | None,
    since: datetime | None,
    until: datetime | None,
    taken_too: bool,
    tenant_id: str,
) -> None:
    """Send events to SUBSCRIPTION again, with the ids that they had."""
    if (event_id is None) == (since is None):
        raise click.UsageError("give either --event or --since")
    now, whose = datetime.now(UTC), _id(subscription)
    with database(tenant_id):
        if event_id is not None:
            event_log.replay(tenant_id, whose, _id(event_id.removeprefix("evt_")), now=now)
            click.echo("1 to be sent")
            return
        total, after = 0, None
        while True:
            done = event_log.replay_range(
                tenant_id,
                whose,
                since=since or now,
                until=until or now,
                now=now,
                after=after,
                only_missed=not taken_too,
            )
            total, after = total + done.events, done.go_on
            if after is None:
                break
    click.echo(f"{total} to be sent")


def _id(name: str) -> ObjectId:
    if not ObjectId.is_valid(name):
        raise PermanentError(f"{name} is no id: `delauto webhooks list` and `log` print them")
    return ObjectId(name)


def _line(each: Subscription) -> str:
    if not each.is_active:
        stands = f"disabled {each.disabled_at:%Y-%m-%d %H:%M}Z: {each.disabled_because}"
    elif each.failing_since:
        stands = f"failing since {each.failing_since:%Y-%m-%d %H:%M}Z"
    else:
        stands = "active"
    beside = f"  ({each.description})" if each.description else ""
    # Without its query: that may hold the receiver's token.
    where = each.url.partition("?")[0]
    return f"{each.pk}  {stands}  {where}  {' '.join(each.types)}{beside}"


def _posting(each: Posting) -> str:
    head = f"{public_id(str(each.event_id))}  {each.type}  {each.status}"
    if each.replay:
        head += f"  replay {each.replay}"
    if each.next_at:
        head += f"  next {each.next_at:%Y-%m-%d %H:%M:%S}Z"
    tries = (
        f"\n  {one.at:%Y-%m-%d %H:%M:%S}Z  {one.error or one.status}  {one.milliseconds or 0} ms"
        for one in each.tries
    )
    return head + "".join(tries)
