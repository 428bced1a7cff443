"""When the customer is in, when not, and which other day is wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from app.rules.analysis import Kind, SlotValue
from app.rules.directives.absence import ABSENT, PRESENT, absence_of, elsewhere, is_absence
from app.rules.directives.contrast import read_exceptions, set_aside
from app.rules.directives.reading import Reading, Scene
from app.rules.directives.sequel import (
    FINE_THEN,
    comes_back,
    day_before,
    is_appointment,
    onwards,
    opening_hours,
)
from app.rules.directives.windows import Window, window_in

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
_AVAILABLE = re.compile(
    rf"\b(?:(?:i'm|we're|i'll be|we'll be|i|we|someone's|someone will be|someone|"
    rf"there'll be someone|there's someone|there will be someone|he's|she's|they're|everyone's|"
    rf"he'll be|she'll be|they'll be|will be|always|usually|be|is|only|normally|am|"
    rf"are) (?:\w+ )??{PRESENT}\b|home|back)"
)
_DELIVER = re.compile(
    r"\b(?:come|coming|deliver|delivered|bring|bringing|drop|get here|get it here|here|be here|"
    r"arrive|arrives|send|need|want|pop|swing|try|works?|suits?|fine|good|better|best|perfect|"
    r"great|okay|ideal|prefer|like|do|make|can|could|make it|any ?time|anytime|only|ideally|"
    r"preferably|best time|aim|expect|tomorrow|stop by|turn up|must|wait|hold|take|receive|"
    r"accept)\b"
)
_ANOTHER_DAY = re.compile(
    r"\b(?:re-?schedul\w+|re-?arrang\w+|postpone\w*|push (?:it )?(?:back|to)|put (?:it )?off|"
    r"move (?:it|the delivery|my delivery|this|the date|the day)|(?:another|a different|different|"
    r"some other|a later|an earlier|alternative) (?:day|date|time|slot)|"
    r"redeliver\w*|re-deliver\w*|re-?book\w*|change (?:it|the (?:day|date|delivery(?: (?:day|"
    r"date))?|time|slot)|my (?:delivery|slot)|this)|(?:come|try|bring it|deliver it|"
    r"deliver) (?:back )?(?:again )?(?:another|some other|a different) (?:day|time)|"
    r"later in the week|(?:back|other|tail) end of (?:the|this|next) (?:week|month)|(?:end|middle|start|beginning) of "
    r"(?:the|this|next) (?:week|month)|(?:early|late|some ?time|any ?time) next week|some other \w+|(?:the )?(?:week|month|weekend) after(?! next)|(?<!not )next week|hold (?:it|on to it|onto it)|delay (?:it|"
    r"the delivery))\b(?! of mind)"
)
_CONFIRMING = re.compile(
    r"^(?:(?:yes|yeah|yep|yup|sure|okay|ok|right|hi|hello|no problem|absolutely|perfect|great|"
    r"lovely|oh|that's|so|and|well) ?)*(?:(?:today|tomorrow|that time|this (?:morning|afternoon|"
    r"evening)|that(?: day| slot| window)?|the (?:morning|afternoon|evening|time|slot)|\w+day|"
    r"tonight)(?:'s| is| are| sounds| will be| works| suits| would be|'ll be)(?: (?:absolutely|"
    r"just|totally|perfectly|all|really|very))*"
    r"(?: (?:fine|good|great|perfect|okay|ok|for me|for us|me|well|fine by me|lovely|ideal|"
    r"brilliant|works|be fine|alright|all right|no problem|a good time|fantastic|wonderful|"
    r"excellent))*)(?: (?:for (?:today|tonight|tomorrow|\w+day|this \w+)|for me|for us|by me|with me|thanks|thank you|then|very much|today))*$"
)
_YES = re.compile(r"\b(?:yes|yeah|yep|yup|sure|okay|ok|perfect|great|lovely|fine)\b(?! on)")
_NOT_TODAY = re.compile(r"\b(?:don't|not|never) (?:come|deliver|bring it|send it|drop it)\b")
_NOT_THEN = re.compile(
    r"^(?:(?:and|but|so|no|oh|well|sorry|please|actually|just|hi|hello) )*(?:definitely |certainly |"
    r"maybe |probably )?not (?:on |in the )?(?:today|tonight|tomorrow|this \w+|\w+day|morning|afternoon|"
    r"evening)(?: (?:morning|afternoon|evening|mate|please|thanks|though|no|sir|love|then|instead))*$"
)
"""No more than "not today": it says that they are out, unless the next words say when instead."""
_REMARK = re.compile(
    r"^(?:(?:and|but|so|which|i think|i believe|oh|well|hang on|wait) )*(?:(?:that's|it's|which is|that'll "
    r"be|that would be|today's|it is|that was|it was)(?: (?:a|the|on a|already|now|only|now already|"
    r"still))* \w+day(?: (?:morning|afternoon|evening|today|already|now|i (?:think|believe|reckon|guess)"
    r"))*$|"
    r"(?:(?:no|sorry|so|yeah|um|hi) )*(?:\w+ )?what(?:'s| is| day| date| was)(?! (?:if|about))\b(?!.*\b(?:you come|bring|deliver)\b))"
)
"""Which day it is, said or asked in passing."""
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
_PAST = re.compile(
    r"\b(?:yesterday|last (?:week|time|monday|tuesday|wednesday|thursday|friday|saturday|sunday|"
    r"night|month)|(?:ordered|waited|waiting|stayed|bought|paid|missed|supposed|took|was (?:told|"
    r"in|home|here|meant)|were (?:told|meant|supposed)|rang|called|emailed|(?<!he )(?<!she )(?<!i )said|told me|"
    r"should have|promised|moved|been waiting|sat (?:in|here|at)|i've been (?:in|here)|"
    r"delivered to|(?<!you )(?<!they )(?<!he )came|ago))\b"
)
_QUESTION = re.compile(
    r"\b(?:what time|are you (?:still )?(?:coming|delivering)|will (?:it|you|they)|"
    r"is (?:it|this|that|my \w+|the \w+) (?:(?:still|actually|definitely|even) )*(?:coming|due|arriving|"
    r"going|out|on|being)|when(?! (?:i|we|he|she)\b)|do you know|how long)\b"
)


_ASKS_WHETHER = re.compile(
    r"^(?:(?:and|but|so) )*(?:is there (?:a|an|any) (?!way|chance)|how (?!about)|why (?!not)|"
    r"who|do you|did)\b"
)
_IS_THERE = re.compile(r"^(?:is it (?!possible|ok|all|too|feasible|fine)|are you (?!able))")


def _only_asks(scene: Scene, absent: re.Match[str] | None) -> bool:
    text = scene.text
    if _REMARK.match(text) or _ASKS_WHETHER.match(text) or (scene.asked and _IS_THERE.match(text)):
        return True
    wishes = absent or re.match(r"(?:can|could|would) ", text)
    return _QUESTION.search(text) is not None and not wishes


def read_schedule(scene: Scene) -> Iterator[Reading]:
    """Yield the windows, absences and other days of a clause."""
    yield from read_exceptions(scene)
    text = set_aside(scene.text)
    absent = ABSENT.search(text)
    window = window_in(
        text,
        scene.now,
        fragment=_bare_hours(scene),
        anchor=day_before(scene),
        known=scene.known,
    )
    if _only_asks(scene, absent):
        return
    if window is None:
        yield from _without_time(scene, text, absent)
        return
    if (_PAST.search(text) and not absent) or re.search(r"\bsee (?:you|ya)\b", text):
        return
    agreed = _CONFIRMING.match(text.strip(" ,.!")) and not window.timed_by_clock(text)
    if agreed and (not window.other_day or _YES.search(f"{scene.before} {text}")):
        return
    if not window.timed and not window.other_day and _NOT_TODAY.search(text):
        return
    either = _EITHER.search(text)
    if either and not absent and not window.other_day:
        for part in (either.span("first"), either.span("second")):
            if half := window_in(text[slice(*part)], scene.now, known=scene.known):
                yield scene.read(Kind.TIME_WINDOW, part, half.slots(), 0.9, text[slice(*part)])
        return
    kind, window = _kind(text, window, absent)
    if comes_back(scene):
        back = window.start if window.start is not None else window.end
        kind, window = Kind.UNAVAILABLE, replace(window, start=None, end=back)
    if kind is None:
        return
    spans = [absent.span(), *window.spans] if absent else list(window.spans)
    start, end = min(s for s, _ in spans), max(e for _, e in spans)
    arrives = (
        kind is Kind.TIME_WINDOW
        and _from_coming_home(text, window) is None
        and (_ARRIVING.search(text) is not None and _HOME_BY.search(text) is not None)
    )
    loose = arrives or (kind is Kind.UNAVAILABLE and _NOT_THEN.match(text.strip(" ,.")) is not None)
    yield scene.read(kind, (start, end), window.slots(), 0.9, text[start:end], loose=loose)


def _bare_hours(scene: Scene) -> bool:
    """Whether an hour alone may be a time here: "Monday, ten to noon" goes on from a day."""
    previous = scene.found[-1] if scene.found else None
    temporal = previous is not None and previous.kind in (
        Kind.TIME_WINDOW,
        Kind.RESCHEDULE,
        Kind.UNAVAILABLE,
    )
    return temporal and len(scene.text.split()) <= 4


_EVENT = re.compile(
    r"\b(?:after|before|once|straight after|right after|just after|until after|till after|by) (?:(?:the|"
    r"my|our|his|her|their|i've done (?:the|my)|i finish (?:the|my)?|we finish) )?(?:\w+'s )?(?:milking|"
    r"school(?: run| drop(?: |-)?off| pick(?: |-)?up)?|lunch|dinner|tea|breakfast|supper|church|mass|"
    r"work|prayers?|namaz|puja|nap(?: time)?|bed ?time|bath ?time|rush hour|match|game|footy|football|"
    r"shift|gym|service|class|lesson|surgery|practice|feeding|feed|sunset|sunrise|dark|dusk|dawn|news|"
    r"siesta|appointment|meeting|funeral|wedding|dialysis|physio)\b(?! at\b)"
)
"""A time that is known only to who lives there: no hour was said."""
_EITHER = re.compile(
    r"\b(?P<first>(?:before|by|until|till?|up to) (?:(?!after|from)[\w:']+ ){1,5}?)or (?:else )?(?:any ?time )?"
    r"(?P<second>(?:after|from|past) .*)"
)
"""Two windows in one breath: "before nine or after five"."""
_DUE_BEFORE = re.compile(
    r"(?:(?:it|this|they|that) )?(?:has|have|must|needs?|needed|want|got) .*\bbefore\b"
)


def _kind(text: str, window: Window, absent: re.Match[str] | None) -> tuple[Kind | None, Window]:
    """Return what a window in a clause means, and the window as it is meant."""
    forbidden = _PREFER_NOT_BEFORE.search(text)
    if forbidden and not (absent and _SOMEBODY.search(text[: forbidden.start() + 1])):
        turned = _turned(window, forbidden["side"])
        if turned is not None:
            return Kind.RESCHEDULE if window.other_day else Kind.TIME_WINDOW, turned
    away = None if absent or _REASONS.search(text) else elsewhere(text)
    if away and (window.timed or window.day):
        if away.start() <= min(start for start, _ in window.spans) or window.start != window.end:
            return (None if is_appointment(text, window) else Kind.UNAVAILABLE), absence_of(
                window, text
            )
    if absent:
        due = _DUE_BEFORE.match(text) and window.start is None and window.end is not None
        return (Kind.TIME_WINDOW, window) if due else (Kind.UNAVAILABLE, absence_of(window, text))
    if window.other_day or (window.timed and not window.day and _ANOTHER_DAY.search(text)):
        return Kind.RESCHEDULE, window
    known = opening_hours(text, window) or _from_coming_home(text, window)
    if known is not None:
        return Kind.TIME_WINDOW, known
    if (
        is_appointment(text, window)
        or _REASONS.search(text)
        or not (window.timed or _asks_for_today(text))
    ):
        return None, window
    return Kind.TIME_WINDOW, window


_THEN = re.compile(r"\b(?P<side>before|by|until|till?|after|from) (?:then|that)(?: on| time)?\b")


def _than_then(scene: Scene, text: str) -> dict[str, SlotValue]:
    """Return the window of "so come before then", from the time that was named last."""
    match, last = _THEN.search(text), scene.found[-1] if scene.found else None
    if match is None or last is None or last.kind not in (Kind.TIME_WINDOW, Kind.UNAVAILABLE):
        return {}
    if _NEGATED.search(text[: match.start()]):
        return {}
    late = match["side"] in ("after", "from")
    names = ("end", "start") if late else ("start", "end")
    time = next((last.slots[name] for name in names if name in last.slots), None)
    return {"start" if late else "end": time} if time is not None else {}


_NEGATED = re.compile(r"\b(?:not|n't|never|nobody)\b")


def _from_coming_home(text: str, window: Window) -> Window | None:
    """Return the window of somebody who gets home at or by a time: from then on."""
    if not _HOME_BY.search(text):
        return None
    at_one_time = window.start is not None and window.start == window.end
    if at_one_time and _ARRIVING.search(text):
        return replace(window, end=None)
    if window.start is None and window.end is not None and _BACK_BY.search(text):
        return replace(window, start=window.end, end=None)
    return None


def _asks_for_today(text: str) -> bool:
    wish = _WISH.search(text)
    return wish is None and (_DELIVER.search(text) or _AVAILABLE.search(text)) is not None


def _turned(window: Window, side: str) -> Window | None:
    if side in ("before", "until", "till"):
        time = window.start if window.start is not None else window.end
        return replace(window, start=time, end=None) if time is not None else None
    if side == "after":
        time = window.end if window.end is not None else window.start
        return replace(window, start=None, end=time) if time is not None else None
    return None


def _without_time(scene: Scene, text: str, absent: re.Match[str] | None) -> Iterator[Reading]:
    if absent and is_absence(absent.group()):
        loose = re.search(
            r"\b(?:at work|working|busy|meeting|meetings|appointment|on a call)\b", absent.group()
        )
        yield scene.read(
            Kind.UNAVAILABLE,
            absent.span(),
            onwards(scene, Kind.UNAVAILABLE),
            0.75 if loose else 0.85,
            absent.group(),
            loose=bool(loose),
        )
    elif then := _than_then(scene, text):
        yield scene.read(Kind.TIME_WINDOW, (0, len(text)), then, 0.8, text)
    elif _EVENT.search(text) and (_DELIVER.search(text) or _AVAILABLE.search(text)):
        found = _EVENT.search(text)
        if found and not _PAST.search(text):
            yield scene.read(Kind.TIME_WINDOW, found.span(), {}, 0.78, found.group())
    elif (since := onwards(scene, Kind.TIME_WINDOW)) and FINE_THEN.search(text):
        yield scene.read(Kind.TIME_WINDOW, (0, len(text)), since, 0.8, text)
    elif (match := _ANOTHER_DAY.search(text)) and "_" not in text[: match.start()]:
        yield scene.read(Kind.RESCHEDULE, match.span(), {}, 0.8, match.group())
