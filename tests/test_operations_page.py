"""What the operator reads at night is what the code does: names, at least, are held to it."""

from __future__ import annotations

import re
from pathlib import Path

import click

from app.cli import main
from app.config import MEANINGS

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "operations.md").read_text()
OF_GUNICORN = {"WEB_CONCURRENCY", "WEB_DRAIN_SECONDS", "WEB_GRACE_SECONDS", "SIGTERM", "SIGHUP"}


def test_every_figure_it_names_is_measured(client) -> None:
    named = set(re.findall(r"delauto_[a-z_]+", PAGE))
    assert len(named) > 8
    measured = client.get("/metrics").text
    for name in named:
        assert f"# TYPE {name} gauge" in measured, name


def test_every_command_it_names_is_there() -> None:
    named = set(re.findall(r"delauto ([a-z]+(?:-[a-z]+)*)(?: ([a-z]+(?:-[a-z]+)*))?", PAGE))
    assert len(named) > 10
    for first, second in named:
        command = main.commands[first]
        if isinstance(command, click.Group):
            assert second in command.commands, (first, second)


def test_every_option_it_names_is_there() -> None:
    known = {
        option
        for group in (main, *main.commands.values())
        for command in getattr(group, "commands", {"": group}).values()
        for parameter in command.params
        for option in parameter.opts
    }
    for option in re.findall(r"(?<![\w-])--[a-z][a-z-]+", PAGE):
        assert option in known, option


def test_every_setting_it_names_is_one() -> None:
    for name in re.findall(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`", PAGE):
        assert name in MEANINGS or name in OF_GUNICORN, name


def test_every_file_it_names_is_there() -> None:
    for name in re.findall(r"`((?:app|tests|docs)/[\w/.]+)`", PAGE):
        assert (ROOT / name).exists(), name
