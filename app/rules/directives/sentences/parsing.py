"""Takes the customer's English phrase apart: prepositions, noun phrases, and what is not known.

"behind the big planter on the porch" is two steps, each a preposition and a noun phrase. What a
language's table does not know becomes ``Unknown`` and is quoted; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.rules.directives.numbers import CARDINAL, cardinal_from
from app.rules.directives.sentences.tables import Table
from app.rules.directives.streets import STREET_ADDRESS

_DETERMINERS = {
    "the": "the", "a": "a", "an": "a", "some": "the", "my": "my", "our": "my",
}  # fmt: skip
_IRREGULAR = {
    "geese": "goose", "shelves": "shelf", "children": "child", "men": "man", "women": "woman",
    "doormen": "doorman", "watchmen": "watchman", "gentlemen": "gentleman", "ladies": "lady",
}  # fmt: skip
_STREET_NAME = re.compile(
    r"^(?:[a-z']+ ){1,3}(?:street|st|avenue|ave|road|rd|lane|drive|court|boulevard|close|crescent|"
    r"terrace|grove|square|row|hill|mews|way)$"
)
_A_STREET = re.compile(rf"^(?:{STREET_ADDRESS})$")
_CARDINAL = re.compile(rf"^(?:{CARDINAL})$")
_ID = re.compile(r"^(?:\d+ ?[a-z]?|[a-z]\d*)$")
_NOT_NAMES = (
    "whoever", "whomever", "everyone", "everybody", "nobody", "it", "this", "that", "him", "her",
    "them", "their", "his", "your", "one", "any", "either", "both", "all", "other",
)  # fmt: skip
_NAME = re.compile(r"^[^\W\d_]+(?:['’-][^\W\d_]+)*$")
_LONGEST = 20
"""Words in a phrase that is taken apart; a longer one is no noun phrase, and is quoted."""


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun phrase whose every word is known; ``name`` is a first name or a number behind it."""

    head: str
    plural: bool = False
    modifiers: tuple[str, ...] = ()
    determiner: str = ""
    """``the``, ``a``, ``my``, a numeral's English word, or none."""
    name: str = ""
    owner: Noun | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """A proper name or an address, as it is to be written; ``title`` as ``mrs``."""

    words: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Words to be quoted."""

    words: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two things: between the shed and the fence."""

    first: Noun
    second: Noun


