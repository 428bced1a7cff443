"""Cuts an answer into clauses, with or without punctuation, and says what each hangs on.

A telephone transcript may have no stop in it at all, so besides stops and commas a clause also
begins where one can: at "please don't", at "the gate code is", at "leave it", unless the word
before binds it ("to leave it", "if I'm not in").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from app.rules.directives.days import MONTH
from app.rules.directives.lexicon import RELATION, TITLE
from app.rules.directives.numbers import ORDINAL

_STOP = re.compile(
    r"(?<!\bmr)(?<!\bmrs)(?<!\bms)(?<!\bdr)(?<!\bst)(?<!\bapt)(?<!\bno)(?<!\bprof)[.!?;:]+(?=\s|$)"
)
_COMMA = re.compile(r",\s+(?=(?P<after>[^\s,]+))")
_OH_NO = re.compile(r"oh (?:no|wait|sorry|hang|hold)\b")
_NUMBER_WORD = re.compile(
    r"(?:\d+|zero|one|two|three|four|five|six|seven|eight|nine|oh|hash|star|pound|double|triple|"
    r"[b-h])$"
)

DAY_NAME = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow"
_JOIN = r"(?:(?:and|but|so|then|also|plus|because|cause|cos|otherwise|or else|or)\s+)*"
_SOFT = r"(?:please\s+|just\s+|maybe\s+|perhaps\s+|kindly\s+|actually\s+|instead\s+)*"
_OBJECT = (
    r"(?:it|them|that|this|these|everything|the|my|our|me|us|him|her|your|all|any|a|an|out|in|by)"
)
_VERB = (
    rf"(?:(?:leave|put|pop|drop|place|set|hide|stick|tuck|give|hand|take|bring|send|redirect|"
    rf"deliver|use|"
    rf"keep|cancel|reschedule|try|ask|let|get|stop|remove|shoot|ping|pass|return|handle|buzz|"
    rf"text|message|phone|telephone|call|ring|mind|move|push|open|close|shut|park|enter|dial|type|"
    rf"punch|knock|wait|stash|shove|chuck|slide|slip|check|watch|tell|refuse|postpone|change|bung|"
    rf"whack|throw|sling|plonk|dump|toss|prop|lean|rest|squeeze|carry)"
    rf"\s+{_OBJECT}\b|come (?:to|round|around|back|after|before|at|between|through|in|by|any|on|"
    rf"tomorrow)"
    rf"|(?:give|hand|hand over|deliver|leave|drop|keep|submit) (?:to|at|with|in|near|outside)\b"
    rf"|go (?:to|round|around|through|in)|use (?:code|flat|number)|buzz \w+|text instead|"
    rf"press (?!(?:the )?(?:star|hash|pound|asterisk))\w+|text (?:when|once)|"
    rf"(?:call|phone|text) (?:dad|mum|mom)|knock|speak to|talk to|send back"
    rf"|(?:call|phone|ring|text) (?:before|when|once|first|after|ahead|if|as soon)"
    rf"|(?:try|make it|come|bring|deliver) (?:on )?(?:{DAY_NAME})|put (?:in|on|under|behind|near)"
    rf" (?:the|my|our)|(?:call|ring|text) (?:plus|oh|zero|double|\+?\d{{3,}}))"
)
_SUBJECT = (
    r"(?:i'm|i'll|i've|i'd|i (?:don't|won't|can't|need|want|have|work|get|live|think|already|sleep|"
    r"didn't|finish|"
    r"start|leave|prefer|never|only|just|really|should|do|said|mean|meant|got|am|was|bought|"
    r"changed)|"
    r"we're|we'll|we've|we (?:don't|won't|can't|need|want|have|live|get|are|will)|it's|it'll|"
    r"it (?:needs|has|must|mustn't|can|can't|should|shouldn't|won't|goes|was)|they're|they'll|"
    r"he's|"
    r"he'll|she's|she'll|you'll|you're|you've|you (?:can|need|have|should|could|guys|must|might|"
    r"may)|"
    r"there's|there (?:are|isn't)|that's|that'll|nobody's|nobody (?:will|here|lives)|someone's|"
    r"someone will)"
)
_STARTERS: tuple[tuple[str, str], ...] = (
    (
        rf"{_SUBJECT}\b",
        r"if|when|where|once|until|till|unless|while|because|that|as|since|after|before|what|how|"
        r"who|"
        r"for|to|of|on|at|with|than|whether|case|so|whenever|do|did|does|can|could|should|will|"
        r"shall|may|must|would|am|"
        r"was|time|why|and i|cause|cos|think|sure|know|which|soon|means|say|"
        r"said|but|hope|reckon|believe|afraid|and|whatever|the (?:second|minute|moment|instant)",
    ),
    (
        rf"{_SOFT}(?:don't|never|no need to|make sure|(?:do )?be (?:careful|aware|quiet|gentle)|"
        rf"careful|"
        rf"watch out|look out|beware|take care|whatever you do)\b",
        r"i|we|they|you|he|she|nobody|to|who|that|please|just|and|but|which|dogs?|it|really|so|"
        r"i'd|if|or|(?:she|he|they|it|i|we)'ll|(?:she|he|they|it|i|we)'(?:ve|d|s|m|re)"
        r"|must|please|mornings|afternoons|evenings|nights|weekends|weekdays|(?:mon|tues|wednes|"
        r"thurs|fri|satur|sun)days",
    ),
    (
        rf"{_SOFT}{_VERB}\b|please (?:leave|put|call|text|ring|hand|don't|only|keep|be|use|no)\b",
        r"to|can|could|will|would|you|please|just|don't|not|i|we|he|she|they|never|i'll|you'll|"
        r"he'll|"
        r"she'll|they'll|we'll|must|should|only|always|and|or|but|so|then|who|that|maybe|perhaps|"
        r"kindly|"
        r"actually|a|the|my|your|this|any|won't|can't|shouldn't|mustn't|i'd|us|better|also|"
        r"instead|no|"
        r"couldn't|nobody|someone|it'll|might|may|didn't|of|for|she'd|he'd|they'd|you'd|we'd|"
        r"circumstances|ever|usually|normally|even|really|phone|text|be|i've|me|him|them|her|"
        r"otherwise|you've|they've|it's|is|with|by|at|before|after|without|if|when|until|till|"
        r"people|dare|god|sake|go and|\w+'ll|(?:could|can|should|must|may|will|would) it",
    ),
    (
        r"(?:can|could|would|will) (?:you|we|i|someone|they|it|the driver)\b|would you mind\b|"
        r"is it ok(?:ay)?\b|"
        r"is it possible\b|is there (?:a|an|any|some|anything|someone|anyone|anywhere)\b|do i\b|"
        r"i'd (?:like|rather|prefer)\b",
        r"if|when|what|where|how|who|time|and|but|so|because|nobody|that|someone|she|he|they|"
        r"anyone|then",
    ),
    (
        r"(?:if|unless|in case|otherwise|assuming|(?:as|so) long as|provided|providing|"
        r"in the event)\b",
        r"as|even|see|what|wonder|know|ask|just|only|and|but|so|or|wondering|not|tell|then|"
        r"just in",
    ),
    (
        r"(?:lock|key|entry|access) code(?:'s| is)\b",
        r"the|my|our|your|a|an|is|use|and|front|back|side|main|street|garage|building|garden|with|"
        r"this",
    ),
    (
        r"code(?:'s| is| for the)\b",
        r"the|my|our|your|a|an|and|gate|door|lock|entry|entrance|access|key|pin|pass|lift|building|"
        r"security|garage|post|zip|fob|alarm|garden|side|main|pad|box|area|street|qr|otp|dress|"
        r"this|"
        r"that|lobby|shutter|safe|barrier|elevator|front|back|bar|source|new|buzzer|store|shed|"
        r"bike|bin",
    ),
    (
        r"(?:mr|mrs|ms|miss|dr|mister)\.? [a-z]+(?: (?!(?:will|can|could|and|or|but|to|who|that|"
        r"if)\b)\w+){0,6}"
        r"(?: (?:will|can|could|has)|'ll)\b",
        rf"with|to|from|for|of|at|by|and|but|if|when|because|so|on|in|the|my|our|or|call|text|ring|"
        rf"while|as|is|unless|once|only|until|think|behind|near|that|phone|before|after|not|sorry|"
        rf"mean|meant|even|called|dear|ask|{RELATION}",
    ),
    (
        r"(?:or else|otherwise|failing (?:that|which))\b",
        r"and|or",
    ),
    (
        rf"(?:{DAY_NAME})(?: (?:morning|afternoon|evening))? (?:instead|please|then|between|after|"
        rf"before|from|at|any)\b",
        r"\S+",
    ),
    (
        r"(?:actually no|no wait|wait no|no don't|no forget (?:that|it)|i still want it|(?:s?he|"
        r"they) "
        r"(?:does|do|still) wants? it)\b",
        r"and|but|so|if|that|because|or|i|we|oh|well|no|actually|wait|sorry",
    ),
    (r"let'?s (?:do|make|say|try|go for|have)\b", r"and|but|so|then|please|no"),
    (
        rf"(?:today|{DAY_NAME}) week\b",
        r"a|or|and|on|by|for|until|till|from|before|after|the|next|this|say|it|come|deliver|make",
    ),
    (
        r"when(?:ever)? (?:i'm|we're|nobody's) (?:not|out|away|gone|at work|in\b(?! the))|"
        r"should (?:i|we|you|nobody|there|it|anyone) (?:not |be |get |have )",
        r"me|us|him|her|them|know|and|but|or|so|what|please|just|only|why|how|where|who|that|it|"
        r"you|they|he|she|when|time|if|parcel|package|delivery|driver",
    ),
    (
        r"(?:when|once|as soon as|whenever) (?:you|it|the|he|they|he's|you're|it's|you've|"
        r"they're)\b",
        r"roughly|exactly|approximately|about|know|me|us|him|her|them|wife|husband|when|know|"
        r"text|call|ring|buzz|message|shout|bell|and|"
        r"but|"
        r"please|phone|wonder|what|so|just|or|then|only|again|sure|\d+|you|number|one|two|three|"
        r"four|"
        r"five|six|seven|eight|nine|zero|oh|mum|mom|dad|driver|first|back|mobile|cell",
    ),
    (
        r"(?:the|my|our)(?: (?!the\b|my\b|our\b|is\b)\w+){0,3} (?:code|combination|pin|keypad|"
        r"password)(?:'s| is| will be)?\b",
        r"is|use|with|the|enter|type|in|punch|need|and|but|so|by|on|at|have|to|because|also|press|"
        r"a|"
        r"want|via|dial|of|for|through|round",
    ),
    (
        rf"(?:my|the|our|{TITLE}\.?)(?: (?!the\b|my\b|our\b)\w+)? ?(?:{RELATION})(?: (?!(?:will|"
        rf"can|"
        rf"is|could|has|should|always|and|or|but|so|if|to|who|that|for|it|please|"
        rf"then)\b)\w+){{0,7}}"
        rf"(?: (?:will|can|is|could|has|should|always)|'ll|'s (?:home|in|here|there|going))\b",
        r"with|to|from|for|of|at|by|and|but|if|when|because|so|on|in|the|my|our|or|call|text|ring|"
        r"while|as|is|unless|once|only|until|think|behind|near|beside|since|that|phone|before|"
        r"after|except|besides|than|sorry|mean|meant|even",
    ),
    (
        r"(?:the|my|our) (?:(?!the\b|my\b|our\b)\w+ )?\w+(?:'s (?:not |really |very |all |"
        r"a bit )?(?:open|closed|shut|locked|unlocked|broken|asleep|sleeping|"
        r"loose|icy|slippery|wet|out|in|home|here|working|going|got|away|always|on|fine|poorly|"
        r"ill|napping|barking|goes)\b| (?:is|are|will|has|goes|go|won't|isn't|doesn't|"
        r"don't (?:work|bite|like|bark|answer)|can't|barks?|bites?)\b)",
        r"with|to|from|for|of|at|by|and|but|if|when|because|so|on|in|or|while|as|is|unless|once|"
        r"only|until|think|behind|near|"
        r"beside|since|that|before|after|mind|watch|under|over|inside|through|outside|between|use|"
        r"take|give|leave|ask|have|where|"
        r"how|what|who|round|around|past|into|make|sure|hope|like|yes|yeah|against|via|next|front|"
        r"cause|cos|than|tell|know|careful|using|beware|let",
    ),
    (
        rf"(?:(?:{DAY_NAME})(?: (?:morning|afternoon|evening))?(?: (?:before|after|by|at|around|"
        rf"from|between) (?:(?!would\b|is\b)\w+ ){{1,4}})? ?(?:would|'d) (?:be|suit|work|do)|"
        r"(?:tomorrow|(?:mon|tues|wednes|thurs|fri|satur|sun)day)(?:'s (?:better|best|fine|"
        r"good|great|no|not)| is | would | works| suits)|"
        r"that (?:works|suits|sounds|time's|time is|time works|slot)|sounds (?:good|great|fine|"
        r"perfect))",
        r"on|by|for|until|before|after|this|next|if|when|and|but|so|because|yes|yeah|think|since|"
        r"whether|sure|hope|from|of|than|except|bar|barring",
    ),
    (
        r"(?:(?:at |by )?what time|what's|where's|where (?:is|are) (?:it|they|my|the)\b|when "
        r"(?:will|are|is|do|can)|who's it|who sent|"
        r"who's sent|how long|"
        r"how much)\b",
        r"know|(?:tell|ask|remind|show|inform) me|is|about|wonder|wondering|and|but|so|on|of|if|"
        r"tell|see|mind|matter|care|fussed|bothered|"
        r"depends|exactly|ask|also|say|says|knows|just|guess|decide|"
        r"sure|just",
    ),
    (
        r"(?:oh )?(?:thank you|thanks|cheers|yes|yeah|yep|hello|bye|sorry|no wait|wait no|hang on|"
        r"scrap that|"
        r"scratch that|i mean|i meant|actually|make that|no actually|no sorry|or rather|"
        r"forget that|"
        r"never mind|no no|no(?=,)|no (?:hang|hold) on|(?:no )?(?:i )?tell a lie|no (?:please "
        r")?(?:text|call|ring|leave|put|pop|drop|bring|take|"
        r"make|come|phone|give|use) (?:me|it|that|at|after|before|us|the)|on second thoughts?|"
        r"please and thank you|see you|ignore that|strike that|"
        r"no (?:make it |sorry |wait )?(?:half |quarter |after |before )?(?:one|two|three|four|"
        r"five|six|seven|eight|nine|"
        r"ten|eleven|twelve|\w+teen|\d+|monday|tuesday|wednesday|thursday|friday|saturday|sunday|"
        r"tomorrow|the \w+ one)|oh and|oh no|oh wait|not (?:today|the|on|at)\b(?= \w+))\b",
        r"and|but|so|am|i'm|oh|many|say|no|please|said|wait|not|with|actually|sorry|that's|it's|"
        r"is|are|"
        r"i|was|were|do|does|will|don't|if|he's|she's|we're|they're|you're|just|much|or|why|why's|"
        r"only|flat|apartment|house|unit|plot|room|shop|villa|who's it|who|where|how|when",
    ),
)
_IF_THEN = re.compile(r"\b(?:if|unless|in case) (?:(?!then\b|if\b)[\w']+ ){1,9}?(?P<then>then) ")
_TAKEN_BACK = re.compile(
    r"\b(?:scrap that|scratch that|strike that|ignore that|forget that|don't do that) "
    r"(?P<then>(?:the|my|"
    r"our|in|on|behind|by|under|with|at|inside|beside|put|pop|leave|give|take|bring|use|drop|"
    r"hand) )"
)
_SPOT_NEXT = re.compile(
    r"\b(?:thank you|thanks|please|cheers|hello|hi|yes|yeah|okay|ok) (?P<then>(?:just )?(?:inside|"
    r"outside|"
    r"behind|under) the )"
)
_TAKER = re.compile(
    r"\b(?:door|gate|alley|entrance|porch|steps|lift|stairs|buzzer|bell) (?P<then>(?!(?:and|that|"
    r"which|"
    r"it|then|will|you|he|she|they|i|we|is|code)\b)[a-z]+(?:'ll| will) (?:take|grab|sign|collect|"
    r"get|"
    r"accept|meet|let|come|be))\b"
)
"""A name that begins a sentence: "come to the side door | marco will take it"."""
_IF_SO_FAR = re.compile(r"(?:^|\s)(?:if|unless|in case)\s(?:(?!then\b|,)[\w']+\s?){2,7}$")
_IF_NOT = re.compile(r"(?:^|\s)if (?:not|so)$")
_ORDER_START = re.compile(rf"{_SOFT}(?:{_VERB}|don't)")
_NO_ORDER_AFTER = re.compile(
    r"(?:^|\s)(?:to|don't|not|never|can|could|will|would|should|you|i|we|they|he|she|nobody|"
    r"someone|"
    r"anyone|and|or|just|please|can't|won't|didn't|doesn't|couldn't|'ll|it|only|must|if|unless|"
    r"case|my|the|our|your|a)$"
)
_STARTS = tuple(
    re.compile(rf"(?<=\s)(?P<join>{_JOIN})(?P<start>{starter})") for starter, _ in _STARTERS
)
_BOUND = tuple(re.compile(rf"(?:^|\s)(?:{words})$") for _, words in _STARTERS)
_ASKED_OF_ANOTHER = re.compile(
    r"\b(?:can|could|would|will|get|have|ask|tell|want|need|like|let) (?:someone|anyone|an? \w+|"
    r"the \w+|your \w+|him|"
    r"them|my \w+|one of (?:your|the) \w+)(?: (?:from|in|at) (?:the |number )?\w+)?$"
)
_ONLY_JOIN = re.compile(
    r"(?:^|\s)((?:and|but|so|then|also|plus|because|cause|cos|otherwise|or else|or|please|"
    r"just)(?:\s+|$))+$"
)


_DANGLING = re.compile(
    r"(?:^|\s)(?:with|to|at|by|behind|under|near|beside|from|of|for|across|opposite|next to|into|"
    r"inside|outside|the|my|our|your|a|an|there's|if|when)\s*$"
)
_VERB_ALONE = re.compile(
    r"(?:^|\s)(?<!n't )(?<!or )(?<!never )(?<!not )(?:text|call|ring|phone|give|ask|use|mind|"
    r"tell)\s*$"
)
_JOINT_NEXT = re.compile(
    r"(?:just (?:leave|put|pop|drop)|and|but|so|or|because|then|don't|please)\b"
)
_NOUN_NEXT = re.compile(rf"(?:the|my|our|him|her|them|{TITLE})\b")
"""What leaves a phrase open: its other half is no clause of its own."""
_QUESTION_SO_FAR = re.compile(
    r"^(?:(?:and|but|so|also|or|well) )*(?:(?:do|does|did) (?:(?!you\b|i\b|we\b)\w+\s+){1,3}|"
    r"(?:has|have|is|are|was|will) (?:it|they|he|this|that|my \w+|the \w+)\s+)$"
)
_ONLY_WHEN = re.compile(
    rf"^(?:(?:and|but|so|well|okay|ok|yeah|yes|sir|madam|then|also|the|on|in|at|by|for|this|next|"
    rf"early|late|of|only|after|before|until|from|all)\s+)*(?:(?:today|tonight|tomorrow|morning|"
    rf"afternoon|evening|forenoon|night|noon|midday|week(?:end)?|(?:mon|tues|wednes|thurs|fri|"
    rf"satur|sun)days?|lunchtime|only|first thing|{ORDINAL}|of|the|after|before|by|eve|christmas|"
    rf"(?:{MONTH})|"
    rf"coming|that|after tomorrow|day)[,\s]+)+$"
)
_SUBJECT_NEXT = re.compile(
    r"(?:i'm|i'll|i (?:won't|can't)|we're|we'll|we (?:won't|can't)|nobody's|nobody will|there's|"
    r"nobody|no one)\b"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of the plain form from ``start`` to ``end``, and what bounds it.

    ``sentence`` counts up at full stops; ``joined`` says that no stop or comma stands before it;
    ``asked`` that a question mark closes it.
    """

    start: int
    end: int
    sentence: int
    joined: bool = False
    asked: bool = False


