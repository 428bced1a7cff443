"""`delauto circuit`: whether the network, and push services, may be asked for anything at all."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from app.commands.surroundings import database, noted, plainly
from app.errors import PermanentError
from app.models import DEFAULT_TENANT
from app.pipeline import circuit as circuits
from app.pipeline.audit import audited
from app.rules import network_errors


@click.group()
def circuit() -> None:
    """See why dialling stopped, and let it go on once the cause is mended."""


@circuit.command()
@plainly
def show() -> None:
    """Print each circuit: closed, or open since when, because of what, and until when."""
    with database():
        standing = {each.name: each for each in circuits.standing()}
        for name in dict.fromkeys((circuits.CALLS, circuits.MESSAGES, *standing)):
            each = standing.get(name)
            click.echo(f"{name}: {each.state.replace('_', ' ') if each else 'closed'}")
            if each and each.state != "closed":
                click.echo(f"  since {each.opened_at:%Y-%m-%d %H:%M:%S}Z: {each.reason}")
                if each.code == circuits.HELD:
                    click.echo(f"  held by hand; to go on: delauto circuit close {each.name}")
                    continue
                click.echo(f"  code {each.code}")
                setting = network_errors.of(each.code).setting
                click.echo(f"  check {setting or 'the account at the network'}")
                click.echo(f"  then: delauto circuit close {each.name}")
                click.echo(f"  next single try {each.probe_at:%Y-%m-%d %H:%M:%S}Z")
                for one in each.tripped_by:
                    click.echo(f"  tripped by {one}")


@circuit.command()
@click.argument("name", type=click.Choice([circuits.CALLS, circuits.MESSAGES]))
@click.option("--why", required=True, help="For whoever asks `circuit show`; no names in it.")
@plainly
def hold(name: str, why: str) -> None:
    """Place no call, or send no message, until it is closed by hand; NAME is calls or messages.

    What is under way goes on, and what is heard is still read.
    """
    with database():

        def both() -> None:
            circuits.hold(name, why, now=datetime.now(UTC))
            noted("circuit.held", "circuit", name, DEFAULT_TENANT, detail={"why": why})

        audited(DEFAULT_TENANT, both)
        click.echo(f"{name} are held; to go on: delauto circuit close {name}")


@circuit.command()
@click.argument("name")
@plainly
def close(name: str) -> None:
    """Let everything go on at once; NAME is as `circuit show` has it."""
    with database():
        if not circuits.known(name):
            raise click.BadParameter(
                f"{name} is no circuit; `delauto circuit show` names them", param_hint="NAME"
            )

        def both() -> None:
            if not circuits.close(name):
                raise PermanentError(f"the circuit for {name} is closed already")
            noted("circuit.closed", "circuit", name, DEFAULT_TENANT)

        audited(DEFAULT_TENANT, both)
        click.echo(f"the circuit for {name} is closed: {name} go on")
