"""Makes up what customers answer, sentence by sentence, from ``grammar.toml``.

Use: python -m tools.speech_model.sentences COUNT SEED > sentences.txt
The held-out sentences and the shipped demonstration answers are never among them.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Self

from tools.speech_model.spoken_numbers import NUMBER_WORDS, NUMBERS

GRAMMAR = Path(__file__).with_name("grammar.toml")
LONGEST = 45
"""Words in the longest answer: about fifteen seconds of speech."""

_INNERMOST = re.compile(r"\(([^()]*)\)")
_PHRASE = re.compile(r"<(\w+)>")
_WORD = re.compile(r"[a-z']+")


@dataclass(frozen=True, slots=True)
class Grammar:
    """Phrases by name, and the patterns of each kind of answer and of each kind of short reply."""

    phrases: dict[str, str]
    answers: dict[str, list[str]]
    replies: dict[str, list[str]]

    @classmethod
    def read(cls, path: Path = GRAMMAR) -> Self:
        """The grammar in a TOML file."""
        return cls(**tomllib.loads(path.read_text(encoding="utf-8")))

    def filled(self, pattern: str, r: Random) -> str:
        """One choice out of everything that the pattern allows; KeyError for an unknown name."""
        while "(" in pattern:
            pattern = _INNERMOST.sub(lambda group: r.choice(group[1].split("|")), pattern)
        return _PHRASE.sub(lambda phrase: self.phrase(phrase[1], r), pattern)

    def phrase(self, name: str, r: Random) -> str:
        """One choice of a named phrase or number."""
        if name in NUMBERS:
            return NUMBERS[name](r)
        return self.filled(f"({self.phrases[name]})", r).strip()

    def answer(self, r: Random) -> str:
        """One instruction, question or remark, without anything around it."""
        return self.filled(r.choice(self.answers[r.choice(list(self.answers))]), r)

    def words(self) -> frozenset[str]:
        """Every word that a sentence can hold."""
        patterns = [each for kind in (self.answers, self.replies) for each in kind.values()]
        texts = [*self.phrases.values(), *(text for each in patterns for text in each)]
        named = (_PHRASE.sub(" ", text) for text in texts)
        words = {word for text in named for word in _WORD.findall(text)} - {"'s"}
        return (
            NUMBER_WORDS | words | {f"{each}'s" for each in _WORD.findall(self.phrases["family"])}
        )


def sentence(grammar: Grammar, r: Random) -> str:
    """What one customer says, commas where the voice pauses.

    Mostly one to three things in one breath, sometimes up to five; now and then a correction, a
    condition or a bare reply.
    """
    shape = r.choices((_several, _corrected, _conditional, _reply), (70, 8, 12, 10))[0]
    before = grammar.phrase("opening", r) if r.random() < 0.5 else ""
    after = grammar.phrase("closing", r) if r.random() < 0.5 else ""
    return _tidy(f"{before} {shape(grammar, r)} {after}")


def _several(grammar: Grammar, r: Random) -> str:
    said = grammar.answer(r)
    for _ in range(r.choices((0, 1, 2, 3, 4), (50, 28, 13, 6, 3))[0]):
        said += f" {grammar.phrase('joiner', r)} {grammar.answer(r)}"
    return said


def _corrected(grammar: Grammar, r: Random) -> str:
    kind = grammar.answers[r.choice(list(grammar.answers))]
    first, second = (grammar.filled(r.choice(kind), r) for _ in range(2))
    if r.random() < 0.4:
        first, second = f"leave it {grammar.phrase('place', r)}", grammar.phrase("place", r)
    return f"{first}, {grammar.phrase('instead', r)}, {second}"


def _conditional(grammar: Grammar, r: Random) -> str:
    condition = grammar.filled("<in_case> <condition>", r)
    said = _several(grammar, r)
    if r.random() < 0.3:
        said += f", {grammar.phrase('or_else', r)} {grammar.answer(r)}"
    return f"{condition}{r.choice(('', ','))} {said}" if r.random() < 0.6 else f"{said} {condition}"


def _reply(grammar: Grammar, r: Random) -> str:
    return grammar.filled(r.choice(grammar.replies[r.choice(list(grammar.replies))]), r)


def _tidy(text: str) -> str:
    """Single spaces, and commas only between words."""
    pauses = (" ".join(part.split()) for part in text.split(","))
    return ", ".join(part for part in pauses if part)


def plain(text: str) -> str:
    """The words alone, as the model writes them: lower case, no punctuation."""
    return " ".join(_WORD.findall(text.lower()))


def sentences(r: Random, without: Iterable[str] = ()) -> Iterator[str]:
    """Ever new sentences, none of them one of ``without``."""
    grammar = Grammar.read()
    seen = {plain(text) for text in without}
    while True:
        text = sentence(grammar, r)
        words = plain(text)
        if words and words not in seen and len(words.split()) <= LONGEST:
            seen.add(words)
            yield text


def main() -> None:
    """Print sentences, and on the error stream how many different words they hold."""
    from tools.speech_model.heldout import kept_apart  # noqa: PLC0415 - it needs this module

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("seed", type=int)
    options = parser.parse_args()
    source = sentences(Random(options.seed), kept_apart())
    made = [next(source) for _ in range(options.count)]
    print("\n".join(made))
    words = {word for text in made for word in plain(text).split()}
    print(
        f"{len(made)} sentences, {len(words)} words of the grammar's {len(Grammar.read().words())}",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main()
