"""Commands that bring the outside world along: everything on one machine."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import requests

from app.commands.surroundings import plainly, settings
from app.errors import PermanentError

SPEED = click.FloatRange(0.1, 1000)


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Port of the pages; a free one unless given.",
)
@click.option(
    "--speed", type=SPEED, default=1.0, show_default=True, help="How fast the local telephone runs."
)
@plainly
def up(port: int, speed: float) -> None:
    """Start everything, with local parts for what is not set, and live reload."""
    from local.development import up as start  # noqa: PLC0415 - only where local parts are wanted

    start(port=port, speed=speed)


@click.command()
@click.option("--once", is_flag=True, help="End after the table; exit 0 only if all went well.")
@click.option(
    "--speed", type=SPEED, default=8.0, show_default=True, help="How fast the local telephone runs."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Port of the pages; a free one unless given.",
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the demo keeps its world; emptied at the start. .delauto/demo unless given.",
)
@plainly
def demo(once: bool, speed: float, port: int, folder: Path | None) -> None:
    """A morning of deliveries: customers are called, speak, and their drivers know."""
    from local.demo.run import run  # noqa: PLC0415

    sys.exit(run(once=once, speed=speed, port=port, folder=folder))


@click.group()
def carrier() -> None:
    """The local telephone network: who answers which number, and how."""


@carrier.command()
def personas() -> None:
    """List the ways in which an invented customer can behave."""
    from local.carrier.personas import SHIPPED, load_personas  # noqa: PLC0415

    for persona in load_personas(SHIPPED).by_name.values():
        click.echo(f"{persona.name}{f': {persona.about}' if persona.about else ''}")


@carrier.command()
@click.argument("number")
@click.argument("persona")
@plainly
def assign(number: str, persona: str) -> None:
    """Let NUMBER (as +447700900123) be answered as PERSONA does."""
    from local.carrier.client import CarrierAdmin  # noqa: PLC0415

    found = settings()
    admin = CarrierAdmin(found.twilio_api_url, found.twilio_account_sid, found.auth_tokens[0])
    try:
        admin.assign(number, persona)
    except requests.RequestException as error:
        said = error.response.text if error.response is not None else type(error).__name__
        raise PermanentError(f"the local telephone network refused: {said}") from error
    click.echo(f"{number} is answered as {persona}")
