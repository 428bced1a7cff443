"""Whose time it is: hours and days of other people's doings, of food going off, of bin day.

Such a time tells why, and asks for nothing: "leave it with the porter, he finishes at six".
"""

from __future__ import annotations

import re

from app.rules.analysis import Kind
from app.rules.directives.lexicon import FAMILY
from app.rules.directives.meaning import IS_WHEN
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
    r"picked up|walked|fed|opening|being \w+ed|arriving|staying|away|out|off|back|here|in|round|on|"
    r"over|working)"
)
_OTHERS_DO = re.compile(
    rf"(?:^|[ _])(?P<who>(?!(?:{_OURS})\b)[a-z][a-z-]*)(?:(?: (?:only|usually|always|normally|all|"
    rf"then|sometimes))? {_DOES}|{_IS_DOING}| (?:will|'ll) (?:collect|come|visit|be collecting))\b"
)
"""A deed in the third person, and the last word of who does it."""
_IS_TAKEN = re.compile(r"^[a-z-]+ gets (?:\w+ed|taken|fed)\b")
_AT_HOME = re.compile(
    rf"^(?:s?he|they|{FAMILY}|everyone|everybody)(?:'s|'re| is| are|'ll be| will be| comes| gets| "
    rf"arrives)? (?:back |usually |only |always |not |all |both |due )?(?:home|back|in|off|free|"
    rf"around|here|out|away|going|finish\w*|leav\w+|"
    rf"from work|at work)\b"
)
"""When somebody of the household is there, or not, is when to come, or not."""
_GOES_OFF = re.compile(
    r"\b(?:it|they|that|this|milk|fish|meat|food|cake|flowers|ice ?cream|stuff)(?:'ll| will|'s|"
    r" is| are)?(?: all| only| just)? (?:going to )?"
    r"(?:go(?:es)? off|go(?:es)? bad|melts?|melting|expires?|spoils?|thaws?|defrosts?|wilts?|dies?|"
    r"be (?:ruined|off|melted|spoilt|dead)|rots?|runs? out|lasts?|keeps?)\b"
)
_VISITED = re.compile(
    r"\b(?:i've|we've|i|we|i'm|we're|she's|he's)(?: have| got| has| having| expecting)* "
    r"(?:someone|somebody|people|friends|family|visitors|guests|(?:a|an|the|my|our) \w+(?: \w+)?|"
    r"[a-z]+ers?) "
    r"(?:coming|over|round|visiting|staying|calling|turning up)\b"
)
"""Whom the customer expects beside the driver."""
_OF_THE_STREET = re.compile(
    r"\b(?:street|road|lane|parking|car park|bridge|lift|elevator|market|traffic|square|pavement|"
    r"permits?|buses|"
    r"trains|tide|pool|playground)\b(?:'s| is| are| gets?| on| starts| runs| comes)"
)
"""What is open, shut or busy then is no part of the house."""
_CLOSES_EVERY = re.compile(r"\b(?:shuts?|close[sd]?|finish(?:es)?|opens?)\b.*\b\w+days\b")
_WE_FETCH = re.compile(
    r"\b(?:i'll|we'll|i|we|he'll|she'll|they'll|s?he|they|[a-z]+ will|i'm going to|we're going to|"
    r"i can|we can|going to)(?: will| just| then| can| go and| go|come and| be)* "
    r"(?:collect(?:ing)?(?: it| them)?|pick(?:ing)? (?:it|them|that) up|pick up(?: the \w+)?|"
    r"fetch(?: it| them)?|grab (?:it|them|that)|get (?:it|them|that)(?= (?:in|at|when|tonight|"
    r"tomorrow|later|from|out|after)\b)|bring (?:it|them) in|take (?:it|them) (?:in|up|round|out)|"
    r"sort it|move it|come down for it|be (?:there|down|out|along|right \w+|with you)(?= *(?:in |"
    r"$))|"
    r"have it(?= (?:out|in|from)))\b"
)
_EVENT_IS = re.compile(
    r"\b(?:it's|its|it is|today's|tomorrow's|\w+day's|is|was|of|for) (?:(?:the|a|an|my|our|his|"
    r"her|their|\w+'s) )*(?:\w+ )?(?:(?:bin|bins|recycling|rubbish|trash|garbage|market|sports|"
    r"race|match|wash|laundry|wedding|moving|fete|election) day|birthday|wedding|party|funeral|"
    r"christening|anniversary|recycling|bin collection|hen do|baby shower|exam|christmas|eid|"
    r"diwali|easter|bbq|barbecue)\b|"
    r"(?:'s| is| are) for (?:tonight|today|tomorrow|this \w+|\w+day|the weekend)\b|"
    r"\b(?:birthday|wedding|party|funeral|christening|anniversary|ceremony|exam|operation|"
    r"appointment|inspection|bin(?:s)?|recycling|concert|fete|match)(?:'s| is| are)(?: on)?\b"
)
_ASKS = re.compile(
    r"\b(?:can|could|would|will) (?:you|it|we|i|someone)\b|\b(?:bring|deliver|"
    r"come (?!and get|down for)|need|want|must|got to be|has to|have to|make it|try|prefer|let's|"
    r"rather|suits?|reschedule|instead|ideally|arrive)\b"
)
_NOT_HOUSEHOLD = re.compile(
    rf"(?:^|[ _])(?:the|an?|some|my|our|your|their|that) (?:[a-z-]+ )??(?!(?:{FAMILY}|house|home|"
    rf"flat|"
    rf"office|shop|store|place|building|reception|school|surgery|salon|clinic|factory|family|"
    rf"everyone|lot|warehouse|pub|cafe|gate|unit|site|bar|lobby|whole|centre|library|church|"
    rf"concierge|front|desk|practice|workshop|studio)\b)(?P<who>[a-z-]+)"
    rf"(?:'s| is| are|'re| will be|'ll be| (?:\w+ )?gets?)(?: \w+)? (?:out|away|gone|off)\b"
)


