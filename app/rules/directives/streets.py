"""The words for an address elsewhere: streets, workplaces, verbs that send a parcel there."""

from __future__ import annotations

import re

from app.rules.directives.lexicon import ENTRANCE_NOUN, FAMILY, PARCEL, STREET
from app.rules.directives.numbers import CARDINAL, ORDINAL

_INSIDE = (
    r"(?:suite|unit|flat|apartment|apt|floor|building|block|level|room|tower|office|studio|shop)"
)


STREET_ADDRESS = (
    rf"(?:(?:{_INSIDE} \w+(?:,? | slash ))?\d+[a-z]?(?:[-/]\d+)?,? (?:\w+\.? "
    rf"){{1,4}}?{STREET}\b\.?|"
    rf"(?:{_INSIDE} \w+,? )?(?:(?:one|two|three|four|five|six|seven|eight|nine|ten|\w+teen|eleven|"
    rf"twelve|"
    rf"\w+ty)(?:[ -](?:hundred|one|two|three|four|five|six|seven|eight|"
    rf"nine))*) (?:\w+ ){{1,3}}?{STREET}\b)"
    rf"(?:,? (?:{_INSIDE}) (?:{CARDINAL}|[a-z\d]+)\b(?: [a-h](?![\w']))?)?(?:,? (?:on )?(?:the "
    rf")?\w+ "
    rf"floor)?"
    rf"(?:, (?!(?:please|thanks|thank|it|that|i|and|because|instead|my|he|she|so|not|if|the|a|but|"
    rf"we|they|"
    rf"don|there|just|you|leave|can|could|is|ring|call|text|cheers|ok|okay|no|wait|sorry)\b)"
    rf"[a-z]+(?: [a-z]+)?(?: \d+\w*(?: \d\w+)?)?(?=[,.;]|$| (?:instead|please)))*"
)


ADDRESS = re.compile(rf"(?:the )?(?:{STREET_ADDRESS})")


_ELSEWHERE = (
    r"(?:(?:my|our|your|his|her|their|the) )?(?:(?!(?:front|back|side|rear|ground|"
    r"top)\b)[\w'.]+ ){0,3}?"
    r"(?:work(?:place)?|office|job|address|house|place|home|flat|apartment|shop|store|school|"
    r"college|"
    r"university|hospital|clinic|surgery|church|salon|restaurant|cafe|café|pub|hotel|bakery|"
    r"warehouse|"
    r"studio|gym|library|post office|pick ?up (?:point|location|spot)|collection point|depot|"
    r"locker|"
    r"parcel shop|access point|station|(?:mum|mom|dad|mother|father|sister|brother|parent|gran|"
    r"nan|"
    r"friend|mate|in-law|neighbour|"
    rf"neighbor|{FAMILY})s?'s?|pharmacy|garage on|branch|factory|farm|parents)\b[^_]*"
)


_NO_PART = (
    r"(?:please|thanks|thank|cheers|and|or|but|so|if|when|because|instead|not|no|it|it's|that|"
    r"that's|"
    r"i|i'm|i'll|we|we're|you|he|she|they|he's|she's|they're|there's|is|are|was|will|can|could|"
    r"call|"
    r"ring|text|leave|put|bring|take|give|send|don't|just|then|yes|yeah|okay|ok|sorry|wait|"
    r"actually|"
    r"o'clock|am|pm|minutes?|hours?|days?|today|tomorrow|tonight|before|after|by|until|from now|"
    r"where|"
    r"who|which|mind|ask|there|people|times?|hundred|flights?)"
)
"""Words that are no part of an address, and end one."""
_CHUNK = rf"(?!{_NO_PART}\b)[\w'-]+(?: (?!{_NO_PART}\b)[\w'-]+){{0,9}}"
_DETAILS = rf"{_CHUNK}(?:, {_CHUNK})*"
PART = re.compile(_DETAILS)
ADDRESSY = re.compile(
    rf"\d|\b(?:tower|block|wing|ward|hall|building|house|plaza|centre|center|mall|campus|hospital|"
    rf"estate|market|hotel|phase|floor|residency|apartments|society|(?:lot|number|room|unit|suite|"
    rf"flat)"
    rf" (?:{CARDINAL})|{STREET})\b"
)
TOWN = re.compile(
    rf"(?: in(?= (?!(?:{_NO_PART}|the|my|our|an?|case|person|front|your)\b)[a-z]{{3,}}))?"
    rf"(?: (?!(?:{_NO_PART}|my|the|our|on|at|in|with|for|to|from|around|"
    rf"between)\b)[a-z]{{3,}}){{1,2}}$"
)
ITSELF = re.compile(
    r"^(?:(?:the|my|our|new|right|correct|other|delivery|work|home|office|business) )*address$"
)
APPOSED = re.compile(r"(?: instead| please| now)*(?P<link>,| at| on|)(?: at| on)? ")
IT_IS = re.compile(
    rf"[ ,.?!]*(?:instead|please)?[ ,.?!]*(?:it's|that's|the address is|address is|which is)(?: "
    rf"at| on)? "
    rf"(?P<address>{_DETAILS})"
)
TAKE_TO = re.compile(
    rf"\b(?:take|bring|carry|route|run|pop|nip|(?<!will )(?<!'ll )(?<!can )hold|send|deliver|"
    rf"redirect|forward|drop|move|"
    rf"divert|ship|"
    rf"reroute|re-route|"
    rf"redeliver|transfer|"
    rf"re-direct|drive|switch|change|(?:get|have)(?= {PARCEL})|delivered|sent|dropped|go|come|"
    rf"redirected|taken|"
    rf"brought)"
    rf" (?:(?:{PARCEL}|the (?:delivery )?address|the drop[- ]?off) )?"
    rf"(?:(?:delivered|sent|dropped|redirected|taken|brought|forwarded|moved|diverted|go|"
    rf"to be (?:sent|delivered)|"
    rf"off|over|round|along|instead|please|up|on|out|a?round the corner|(?:down|up|over|across) "
    rf"the "
    rf"(?:road|street)|in town|nearby) )*"
    rf"(?:(?:to|at|over to|round to) (?P<address>{STREET_ADDRESS}|{_ELSEWHERE})|"
    rf"to (?P<numbered>(?:\d+[a-z]?|{CARDINAL})(?: (?!(?:{_NO_PART}|{CARDINAL}|and|with)\b)[a-z']+)"
    rf"{{1,4}}))"
)


