"""Where else the parcel is to go: another street address, a workplace, somebody's house."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.rules.analysis import Kind
from app.rules.directives.people import is_person
from app.rules.directives.phrases import bare, noun_phrase
from app.rules.directives.reading import Reading, Scene
from app.rules.directives.streets import (
    ADDRESS_IS,
    ADDRESSY,
    APPOSED,
    INDOORS,
    IT_IS,
    IT_IS_AT,
    ITSELF,
    NEW_ADDRESS,
    NOT_THERE,
    PART,
    STREET_IN,
    TAKE_TO,
    THEN_IT_IS,
    TO_SOMEWHERE,
    TOWN,
    UPSTAIRS,
)


def read_redirects(scene: Scene) -> Iterator[Reading]:
    """Yield the other addresses to which the parcel is to be taken."""
    for match in scene.matches(TAKE_TO):
        name = "numbered" if match["numbered"] else "address"
        spoken = scene.onward[match.start(name) :]
        street = STREET_IN.match(spoken)
        phrase = street.group() if street else match[name]
        if not street and name == "address":
            phrase = noun_phrase(phrase)
        if street and (town := TOWN.match(spoken, street.end())):
            phrase = spoken[: town.end()]
        if not street and (not phrase or (is_person(phrase) and not _is_building(phrase))):
            continue
        end = match.start(name) + len(phrase)
        specific = None if street else _more_exactly(scene, phrase, end)
        if not street and not specific and _stays(scene, phrase):
            continue
        if specific:
            phrase, end = specific
        address = _plainly(bare(phrase))
        yield scene.read(
            Kind.REDIRECT,
            (match.start(), end),
            {"address": address},
            0.92 if specific or street else 0.85,
            phrase,
        )
    for match in scene.matches(ADDRESS_IS):
        start = max(match.start(name) for name in ("address", "should", "here", "moved"))
        if street := STREET_IN.match(scene.onward[start:]):
            yield scene.read(
                Kind.REDIRECT,
                (match.start(), start + street.end()),
                {"address": _plainly(street.group())},
                0.88,
                street.group(),
            )


def _stays(scene: Scene, phrase: str) -> bool:
    """Whether a place "elsewhere" is this very house, or the next."""
    return UPSTAIRS.match(phrase) is not None and "instead" not in scene.whole


def _more_exactly(scene: Scene, phrase: str, end: int) -> tuple[str, int] | None:
    """Return where a place elsewhere is: "my mum's, 4 Mill Lane"; None where that is not said.

    What follows without a word between belongs to the phrase; a sentence of its own replaces it.
    """
    link = APPOSED.match(scene.onward, end)
    if link:
        street = STREET_IN.match(scene.onward, link.end())
        found = street or PART.match(scene.onward, link.end())
        if found and (street or (link["link"] == "," and ADDRESSY.search(found.group()))):
            if ITSELF.match(phrase):
                return found.group(), found.end()
            joint = "," if link["link"] in (",", "") else link["link"]
            return f"{phrase}{joint} {found.group()}", found.end()
    following = THEN_IT_IS.search(scene.onward, end)
    if following and (town := TOWN.match(scene.onward, following.end())):
        scene.page.blot(scene.start + following.start(), scene.start + town.end())
        return f"{following['address']}{town.group()}", end
    following = following or IT_IS.match(scene.onward, end)
    if following and ADDRESSY.search(following["address"]):
        scene.page.blot(scene.start + following.start(), scene.start + following.end())
        return following["address"], end
    return None


def read_new_addresses(scene: Scene) -> Iterator[Reading]:
    """Yield an address that replaces a wrong one, and places elsewhere that no list knows."""
    match = NEW_ADDRESS.search(re.sub(r"[:;](?= )", ",", scene.onward))
    if match and match.start() < scene.end - scene.start:
        spoken = match["address"].strip(" ,")
        yield _redirect(scene, (match.start(), match.start("address") + len(spoken)), spoken, 0.85)
        return
    said_before = scene.page.spoken.plain[: scene.end]
    if NOT_THERE.search(said_before):
        for match in scene.matches(IT_IS_AT):
            street = STREET_IN.match(scene.onward[match.start("address") :])
            spoken = street.group() if street else match["address"]
            yield _redirect(
                scene, (match.start(), match.start("address") + len(spoken)), spoken, 0.82
            )
    yield from _to_somewhere(scene)


def _to_somewhere(scene: Scene) -> Iterator[Reading]:
    """Yield places elsewhere that no list knows, behind a verb that sends the parcel there."""
    for match in scene.matches(TO_SOMEWHERE):
        name = next(each for each, said in match.groupdict().items() if said)
        phrase = noun_phrase(match[name])
        if name == "goes":
            whole = PART.match(scene.onward, match.start(name))
            phrase = (whole.group() if whole else match[name]).removesuffix(" now")
        words = bare(phrase)
        kept_here = INDOORS.search(re.split(r" (?:on|at|in|by|of|near) ", words)[0])
        unknown = not words or (name == "goes" and not re.search(r"\d", words))
        if unknown or kept_here or (is_person(phrase) and not ADDRESSY.search(words)):
            continue
        end = match.start(name) + len(phrase)
        if specific := _more_exactly(scene, phrase, end):
            phrase, end = specific
        yield _redirect(scene, (match.start(), end), bare(phrase), 0.72, phrase)


def _redirect(
    scene: Scene, span: tuple[int, int], spoken: str, confidence: float, wording: str = ""
) -> Reading:
    slots = {"address": _plainly(bare(spoken))}
    return scene.read(Kind.REDIRECT, span, slots, confidence, wording or spoken)


def _plainly(address: str) -> str:
    """Return an address as said, without "the new address" in front of it."""
    return re.sub(r"^(?:new |right |correct )?address,? (?=\d)", "", address)


def _is_building(phrase: str) -> bool:
    return (
        re.search(r"'s?\b|\b(?:office|house|work|place|shop|store|parents)\b", phrase) is not None
    )
