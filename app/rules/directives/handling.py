"""How the parcel is to be treated: fragile, heavy, kept cold, kept dry, out of sight."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.rules.analysis import Kind
from app.rules.directives.lexicon import PARCEL, PARCEL_NOUN
from app.rules.directives.reading import Reading, Scene

_NOTE_ROWS: tuple[tuple[str, str], ...] = (
    (
        "keep_upright",
        r"\b(?:(?:keep|leave|store|carry|stay|stand|keeping|kept|has to be|transport|"
        r"standing|set|put|must be|stays|to be|stays?) ?(?:it |them |that |the (?:\w+ )?(?:box|"
        r"parcel|package) |be |kept )?(?:standing |stood )?(?:up )?(?:upright|vertical|the right "
        r"way(?: up)?|stood up|"
        r"right way up|right side up|standing up|upstanding|level)|upright|this (?:way|side|"
        r"end) up|"
        r"(?:right|correct) way up|right side up|(?:don't|not|never|can't|mustn't|"
        r"shouldn't)(?: let it)?(?: be)? ?(?:(?:tip|flip|tilt|tipped|tilted|flipped)(?: (?:it|"
        r"them|"
        r"that|the (?:box|parcel|package)))?(?: (?:over|up|on its side|upside down))?|(?:tip|lay|"
        r"turn|lie|turned|laid|put|lying|roll|rolled|stand|place|placed)(?: (?:it|them|that|"
        r"the (?:box|parcel|package)))? (?:over|down|on its side|on it's side|upside down|"
        r"sideways|"
        r"on its back|flat|on its head|the wrong way(?: up)?))|other way up)\b",
    ),
    (
        "keep_dry",
        r"\b(?:(?:keep|stay|stays|keeps|kept|keeping|remain|be kept|somewhere|"
        r"nice and) ?(?:it |them |that |the (?:\w+ )?(?:box|parcel|package|cardboard) |nice and |"
        r"completely |really |be |bone )*(?:dry|out of the (?:rain|wet)|"
        r"away from (?:the )?(?:rain|"
        r"wet|water|damp)|sheltered)|(?:mustn't|can't|shouldn't|don't let (?:it|them)|doesn't|not|"
        r"never|won't|don't|don't want (?:it|them) to|cannot|without) ?(?:be |"
        r"get(?:ting)? )?(?:it |"
        r"them )?(?:get(?:ting)? )?(?:wet|damp|soaked|soggy|rained on)|out of the (?:rain|wet)|"
        r"(?:wet|water|rain) (?:will|would) (?:ruin|damage|spoil)|water damage|"
        r"(?:can't|mustn't|shouldn't|won't|doesn't like|hates|couldn't|no) (?:(?:take|have|stand|"
        r"like|be near|"
        r"come near|touch|be exposed to) )?(?:any |the )?(?:moisture|damp|water|humidity|rain)|in "
        r"case it rains|(?:don't|never|not to|mustn't) let (?:the |any )?(?:rain|wet|damp|water|"
        r"weather|snow)(?: \w+){1,3})\b",
    ),
    (
        "keep_cold",
        r"\b(?:(?:keep|stay|stays|kept|keeping|remain|stored?|has to be|have to be|"
        r"be) ?(?:it |them |that |be |kept |the \w+ |in a |somewhere |nice and |really )*(?:cold|"
        r"cool|chilled|refrigerated|frozen|in the shade|out of the (?:sun|heat)|"
        r"away from (?:the )?heat|in (?:a|the) (?:fridge|freezer))|"
        r"out of (?:the )?(?:direct )?(?:sun(?:light|shine)?|heat)|in (?:the|a) (?:fridge|freezer|"
        r"shade|refrigerator)|refrigerat\w+|it's (?:chilled|frozen|refrigerated)|it'll melt|"
        r"(?:will|"
        r"might|could|can|going to) melt|(?:mustn't|can't|shouldn't|don't let (?:it|"
        r"them)) (?:get )?(?:warm|hot|melt|defrost|thaw)|straight (?:in|into) the (?:fridge|"
        r"freezer)|"
        r"needs? (?:the )?(?:fridge|freezer|refrigerating|chilling|refrigeration)|"
        r"somewhere (?:cool|"
        r"cold|shady)|temperature sensitive)\b",
    ),
    (
        "perishable",
        r"\b(?:perishables?|won't (?:last|keep)|(?:will|'ll|going to|might|could|"
        r"can) (?:spoil|go off|go bad|wilt|rot|perish|go stale|die|expire)|goes off|go off|"
        r"spoils?|"
        r"fresh (?:food|flowers|fish|meat|fruit|vegetables|veg|produce|milk|seafood|groceries)|"
        r"frozen (?:food|meat|fish|goods|stuff)|(?:it's|they're|there's|that's|contains?|full of|"
        r"it is) (?:\w+ )?(?:food|meat|fish|seafood|groceries|dairy|milk|live plants|fresh \w+|"
        r"cut flowers|meal kits?)|(?:it|they|that|these|which) (?:don't|doesn't) keep|(?:don't|"
        r"doesn't) keep long|short shelf life|"
        r"live (?:plants|"
        r"animals|bait))\b",
    ),
    (
        "fragile",
        r"\b(?:fragile|breakables?|delicate|easily (?:broken|broke|damaged)|(?:can|could|"
        r"might|will|may|it'll|they'll|that'll) (?:easily )?(?:break|smash|shatter|crack)|easy "
        r"does it|breaks if|"
        r"(?:glass|china|porcelain|crystal|pottery|crockery|ceramics) in (?:there|it|here|the "
        r"box)|breaks "
        r"easily|(?:it's|they're|"
        r"that's|made of|full of|it has|contains?|got|having|there's|all|is|contains) (?:(?:just|"
        r"all|mostly|some|"
        r"made of|a|really|my|old|very|actually|full of|lots of|big|large|small|little|nice|huge|"
        r"new) )*(?:glass(?:ware|es)?|china|"
        r"porcelain|ceramics?|crystal|pottery|crockery|eggs|glass \w+)|handle (?:it |this |that |"
        r"the \w+ |"
        r"them )?(?:\w+ )?(?:with (?:care|caution)|carefully|gently|softly|nicely)|(?:be "
        r")?gentle(?: with it)?|"
        r"gently|with (?:great |extra )?care|(?:be )?(?:\w+ )?careful (?:with|handling|carrying|"
        r"not to drop) (?:it|that|this|them|the (?:\w+ )?"
        + PARCEL_NOUN
        + r")|(?:don't|never|not to|"
        r"mustn't) (?:drop|throw|chuck|toss|bash|shake|bang) (?:it|that|them)\b"
        r"(?! (?:over|in|into|on|onto|at|through|off|down|by|behind|outside)\b))",
    ),
    (
        "heavy",
        r"\b(?:heavy|weighs? (?:a ton|a tonne|loads|a lot|about|over|around|\d+|"
        r"\w+ (?:kilos?|pounds|kg|lbs|stone))|two[- ](?:man|person|people)(?: (?:lift|job))?|"
        r"(?:needs?|takes?|need|take) two (?:people|men|of you|guys|persons)|(?:bring|need|want|"
        r"use|"
        r"get) (?:a |the )?(?:\w+ )?(?:trolley|hand truck|dolly|sack truck|cart|sack barrow)|"
        r"bulky|two of you|both of you|(?:it's|they're|that's) (?:about |over |nearly |around |a "
        r")?(?:\d+|\w+ty(?: \w+)?|\w+teen|a hundred) ?(?:kilos?|kg|pounds|lbs)|"
        r"weight)\b",
    ),
    (
        "conceal",
        r"\b(?:hide|hidden|conceal(?:ed)?|hiding|disguise|out of (?:sight|view|"
        r"the way of)|(?:can't|won't|doesn't|don't|not|never|isn't|mustn't|nobody|no one|"
        r"shouldn't) (?:be )?(?:seen|see it|sees it|see|visible|spot it|in view|on show)|"
        r"where (?:nobody|no one|he|she|they|people|passers?-?by|my \w+|the kids)(?:'ll| will|"
        r" would|"
        r" can|) ?(?:can't |won't |don't |never |doesn't |not |would )?(?:see|sees|find|look|spot|"
        r"notice|be seen)|(?:nobody|no one) (?:(?:can|will|could|would|'ll) )?(?:sees?|spots?|"
        r"finds?|"
        r"notices?)\b(?: it)?|discreet(?:ly)?|tuck(?:ed)? (?:it|them) (?:away|"
        r"out of (?:sight|view|the way))|(?:put|throw|chuck|stick|drape) (?:a|the|that) (?:\w+ "
        r")?(?:blanket|"
        r"tarp|sheet|cover|rug|towel|cloth) over|don't let on|(?:don't )?spoil the surprise|cover "
        r"(?:it|"
        r"them)(?: up| over)?|covered(?: up)?|stash(?:ed)?|unseen|not (?:be )?visible|"
        r"don't let (?:him|her|them|my \w+|the \w+) (?:see|find|know)|less visible|under wraps|"
        r"plain sight)\b",
    ),
    (
        "other",
        r"\b(?:(?:keep|keeping|kept|lay|carry|transport|lie|stored?|wants keeping|needs keeping) "
        r"(?:it |them |that |the "
        r"(?:\w+ )?(?:box(?:es)?|"
        r"parcel|package|picture|envelope) )?(?:flat|level|horizontal(?:ly)?|on its side|warm|"
        r"closed|"
        r"sealed|away from (?:any |the |all )?(?:anything )?(?:hot|radiators?|flames?|naked "
        r"flames?|fires?|"
        r"heaters?|boiler|stove|oven|magnets?|direct light|chemicals)|away from (?:the )?(?:dogs?|"
        r"kids|children|pets|animals|damp|cat)|"
        r"off the (?:ground|"
        r"floor)|together|in the box|steady)|(?:nothing|don't put anything) on top(?: of it)?|"
        r"off the ground|lift (?:it )?(?:from|with) [\w ]+)\b",
    ),
)


_NOTES = tuple((note, re.compile(row)) for note, row in _NOTE_ROWS)


_NOT_FRAGILE = re.compile(r"\b(?:not|isn't|aren't|nothing|wasn't|n't) (?:\w+ )?$")


_ASKED_ABOUT = re.compile(
    r"^(?:(?:and|but|so) )*(?:how|is it|is that|are they|what|does it|will it)\b"
)


def read_handling(scene: Scene) -> Iterator[Reading]:
    """Yield how the parcel is to be treated."""
    if _ASKED_ABOUT.match(scene.text):
        return
    for note, pattern in _NOTES:
        for match in scene.matches(pattern):
            if note in ("fragile", "heavy", "perishable", "keep_upright") and _NOT_FRAGILE.search(
                scene.text[: match.start()]
            ):
                continue
            if note == "conceal" and not _hides_parcel(match.group(), scene.text[match.end() :]):
                continue
            keep = (note == "conceal" and match.group() in ("hide", "hiding", "stash")) or (
                note == "perishable" and "frozen" in match.group()
            )
            reading = scene.read(
                Kind.HANDLING,
                match.span() if not keep else (match.start(), match.start()),
                {"note": note},
                0.9,
            )
            yield reading if not keep else _spread(reading, scene, match)


def _spread(reading: Reading, scene: Scene, match: re.Match[str]) -> Reading:
    return Reading(
        reading.kind,
        scene.start + match.start(),
        scene.start + match.end(),
        reading.slots,
        0.9,
        "",
        reading.loose,
        reading.clause,
    )


def _hides_parcel(words: str, after: str) -> bool:
    if re.match(r"(?:don't|can't|won't) (?:see|find)$", words):
        return False
    if words in ("hide", "hiding", "stash", "hidden", "covered"):
        return words in ("hidden", "covered") or re.match(rf" {PARCEL}", after) is not None
    return words != "plain sight"
