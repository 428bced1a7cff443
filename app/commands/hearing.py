"""Commands that hear and understand, without any database."""

from __future__ import annotations

import io
import json
import os
import re
import sys
from dataclasses import asdict
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from app.commands.surroundings import plainly
from app.config import HearingSettings
from app.errors import PermanentError
from app.rules import directives
from app.runtime import speech_of


@click.command()
@click.option("--now", "moment", help="The moment of the call, ISO 8601 local time.")
@click.option("--tz", default="UTC", show_default=True, help="The customer's time zone.")
@click.option("--day", help="The delivery's day, as 2026-11-21; absent, that of the call.")
@click.option("--window", help="When the van was promised on that day, as 09:00-13:00.")
@click.option("--name", default="", help="The customer's name: who says it is wrong, who takes it.")
@click.option("--usual-place", default="", help="Where their parcels are left: behind the shed.")
@plainly
def understand(
    moment: str | None, tz: str, day: str | None, window: str | None, name: str, usual_place: str
) -> None:
    """Transcripts on standard input, one a line; analyses out as JSON lines.

    What is known of the delivery (--day, --window, --name, --usual-place) makes more of the same
    words: another day is asked for where it is not --day, and hours are hours of that day.
    """
    try:
        zone = ZoneInfo(tz)
    except (ZoneInfoNotFoundError, ValueError):
        raise PermanentError(f"--tz {tz} is no time zone; write one like Europe/London") from None
    try:
        now = datetime.fromisoformat(moment) if moment else datetime.now(zone)
    except ValueError:
        raise PermanentError(
            f"--now {moment} is no time; write one like 2026-11-20T09:30"
        ) from None
    now = now.astimezone(zone) if now.tzinfo else now.replace(tzinfo=zone)
    known = directives.Known(_date(day), *_hours(window), name, usual_place)
    for line in io.TextIOWrapper(sys.stdin.buffer, "utf-8", errors="replace"):
        analysis = directives.understand(line.strip(), now=now, known=known)
        click.echo(json.dumps(analysis.as_dict()))


def _date(written: str | None) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise PermanentError(f"--day {written} is no day; write one like 2026-11-21") from None


def _hours(written: str | None) -> tuple[time | None, time | None]:
    if not written:
        return None, None
    try:
        start, end = (time.fromisoformat(each.strip()) for each in written.split("-"))
    except ValueError:
        raise PermanentError(
            f"--window {written} is no window; write one like 09:00-13:00"
        ) from None
    if start >= end:
        raise PermanentError(f"--window {written} ends before it begins")
    return start, end


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--language", default="en", show_default=True, help="ISO 639-1; empty to detect.")
@plainly
def transcribe(files: tuple[Path, ...], language: str) -> None:
    """Text, words and times of audio FILES as JSON lines, by the model of WHISPER_MODEL."""
    if not re.fullmatch("[a-z]{2,3}|", language):
        raise PermanentError(
            f"--language {language} is no language; write a code like es, or '' to detect it"
        )
    speech = speech_of(HearingSettings.from_env(os.environ))
    failed = False
    for file in files:
        try:
            heard = speech.transcribe(file, language)
            if heard.text and language not in ("", heard.language):
                click.echo(f"{file}: this model heard it as {heard.language}", err=True)
            click.echo(json.dumps({"file": str(file), **asdict(heard)}))
        except PermanentError as error:
            failed = True
            click.echo(f"{file}: {error}", err=True)
    if failed:
        sys.exit(1)