_HABIT = re.compile(r"\b\w+days\b|\bof an? \w+day\b|\bevery \w+day\b")
_ALWAYS_IN = re.compile(
    r"(?:^|\b(?:and|but|so|because) )(?:s?he|they)(?:'s|'re| is| are| comes?| gets?)\b.*"
    r"\b(?:\w+days|of an? \w+day|every \w+day)\b"
)
"""What somebody does every week is no wish for a day."""
_TELLING = 2
"""Words of one's own that make a sentence of it; "definitely before eleven" is none."""
_FILLERS = re.compile(
    r"\b(?:and|but|so|or|then|well|yeah|yes|no|oh|sorry|hi|hello|please|thanks|thank you|maybe|"
    r"perhaps|actually|instead|though|mate|love|sir|only|just|about|around|say|like|is|it's|that's|"
    r"that|the|a|on|in|at|for|of|to|from|by|with|i|me|us|we|think|guess|reckon|mean|sometime|some|"
    r"time|any ?time|if|possible|as|what|how|either|early|late|first|thing|next|this|coming|"
    r"preferably|ideally|sharp|latest|earliest|onwards|my|end|bit|little|later|ish|not|too|also|"
    r"now|"
    r"still|would|will|be|to be|there|again|cheers|ta|alright|week|until|till|before|after|between|"
    r"right|okay|ok|weekend|all|day|um|er|s)\b|'s|'d|'ll|[_,.!?;:]"
)
_ASKS_OR_OFFERS = re.compile(
    r"\b(?:com(?:e|es|ing)|came|beaut|alright|all right|okey|deliver\w*|re-?deliver\w*|bring\w*|"
    r"drop\w*|send|sent|arriv\w+|get|gets|"
    r"getting|got|need\w*|want\w*|prefer\w*|like|try|make|do|does|could|can|may|must|have to|has "
    r"to|"
    r"let's|lets|works?|working|suits?|suit|fine|good|better|best|great|grand|perfect|lovely|ideal|"
    r"handy|okay|ok|sweet|convenient|dandy|super|sound|free|in|home|here|around|about|there|back|"
    r"available|inside|awake|able|take|receive|accept|expect\w*|wait\w*|open\w*|clos\w+|shut\w*|"
    r"finish\w*|return\w*|off|done|ready|re-?schedul\w+|re-?arrang\w+|postpone\w*|push|put|"
    r"mov(?:e|ed|ing)|"
    r"chang(?:e|ed|ing)|pushed|shifted|swapped|postponed|rebooked|change|swap|switch|re-?book\w*|"
    r"book\w*|slot|window|pop|swing|turn up|show up|stop by|call|"
    r"round|over|hold|keep|delay\w*|leave|left|earliest|latest|sooner|instead|appointment|set|fix|"
    r"delivery|parcel|any ?time|have it|staffed|manned|attended|hours|(?:would|could|can|will) "
    r"you|go|shift|aim|knock|serve|see|hand|give|earlier|later|supposed)\b"
)
"""Without one of these a sentence with a time in it asks for nothing and offers nothing."""


