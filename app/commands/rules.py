"""The command that shows the calling rules, and checks an operator's own."""

from __future__ import annotations

from pathlib import Path

import click

from app.commands.surroundings import plainly
from app.errors import PermanentError
from app.rules import gate
from app.rules.gate.page import page


@click.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@plainly
def rules(file: Path | None) -> None:
    """Show the calling rules as a page: those of FILE, checked, or those that come with DelAuto."""
    try:
        book = gate.load((file or gate.BUNDLED).read_text(encoding="utf-8"))
    except OSError as error:
        raise PermanentError(f"{file} cannot be read: {error.strerror}") from None
    except (gate.RuleBookError, UnicodeDecodeError) as error:
        raise PermanentError(f"{file} {error}") from None
    click.echo(page(book), nl=False)
