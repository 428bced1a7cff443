"""The processes of the Procfile, one command each."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from app import queues
from app.commands.surroundings import plainly, settings

ROOT = Path(__file__).parents[2]
"""Where wsgi.py and gunicorn's settings are."""


@click.command()
@click.option("--port", default=8000, envvar="PORT", show_default=True, help="Port; or PORT.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--reload", is_flag=True, help="Restart when the code changes.")
@plainly
def web(port: int, host: str, reload: bool) -> None:
    """Serve the webhooks and the pages.

    There is no log-in yet: listen on loopback, or let only Twilio's webhooks through from outside.
    """
    settings()
    arguments = ["--chdir", str(ROOT), "--config", str(ROOT / "gunicorn.conf.py")]
    arguments += ["--bind", f"{host}:{port}"]
    arguments += ["--reload"] if reload else []
    os.execv(  # noqa: S606 - our own interpreter # nosec B606
        sys.executable, [sys.executable, "-m", "gunicorn", *arguments, "wsgi:app"]
    )


@click.command()
@click.argument("queue", type=click.Choice(queues.QUEUES), nargs=-1, required=True)
@plainly
def worker(queue: tuple[str, ...]) -> None:
    """Work on ONE queue. RQ is crash-safe for one queue a process: start one process for each."""
    if len(queue) > 1:
        raise click.UsageError("one worker serves one queue: start a process for each")
    from workers.main import run  # noqa: PLC0415 - the other commands need no RQ

    run(settings(), queue[0])


@click.command()
@plainly
def clock() -> None:
    """Claim due deliveries and offer again what got stuck. Any number may run."""
    from workers.clock import run  # noqa: PLC0415

    run(settings())
