"""What the driver must not do. A negated action is an avoid, never its opposite."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from app.rules.analysis import Kind
from app.rules.directives.deeds import deed, where_not
from app.rules.directives.lexicon import (
    LEAVE,
    PARCEL,
    PREPOSITION,
)
from app.rules.directives.reading import Reading, Scene
from app.rules.directives.refusals import read_refusals
from app.rules.directives.when_not import is_of_calls, when_not

_NOT = re.compile(
    r"(?:\bunder no circumstances(?: (?:should|must|is|are|can|may) (?:you|it|this|that|they|"
    r"the \w+)(?: to)?)?|\b(?:stop|quit)(?= (?:leaving|putting|dropping|dumping|chucking|"
    r"throwing|parking|knocking|banging|ringing the (?:door ?)?bell))|\brather (?:you|they|he) "
    r"(?:didn't|don't|not)|(?<!\bi )(?<!\bwe )(?<!they )\bdon't(?: "
    r"you)?(?: ever| even| dare)?(?:,? for (?:the love of \w+|\w+'?s? sake|crying out loud),?)?|"
    r"(?<!will )(?<!'ll )(?<!she )(?<!he )(?<!they )(?<!i )(?<!we )\bnever(?! mind)|\b(?:please "
    r")?not to|\bnot (?=leave|ring|knock|call|"
    r"put)|\bno need (?:to|for)|"
    r"\bdon't need to|\bdon't have to|\bavoid|\binstead of|\brather than|\bwithout(?! (?:a |me |"
    r"my )?sign)|\b(?:i'd|we'd) (?:rather|prefer)(?: if| that)? (?:you|it|they)? ?(?:didn't|not|"
    r"wasn't|"
    r"doesn't|not to|don't)|\b(?:i|we) (?:really )?(?:don't|wouldn't) want (?:you |it |them |him |"
    r"anyone |people |the driver )?(?:to )?(?:be )?|"
    r"(?<!\bif )(?<!\bcase )(?<!\bwhen )\b(?:it|that|you|this|driver|parcel|package|they|he|he's|"
    r"she's|they're|it's|you're|"
    r"driver's) (?:can't|mustn't|shouldn't|mustn't|"
    r"is not to|isn't to|aren't to|not to|'s not to|better not|must never|should never|"
    r"can never)(?: just)?(?: be)?|\bno(?=(?: \w+)? (?:knocking|ringing|hooting|honking|beeping|"
    r"smoking|"
    r"calls?\b(?! (?:me|us|my|him|her|the))|phone ?calls?|doorbell|bell|door bell|knocks|buzzing|"
    r"parking|leaving|calling|"
    r"banging))|\bhold off on|\brefrain from|\bplease no\b|\bdo not\b|\bmake sure you don't|"
    r"\bisn't to be|\bstop short of|\bnothing(?:'s|"
    r" ever)?(?: (?:gets|is|to|should|must|can|may|be|get))*(?= (?:left|put|dumped|dropped))|"
    r"\bnothing(?= (?:to )?(?:stays?|sits?) "
    r"out)|\bnot(?= (?:the|with the) neighbo)|\bor(?=_ ))"
)
_MORE = re.compile(
    r"(?:,? ?(?:or|and|nor|,|either|please|and don't|or even|or else)(?: (?:even|to|also|don't|"
    r"the|please))* )(?=\w)"
)
_HARMLESS = re.compile(
    r"^(?: (?:worry|bother(?! (?:me|us|the|my|her|him|\w+ing)\b)|let (?:me|us) down|lose (?:it|my|"
    r"the)|"
    r"break (?:it|anything)|come to the (?:door|phone)|ever let|forget|hesitate|mind|know|think|"
    r"bother me|care|have (?:any|a|to)\b|believe|"
    r"suppose|disturb (?:registry|list|register)|get me wrong|work|want|need (?:it|this|that|"
    r"anything|any)|remember|see|"
    r"expect|understand|like|"
    r"feel|hear|live|mention|fret|panic|stress|rush|hang (?:about|around)|dawdle|dilly dally|"
    r"dither|hurry|a problem|problem|delay|fail|miss|"
    r"be (?:late|long|back)|get home|come out|you worry|be fooled|trust|signing|trip|slip|"
    r"stumble|fall|bang your head|hit your head)\b|$| until|"
    r" before| after| on| at| any(?:more| more| longer)?$)"
)
_VERBAL = re.compile(
    r"^ (?:(?:to|be|ever|just|please|even|you|have|get|it|the driver|driver) )*(?P<verb>leave|put|"
    r"push|throw|bend|fold|drop|drag|roll|shake|open|close|shut|let|walk|step|tread|use|take|come|"
    r"go|park|drive|stack|squash|crush|"
    r"tip|turn|lay|touch|feed|pet|wake|disturb|make|shout|honk|beep|toss|chuck|lob|post|force|"
    r"squeeze|hand|give|deliver|send|bring|cut|scan|forge|sign|stand|stuff|jam|cram|hide|pop|try|"
    r"enter|block|place|lift|move|trip|smoke|"
    r"idle|reverse|ask|tell|mention|show|say|wedge|kick|slam|lean|stick|tap|hang|run|get|pick|"
    r"wait|return|refuse|mark|buzz|leave|set|being|leaving|putting|throwing|bending|using|parking|"
    r"letting|walking|posting|tossing|dropping|shoving|shove|hoot|dump|tell|discuss|text|message|"
    r"thrown|bent|dropped|left|handed|folded|squashed|opened|posted|pushed|stacked|given|tipped|"
    r"startle|hooting|honking|beeping|smoking|reverse|block|damage|crush|drive|bother|chain|"
    r"unplug|lock)\b[^_,;]*"
)
_SAID_ELSEWHERE = re.compile(rf" {LEAVE} {PARCEL} _")
_ANY_TIME = re.compile(
    r"\b(?:before|after|until|between|today|tomorrow|monday|tuesday|wednesday|thursday|friday|"
    r"saturday|sunday)\b"
)
_WHEN_VERBS = ("come", "deliver", "bring", "try", "get", "send", "take")


def read_avoid(scene: Scene) -> Iterator[Reading]:
    """Yield each thing a clause forbids, and what "or" adds to it."""
    yield from read_refusals(scene)
    for match in scene.matches(_NOT):
        if scene.page.spoken.plain.endswith("why ", 0, scene.start + match.start()):
            continue  # "Why don't you leave it …" asks for it.
        position = match.end()
        rest = scene.text[position:]
        if reading := _unwanted(scene, match, rest):
            yield reading
            continue
        if _HARMLESS.match(rest) or not rest.strip(" _"):
            continue
        found = deed(rest.lstrip())
        lead = len(rest) - len(rest.lstrip())
        if found is None:
            if reading := _other(scene, match, rest):
                yield reading
            continue
        begin = match.start()
        forbidden: list[Reading] = []
        while found:
            action, length = found
            when, end = when_not(scene, action, position + lead + length)
            slots = {"action": action} | ({"condition": when} if when else {})
            forbidden.append(scene.read(Kind.AVOID, (begin, end), slots, 0.93))
            more = _MORE.match(scene.text, end)
            found = deed(scene.text[more.end() :]) if more else None
            if (
                more
                and found
                and (
                    scene.text[end : more.end()].strip(" ,")
                    not in ("or", "nor", "and", "", "or even")
                )
            ):
                pass
            begin, position, lead = (more.end(), more.end(), 0) if more else (end, end, 0)
        yield from _then_too(forbidden)


def _then_too(forbidden: list[Reading]) -> Iterator[Reading]:
    """Yield what one "don't" forbids, the hours of the last holding for all of it."""
    last = forbidden[-1].slots.get("condition")
    for one in forbidden:
        if last is not None and is_of_calls(one):
            yield replace(one, slots={**one.slots, "condition": last})
        else:
            yield one


def _unwanted(scene: Scene, match: re.Match[str], rest: str) -> Reading | None:
    """Read "I don't want it on the step": the leaving goes without saying."""
    placed = _PLACED.match(rest)
    if not match.group().strip().endswith(("want it", "want them", "want that")) or not placed:
        return None
    found = deed(f"leave it {rest.lstrip()}")
    action = found[0] if found else where_not(f"leave it {rest.lstrip()}")
    return scene.read(
        Kind.AVOID, (match.start(), match.end() + placed.end()), {"action": action}, 0.85
    )


_ANY_DEED = re.compile(
    r"^ (?P<verb>[a-z]{3,}) (?:the|your|my|our|any|anything|a|an|it|on|at|up)\b[^_,;]*"
)
_PLACED = re.compile(rf" ?(?:(?:{PREPOSITION}|with) (?:the|my|our|any) [^_,;]+|outside)")
_OPEN_IT = re.compile(
    r"^ (?:try (?:and|to) |go )?(?:open|unlatch|unlock|undo|force)(?:ing)? (?:it|that)\b"
)
_FIRST = re.compile(r"^(?:(?:and|so|but|just|please|also|oh|whatever you do,?) )*$")


def _other(scene: Scene, match: re.Match[str], rest: str) -> Reading | None:
    verbal = _VERBAL.match(rest)
    if not verbal and match.group() == "don't" and _FIRST.match(scene.text[: match.start()]):
        verbal = _ANY_DEED.match(rest)
    if (
        not verbal
        or _SAID_ELSEWHERE.match(rest)
        or (verbal["verb"] in _WHEN_VERBS and _ANY_TIME.search(verbal.group()))
    ):
        return None
    if match.group() == "without":
        return None
    action = where_not(rest.lstrip())
    lately = scene.page.spoken.plain[max(0, scene.start - 80) : scene.start]
    if _OPEN_IT.match(rest) and re.search(r"\bgates?\b", lately):
        action = "open_gate"
    end = match.end() + len(
        re.split(r" (?:because|so|as|since|but|if|when|please)\b", verbal.group())[0]
    )
    return scene.read(Kind.AVOID, (match.start(), end), {"action": action}, 0.85)