ADDRESS_IS = re.compile(
    rf"\b(?:(?:new|correct|right|actual|proper|current|other|work|office|delivery|my|our|"
    rf"the) )+(?:address|place)"
    rf"(?:'s| is| should be| has changed to)(?: now| actually)? (?P<address>{STREET_ADDRESS})|"
    rf"\b(?:it|that|which|address)(?: should| ought to| needs to) (?:be(?: at)?|go to|"
    rf"say) (?P<should>{STREET_ADDRESS})|"
    rf"\b(?:i'm|we're|i am|i live|we live|i'm living|"
    rf"i'm staying)(?: now)? at (?P<here>{STREET_ADDRESS}) (?:now|instead|these days)|"
    rf"\b(?:i've|we've|i|we) (?:just )?moved[^.]*? to (?P<moved>{STREET_ADDRESS})"
)


_FREE_ADDRESS = (
    rf"(?:(?:{_INSIDE}|house) (?:number )?\w+|\d+[a-z]?\b)[\w ,'/-]*?(?=\s(?:kindly|please|"
    rf"deliver|instead|not|"
    rf"thanks|thank|so|because|and|if|from now|now|bring|send|take|is|that's)\b|[.;!?]|$)"
)
NEW_ADDRESS = re.compile(
    rf"\b(?:(?:new|correct|right|actual|proper|current|delivery) (?:delivery )?address(?:'s| is|"
    rf":|,)?(?: now)?|"
    rf"(?:change|update|switch|correct|amend) (?:the|my|our) (?:delivery )?address(?: over)? to|"
    rf"(?:we|i)(?:'ve| have)? (?:just )?(?:moved|shifted)(?: \w+){{0,2}}? to) "
    rf"(?P<address>{_FREE_ADDRESS})"
)
NOT_THERE = re.compile(
    r"\b(?:moved|shifted|wrong (?:address|house|place|street|number on)|address (?:is|'s) "
    r"(?:wrong|not right|"
    r"incorrect|old)|old address|incorrect address|address isn't right)\b"
)
IT_IS_AT = re.compile(
    rf"(?:^|\b)(?:it's|that's|we're|i'm|should be|now)(?: now| actually| at| in)* "
    rf"(?P<address>{STREET_ADDRESS})"
)
TO_SOMEWHERE = re.compile(
    rf"\b(?:take|bring|send|deliver|redirect|forward|divert|ship|reroute|re-route|redeliver|"
    rf"transfer) (?:{PARCEL} )?"
    rf"(?:(?:over|round|along|instead|please|straight|down|up) )*to (?P<address>(?:the|my|our) "
    rf"[^_]+)|"
    rf"\b(?:send|redirect|forward|divert|ship|reroute|re-route|redeliver) (?:{PARCEL} )?"
    rf"(?:(?:on|instead|please) )*to (?P<named>(?!me\b|us\b|him\b|her\b|them\b|sender\b|"
    rf"voicemail\b)"
    rf"[^_]+)|"
    rf"\b(?:needs to|should|has to|must|ought to) (?:go|be sent|be delivered|come) to "
    rf"(?P<goes>{_DETAILS})|"
    rf"\b(?:take|bring|carry|deliver|drop) (?:{PARCEL} )?(?:over |round |along )?to "
    rf"(?P<apposed>(?!me\b|us\b)[a-z' ]+?)(?=, {STREET_ADDRESS})|"
    rf"\b(?:can|could|should|may) {PARCEL} (?:go|come|be (?:sent|taken|brought|delivered)) to "
    rf"(?P<instead>(?:the|my|our) [^_,]+?) instead\b"
)
UPSTAIRS = re.compile(
    rf"(?:the )?(?:{ORDINAL}|ground|top) floor\b|(?:the|my|our) (?:flat|apartment|house|place|"
    rf"address|home)$|"
    rf"(?:the |my |our )?(?:next[- ]door|neighbo)"
)
"""Where in this very house it goes, or next door."""
INDOORS = re.compile(
    rf"\b(?:{ENTRANCE_NOUN}|floor|flat|apartment|level|storey|desk|counter|hatch|bay|window|"
    rf"kitchen|room|car|van|"
    rf"boot|fridge|freezer|shed|bin|bins|box|shelf|table|step|steps|mat|attention|boil|point|"
    rf"letter|list)$"
)
THEN_IT_IS = re.compile(
    rf"\b(?:it's|that's|the address is|address is|which is|at)(?: at|"
    rf" on)? (?P<address>{STREET_ADDRESS})"
)


STREET_IN = re.compile(STREET_ADDRESS)
