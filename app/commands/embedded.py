"""Commands that bring the outside world along: everything on one machine."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from app.commands.surroundings import plainly


@click.command()
@click.option("--port", type=int, default=0, help="Port of the pages; a free one unless given.")
@click.option("--speed", default=1.0, show_default=True, help="How fast the local telephone runs.")
@plainly
def up(port: int, speed: float) -> None:
    """Start everything, with local parts for what is not set, and live reload."""
    from local.development import up as start  # noqa: PLC0415 - only where local parts are wanted

    start(port=port, speed=speed)


@click.command()
@click.option("--once", is_flag=True, help="End after the table; exit 0 only if all went well.")
@click.option("--speed", default=8.0, show_default=True, help="How fast the local telephone runs.")
@click.option("--port", type=int, default=0, help="Port of the pages; a free one unless given.")
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
