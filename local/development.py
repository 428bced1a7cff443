"""`delauto up`: everything on one machine, restarted whenever the code changes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from rich.console import Console
from watchfiles import PythonFilter, watch

import migrations
from app import callbacks, logs, models
from app.config import Settings
from app.errors import AppError
from local.carrier.client import CarrierAdmin
from local.environment_file import environment_file
from local.ports import web_port
from local.product import product_processes
from local.stack import LocalStack, default_folder, stop_as_by_hand

CODE = [Path(name) for name in ("app", "workers", "wsgi.py") if Path(name).exists()]


def up(*, port: int, speed: float) -> None:
    """Start local parts for what is not set, migrate, start the product; return on Ctrl-C.

    Raises AppError where something cannot be started.
    """
    console = Console()
    stop_as_by_hand()
    with LocalStack(default_folder(os.environ), environ=os.environ, speed=speed) as stack:
        try:
            given = stack.start()
            chosen = web_port(port, stack.folder, os.environ)
            address = f"http://127.0.0.1:{chosen}"
            environment = {"PUBLIC_URL": address, **os.environ, **given}
            _migrate(Settings.from_env(environment))
            processes = product_processes(environment, chosen)
            for process in processes:
                stack.supervisor.add(process)
            stack.supervisor.start_all()
            _connect_inbound(Settings.from_env(environment), stack)
            for name, part in stack.parts.items():
                console.print(f"  [green]✓[/] {name:<9} {part}")
            console.print(f"  [green]✓[/] page      [bold]{address}/[/]")
            names = [process.name for process in processes]
            with environment_file(stack.folder, environment) as file:
                console.print(f"Other terminals:  set -a; . {file}; set +a")
                console.print(
                    "Nobody can log in before:  delauto user add NAME --email … --phone … "
                    "--role admin"
                )
                console.print(f"Logs: {stack.folder / 'logs'}. Press Ctrl-C to end.")
                for _ in watch(*CODE, watch_filter=PythonFilter()):
                    _again(console, stack, names)
        except KeyboardInterrupt:
            pass
        console.print("Stopping.")


def _connect_inbound(settings: Settings, stack: LocalStack) -> None:
    """Let calls and texts to the local carrier's number come to the product."""
    if "carrier" not in stack.parts:
        return
    carrier = CarrierAdmin(
        settings.twilio_api_url, settings.twilio_account_sid, settings.auth_tokens[0]
    )
    carrier.answer_with(
        callbacks.absolute(settings.public_url, callbacks.INBOUND_CALL),
        callbacks.absolute(settings.public_url, callbacks.INBOUND_MESSAGE),
        callbacks.absolute(settings.public_url, callbacks.INBOUND_STATUS),
    )


def _migrate(settings: Settings) -> None:
    logs.configure("WARNING", "up", sys.stderr)
    models.connect(settings)
    try:
        migrations.up(models.database())
    finally:
        models.disconnect()


def _again(console: Console, stack: LocalStack, names: list[str]) -> None:
    console.print("The code has changed: starting again …")
    for name in names:
        try:
            stack.supervisor.restart(name)
        except AppError as error:
            # A half-written file: the next change tries once more.
            console.print(f"[red]✗[/] {error}")
