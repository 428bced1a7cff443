"""The command behind ``make eval``; see ``--help``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tools.evaluation import report, sheet
from tools.evaluation.counting import compare
from tools.evaluation.readers import Answered, keywords, product
from tools.evaluation.sets import LabelError, LabelledSet, load, usual


@click.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--sheet", "target", type=click.Path(path_type=Path), help="Write the answers there.")
@click.option("--against", type=click.Path(path_type=Path), default=sheet.ACCEPTED)
@click.option("--mistakes", is_flag=True, help="Print every answer that was read wrongly.")
@click.option("--speech/--no-speech", default=True, help="Also count misheard words.")
def main(
    files: tuple[Path, ...], target: Path | None, against: Path, mistakes: bool, speech: bool
) -> None:
    """How well answers are understood and heard, beside keyword rules and the accepted run.

    Reads the project's labelled sets, or these FILES of labelled lines instead.
    """
    try:
        sets = [load(path) for path in files or usual()]
        before = sheet.read(against) if against.exists() else {}
    except LabelError as error:
        sys.exit(str(error))
    click.echo(report.DEFINITIONS)
    run: dict[tuple[str, str], Answered] = {}
    for each in sets:
        click.echo("")
        _evaluate(each, run, mistakes=mistakes)
    if before:
        click.echo("\n" + "\n".join(report.of_changes(sheet.changes(sets, before, run))))
    if target is not None:
        sheet.write(target, run)
        click.echo(f"\n{len(run)} answers written to {target}")
    if speech:
        from tools.evaluation import hearing  # noqa: PLC0415 - slow to load

        click.echo("\n" + "\n".join(hearing.lines()))


def _evaluate(each: LabelledSet, run: dict[tuple[str, str], Answered], *, mistakes: bool) -> None:
    answered = [product(label) for label in each.answers]
    run.update({(each.name, label.id): a for label, a in zip(each.answers, answered, strict=True)})
    ours = [compare(*pair) for pair in zip(each.answers, answered, strict=True)]
    theirs = [compare(label, keywords(label)) for label in each.answers]
    click.echo("\n".join(report.of_set(each.name, ours, theirs)))
    if mistakes:
        found = [one.directives for one in answered]
        rows = zip(each.answers, ours, found, strict=True)
        click.echo("\n" + "\n".join(report.of_mistakes(rows)))


if __name__ == "__main__":
    main()
