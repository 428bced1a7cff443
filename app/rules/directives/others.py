"""Whose time it is: hours and days of other people's doings, of food going off, of bin day.

Such a time tells why, and asks for nothing: "leave it with the porter, he finishes at six".
"""

from __future__ import annotations

import re

from app.rules.analysis import Kind
from app.rules.directives.lexicon import FAMILY
from app.rules.directives.reading import Scene
from app.rules.directives.windows import Window

_OURS = (
    r"(?:it|its|this|that|these|those|one|you|i|we|who|which|what|someone|somebody|anyone|nobody|"
    r"delivery|deliveries|parcels?|packages?|orders?|box|boxes|driver|drivers|van|truck|courier|"
    r"couriers|slot|time|day|and|but|so|or|to|if|when|please|just|not|n't|can|could|will|would|"
    r"best|be|then|also|now|today|tomorrow|tonight|morning|afternoon|evening|\w+day|"
    r"don't|can't|won't|only|usually|always|normally|never|they'll|he'll|she'll|sooner|whoever)"
)
_DOES = (
    r"(?:comes|starts|finishes|goes|gets|leaves|ends|arrives|collects|empties|begins|knocks off|"
    r"clocks off|visits|calls|turns up|kicks off|runs|sleeps|naps|passes|serves|departs|picks)"
)
_IS_DOING = (
    r"(?:'s|'re| is| are| will be|'ll be| should be)(?: \w+ly| also| all| only| just| always)? "
    r"(?:coming|visiting|starting|finishing|leaving|due(?! to me)|digging|emptying|collecting|"
    r"picking|going|moving|getting|having|laying|painting|fixing|mending|collected|emptied|"
    r"picked up|walked|fed|opening|being \w+ed|arriving|staying|away|out|off|back)"
)
_OTHERS_DO = re.compile(
    rf"(?:^|[ _])(?P<who>(?!(?:{_OURS})\b)[a-z][a-z-]*)(?:(?: (?:only|usually|always|normally|all|"
    rf"then|sometimes))? {_DOES}|{_IS_DOING}| (?:will|'ll) (?:collect|come|visit|be collecting))\b"
)
"""A deed in the third person, and the last word of who does it."""
_AT_HOME = re.compile(
    rf"^(?:s?he|they|{FAMILY}|everyone|everybody)(?:'s|'re| is| are|'ll be| will be| comes| gets| "
    rf"arrives)? (?:\w+ )?(?:home|back|in|off|free|around|here|out|away|going|finish\w*|leav\w+|"
    rf"from work|at work)\b"
)
"""When somebody of the household is there, or not, is when to come, or not."""
_GOES_OFF = re.compile(
    r"\b(?:it|they|that|this|milk|fish|meat|food|cake|flowers|ice ?cream|stuff)(?:'ll| will|'s|"
    r" is| are)?(?: all| only| just)? (?:going to )?"
    r"(?:go(?:es)? off|go(?:es)? bad|melts?|melting|expires?|spoils?|thaws?|defrosts?|wilts?|dies?|"
    r"be (?:ruined|off|melted|spoilt|dead)|rots?|runs? out|lasts?|keeps?)\b"
)
_WE_FETCH = re.compile(
    r"\b(?:i'll|we'll|i|we|he'll|she'll|they'll|s?he|they|[a-z]+ will|i'm going to|we're going to|"
    r"i can|we can|going to)(?: will| just| then| can| go and| go|come and| be)* "
    r"(?:collect(?:ing)?(?: it| them)?|pick(?:ing)? (?:it|them|that) up|pick up(?: the \w+)?|"
    r"fetch(?: it| them)?|grab (?:it|them|that)|get (?:it|them|that)(?= (?:in|at|when|tonight|"
    r"tomorrow|later|from|out|after)\b)|bring (?:it|them) in|take (?:it|them) (?:in|up|round|out)|"
    r"sort it|move it|come down for it|have it(?= (?:out|in|from)))\b"
)
_EVENT_IS = re.compile(
    r"\b(?:it's|its|it is|today's|tomorrow's|\w+day's|is|was|of|for) (?:(?:the|a|an|my|our|his|"
    r"her|their|\w+'s) )*(?:\w+ )?(?:(?:bin|bins|recycling|rubbish|trash|garbage|market|sports|"
    r"race|match|wash|laundry|wedding|moving|fete|election) day|birthday|wedding|party|funeral|"
    r"christening|anniversary|recycling|bin collection|hen do|baby shower|exam|christmas|eid|"
    r"diwali|easter|bbq|barbecue)\b|"
    r"\b(?:birthday|wedding|party|funeral|christening|anniversary|ceremony|exam|operation|"
    r"appointment|inspection|bin(?:s)?|recycling|concert|fete|match)(?:'s| is| are)(?: on)?\b"
)
_ASKS = re.compile(
    r"\b(?:can|could|would|will) (?:you|it|we|i|someone)\b|\b(?:please|bring|deliver|"
    r"come (?!and get|down for)|need|want|must|got to be|has to|have to|make it|try|prefer|let's|"
    r"rather|suits?|reschedule|instead|ideally|arrive)\b"
)
_NOT_HOUSEHOLD = re.compile(
    rf"(?:^|[ _])(?:the|an?|some|my|our|your|their|that) (?:[a-z-]+ )??(?!(?:{FAMILY}|house|home|flat|"
    rf"office|shop|store|place|building|reception|school|surgery|salon|clinic|factory|family|"
    rf"everyone|lot|warehouse|pub|cafe|gate|unit|site|bar|lobby|whole|centre|library|church|"
    rf"concierge|front|desk|practice|workshop|studio)\b)(?P<who>[a-z-]+)"
    rf"(?:'s| is| are|'re| will be|'ll be| (?:\w+ )?gets?)(?: \w+)? (?:out|away|gone|off)\b"
)


def is_of_others(scene: Scene, text: str, window: Window) -> bool:
    """Whether a clause's time is that of somebody else's doings, or of the goods'."""
    begin = min(start for start, _ in window.spans)
    head, whole = text[:begin], scene.whole[:begin]
    if _GOES_OFF.search(whole) or _WE_FETCH.search(whole):
        return True
    if _ASKS.search(head):
        return False
    if _EVENT_IS.search(scene.whole):
        return True
    deed = None
    for deed in _OTHERS_DO.finditer(whole):
        pass
    if deed is None:
        return False
    told = whole[deed.start("who") :]
    if deed["who"] in ("he", "she", "they"):
        return _speaks_of_a_taker(scene) or (not window.timed and not _AT_HOME.match(told))
    return _AT_HOME.match(told) is None


def _speaks_of_a_taker(scene: Scene) -> bool:
    """Whether "he" is who was just named to take it in, or named and taken back."""
    return any(
        one.kind in (Kind.LEAVE_WITH, Kind.HAND_OVER)
        and one.slots.get("recipient") != "me"
        and scene.number - one.clause <= 2
        for one in scene.found
    )


def is_absence_of_others(text: str) -> bool:
    """Whether "out" or "away" is said of the sheep, the light or the neighbours."""
    return _NOT_HOUSEHOLD.search(text) is not None
