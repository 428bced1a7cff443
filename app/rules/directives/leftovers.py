"""Whether words that no reader used still ask for something, so that a person should listen."""

from __future__ import annotations

import re

_LEAD = (
    r"(?:(?:and|but|so|then|also|or|just|please|kindly|maybe|first|next|yeah|yes|no|oh|ok|okay|"
    r"right|now|well|only|always|either|instead|otherwise|if not|if so|perhaps|hence|plus|after "
    r"that|afterwards|best|better|must|gently|quickly|quietly|carefully|simply),? )*"
)
_DEED = (
    r"(?:leave|put|pop|drop|place|deliver|bring|take|give|hand|send|call|text|ring|phone|knock|"
    r"use|come|wait|park|open|close|shut|lock|unlock|ask|tell|keep|pay|collect|sign|show|"
    r"walk|drive|go|turn|follow|watch|beware|buzz|press|push|pull|move|stick|chuck|carry|stay|"
    r"hold|return|check|let|get|stand|lift|lay|set|look|follow|cover|wrap|tie|bolt|enter|type|"
    r"punch|speak|shout|wipe|remove|be careful|be quiet|make sure|try|cancel|reschedule)"
)
_ASKED = (
    r"(?:(?:can|could|would|will) (?:you|he|they|someone|the driver)(?: (?:please|just|also|"
    r"kindly|maybe))*|(?:you|he|they|the driver)(?:'ll)? (?:can|could|should|must|might|need to|"
    r"needs to|have to|has to|want to|ought to|better)(?: (?:just|also|only|please))*|"
    r"i(?:'d)? (?:need|want|like) (?:you|him|them|the driver) to|(?:don't|never|not to|mustn't|"
    r"shouldn't|can't))"
)
_ORDER = re.compile(
    rf"^{_LEAD}(?:{_ASKED} {_DEED}\b|{_DEED} (?!(?:it|that|them)$)|(?:it|they|this|that|"
    rf"these)(?:'s| "
    rf"is| are)? (?:must|need|needs|has|have|got|should)(?: got)?(?: to)?(?: not)? (?:be |go |"
    rf"stay |come )|not (?:in|on|at|with|by|to|behind|under|near|through|from|the|my|our|a|an|"
    rf"before|after|until) (?!(?:\w+ )?(?:one|entrance|front|back|main \w+|house)\b)|(?:only|"
    rf"except|unless|apart from|anything but|anywhere but) "
    rf"(?:to |with |for |by |from )?(?:me|him|her|them|us|my|our|the|mrs?|if|when|after|before)\b|"
    rf"(?:(?:the|my|our|gate|door) )*(?:code|pin|combination|password)\b)"
)
_NO_ORDER = re.compile(
    rf"^{_LEAD}(?:(?:can|could|would|will) you )?(?:please )?(?:tell$|tell (?:a lie|me|us|that|"
    rf"the truth|"
    rf"him he's|you)|give (?:that|your|the) (?:driver|lad|man|bloke)|come (?:on|off it|to think|"
    rf"again|round$)|put (?:me on|that down|the kettle|it this way)|let (?:me|us|alone|'s)|"
    rf"keep (?:your distance|up the|on|going|calm|well|safe|it(?: (?:up|then))?$)|"
    rf"take (?:care|it easy|your time|it$|away$)|hold (?:on|please|the line|your)|"
    rf"hang|wait(?: (?:a|one) (?:minute|second|sec|mo|moment|bit))?$|go (?:on|ahead|away|well|"
    rf"easy|slow\w*)|watch (?:it|out|your step)|be careful$|"
    rf"get (?:down|off|lost|well|on with|it\b(?! (?:to|in|out|up)))|stay (?:on the line|safe|well)|"
    rf"look (?:after yourself|forward|here|mate|love|at)|look$|show$|stand by|try$|check$|"
    rf"(?:can|could) you (?:hear|believe|repeat|say|check|look)|shut up|sign(?:s|ed|al)\b|"
    rf"call (?:centre|center|it a day)|(?:never|don't) (?:let (?:me|us) down|get (?:me wrong|along|"
    rf"any)|use|call|go(?! (?:in|near|through|past|up|round))|look|get|come|take|pay|keep|let me|"
    rf"cancel$)|ring(?:s|ing)|leave me (?:alone|be)|call(?:s|ing|ed)|be careful what|not (?:the "
    rf"(?:first|last|only|best|end|point)|at all|a (?:problem|bother|worry|soul|chance|"
    rf"thing|lot|clue)|too (?:bad|good|sure|bothered|fussed|worried|keen)|my (?:fault|problem|cup))"
    rf"|you(?:'ll)? (?:can|could|should|might) (?:tell|see|hear|imagine|get|go))\b"
)
_STOPS = re.compile(r"_[_ ,]*")


def asks_for_more(unused: str) -> bool:
    """Tell whether what is left of a clause, used words standing as ``_``, holds an order.

    An order stands at the head of the clause, or behind a joint where its beginning was used;
    words before used ones only lead up to them. What merely tells of the customer or gives a
    reason is no order.
    """
    *used, last = _STOPS.split(unused.strip(" ,."))
    return _is_order(last.strip(" ,."), opens=not used)


def _is_order(words: str, *, opens: bool) -> bool:
    heads = [0] * opens + [match.end() for match in _JOINT.finditer(words)]
    heads += [match.start() for match in (_JOINED.match(words), _YOU.search(words)) if match]
    return any(_begins_order(words[head:]) for head in heads)


def _begins_order(words: str) -> bool:
    if len(words.split()) < 2:
        return False
    return _ORDER.match(f"{words} ") is not None and _NO_ORDER.match(words) is None


_JOINED = re.compile(r"(?:and|but|then|so|or|not)\b")
_JOINT = re.compile(
    r"(?<!\bi)(?<!\bwe)(?<!'ve)(?<!'m)(?<!'re)(?<!'s) (?:and|but|then|so|just|please|kindly) "
)
_YOU = re.compile(r"\b(?:you|he|they|the driver)(?:'ll)? (?:should|must|need to|have to)\b")
