"""What a window beside its words means: come then, do not come then, come another day."""

from __future__ import annotations

import re
from dataclasses import replace

from app.rules.analysis import Kind
from app.rules.directives.absence import PRESENT, absence_of, elsewhere
from app.rules.directives.negators import is_forbidden
from app.rules.directives.sequel import is_appointment, opening_hours
from app.rules.directives.windows import Window

_PREFER_NOT_BEFORE = re.compile(
    r"\b(?:don't|not|never|please not|can't|no deliveries|n't) (?:please )?(?:come|deliver|"
    r"bring it|drop it|arrive|turn up|show up|be here|send it|ring|get here|try)?(?: by| round|"
    r" it| here| over)* ?(?P<side>before|after|until|till|between)\b"
)


_ARRIVING = re.compile(
    r"\b(?:get|getting|gets|be|back|come|coming|return|returning|finish|finishing|home|arrive|"
    r"off work|off|knock off|done)(?: (?:back|home|work|in|from (?:work|school|the \w+)|here|"
    r"house|to the house|working|at work|off))* (?:by|at|around|about|for|in)\b"
)


_HOME_BY = re.compile(
    r"^(?:home|back|in)\b|"
    r"\b(?:i|we|i'll|i'm|we'll|we're|he|she|he'll|she'll|they|they'll|usually|should|normally|"
    r"wife|husband)\b"
)


AVAILABLE = re.compile(
    rf"\b(?:(?:i'm|we're|i'll be|we'll be|i|we|someone's|someone will be|someone|"
    rf"there'll be someone|there's someone|there will be someone|he's|she's|they're|everyone's|"
    rf"he'll be|she'll be|they'll be|will be|always|usually|be|is|only|normally|am|"
    rf"are) (?:\w+ )??{PRESENT}\b|home|back)"
)


DELIVER = re.compile(
    r"\b(?:come|coming|deliver|delivered|bring|bringing|drop|get here|get it here|here|be here|"
    r"arrive|arrives|send|need|want|pop|swing|try|works?|suits?|fine|good|better|best|perfect|"
    r"great|okay|ideal|prefer|like|do|make|can|could|make it|any ?time|anytime|only|ideally|"
    r"preferably|best time|aim|expect|tomorrow|stop by|turn up|must|wait|hold|take|receive|"
    r"accept)\b"
)


ANOTHER_DAY = re.compile(
    r"\b(?:re-?schedul\w+|re-?arrang\w+|postpone\w*|push (?:it )?(?:back|to)|put (?:it )?off|"
    r"move (?:it|the delivery|my delivery|this|the date|the day)|(?:another|a different|different|"
    r"some other|a later|an earlier|alternative) (?:day|date|time|slot)|"
    r"redeliver\w*|re-deliver\w*|re-?book\w*|change (?:it|the (?:day|date|delivery(?: (?:day|"
    r"date))?|time|slot)|my (?:delivery|slot)|this)|(?:come|try|bring it|deliver it|"
    r"deliver) (?:back )?(?:again )?(?:another|some other|a different) (?:day|time)|"
    r"later in the week|(?:back|other|tail) end of (?:the|this|next) (?:week|month)|(?:end|"
    r"middle|start|beginning) of "
    r"(?:the|this|next) (?:week|month)|(?:early|late|some ?time|any ?time) next week|some other "
    r"(?:day|time|date|evening|morning|afternoon|week)|hold off(?: on)?(?: (?:the delivery|"
    r"delivering|delivery|it))?|(?:the )?(?:week|month|"
    r"weekend) after(?! next)|(?<!not )next week|(?<!'ll )(?<!will )hold (?:it|on to it|onto "
    r"it)(?! (?:at|in|with|by|near|from|upright|up|flat|level|"
    r"off|like)\b)|delay (?:it|"
    r"the delivery))\b(?! of mind)"
)


_SOMEBODY = re.compile(r"\b(?:i'm|we're|i|we|nobody|be|there)\b")


_BACK_BY = re.compile(r"\b(?:home|back|in|finish\w*|off|done) (?:\w+ )?(?:\w+ )?by\b")


_WISH = re.compile(
    r"\b(?:happy|nice|lovely|good|great) (?:birthday|day|evening|morning|afternoon)\b|\bhave a\b"
)


_REASONS = re.compile(
    r"\b(?:i work nights|night shift|(?:sleeps?|naps?|napping|dozing) |work from home|on nights|"
    r"in meetings|asleep|sleeping|"
    r"on calls?|on a call|working from home|birthday|wedding|party|funeral|for (?:my|a|"
    r"the) \w+ (?:on|tomorrow|today))\b"
)


