"""The snapshots of the driver's sentence, in every language; text files to be read over.

    python -m tests.rules.directives.sentences.snapshots

writes them anew. Whoever changes a line reads it as a driver of that language would.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from app.rules.analysis import Directive
from app.rules.directives.sentences import driver_sentence, standing
from app.rules.directives.sentences.tables import LANGUAGES, table
from app.rules.directives.sentences.voices import voice
from tests.rules.directives.sentences.cases import COMBINATIONS, CONDITIONS, each_kind, one

FOLDER = Path(__file__).with_name("snapshots")


def snapshots() -> Mapping[str, str]:
    """The content of each file, by its name."""
    return {
        "kinds.txt": _file(map(_spoken, ((directive,) for directive in each_kind()))),
        "combinations.txt": _file(map(_spoken, COMBINATIONS)),
        "conditions.txt": _file(_conditions()),
        "standing.txt": _file(_standing()),
        "nouns.txt": _file(_nouns()),
        "modifiers.txt": _file(_modifiers()),
    }


def _file(blocks: Iterator[str]) -> str:
    return "\n\n".join(blocks) + "\n"


def _spoken(directives: tuple[Directive, ...]) -> str:
    heads = [f"# {each.kind.value} {_slots(each)}".rstrip() for each in directives]
    said = [f"{each}: {driver_sentence(directives, (), each) or '-'}" for each in LANGUAGES]
    return "\n".join([*heads, *said])


def _slots(directive: Directive) -> str:
    slots = {**directive.slots, **({"said": directive.wording} if directive.wording else {})}
    return ", ".join(f"{name}={value}" for name, value in slots.items())


def _conditions() -> Iterator[str]:
    for condition in CONDITIONS:
        yield _spoken((one("avoid", action="ring_bell", condition=condition),))


def _standing() -> Iterator[str]:
    for name in table("en").section("standing"):
        yield "\n".join([f"# {name}", *(f"{each}: {standing(name, each)}" for each in LANGUAGES)])


def _nouns() -> Iterator[str]:
    """Each noun, and several of it where there is a plural: behind an old one, or with a person."""
    for name, entry in table("de").nouns.items():
        several = f"two {_many(name)}" if entry.plural and not entry.always_plural else ""
        for words in filter(None, (f"the {name}", several)):
            yield "\n".join([f"# {words}", *(_noun(name, words, each) for each in LANGUAGES[1:])])


def _many(name: str) -> str:
    if name.endswith(("x", "ch", "sh", "ss")):
        return f"{name}es"
    return f"{name[:-1]}ies" if name.endswith("y") and name[-2] not in "aeiou" else f"{name}s"


def _noun(name: str, words: str, language: str) -> str:
    speaking = voice(language)
    if name in speaking.table.people:
        return f"{language}: {speaking.said('leave_with', words)}"
    return f"{language}: {speaking.place(f'behind {words}')[0]}"


def _modifiers() -> Iterator[str]:
    """Each modifier with both genders, both numbers, and where a vowel follows."""
    for name in table("de").section("modifiers"):
        wholes = (f"behind the {name} tree", f"in the {name} house", f"under the {name} steps")
        yield "\n".join(
            [
                f"# {name}",
                *(
                    f"{each}: {', '.join(voice(each).place(words)[0] for words in wholes)}, "
                    f"{voice(each).said('caution', f'the {name} steps')}"
                    for each in LANGUAGES[1:]
                ),
            ]
        )


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, content in snapshots().items():
        (FOLDER / name).write_text(content, "utf-8")
