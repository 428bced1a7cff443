"""When a call or a text is wanted: before, on arrival, after delivery, or if nobody answers."""

from __future__ import annotations

import re

from app.rules.directives.numbers import LENGTH_OF_TIME, minutes_from

_HERE = (
    r"(?:here|there|outside|out front|downstairs|at the (?:door|gate|house|building|entrance|"
    r"address|property|front|barrier|lobby|main \w+|front \w+|bottom)|in the (?:street|lobby|"
    r"car park|driveway)|on the (?:doorstep|street|road)|round the corner|in front|parked(?: up)?)"
)


_GONE = (
    r"(?:delivered|done|dropped(?: off| it)?|left(?: it)?|here|there|in the \w+|arrived|safe|"
    r"been (?:delivered|dropped(?: off)?|left|done|given|handed over|placed|put)|given|handed over|"
    r"with (?:them|him|her|the \w+)|sorted|in place|at the door|on the \w+|in(?= *(?:$|[,.])))"
)


_MOMENTS: tuple[tuple[str, str], ...] = (
    (
        "no_answer",
        r"\bif (?:nobody|no one|no-one|there's no|there isn't (?:an|any)|i don't|"
        r"we don't|i can't|nobody's|she doesn't|he doesn't|they don't|you (?:don't )?get no|"
        r"you (?:don't|can't) get) ?(?:one )?(?:answers?|answering|answer|reply|replies|response|"
        r"responds?|comes?|come|opens?|hear|get to|any answer|an answer|a reply|"
        r"there to answer)\b(?:[\w ]*?\b(?:the )?(?:door|bell|buzzer|doorbell|intercom))?|"
        r"\bif (?:i|we) (?:don't|can't|do not) (?:come to|get to|reach|make it to|pick up|"
        r"open)(?: the)?(?: door)?|"
        r"\bif (?:i'm|we're|she's|he's) (?:slow|not (?:answering|coming|quick|opening))[\w ]*|"
        r"\bif (?:nobody|there's nobody)(?:'s)? (?:opens|comes|picks|to open|is opening)[\w ]*|"
        r"\bif (?:the (?:bell|door|buzzer|intercom) (?:isn't|goes|is not) (?:answered|"
        r"unanswered))",
    ),
    (
        "after_delivery",
        rf"\b(?:when|once|after|as soon as|whenever) (?:(?:it's|that's|it has|"
        rf"it is|the \w+'s|the \w+ is|everything's|it|they're|its) ?(?:all |been |safely |"
        rf"there and )*{_GONE}|you(?:'ve| have|'re)? ?(?:just )?(?:left|dropped|delivered|done|"
        rf"kept|placed|handed|posted|hung|hidden|stuck|tucked|stashed|given|put|"
        rf"finished|deliver|drop|leave|popped|gone)\b[\w ]*?)(?: it)?(?: off)?|\b(?:afterwards?|"
        rf"after(?= *$)|"
        rf"after delivery|on delivery|upon delivery|(?:after|on|upon) (?:delivering|dropping|"
        rf"leaving)(?: (?:it|the \w+))?(?: off)?|(?:when|once|after) left|"
        rf"once done|when done|when delivered|"
        rf"once delivered|after you deliver|to confirm|to say it's (?:done|there|here|"
        rf"been delivered|"
        rf"delivered)|to (?:tell me|let me know|say) (?:it's|its|that it's|"
        rf"it has)[\w ]*?{_GONE})\b",
    ),
    (
        "before",
        rf"\b(?:about |around |roughly )?(?P<minutes>{LENGTH_OF_TIME})(?: or so)?(?:'s|s'|')? "
        rf"(?:before(?:hand)?|ahead|away|out|prior|in advance|earlier|notice|off|warning|"
        rf"from here)\b(?: of time)?(?:[\w' ]*?(?:you|they|he)(?:'re| get| arrive| come| turn up|"
        rf" deliver| reach)?[\w ]*)?|\b(?:with|gives?) (?:me "
        rf")?(?P<minutes2>{LENGTH_OF_TIME})(?:'s?)? (?:notice|warning)|\b(?:before|ahead|"
        rf"just before|"
        rf"right before|shortly before|prior to) ?(?:you (?:come|arrive|deliver|set off|get here|"
        rf"leave|head|drop|turn up|reach|start|get there|show up|go|bring|pull|knock|ring)|"
        rf"(?:coming|"
        rf"arriving|delivering|setting off|arrival|delivery|dropping|you're here|he|they|"
        rf"the driver)|"
        rf"you'll|hand\b)?(?: over| out| here| round| off| by| it)*|\bbeforehand\b|\b(?:when|once|"
        rf"as soon as|if) (?:you(?:'re| are)|it's|he's|they're|she's|the driver's) (?:(?:on "
        rf"(?:your|the) way|nearby|near|close(?: by)?|"
        rf"nearly here|almost here|about to|getting close|a few|setting off|leaving|heading|"
        rf"around the corner|coming|en route|down the road|getting near|just)\b[\w ]*|(?:about |"
        rf"around )?(?P<minutes3>{LENGTH_OF_TIME}) (?:away|out|off|from)[\w ]*)|\b(?:when|once|"
        rf"as soon as) you (?:leave|set off|head)\b[\w ]*|\bfirst\b|\bin advance\b|\bon (?:your|"
        rf"the) way\b|\bahead\b",
    ),
    (
        "on_arrival",
        rf"\b(?:when|once|as soon as|whenever|as|the (?:moment|minute|second|instant)|"
        rf"after) (?:you(?:'re|'ve)?|they(?:'re)?|he(?:'s)?|the driver(?:'s)?|driver|"
        rf"someone(?:'s)?|"
        rf"it|it's) ?(?:just |all )?(?:{_HERE}|arrived?|arrives?|gets? (?:here|there|to)|got "
        rf"here|(?:come |are |'re |get )?inside|on site|onsite|in the (?:building|yard)|"
        rf"reach(?:es|ed)?|turn(?:s|ed)? up|show(?:s|ed)? up|pull(?:s|ed|ing)? (?:up|in|into|"
        rf"over)|park(?:ed|ing)?|"
        rf"turning (?:up|in|into)|drawing up|"
        rf"come(?:s)?|are (?:here|outside)|at )(?:[\w' ]*)?|\b(?:on|upon|after|while) (?:your "
        rf")?(?:arrival|reaching|arriving|getting (?:here|to)|coming (?:here|to))\b|"
        rf"\b(?:when|once) (?:outside|here|downstairs|arrived|reached|there|nearby|at the \w+)\b|"
        rf"\bfrom (?:the )?(?:outside|gate|street|lobby|door|downstairs|entrance|car park)\b|"
        rf"\bon your arrival\b",
    ),
)


_WHENS = tuple((when, re.compile(pattern)) for when, pattern in _MOMENTS)


SUBORDINATE = re.compile(
    rf"^(?:(?:and|but|so|please|then|maybe|about|just) )*(?:when|once|as soon as|if|before|after|"
    rf"{LENGTH_OF_TIME}|on arrival|upon arrival|the (?:moment|minute|second|instant)|as you)\b"
)


def moment(text: str, start: int) -> tuple[str, int | None, int]:
    """Return when a call is wanted, how many minutes ahead, and where the words for it end."""
    for when, pattern in _WHENS:
        found = list(pattern.finditer(text))
        if found:
            match = next((one for one in found if "minutes" in one.group()), found[0])
            said = match.groupdict()
            length = next(
                (said[name] for name in ("minutes", "minutes2", "minutes3") if said.get(name)), None
            )
            end = match.end() if match.start() >= start else 0
            return when, minutes_from(length) if length else None, end
    return "", None, 0