_DUE_BEFORE = re.compile(
    r"(?:(?:it|this|they|that) )?(?:has|have|must|needs?|needed|want|got) .*\bbefore\b"
)


def meaning(text: str, window: Window, absent: re.Match[str] | None) -> tuple[Kind | None, Window]:
    """Return what a window in a clause means, and the window as it is meant; None for nothing."""
    forbidden = _PREFER_NOT_BEFORE.search(text)
    if forbidden and not (absent and _SOMEBODY.search(text[: forbidden.start() + 1])):
        turned = _turned(window, forbidden["side"])
        if turned is not None:
            return Kind.RESCHEDULE if window.other_day else Kind.TIME_WINDOW, turned
    if absent is None and is_forbidden(text, window):
        return Kind.UNAVAILABLE, window
    if absent:
        due = _DUE_BEFORE.match(text) and window.start is None and window.end is not None
        return (Kind.TIME_WINDOW, window) if due else (Kind.UNAVAILABLE, absence_of(window, text))
    if _is_elsewhere(text, window):
        away = None if is_appointment(text, window) else Kind.UNAVAILABLE
        return away, absence_of(window, text)
    if window.other_day or (window.timed and not window.day and ANOTHER_DAY.search(text)):
        return Kind.RESCHEDULE, window
    return _wanted(text, window)


_OF_OTHERS = re.compile(
    r"(?:(?:and|but|so|because|as|mind) )*(?:there's (?:an?|the|some)|there are|school(?:'s| "
    r"is)?|the kids|"
    r"(?:the|a|an) (?!delivery|parcel|driver|van|package|courier|best|time|earliest|latest|slot|"
    r"window|"
    r"order|office|shop|store|reception|gate|building|door)[\w-]+(?: \w+)??(?:'s| is| are| "
    r"comes?| starts?| "
    r"goes| arrives?| finish(?:es)?| collects?| gets| empties| leaves?))\b"
)
"""What happens to others at that time: the bin lorry comes, school's out."""


def _is_elsewhere(text: str, window: Window) -> bool:
    if _REASONS.search(text) or not (window.timed or window.day):
        return False
    away = elsewhere(text)
    first = min(start for start, _ in window.spans)
    return away is not None and (away.start() <= first or window.start != window.end)


def _wanted(text: str, window: Window) -> tuple[Kind | None, Window]:
    """Return a window of the delivery's own day, or nothing where it is only a reason."""
    if window.start is not None and window.start == window.end and _OF_OTHERS.match(text):
        return None, window
    known = opening_hours(text, window) or from_coming_home(text, window)
    if known is not None:
        return Kind.TIME_WINDOW, known
    reason = is_appointment(text, window) or _REASONS.search(text)
    if reason or not (window.timed or _asks_for_today(text)):
        return None, window
    return Kind.TIME_WINDOW, window


def arrives_loosely(text: str, window: Window) -> bool:
    """Whether it is said only when somebody comes home, which surer words displace."""
    return (
        from_coming_home(text, window) is None
        and _ARRIVING.search(text) is not None
        and _HOME_BY.search(text) is not None
    )


IS_WHEN = re.compile(
    r"\bis when (?:(?:my|our) \w+ (?:ends|finishes|is over)|(?:i|we) (?:finish|get (?:home|in|"
    r"back|off|out)|"
    r"come home|knock off|open)|(?:i'm|we're) (?:home|back|in|free|done))\b"
)
"""The hour from which somebody is free, said the other way round."""


def from_coming_home(text: str, window: Window) -> Window | None:
    """Return the window of somebody who gets home at or by a time: from then on."""
    at_one_time = window.start is not None and window.start == window.end
    if at_one_time and IS_WHEN.search(text):
        return replace(window, end=None)
    if not _HOME_BY.search(text):
        return None
    if at_one_time and _ARRIVING.search(text):
        return replace(window, end=None)
    if window.start is None and window.end is not None and _BACK_BY.search(text):
        return replace(window, start=window.end, end=None)
    return None


def _asks_for_today(text: str) -> bool:
    wish = _WISH.search(text)
    return wish is None and (DELIVER.search(text) or AVAILABLE.search(text)) is not None


def _turned(window: Window, side: str) -> Window | None:
    if side in ("before", "until", "till"):
        time = window.start if window.start is not None else window.end
        return replace(window, start=time, end=None) if time is not None else None
    if side == "after":
        time = window.end if window.end is not None else window.start
        return replace(window, start=None, end=time) if time is not None else None
    return None
