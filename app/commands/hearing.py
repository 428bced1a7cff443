"""Commands that hear and understand, without any database."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from app.commands.surroundings import plainly
from app.errors import PermanentError
from app.rules import directives


@click.command()
@click.option("--now", "moment", help="The moment of the call, ISO 8601 local time.")
@click.option("--tz", default="UTC", show_default=True, help="The customer's time zone.")
@plainly
def understand(moment: str | None, tz: str) -> None:
    """Transcripts on standard input, one a line; analyses out as JSON lines."""
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
    for line in sys.stdin:
        click.echo(json.dumps(directives.understand(line.strip(), now=now).as_dict()))


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--language", default="en", show_default=True, help="ISO 639-1; empty to detect.")
@plainly
def transcribe(files: tuple[Path, ...], language: str) -> None:
    """Text, words and times of audio FILES as JSON lines, by the model of WHISPER_MODEL."""
    from app.gateways.whisper_model import Machine  # noqa: PLC0415 - heavy
    from app.gateways.whisper_speech import WhisperSpeech  # noqa: PLC0415

    machine = Machine(
        device=os.environ.get("WHISPER_DEVICE") or "auto",
        compute_type=os.environ.get("WHISPER_COMPUTE_TYPE") or "auto",
    )
    speech = WhisperSpeech(os.environ.get("WHISPER_MODEL") or "embedded", machine)
    failed = False
    for file in files:
        try:
            heard = asdict(speech.transcribe(file, language))
            click.echo(json.dumps({"file": str(file), **heard}))
        except PermanentError as error:
            failed = True
            click.echo(f"{file}: {error}", err=True)
    if failed:
        sys.exit(1)