Thing = Noun | Name | Unknown | Pair


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a phrase: a preposition and its thing, or an adverbial known as a whole."""

    preposition: str = ""
    thing: Thing | None = None
    adverbial: str = ""


def steps_of(words: str, table: Table, *, names: bool = False) -> tuple[Step, ...]:
    """The steps of a phrase, the first perhaps without a preposition.

    ``names``: a word that is not known and has no article before it is a person's name.
    """
    tokens = words.split()
    if len(tokens) > _LONGEST:
        return (Step(thing=Unknown(words)),)
    found: list[Step] = []
    while tokens:
        step, length = _step(tokens, table, names=names and not found)
        found.append(step)
        tokens = tokens[length:]
    return tuple(found)


def cased(words: str) -> str:
    """A name as names are written: each word with a capital."""
    return re.sub(r"(?<![\w'’])[^\W\d_]", lambda match: match.group().upper(), words)


def _step(tokens: Sequence[str], table: Table, *, names: bool) -> tuple[Step, int]:
    if found := _adverbial(tokens, table):
        return Step(adverbial=found[0]), found[1]
    preposition, start = _preposition(tokens, table.section("prepositions"))
    rest = tokens[start:]
    if not rest:
        return Step(thing=Unknown(" ".join(tokens))), len(tokens)
    thing, length = _thing(rest, table, names=names)
    if preposition == "at" and isinstance(thing, Unknown) and (house := _house(rest[:length])):
        thing = house
    return Step(preposition, thing), start + length


def _adverbial(tokens: Sequence[str], table: Table) -> tuple[str, int] | None:
    """The longest phrase known as a whole at the start, whatever articles it has."""
    phrases = table.section("phrases")
    for end in range(min(len(tokens), 7), 0, -1):
        key = " ".join(token for token in tokens[:end] if token not in _DETERMINERS)
        rest = tokens[end:]
        if key in phrases and (not rest or _begins_step(rest, table)) and rest[:1] != ["of"]:
            return key, end
    return None


def _preposition(tokens: Sequence[str], known: Mapping[str, str]) -> tuple[str, int]:
    if tokens[0] == "the":
        return "", 0
    for end in range(min(len(tokens), 5), 0, -1):
        key = " ".join(word for word in tokens[:end] if word != "the")
        if key in known and tokens[end - 1] != "the":
            return key, end
    return "", 0


def _begins_step(tokens: Sequence[str], table: Table) -> bool:
    return bool(_preposition(tokens, table.section("prepositions"))[0] or _adverbial(tokens, table))


def _thing(tokens: Sequence[str], table: Table, *, names: bool) -> tuple[Thing, int]:
    for end in range(len(tokens), 0, -1):
        if end < len(tokens) and not _begins_step(tokens[end:], table):
            continue
        if known := _known(tokens[:end], table, names=names):
            return known, end
    for end in range(1, len(tokens)):
        if _begins_step(tokens[end:], table):
            return Unknown(" ".join(tokens[:end])), end
    return Unknown(" ".join(tokens)), len(tokens)


def _known(tokens: Sequence[str], table: Table, *, names: bool) -> Thing | None:
    if noun := _noun(tokens, table):
        return noun
    if "and" in tokens[1:-1]:
        joint = tokens.index("and")
        first, second = _noun(tokens[:joint], table), _noun(tokens[joint + 1 :], table)
        if first and second:
            return Pair(first, second)
    if name := _proper(tokens, table):
        return name
    return _named(tokens, table) if names else None


def _proper(tokens: Sequence[str], table: Table) -> Name | None:
    """A street, or a person with a title."""
    words = " ".join(tokens)
    if _A_STREET.match(words) or _STREET_NAME.match(words):
        return Name(cased(words))
    title = tokens[0].rstrip(".")
    if title in table.section("titles") and 1 < len(tokens) < 4 and _are_names(tokens[1:]):
        return Name(cased(" ".join(tokens[1:])), title)
    return None


def _named(tokens: Sequence[str], table: Table) -> Thing | None:
    """A number alone, "at fourteen", or a first name."""
    if house := _house(tokens):
        return house
    words = {*_DETERMINERS, *_NOT_NAMES, *table.section("numerals"), *table.section("modifiers")}
    if not words & set(tokens) and len(tokens) < 3 and _are_names(tokens):
        return Name(cased(" ".join(tokens)))
    return None


def _house(tokens: Sequence[str]) -> Noun | None:
    words = " ".join(tokens)
    known = _CARDINAL.match(words) or _ID.match(words)
    return Noun("number", name=_id(tokens)) if known else None


def _noun(tokens: Sequence[str], table: Table) -> Noun | None:
    if not tokens:
        return None
    determiner = _DETERMINERS.get(tokens[0], "")
    rest = tokens[1:] if determiner else tokens
    if rest[:1] == ["couple"] and rest[1:2] == ["of"]:
        determiner, rest = "couple", rest[2:]
    elif len(rest) > 1 and rest[0] in table.section("numerals"):
        determiner, rest = rest[0], rest[1:]
    if not rest:
        return None
    found = _numbered(rest, table) or _plain(rest, table) or _with_name(rest, table)
    if found is None:
        return _owned(tokens, table)
    return replace(found, determiner=determiner)


def _numbered(tokens: Sequence[str], table: Table) -> Noun | None:
    """ "number fourteen", "flat 3b": its id in digits, as it is on the door."""
    if len(tokens) > 1 and tokens[0] in table.section("numbered"):
        words = " ".join(tokens[1:])
        if _CARDINAL.match(words) or _ID.match(words):
            return Noun(tokens[0], name=_id(tokens[1:]))
    return None


def _id(tokens: Sequence[str]) -> str:
    words = " ".join(tokens)
    number = cardinal_from(words) if _CARDINAL.match(words) else None
    return str(number) if number is not None else words.replace(" ", "").upper()


def _plain(tokens: Sequence[str], table: Table) -> Noun | None:
    for start in range(len(tokens)):
        head, plural = _head(" ".join(tokens[start:]), table)
        modifiers = tuple(tokens[:start])
        if head and all(each in table.section("modifiers") for each in modifiers):
            return Noun(head, plural, modifiers)
    return None


def _head(words: str, table: Table) -> tuple[str, bool]:
    if entry := table.nouns.get(words):
        return words, entry.always_plural
    *before, last = words.split()
    for singular in _singulars(last):
        name = " ".join([*before, singular])
        if (entry := table.nouns.get(name)) and entry.plural:
            return name, True
    return "", False


def _singulars(word: str) -> list[str]:
    if word in _IRREGULAR:
        return [_IRREGULAR[word]]
    found = []
    if word.endswith("ies"):
        found.append(word[:-3] + "y")
    if word.endswith(("ches", "shes", "xes", "sses")):
        found.append(word[:-2])
    if word.endswith("s") and not word.endswith("ss"):
        found.append(word[:-1])
    return found


def _with_name(tokens: Sequence[str], table: Table) -> Noun | None:
    """ "neighbour tom", "daughter rosa"."""
    person = _plain(tokens[:-1], table)
    if tokens[-1] in table.section("phrases"):
        return None
    if person and person.head in table.people and _are_names(tokens[-1:]):
        return replace(person, name=cased(tokens[-1]))
    return None


def _are_names(tokens: Sequence[str]) -> bool:
    return all(len(token) > 1 and _NAME.match(token) for token in tokens)


def _owned(tokens: Sequence[str], table: Table) -> Noun | None:
    """ "my sister's house", "the neighbour's garage"."""
    for at, token in enumerate(tokens):
        if not token.endswith(("'s", "s'")):
            continue
        bare = token.removesuffix("'s") if token.endswith("'s") else token[:-1]
        owner = _noun([*tokens[:at], bare], table) if bare else None
        thing = _plain(list(tokens[at + 1 :]) or ["house"], table)
        if owner and thing and owner.head in table.people:
            return replace(thing, determiner="the", owner=owner)
    return None
