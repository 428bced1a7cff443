"""Gathers what pages say, for translation; and tells what is missing.

python -m tools.words update    writes words/<language>.po of each area from its code
python -m tools.words check     tells what is missing or out of date; exit status 1 if anything
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
PRODUCT = ROOT / "app"
LANGUAGES = ("es", "fr", "de")
_METHODS = [("**.py", "python"), ("**.html", "jinja2")]
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "marked": None, "Saying": None}
_OPTIONS = {"**.html": {"trimmed": "true", "encoding": "utf-8"}}


def areas() -> list[Path]:
    """The folders that keep translations."""
    return sorted(folder.parent for folder in PRODUCT.glob("**/words") if folder.is_dir())


def said(area: Path) -> Catalog:
    """What an area says, without the areas inside it."""
    inside = [other for other in areas() if other != area and area in other.parents]
    catalog = Catalog(charset="utf-8")
    found = extract_from_dir(
        area, method_map=_METHODS, keywords=_KEYWORDS, options_map=_OPTIONS, comment_tags=("Say:",)
    )
    for name, _, message, comments, context in found:
        if any(other in (area / name).parents for other in inside):
            continue
        catalog.add(message, locations=[(name, None)], auto_comments=comments, context=context)
    return catalog


def known(area: Path, language: str) -> Catalog:
    """What is translated so far."""
    path = area / "words" / f"{language}.po"
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update() -> None:
    """Write the catalogues anew: what is said now, with the translations that there are."""
    for area in areas():
        template = said(area)
        for language in LANGUAGES:
            catalog = known(area, language)
            catalog.update(template, no_fuzzy_matching=True)
            catalog.obsolete.clear()
            catalog.header_comment = ""
            with (area / "words" / f"{language}.po").open("wb") as file:
                write_po(file, catalog, width=96, sort_output=True, omit_header=True)


def faults() -> Iterator[str]:
    """What is missing, is said no more, or holds other placeholders than the English."""
    for area in areas():
        template = said(area)
        wanted = {message.id for message in template if message.id}
        for language in LANGUAGES:
            catalog = known(area, language)
            where = f"{area.relative_to(ROOT)}/words/{language}.po"
            there = {message.id: message for message in catalog if message.id}
            yield from (f"{where}: is said no more: {each!r}" for each in there.keys() - wanted)
            for each in wanted:
                message = there.get(each)
                if message is None or not message.string or not all(_forms(message.string)):
                    yield f"{where}: is missing: {each!r}"
                    continue
                yield from (f"{where}: {error}: {each!r}" for error in message.check(catalog))


def _forms(string: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string)


def main() -> int:
    """Do as the command line says."""
    if sys.argv[1:] == ["update"]:
        update()
    found = sorted(faults())
    print(*found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