def split(plain: str) -> list[Clause]:
    """Return the clauses of a plain form in order; they cover all of its words."""
    clauses: list[Clause] = []
    begin = 0
    for sentence, stop in enumerate([*_STOP.finditer(plain), None]):
        end = stop.start() if stop else len(plain)
        asked = stop is not None and "?" in stop.group()
        clauses += _within_sentence(plain, begin, end, sentence, asked)
        begin = stop.end() if stop else end
    return clauses


def _within_sentence(plain: str, begin: int, end: int, sentence: int, asked: bool) -> list[Clause]:
    cuts = {begin: False}
    for comma in _COMMA.finditer(plain, begin, end):
        in_number = _NUMBER_WORD.match(comma["after"]) and not _OH_NO.match(plain, comma.end())
        if not (in_number and _NUMBER_WORD.search(plain[begin : comma.start()])):
            cuts[comma.end()] = False
    for starts, bound in zip(_STARTS, _BOUND, strict=True):
        for match in starts.finditer(plain, begin, end):
            before = plain[begin : match.start()].rstrip()
            if not before or before.endswith(",") or _ONLY_JOIN.search(before):
                continue
            if (
                not match["join"]
                and (bound.search(before) or _ASKED_OF_ANOTHER.search(before))
                and not _answers_if(before, match["start"])
            ):
                continue
            if match["join"].strip() == "or" and not match["start"].startswith(
                ("text", "call", "if")
            ):
                continue
            cuts.setdefault(match.start(), True)
    for pattern in (_IF_THEN, _TAKEN_BACK, _SPOT_NEXT, _TAKER):
        for match in pattern.finditer(plain, begin, end):
            cuts.setdefault(match.start("then"), True)
    edges = [*_kept(plain, cuts), end]
    clauses = []
    for start, after in pairwise(edges):
        text = plain[start:after]
        left = start + len(text) - len(text.lstrip(" ,.;:"))
        right = start + len(text.rstrip(" ,;:"))
        if right > left:
            clauses.append(Clause(left, right, sentence, cuts[start], asked))
    return clauses


def _answers_if(before: str, start: str) -> bool:
    """Whether an order begins right behind a condition: "if it's late | try next door"."""
    return (
        (_IF_SO_FAR.search(before) or _IF_NOT.search(before)) is not None
        and _ORDER_START.match(start) is not None
        and (_NO_ORDER_AFTER.search(before) is None or _IF_NOT.search(before) is not None)
    )


def _kept(plain: str, cuts: dict[int, bool]) -> list[int]:
    """Return the cuts that part two clauses, without those that leave half of one behind."""
    starts = sorted(cuts)
    kept = starts[:1]
    for cut in starts[1:]:
        before = plain[kept[-1] : cut]
        joined = cuts[cut]
        unfinished = (
            joined
            and not _JOINT_NEXT.match(plain, cut)
            and (
                _DANGLING.search(before)
                or _QUESTION_SO_FAR.match(before)
                or (_VERB_ALONE.search(before) and _NOUN_NEXT.match(plain, cut))
            )
        )
        subject_follows = _SUBJECT_NEXT.match(plain, cut)
        if unfinished or (_ONLY_WHEN.match(before.lstrip()) and (joined or subject_follows)):
            continue
        kept.append(cut)
    return kept
