"""The words for a parcel that one person alone may have, a signature and an ID."""

from __future__ import annotations

import re

from app.rules.directives.lexicon import NAME_AFTER, PARCEL, RELATION, TITLE

_WHO = (
    rf"(?P<who>{TITLE}\.? \w+|me|myself|us|him|her|(?:my|our|the) (?:\w+ "
    rf")??(?:{RELATION})(?: {TITLE}\.? [a-z]+|{NAME_AFTER})|"
    rf"{TITLE}\.? \w+|(?!(?:be|the|a|an|get|have|do|sign|come|bring)\b)[a-z]+)"
)
_GIVE = (
    r"(?:give|giving|hand|handing|handover|deliver|pass|release|leave|go(?:es)?|bring|handed|given|"
    r"delivered|going|get|hands?)"
)
_PERSONALLY = (
    r"(?:in person|personally|directly|direct|only|alone|face to face|in the flesh|nobody else|"
    r"himself|"
    r"herself|myself|and nobody else|no one else|and only \w+)"
)
_ROWS: tuple[tuple[str, str], ...] = (
    (
        rf"\bonly (?:{_GIVE}|be (?:given|handed|delivered)) (?:{PARCEL} )?(?:over )?(?:directly |"
        rf"personally |straight )*(?:to|with) {_WHO}\b",
        "",
    ),
    (
        rf"\b{_GIVE} (?:{PARCEL} )?(?:over )?(?:only|directly|personally|in person|"
        rf"straight) (?:to|"
        rf"into|with) {_WHO}\b",
        "",
    ),
    (rf"\b{_GIVE} (?:{PARCEL} )?(?:over )?(?:to|with) {_WHO}(?: \w+)?,? (?:{_PERSONALLY})\b", ""),
    (rf"\b(?:give|hand) {PARCEL} (?:over )?(?:straight |directly )?to (?P<who>me|us|myself)\b", ""),
    (r"\b(?:give|hand) (?P<who>me) it\b", ""),
    (r"\b(?:give|hand|pass) it (?P<who>me)\b", ""),
    (
        rf"\b{_GIVE} (?:{PARCEL} )?to (?:anyone|anybody|someone|somebody) (?:else )?(?:but|except|"
        rf"other than|apart from|besides) {_WHO}\b",
        "",
    ),
    (
        rf"\b(?:don't|never) (?:give|hand|leave|release|pass) {PARCEL} (?:over )?(?:to|"
        rf"with) (?:anyone|anybody|someone|somebody) else\b",
        "me",
    ),
    (
        rf"\b(?:nobody|not anyone|no-one) (?:else )?(?:(?:signs|takes|gets|has|is to \w+|can \w+|"
        rf"should \w+)"
        rf" (?:for )?(?:it |this |that |them )?(?:in )?)?(?:but|except|other than|apart from) "
        rf"{_WHO}\b",
        "",
    ),
    (
        r"\b(?:(?:put|place|deliver|give|go|goes|hand) (?:it |this |that )?(?:straight |directly |"
        r"right )?)?(?:into|in|in to) (?P<who>my|our|(?:my |our |the )?[\w.]+(?: \w+)?'s)(?: own)? "
        r"hands?\b(?: only)?",
        "",
    ),
    (
        rf"\b(?:go|goes|given|handed|delivered|released|it|this|that|just|strictly) (?:over "
        rf")?to {_WHO}"
        rf"(?: \w+)?,? (?:only|alone|personally|in person|and (?:no ?body|no one|only) ?\w*)\b",
        "",
    ),
    (
        rf"\b(?:only|just) {_WHO}(?: \w+)? (?:gets?|takes?|opens?|signs?(?: for (?:it|this|"
        rf"that))?|receives?|touch(?:es)?|is to "
        rf"have|is to get)\b",
        "",
    ),
    (r"\b(?P<who>(?:the )?(?:addressee|recipient|account holder))(?: in person)? only\b", ""),
    (r"\bfor (?P<who>[a-z]+)'s (?:eyes|hands) only\b", ""),
    (rf"\b{_WHO}(?:'s| is| am)? (?:the only (?:one|person) (?:who|that|allowed|to))[\w' ]*", ""),
    (
        rf"\b(?:only|just) {_WHO} (?:can|should|may|is allowed to|are allowed to|must) (?:take|"
        rf"have|"
        rf"accept|receive|sign|collect|get)\b",
        "",
    ),
    (
        rf"\b(?:it has to|it must|it needs to|has to|must|needs to) be (?P<who>me|{TITLE}\.? \w+|"
        rf"(?:my|our|the) (?:\w+ )??(?:{RELATION})(?: [a-z]+(?: [a-z]+)?(?= nobody| only))?)\b"
        rf"(?! (?:called|told|rung|phoned|in|there|home))",
        "",
    ),
    (
        rf"(?:^|\b(?:and|so|but|then|it|this|that|goes?|go|strictly) )(?:personally |directly "
        rf")*(?:only|"
        rf"just|strictly|personally|directly) to {_WHO}\b",
        "",
    ),
    (r"\b(?:only|just) (?P<who>me|myself)(?=$| please| and| or|,)", ""),
    (
        r"\b(?:has to|must|needs to|should) be (?P<who>(?!a\b|an\b|the\b|my\b|our\b)[a-z]+)"
        r"(?= (?:that|who) (?:signs|takes|gets|has)\b)",
        "",
    ),
    (
        rf"\b(?:only|just) (?:(?:meant|supposed) )?(?:to be|be) (?:given|handed|delivered|released)"
        rf"(?: over)? to {_WHO}\b",
        "",
    ),
    (rf"^(?:and |so |but )*to {_WHO} (?:only|personally|in person|alone)\b", ""),
    (
        rf"(?:\b(?:is|are|they're|meant|strictly)|'s)(?: only| just| meant)? for {_WHO}(?: "
        rf"[a-z]+)? and "
        rf"(?:(?:him|her|them|me|us|hers?|his) (?:alone|only)|(?:no ?body|no one|only (?:him|her|"
        rf"them|me))"
        rf"(?: else)?)\b",
        "",
    ),
    (
        r"\b(?:handed|given|released|hand it|give it|goes?) (?:over )?(?:only )?to (?:an? )"
        r"(?P<who>adult|grown[- ]?up)\b",
        "",
    ),
    (rf"\bgo(?:es)? to {_WHO}(?: \w+)? (?:himself|herself|themselves)\b", ""),
    (
        r"\bin person(?: only)?\b|\bhand deliver(?:ed|y)?(?: it)?(?: in person)?\b|"
        r"\bnobody else\b|"
        r"\bno-one else\b",
        "",
    ),
)
HANDS = tuple((re.compile(pattern), who) for pattern, who in _ROWS)
SIGNATURE = re.compile(
    rf"\b(?:(?:(?:take|get|obtain|collect|need) (?:the |a )?)?signature (?:from|of) {_WHO}\b|"
    rf"(?P<signer>[\w' ]*?)(?:'ll |'s going to |must |can |"
    rf"has to |have to |"
    rf"need to |needs to |should |want to |wants to |'d like to |got to |gotta |will |able to |"
    rf"let (?P<let>\w+) |to |happy to |there to )"
    rf"(?:be the one to |personally |be )?(?:sign(?:ed)?\b(?: for)?(?: {PARCEL})?(?P<self> "
    rf"(?:myself|personally|in person))?)|"
    rf"(?:needs?|require[sd]?|get|want|take|obtain|without|asking for|ask for|against|with|"
    rf"collect|have|is|a|my) (?:me )?(?:a |the |my )?"
    rf"(?:[\w']+ )?signature(?: (?:from|of) (?P<whom>me|(?:my|our|the) \w+))?\b|"
    rf"(?:make sure|ensure|see that|check that|check) (?:s?he|they|someone|somebody|anyone) "
    rf"signs?(?: for)?(?: {PARCEL})?|needs? signing(?: for)?|"
    rf"signature (?:is )?(?:required|needed|please|on delivery)|signed for\b|(?<!else )\bsigns(?: "
    rf"for (?:{PARCEL}))?|(?<=\band )sign\b(?: for (?:{PARCEL}))?)"
)
ID = re.compile(
    r"\b(?:(?:check|ask for|has|ask to see|see|show|showing|have|bring|need|needs|require|"
    r"requires|"
    r"request|verify|checking|verifying|seeing|asking for|produce|with|got|against|want|look at|my|"
    r"get|ask \w+ for|on seeing|present) (?:you )?(?:(?:"
    rf"my (?:{RELATION})'?s|my|his|her|their|the|recipient's|person's|"
    r"customer's|some|an?|photo|"
    r"picture|proper|to see|valid) )*(?:id|identification|passport|"
    r"driving licence|driver's licen[cs]e|licen[cs]e|proof of (?:id|identity|age)|identity card|"
    r"(?:student|staff|work|membership|identity|company) (?:card|pass|badge)|aadhaar(?: card)?|"
    r"pan card|voter id)\b"
    r"(?: (?:check|ready|out|handy|card|on me|with me|to show|at the door|when|for you to check|"
    r"to check|badge))*|"
    r"(?:id|identity) (?:check|is required|required|needed|please)|\bno id,? no \w+)"
)
NOT_WITHOUT = re.compile(
    rf"\b(?:don't|never|not) (?:leave|drop|hand|give|deliver|"
    rf"release) {PARCEL}(?: \w+)? without (?:a |my |me |getting a |anyone |someone )?(?:signature|"
    rf"signing)\b(?: (?:for )?it)?"
)
SIGNER = re.compile(
    rf"\b((?:(?:my|our|the) (?:\w+ )??(?:{RELATION})(?: (?!(?:at|in|from|on|is|who|next|upstairs|"
    rf"downstairs|opposite|across|over)\b)[a-z]+)?|^(?:{RELATION})|{TITLE}\.? \w+)(?: (?:at|from|"
    rf"in|next|"
    rf"upstairs|downstairs|opposite|across|over) [\w' ]+?)?)(?:'s| will be|'ll be| is)?"
    rf"(?: (?:in|home|here|there|around))?$"
)
