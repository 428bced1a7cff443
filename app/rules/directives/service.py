"""What is for the company, not the driver: cancelling, no more calls, a wrong number, a person."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.rules.analysis import Kind
from app.rules.directives.cancelling import CANCEL_PARTS
from app.rules.directives.opt_outs import OPT_OUT_PARTS
from app.rules.directives.reading import Reading, Scene
from app.rules.directives.staff import STAFF_PARTS
from app.rules.directives.strangers import STRANGER_PARTS, names_nobody

_ROWS: tuple[tuple[Kind, str], ...] = (
    (
        Kind.OPT_OUT,
        r"\b(?:don't|never) (?:wish|like|want|need) (?:to be|being) (?:called|contacted|phoned|"
        r"rung|texted|bothered)"
        r"(?: (?:again|any ?more|any longer))?|"
        r"\b(?:stop|quit|cease) (?:with )?(?:all |these |your |the )*(?:robo|auto|cold|nuisance|"
        r"spam|automated )?-?(?:calling|ringing(?! (?:the |my |our )?(?:door|bell|buzzer|"
        r"doorbell|intercom))|phoning|texting|messaging|contacting|"
        r"bothering|harassing|with (?:these|the)|these|all these|the(?= (?:calls|texts|messages|"
        r"phone calls)))(?: (?:me|us|this|my|number|"
        r"here|calls|texts|messages|house|phone|please|again))*|"
        r"\b(?:don't|never|no longer|mustn't|not to)(?: ever)? (?:call|ring|phone|contact|text|"
        r"message|telephone|bother|dial)(?: on)?(?: (?:me|us|this (?:number|phone|line)|here|"
        r"this|my (?:number|"
        r"phone|"
        r"mobile|cell)|the house))?(?: on this number)? ?(?:again|any ?more|any longer|"
        r"ever(?: again)?|in (?:the )?future)|"
        r"\b(?:take|remove|delete|get|scrub|cross|strike|wipe|leave|keep)(?: \w+)? ?(?:me|us|my "
        r"(?:number|"
        r"name|"
        r"details|phone number)|this number|my|number|name|details)(?: (?:off|from|out|on|of|your|"
        r"the|this|any|calling|call|list|lists|system|database|records|phone|contact|marketing|"
        r"books))* (?:list|lists|system|database|records|books)|\b(?:remove|delete|lose|"
        r"forget) (?:my|this) (?:phone )?number\b|"
        r"\btake (?:my|this) (?:\w+ )?number off\b|\bdon't (?:wish|want|like|need) to "
        r"(?:receive|get|have|be "
        r"getting) (?:any )?(?:more )?(?:of )?(?:these|such|your|this)? ?(?:kind of )?(?:calls?|"
        r"messages?|texts?)\b|"
        r"\b(?:no more|no further) (?:of (?:these|your) )?(?:calls|phone calls|messages|texts|"
        r"automated)|"
        r"\bdo[- ]not[- ]call(?: list| register)?|\bdon't call list|\bunsubscribe\b|"
        r"\bopt(?:ing)? (?:me )?out\b|\b(?:i )?don't want (?:any (?:more )?|these |your |"
        r"to (?:get|"
        r"receive) (?:any more |these |any )?|you (?:calling|ringing|phoning|to (?:call|ring|"
        r"phone|"
        r"contact) me (?:again|any ?more)))(?:(?:automated |phone |robo |marketing )?(?:calls|"
        r"messages|texts|phone calls))?|\btake (?:me|us) off\b",
    ),
    (
        Kind.WRONG_NUMBER,
        r"\b(?:(?:got|have|dialed|dialled|rang|called|is|it's|you've) )?(?:the |"
        r"a )?wrong (?:number|person|phone|(?<!at the wrong )(?<!to the wrong )house(?! (?:again|"
        r"last|every|before))|guy|man|woman|"
        r"customer|lad|bloke|fella|lady|place|extension|"
        r"department|line|party)\b(?<!the wrong place)|\b(?:rung|called|dialled|dialed|got|have|"
        r"reached|through to) the wrong place\b|"
        r"\b(?:it's|this is|that's) not (?:for (?:us|me)\b|\w+'s any ?more)|\bthis number "
        r"(?:belongs to|isn't|used to|is someone|"
        r"changed)\b[\w ]*|^(?:(?:nope|no|sorry|hi|hello|pal|mate|there's) )*no (?!one\b|body\b|"
        r"need\b|problem|rush|dog|pets|lift|parking|"
        r"bell|doorbell|buzzer|gate|code|cash|change|signal|access|room|space|concierge|safe|"
        r"place|porch|reception|more\b|other\b|key)"
        r"[a-z]+ (?:here|lives here|living here)(?: any ?more)?$|\b(?:isn't|not) at this "
        r"number\b|\b(?<!we )(?<!i )(?<!we've )(?<!i've )(?<!just )(?:left here|moved (?:out|on|"
        r"away)) "
        r"(?:\w+ )?(?:years?|months?|weeks?|ages|a (?:while|year|month)|last|\w+ years)\b[\w ]*|"
        r"\b(?:it|that|this)(?:'s| is)? ?(?:isn't|"
        r"not) me\b|\bi'm not the (?!(?:\w+ )?(?:one|person) (?:who|that) (?:deals|handles|takes|"
        r"signs|orders|does|looks|buys|"
        r"arranged|dealt))(?:customer|one|person|guy|lady|man|woman|owner|"
        r"recipient)\b[\w' ]*|\b(?:nobody|no-?one|"
        r"there's nobody|there isn't anyone|not anyone|no person|there's no person) (?:here |"
        r"living here |at this \w+ )?(?:by|of|with|called(?! (?:me|us|back|to|him|her|and|"
        r"about)\b)|"
        r"named|goes by) (?:that|the|"
        r"this)?(?: name)?|\b(?:nobody|there's nobody|not anyone|"
        r"there isn't anyone)(?: here)? (?:called(?! (?:me|us|back|to|him|her|and|about)\b)|"
        r"named) \w+|"
        r"\b(?:there's (?:no|not an?|not any)|there isn't (?:any|an?)|there is no) (?!one|body|"
        r"bell|doorbell|need|rush|"
        r"problem|answer|parking|gate|lift|space|room|number|code|way|point|key|buzzer|reason|"
        r"door|"
        r"hurry|dog|letter|box|signal|elevator|concierge|safe|where|place|porch|reception|access|"
        r"light|sign|worries)(?:\w+\.? ){1,3}?(?:here|at this (?:number|address|house|phone)|"
        r"on this (?:number|phone|line)|living here|lives here|in this (?:house|building))|"
        r"\bno \w+\.?(?: \w+)? (?:at this (?:number|address)|lives here|living here|"
        r"on this number)|"
        r"\b(?:doesn't|don't|didn't|no longer|isn't|not) (?:live|lives|living|work|works)(?: here|"
        r" at this (?:address|number))(?: any ?more| any longer)?|\b(?:she|he|they|person)(?:'s|"
        r"'ve)? (?:has |have )?moved (?:out|away)\b|\b(?:i )?don't know (?:any|a|anyone (?:called|"
        r"named|by)|who) \w+(?: (?:is|that))?|\bnever heard of (?:him|her|them|that|\w+)|"
        r"\b(?:this|"
        r"that|it)(?:'s| is)? ?(?:isn't|not) (?:\w+(?:'s)?|the right|his|her|their) (?:number|"
        r"phone|"
        r"mobile)|\bi'm not (?:the person(?! who| that)|who you|her|him|mr|mrs)\b|\bisn't my "
        r"(?:parcel|package|"
        r"delivery|order)|\b(?:it's|that's) not my (?:parcel|package|delivery|order)\b|"
        r"\bwrong person\b|\bmis-?dial\w*|\bdiall?ed (?:it |this )?wrong(?:ly)?\b|\byou (?:want|"
        r"need|must want|"
        r"must mean|'re looking for|must be looking for) (?:someone|anybody|another person) else\b|"
        r"\b(?:this|that|it)(?:'s| is)? ?(?:isn't|not) (?:(?:mrs?|ms|miss|dr)\.? )?\w+'?s? "
        r"(?:number|phone|mobile|"
        r"house|line)\b|^(?:(?:and|but|no|sorry|hi|hello|well|look) )*i'm not (?!(?:in|home|"
        r"here|there|sure|happy|"
        r"going|able|available|well|bothered|fussed|expecting|at|around|available|back|"
        r"impressed|the|a|an|your|too|"
        r"very|really|so|free|out|on|off|well|interested|allowed|kidding|joking|ready|always|"
        r"usually|normally|"
        r"getting|coming|paying|working|being|having|getting|quite|up|far|mobile|certain|"
        r"worried|keen|signing|"
        r"fond|dressed|decent|great|good|that|gonna|asking|it|me|one|feeling|near|due|satisfied|"
        r"pleased)\b)"
        r"(?:mr |mrs |ms )?[a-z]+$",
    ),
    (Kind.OPT_OUT, OPT_OUT_PARTS),
    (Kind.WRONG_NUMBER, STRANGER_PARTS),
    *((Kind.SPEAK_TO_HUMAN, part) for part in STAFF_PARTS),
    *((Kind.CANCEL, part) for part in CANCEL_PARTS),
)
_ONLY_ASKED = re.compile(
    r"(?:(?:and|but|so|oh|hi|hello|sorry) )*(?:(?:the |a )?wrong (?:number|person|house)|"
    r"(?:(?:how )?(?:can|could|may|do|should) i|am i able to|is it possible to|what if i|"
    r"what happens if i|do you want me to|did i|have i|"
    r"did (?:you|she|he|they|someone)(?: say)?)(?: (?:still|actually|just))* "
    r"(?:cancel|refuse|return|send it back|opt out)[\w ]*|cancel(?: it)?)$"
)
_PATTERNS = tuple((kind, re.compile(row)) for kind, row in _ROWS)


def read_service(scene: Scene) -> Iterator[Reading]:
    """Yield cancellations, opt-outs, wrong numbers and calls for a person.

    What is only asked ("wrong number?", "can I cancel it?") is none of them.
    """
    if scene.asked and _ONLY_ASKED.match(scene.whole):
        return
    for kind, pattern in _PATTERNS:
        for match in scene.matches(pattern):
            if kind is Kind.WRONG_NUMBER and _names_nobody(scene, match):
                continue
            yield scene.read(kind, match.span(), None, 0.93)


def _names_nobody(scene: Scene, match: re.Match[str]) -> bool:
    spoken = scene.page.spoken
    heard = spoken.quote(scene.start + match.start(), scene.start + match.end())
    return names_nobody(match.group(), heard, spoken.transcript)
