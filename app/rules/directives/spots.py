"""The words for leaving a parcel somewhere: "put it …", "it can go …", "the porch is fine"."""

from __future__ import annotations

import re

from app.rules.directives.lexicon import CONTAINER, LEAVE, LEFT, PARCEL, PLACE_NOUN, PREPOSITION

_LOOSELY = (
    r"(?: (?:off|down|over|just|safely|carefully|please|for me|for us|right|back|out|up|away|"
    r"somewhere|tucked|hidden|propped|leaning|leant|stood|sat|wedged|"
    r"straight|(?:up|down)stairs(?= (?:on|in|by|at|outside|next|behind)\b)|in there|anywhere|"
    r"someplace|so|maybe|sitting|standing|inside(?= (?:the|my|our) "
    r"\w+ (?:by|on|in|"
    r"under))|"
    r"_+|like|well|neatly|there|here|all|thanks))*"
)
_WHERE = rf"(?P<prep>{PREPOSITION}|to the|out|with) (?P<place>[^_].*)"
_ADVERB = (
    r"(?P<adverb>(?:just |right )?(?:outside|inside|indoors|upstairs|downstairs|"
    r"(?:out |at the |in )?(?:front|back)(?! (?:to|by|until|on|from|at|in|tomorrow|another|door|"
    r"porch|step|steps|gate|garden|yard|of|entrance|desk|deck|patio|room|seat|hall)\b)|(?:round|"
    r"around|out) (?:the )?(?:front|back|side)|out front|"
    r"out back|somewhere (?:safe|dry|sheltered|secure|sensible))\b)"
)
LEAVE_IT = re.compile(rf"\b(?:{LEAVE}) {PARCEL}{_LOOSELY} {_WHERE}")
LEAVE_ADVERB = re.compile(
    rf"\b(?:(?:{LEAVE}) {PARCEL}|(?<!don't )(?<!to )(?:leave|drop|"
    rf"keep(?! (?:well |right )?(?:back|off|out)\b)))"
    rf"{_LOOSELY} {_ADVERB}"
)
LEAVE_THING = re.compile(
    rf"\b(?:leave|put|pop|drop|place|set|stick|tuck|stash|dump|plonk|chuck) (?:the|my|our|your) "
    rf"\w+(?: \w+)?? (?P<prep>{PREPOSITION}) (?P<place>[^_].*)"
)
IT_GOES = re.compile(
    rf"\b(?:{PARCEL}(?:'s|'ll)? (?:(?:can|could|should|will|would|needs to|has to|might|"
    rf"may) )?(?:just |always |"
    rf"usually )?"
    rf"(?:go|goes|stay|sit|live|fit|be (?:{LEFT})|(?:best|better|probably best|safest|"
    rf"probably better) {LEFT}|be (?:fine|safe|ok|okay|all right|alright|"
    rf"safest)|left|be)|"
    rf"(?:have|want|like|prefer|need|get) {PARCEL} (?:to be )?{LEFT}|"
    rf"happy for {PARCEL} to be {LEFT}){_LOOSELY} {_WHERE}"
)
FINE_THERE = re.compile(
    rf"\b(?:it's|it is|that's|it'll be|it'd be|they're|they'll be) (?:fine|ok|okay|safe|all right|"
    rf"alright|"
    rf"safest|best|better)(?: left)? {_WHERE}"
)
BRING = re.compile(
    rf"\b(?:(?:bring|take|carry|deliver|drop|drive) {PARCEL}|deliver) (?:(?:straight|right|"
    rf"over|up|down|"
    rf"along|on|through|inside) )?(?P<prep>round to|around to|to|into|inside|up to|over to|round|"
    rf"around) "
    rf"(?P<place>[^_].*)"
)
IN_THERE = re.compile(
    rf"\b(?:{LEAVE} {PARCEL}{_LOOSELY}|{PARCEL} (?:can go|could go|should go|goes)|^) "
    rf"?(?:(?P<prep>in|on|under|inside|behind|"
    rf"underneath|by|on top of|at) (?:there|it|that|them|those)\b|there$)|\buse (?:that|it)\b"
)
ANTECEDENT = re.compile(rf"\b(?P<place>(?:the|my|our|an?) (?:[\w-]+ ){{0,3}}?{PLACE_NOUN}\b.*)")
THERE_IS_A = re.compile(
    r"\b(?:there's|there (?:should|will) be|there'll be|i have|we have|i've got|we've got|"
    r"you(?:'ll| will| should| can)? (?:see|find)|(?:look for|see)|i've left|we've left|"
    r"i'll leave)(?: out)? "
    r"(?P<place>(?:an?|the|my|our) [^_,]+)"
)
OPEN = re.compile(
    rf"(?P<place>(?:(?:the|my|our) )?(?:(?:front|back|side|garden) )?{PLACE_NOUN})(?:'s| is| will "
    rf"be|'ll be|"
    rf" has been| been)?(?: left| always| usually)? (?:open|unlocked|never locked|not locked|"
    rf"ajar)\b"
)
INSIDE = re.compile(rf"\b{LEAVE} {PARCEL} (?:just |right )?(?P<prep>inside|in|indoors)$")
USE = re.compile(
    rf"\buse (?P<place>(?:the|my|our) (?:\w+ )?(?:{CONTAINER}|shed|greenhouse|outhouse|"
    rf"conservatory|"
    rf"log ?store|bunker|summer ?house|cupboard|meter box)\b.*)"
)
IS_BEST = re.compile(
    rf"^(?:(?:and|so|just|yeah|yes|otherwise|or|else|then|but|failing that|the|my|our) )*"
    rf"(?P<place>(?:(?!(?:no|code|this|that|it|any|next|your)\b)[a-z]+ ){{0,2}}?{PLACE_NOUN}"
    rf"(?: (?:by|on|in|at|under|near) the (?:\w+ )?{PLACE_NOUN})?)(?:'s| is| will be|'ll be|"
    rf" would be)"
    rf" (?:fine|good|best|okay|ok|great|perfect|safest|the best (?:place|spot)|"
    rf"the safest (?:place|spot))"
)
BEST_IS = re.compile(
    rf"\b(?:safest|best|usual|safe|good|normal|preferred) (?:place|spot|bet)(?: for it)?(?:'s| is|"
    rf" would be)(?: just)? "
    rf"(?:(?P<prep>{PREPOSITION}) )?(?P<place>[^_].*)"
)
FRAGMENT = re.compile(
    rf"^(?:(?:and|so|just|maybe|yeah|yes|yep|okay|ok|hi|hello|please|then|or|else|otherwise|oh|"
    rf"um|well|probably|"
    rf"sure|right|anywhere|somewhere) )*"
    rf"(?P<prep>{PREPOSITION}) (?P<place>(?:the|my|our) [^_]*)$"
)
AFTER_USED = re.compile(
    rf"^(?:[\w' ]* )?_+ (?P<prep>{PREPOSITION}) (?P<place>(?:the|my|our) [^_]*)$"
)
"""What is left of "tuck it out of sight behind the hedge", where the hiding is read already."""
NAMED_ALONE = re.compile(
    r"^(?:(?:and|so|just|maybe|yeah|yes|yep|okay|ok|hi|hello|please|oh|um|well|probably|sure) )*"
    r"(?P<place>(?:(?:the|my|our) )?(?:(?:front|back|side|rear|garden) )?(?:porch|step|doorstep|"
    r"shed|"
    r"garage|greenhouse|carport|deck|patio|balcony|veranda|verandah|stoop|mailbox|letterbox|bench|"
    r"bins?|"
    r"conservatory|barn|parcel box|lobby|mailroom|front door|back door|side door))"
    r"(?: (?:please|thanks|thank you|cheers|mate|will do|would do|it is))+$"
)
ASKS_ABOUT = re.compile(
    r"^(?:(?:and|but|so|oh|hi|hello) )*(?:will|does|did|do|is|are|has|have|was|how|what|when|"
    r"who|why|which)"
    r" (?!the driver|someone|him|them|your|you leave|it be (?:ok|okay|possible|all right|fine)|"
    r"it (?:ok|okay|possible|all right|alright|fine))\w"
)
ELIDED = re.compile(
    rf"(?<!i )(?<!we )(?<!you )(?<!they )(?<!to )\b(?:put|keep|leave|drop|place|deposit)(?: "
    rf"(?:safely|down|off))? "
    rf"(?P<prep>{PREPOSITION}) (?P<place>(?:(?:the|my|our|a) |(?:\w+ )?{PLACE_NOUN}\b)[^_]*)"
)
HIDDEN_SPOT = re.compile(
    r"^(?:(?:and|so|just|maybe|yeah|yes|okay|ok|hi|hello|please|then|or|oh|else|otherwise) "
    r")*(?P<prep>behind|under|"
    r"underneath|beneath|beside|next to|on top of|inside|round by) (?P<place>(?:the|my|our) [^_]*)$"
)
