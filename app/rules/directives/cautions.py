"""What to beware of on the way in, and how to treat the parcel."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.rules.analysis import Kind
from app.rules.directives.lexicon import DANGEROUS, HAZARD_NOUN, PARCEL_NOUN
from app.rules.directives.phrases import bare, noun_phrase
from app.rules.directives.reading import Reading, Scene

_HAZARD = r"(?P<hazard>[^_,;.]+)"
_BEWARE = re.compile(
    rf"\b(?:(?<!don't )(?<!not )(?<!you )(?<!'d )(?<!never )(?<!do )(?<!have to )(?<!got to "
    rf")(?<!ing to )(?<!i )mind(?= (?:the|"
    rf"my|our|your|that|those|any|a|out)\b)(?: out(?: for)?)?|watch out for|"
    rf"watch out,? (?:because )?there's|watch out|look out for|beware(?: of)?|"
    rf"watch(?: for|(?= (?:the|your|that|those|them)\b))|keep an eye out for|be wary of|wary of|"
    rf"steer clear of|watch (?:your ?self|yourselves) (?:on|with|near)|drive slowly,? (?:because )?"
    rf"there's|(?:stay|keep) (?:away from|clear of)(?= (?:the|my|our) (?:\w+ )?(?:dogs?|"
    rf"goose|geese|bull|bees|pond|pool|hive))|look out|take care (?:on|with|of|around|near)|"
    rf"heads up (?:about|for|on)|warning about|avoid (?:stepping on|tripping on|tripping over)|"
    rf"(?:be )?(?:really |very |extra |a bit )?(?:careful|cautious|mindful|aware)(?: (?:of|on|"
    rf"with|about|around|near|when you're on|going up|going down|coming up|coming down|because of|"
    rf"when using|crossing|using|there's)| as there's| because there's)+) {_HAZARD}"
)
_THERE_IS = re.compile(
    rf"\b(?:there's|there are|we've got|i've got|we have|i have|you'll (?:see|find|meet)|i've|"
    rf"we've|there might be|there may be|there could be|has|got) (?:also )?(?P<hazard>(?:(?:a|an|"
    rf"some|the|two|three|four|several|my|our|lots of|a lot of|"
    rf"a bit of|loads of|big|large|little|small|very|really|quite|few|couple of|{DANGEROUS}|guard|"
    rf"friendly|family|angry|nasty|live|two|old|dodgy|slightly|patch of|swarm of|nest of|herd of|"
    rf"flock of|pack of|gang of|black|farm|metal|stone|"
    rf"wooden|front|back|"
    rf"garden|german|sheet of|pile of|\w+y) )*{HAZARD_NOUN}\b[^_,;.]*)"
)
_IS_DANGEROUS = re.compile(
    rf"(?P<article>\b(?:the|our|my|that|your|a) )?(?P<thing>(?:(?:front|back|bottom|top|side|"
    rf"garden|first|second|last|third|middle|outside|stone|wooden) )*(?:{HAZARD_NOUN}|lane|drive|"
    rf"porch|gate|door|light|road|track|alley|wall|entrance|stairwell|hallway|step))"
    rf"(?:'s|'re| is| are| gets| can be| might be| will be| may be)(?: (?:a bit|a little|very|"
    rf"really|quite|pretty|rather|super|all|so|still|extremely|currently|always|slightly|often))*"
    rf" (?P<how>(?!big|little|large|high|blocked|missing|bad|hanging|dark$){DANGEROUS})\b"
)
_ROAMING = re.compile(
    r"\b(?:there's|there are|we've got|we have|i've got|and) (?P<hazard>(?:a|an|some|two|my|our|"
    r"the) "
    r"(?:\w+ ){1,3}?(?:(?:on the )?loose\b|roaming|running (?:about|around|loose|free)|that "
    r"(?:bites?|nips?|"
    r"kicks?|chases?|charges?|stings?|swoops?|goes for|attacks?))[^_,;.]*)"
)
_BITES = re.compile(
    r"\b(?:the|our|my|their)? ?(?P<hazard>(?:\w+ )?(?:dog|dogs|goose|geese|cat|puppy|rooster|ram|"
    r"cockerel|goat|horse|donkey|bull|"
    r"billy goat|swan|magpies?)) (?:bites?|chases?(?: \w+)?|goes for (?:people|strangers|you)|"
    r"swoops?|charges?|kicks?|butts?|"
    r"(?:will|'ll|might|may|can) (?:go for|bite|nip|chase|charge|have|peck)(?: you| people| "
    r"anyone)?|"
    r"might bite|may bite|can bite|isn't friendly|aren't friendly|doesn't like strangers|(?:will |"
    r"might |may )?(?:snap|nip)s?)\b"
)
_IS_LOOSE = re.compile(
    r"\b(?:the|our|my)? ?(?P<hazard>dogs?)(?:'s| is| are| will be|'re) (?:out|loose|off the lead|"
    r"off (?:the )?leash|in the (?:yard|garden|drive|driveway|front|back \w+|front \w+)|"
    r"roaming)[^_,;]*"
)
_NOT_A_HAZARD = re.compile(
    rf"^(?:and|so|but|then|it|(?:that|this|them)(?= (?:you|it|the|i|is|they|we|when|if|one)\b|$)|"
    rf"me|him|her|you|us|everything|(?:the |my |this |that |"
    rf"your )?(?:\w+ )?{PARCEL_NOUN}|how|what|where|step$|time|going|parking|where you|"
    rf"the contents|handling)\b(?! step)|^(?:leaving|putting|dropping|carrying|asking|calling|"
    rf"texting|ringing)\b"
)
_REASON_ANIMAL = re.compile(
    r"\b(?:dogs?|puppy|pups?|baby|cats?|kids|newborn|toddler|children|horses?|pony|ponies|bull|"
    r"cows?|"
    r"cattle|sheep|goats?|hens|chickens|tortoise|lambs|alpacas)\b"
)
_TRIP = re.compile(
    rf"\b(?:don't|not to|try not to|mustn't|avoid|careful not to) (?:trip|slip|fall|step|"
    rf"stumble|tread|bang your head|hit your "
    rf"head)(?:ping|ing)? (?:on|over|in|into|down|off|up)+ {_HAZARD}"
)
_BARE_HAZARD = re.compile(
    rf"^(?:(?:and|oh|also|so|but) )*(?P<hazard>(?:(?:very|really|quite|bit of|some|a|an|the) "
    rf")*(?:bit of (?:an? )?)?(?:{DANGEROUS} (?:\w+ )?"
    rf"{HAZARD_NOUN}|black ice|ice)\b(?! (?:is|are|was|won't|can|will|code)\b)[^_,;.]*)$"
)
_BODY = re.compile(
    r"^(?:your )?(?:head|step|footing|feet|back|toes) (?:on|under|with|at|for|because of|there's|"
    r"by|over|going|as) (?P<hazard>.+)"
)

_BESIDE = re.compile(
    r" (?:where (?:the|a|my|our|an) (?:\w+ ){1,3}?(?:should be|should've been|used to be|was|were|"
    r"is "
    r"missing|has (?:come off|gone|given way|lifted)|came off|fell off|gave way)|with (?:no|not "
    r"much|"
    r"nothing) \w+(?: (?:round|around|on|over|across|in) (?:it|them))?)\b"
)
"""What tells a hazard: "hole where the grid should be", "trench with no barrier"."""
_WHO_TRIPS = re.compile(
    r" you (?:don't|can't|won't|wouldn't|hardly|barely) (?:always |really |even )?(?:see|notice|"
    r"spot)|"
    r" (?:people|everyone|everybody|folks?|visitors|drivers|you lot)(?: (?:always|often|keep|all|"
    r"tend to|"
    r"usually))* (?:trip|slip|fall|stumble|bang|catch|miss|go over)"
)
"""What a thing does to people, which makes it a hazard."""
_ANOTHER = re.compile(
    r",? and (?:mind |watch )?(?P<hazard>(?:the|a|an|my|our|some) (?!\w+ (?:code|number|door is|"
    r"is|are|"
    r"will|can|has)\b)[^_,;.]+?)(?= too$|$)"
)
"""What "and the moss on the path" adds to a hazard."""
_WARNED = re.compile(
    r"^(?:(?:so|and|please|just|but) )*(?:mind|be careful|careful|watch|take care|look out|"
    r"don't trip)\b"
)


def read_cautions(scene: Scene) -> Iterator[Reading]:
    """Yield the hazards a clause warns of; an animal given only as a reason is none."""
    for pattern in (_TRIP, _BARE_HAZARD):
        for match in scene.matches(pattern):
            phrase = _phrase(match["hazard"])
            if bare(phrase) and len(phrase.split()) < 9 and not _NOT_A_HAZARD.match(phrase):
                end = match.start("hazard") + len(phrase)
                yield _hazard(scene, match.start(), end, phrase, 0.85)
    yield from _warned_of(scene)
    yield from _roaming(scene)
    for pattern in (_THERE_IS, _BITES, _IS_LOOSE):
        for match in scene.matches(pattern):
            phrase = _phrase(match["hazard"])
            words = bare(phrase)
            if _is_reason(scene, words) or not _is_dangerous(
                words,
                pattern is _THERE_IS
                and not _WARNED.search(scene.after)
                and not _BESIDE.search(words)
                and not _WHO_TRIPS.search(f" {scene.whole} {scene.after}"),
            ):
                continue
            yield _hazard(
                scene,
                match.start(),
                match.start("hazard") + len(phrase) if pattern is _THERE_IS else match.end(),
                phrase,
                0.85,
            )
    for match in scene.matches(_IS_DANGEROUS):
        if match["how"] in ("broken", "damaged", "narrow", "frozen") and re.search(
            r"\b(?:gate|door|light|alarm|entrance)\b", match["thing"]
        ):
            continue
        if _is_reason(scene, match["thing"]):
            continue
        yield _hazard(scene, match.start(), match.end(), f"{match['how']} {match['thing']}", 0.82)


def _warned_of(scene: Scene) -> Iterator[Reading]:
    """Yield what "mind the …" names, and what "and the …" adds."""
    for match in scene.matches(_BEWARE):
        phrase = _phrase(match["hazard"])
        if re.fullmatch(r"your (?:step|footing|head|feet|back)", phrase):
            continue
        if body := _BODY.match(phrase):
            phrase = noun_phrase(body["hazard"])
        if phrase and not _NOT_A_HAZARD.match(phrase):
            end = match.start("hazard") + len(_phrase(match["hazard"]))
            another = None if " between " in phrase else _ANOTHER.match(scene.text, end)
            yield _hazard(scene, match.start(), end, phrase, 0.93)
            if another and len(noun_phrase(another["hazard"]).split()) < 7:
                yield _hazard(
                    scene,
                    another.start("hazard"),
                    another.end(),
                    noun_phrase(another["hazard"]),
                    0.88,
                )


def _roaming(scene: Scene) -> Iterator[Reading]:
    """Yield what runs loose or bites, whatever it is."""
    for match in scene.matches(_ROAMING):
        first, *others = re.split(r" and (?=an? |the |some |two )", match["hazard"])
        for said in (first, *others):
            phrase = noun_phrase(said) if " that " not in said else said.strip()
            begin = match.start("hazard") + match["hazard"].index(said)
            if not _is_reason(scene, bare(phrase)):
                yield _hazard(scene, begin, begin + len(phrase), phrase, 0.85)


def _phrase(words: str) -> str:
    """Return the hazard at the start of the words, with what tells where or how it is."""
    words = _WHO_TRIPS.split(words)[0]
    phrase = noun_phrase(words, keep_and=" between " in words)
    begin = phrase.removesuffix(" with")
    more = _BESIDE.match(words, len(begin))
    return f"{begin}{more.group()}" if more else phrase


def _hazard(scene: Scene, start: int, end: int, phrase: str, confidence: float) -> Reading:
    return scene.read(Kind.CAUTION, (start, end), {"hazard": bare(phrase)}, confidence, phrase)


def _is_dangerous(words: str, there_is: bool) -> bool:
    harmless = (
        r"^(?:(?:small|little|front|back|stone|wooden|metal|garden) )*(?:glass|mat|bend|"
        r"corner|fence|path|pathway|steps?|floor|ladder|driveway|box|stairs?|doorway|ceiling|"
        r"works|rug|ledge|lip|tiles?|bricks?|stones?|traffic|kids|children|toddler|bikes?|toys|"
        r"doorstep|paint|drop|pond|pool|bricks?|hatch|gap|alarm|hill|ramp|railings?|handrail|"
        r"gravel|cats?|boards?|carpet|drain|hose|pipe|concrete|decking|cellar|landing|staircase|"
        r"stair|pond|rake|kerb|curb|sill|leak|cactus|slabs?|paving)\b"
    )
    return not (there_is and re.match(harmless, words))


def _is_reason(scene: Scene, words: str) -> bool:
    """Tell whether an animal or a child only explains something else in the same breath."""
    if not _REASON_ANIMAL.search(words):
        return False
    before, _, _ = scene.whole.partition(words)
    if re.search(r"\b(?:because|cause|cos|since|as)\b", before):
        return True
    close = [
        one for one in scene.found if one.kind is Kind.AVOID and one.clause == scene.number - 1
    ]
    if close and scene.before:
        return True
    after = re.match(
        r"(?:and |so )+(?:please |just )*(?:don't|no |never|text|call|keep)", scene.after
    )
    return after is not None
