"""Runs the demonstration: starts everything, schedules the morning, watches, shows the table."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

import migrations
from app import logs, models
from app.config import Settings
from app.errors import PermanentError
from app.models import DEFAULT_TENANT, Agent
from app.rules.permissions import Role
from app.runtime import Runtime, rules
from local.carrier.client import CarrierAdmin
from local.demo import cities, morning, report
from local.demo.screens import Screens
from local.environment_file import environment_file
from local.folder_lock import FolderLock
from local.ports import web_port
from local.product import product_processes
from local.stack import LocalStack, default_folder, stop_as_by_hand

_MARK = "demonstration"
"""A file in the folder that says whose it is."""
_ITS_OWN = ("mongodb", "redis", "s3", "carrier", "logs")
_REPLACING = (
    "MONGODB_URI",
    "REDIS_URL",
    "S3_ENDPOINT_URL",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_API_URL",
)
LONGEST = 600
"""Seconds after which the demonstration gives up; it takes a minute and a half."""
_PACE = {
    "TWILIO_CALLS_PER_SECOND": "2",
    "PATIENCE": "0.3",
    "RETRY_AFTER": "busy=8,no-answer=10,failed=8,machine=12",
    "LOG_LEVEL": "INFO",
}
"""The telephone network runs several times faster than real; so do the pauses around it."""


def run(*, once: bool, speed: float, port: int, folder: Path | None) -> int:
    """Run the demonstration; returns the exit status.

    0 only if every delivery's outreach is settled, every driver told, and every recording in the
    storage, transcribed and understood. Raises PermanentError where it may not run.
    """
    environ = dict(os.environ)
    brought = [name for name in _REPLACING if environ.get(name)]
    if brought:
        raise PermanentError(
            "the demonstration calls invented customers and brings a world of its own: "
            f"unset {', '.join(brought)}"
        )
    console = Console()
    home = folder or default_folder(environ) / "demo"
    started = time.monotonic()
    stack = LocalStack(_emptied(home), environ=environ, speed=speed)
    stop_as_by_hand()
    status = 130
    try:
        with console.status("Starting MongoDB, Redis, S3 and the telephone network …"):
            given = stack.start()
        for name, address in stack.parts.items():
            console.print(f"  [green]✓[/] {name:<9} {address}")
        chosen = web_port(port, stack.folder, environ)
        settings, environment = _settings(environ, given, chosen)
        password = morning.new_password()
        customers = _scheduled(console, settings, password)
        _assign(settings, customers)
        with console.status("Starting the web server, the workers and the speech model …"):
            for process in product_processes(environment, chosen):
                stack.supervisor.add(process)
                stack.supervisor.start(process.name)
        _say_page(console, settings, password)
        screens = Screens(settings.public_url, morning.drivers_emails(), password)
        with environment_file(home, environment):
            finished = _watched(console, screens)
            console.print(report.table(screens))
            for line in report.waits(screens):
                console.print(line)
            status = _judged(console, settings, finished, time.monotonic() - started)
            if not once:
                _say_page(console, settings, password)
                console.print("Press Ctrl-C to end.")
                _stay()
    except KeyboardInterrupt:
        console.print("Stopping.")
        return status
    else:
        return status
    finally:
        models.disconnect()
        stack.stop()


def _emptied(home: Path) -> Path:
    """The demonstration's folder without what an earlier one left, unless that is still running.

    Raises PermanentError for a folder that no demonstration made.
    """
    if home.exists() and any(home.iterdir()) and not (home / _MARK).exists():
        raise PermanentError(
            f"{home} is not a demonstration's folder: name another or an empty one"
        )
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = FolderLock(home)
    lock.take()
    try:
        (home / _MARK).touch()
        for name in _ITS_OWN:
            shutil.rmtree(home / name, ignore_errors=True)
    finally:
        lock.give_back()
    return home


def _settings(
    environ: Mapping[str, str], given: Mapping[str, str], port: int
) -> tuple[Settings, dict[str, str]]:
    environment = {**_PACE, **environ, **given, "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    return Settings.from_env(environment), environment


def _say_page(console: Console, settings: Settings, password: str) -> None:
    everybody = (
        f"{morning.DISPATCHER}, {morning.ADMIN}, {morning.VIEWER}, "
        f"driver1@example.com to driver{morning.DRIVERS}@example.com"
    )
    for name, value in (
        ("page", f"{settings.public_url}/"),
        ("log in as", everybody),
        ("password", password),
    ):
        console.print(f"  [green]✓[/] {name:<9} [bold]{value}[/]", highlight=False, soft_wrap=True)


def _scheduled(console: Console, settings: Settings, password: str) -> list[morning.Customer]:
    logs.configure("WARNING", "demo", sys.stderr)
    models.connect(settings)
    migrations.up(models.database())
    now = datetime.now(UTC)
    city = cities.of_the_hour(now)
    customers = morning.schedule(
        city, now=now, window=settings.calling_window, book=rules(settings), password=password
    )
    console.print(f"  [green]✓[/] morning   {len(customers)} deliveries in {city.name}")
    return customers


def _assign(settings: Settings, customers: list[morning.Customer]) -> None:
    carrier = CarrierAdmin(
        settings.twilio_api_url, settings.twilio_account_sid, settings.auth_tokens[0]
    )
    for customer in customers:
        carrier.assign(customer.number, customer.persona)
    for driver in Agent.of(DEFAULT_TENANT, role=Role.AGENT.value):
        # Who asks on their page to be put through to a customer.
        carrier.assign(driver.phone, morning.DRIVER_PERSONA)


def _watched(console: Console, screens: Screens) -> bool:
    """Show progress until the morning is over; False where it took too long."""
    bars = Progress(
        TextColumn("{task.description:<34}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )
    heard = bars.add_task("Customers heard, or given up")
    told = bars.add_task("Drivers told")
    understood = bars.add_task("Recordings understood")
    end = time.monotonic() + LONGEST
    with Live(bars, console=console, refresh_per_second=4):
        while time.monotonic() < end:
            now = report.progress(screens)
            bars.update(heard, completed=now.settled, total=now.deliveries)
            bars.update(told, completed=now.told, total=now.deliveries)
            bars.update(understood, completed=now.understood, total=now.recordings)
            if now.over:
                return True
            time.sleep(0.4)
    return False


def _judged(console: Console, settings: Settings, finished: bool, seconds: float) -> int:
    faults = report.faults(Runtime(settings).storage)
    if not finished:
        faults.append(f"not over after {LONGEST} seconds")
    for fault in faults:
        console.print(f"[red]✗[/] {fault}")
    if not faults:
        console.print(f"[green]✓[/] All in order, {seconds:.0f} seconds from the start.")
    return 1 if faults else 0


def _stay() -> None:
    while True:
        time.sleep(3600)