_IN_FROM = re.compile(
    r"\b(?:in|home|here|back|free|available) (?:from|between|after|till?|until|by)\b"
)


def only_tells(text: str, window: Window) -> bool:
    """Whether a time stands in a sentence that asks for nothing: "there's ice out this morning"."""
    cut = "".join(
        " " if any(start <= at < end for start, end in window.spans) else letter
        for at, letter in enumerate(text)
    )
    rest = re.sub(r"\s+", " ", cut).strip()
    if _IN_FROM.search(text):
        return False
    if len(re.findall(r"[a-z]{2,}", _FILLERS.sub(" ", rest))) < _TELLING:
        return False
    return _ASKS_OR_OFFERS.search(rest) is None


_IT_IS_GONE = re.compile(
    r"(?:^|[ _])(?:it|that|things?|stuff|parcels?|everything)(?:'ll| will|'d| would|'s| gets?)?"
    r"(?: just| only| all)?(?: be| been)? (?:gone|out|off|away)\b"
)


def is_of_others(scene: Scene, text: str, window: Window) -> bool:
    """Whether a clause's time is that of somebody else's doings, or of the goods'."""
    begin = min(start for start, _ in window.spans)
    before = scene.whole[:begin]
    if IS_WHEN.search(text):
        return False
    if any(tells.search(before) for tells in (_GOES_OFF, _WE_FETCH, _VISITED)):
        return True
    if window.other_day and _CLOSES_EVERY.search(scene.whole):
        return True
    if _ASKS.search(text[:begin]):
        return False
    warns = not window.timed_by_clock(text) and _beside_a_danger(scene)
    usual = not window.timed and _ALWAYS_IN.search(scene.whole) is not None
    event = any(tells.search(scene.whole) for tells in (_EVENT_IS, _OF_THE_STREET))
    return warns or usual or event or only_tells(text, window) or _they_do(scene, before, window)


def _they_do(scene: Scene, before: str, window: Window) -> bool:
    """Whether the last deed before a time is another's, and no coming home."""
    deeds = list(_OTHERS_DO.finditer(before))
    if not deeds:
        return False
    who, told = deeds[-1]["who"], before[deeds[-1].start("who") :]
    if _IS_TAKEN.search(told) or (not window.timed and _HABIT.search(scene.whole)):
        return True
    at_home = _AT_HOME.match(told) is not None
    if who in ("he", "she", "they"):
        return _speaks_of_a_taker(scene) or (not window.timed and not at_home)
    return not at_home


def _beside_a_danger(scene: Scene) -> bool:
    """Whether the clause warns of something, such as ice this morning."""
    return any(one.kind is Kind.CAUTION and one.clause == scene.number for one in scene.found)


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
    return _NOT_HOUSEHOLD.search(text) is not None or _IT_IS_GONE.search(text) is not None
