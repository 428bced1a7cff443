"""The words for who takes a parcel: "give it to …", "… will take it", "try …", "ask …"."""

from __future__ import annotations

import re

from app.rules.directives.lexicon import PARCEL, RELATION, TITLE

_WHO = r"(?P<who>[^_,;.]*?[^_,;]*)"
_TOLD_OF = (
    r"(?<!they )(?<!he )(?<!driver )(?<!was )(?<!guy )(?<!lot )(?<!body )(?<!you just )(?<!you'd )"
    r"(?<!you've )(?<!they'd )(?<!he'd )(?<!they've )(?<!i )(?<!we )(?<!i'd )"
)
"""Before a verb of the past: what once happened is no order."""
LEAVE_WITH = re.compile(
    rf"\b(?:leave|leaving|drop|dropping|give|giving|hand|handing|pass|deliver|take|put|bring|"
    rf"entrust|keep(?= {PARCEL} with)|"
    rf"{_TOLD_OF}dropped|{_TOLD_OF}left|deposit|send|get|want|pop) (?:{PARCEL} )?(?:(?:off|in|"
    rf"over|on|round|around|"
    rf"back|just|there|here|"
    rf"please|inside|down|left|dropped) )*with (?P<who>[^_]+)"
)
GIVE_TO = re.compile(
    rf"\b(?:give|giving|hand|handing|pass|deliver|take|bring|drop|pop|run|"
    rf"leave|bung|chuck) {PARCEL} (?:(?:off|in|over|on|"
    rf"round|around|back|just|please|straight|directly|along) )*(?:to|in to|into) (?P<who>[^_]+)"
)
HAND_TO = re.compile(
    rf"\b(?:give|giving|hand|handing|pass|hand ?over) (?:{PARCEL} )?(?:(?:off|in|over|on|just|"
    rf"please|straight|(?:over|across|through|up|down) (?:the|my|our) (?:\w+ )?(?:wall|fence|hedge|"
    rf"gate|counter|window|hatch|bar|half door|railings?|stairs|desk)) )*"
    rf"to (?P<who>[^_]+)"
)
GIVE_AT = re.compile(
    rf"\b(?:give|hand|submit|deposit|handover) (?:{PARCEL} )?(?:in |over |off )?(?:at|in) "
    rf"(?P<who>(?!the door\b|my\b|our\b|hand|person\b)[^_]+)"
)
PASSED_ON = re.compile(
    rf"\b{PARCEL} (?:(?:can|could|should|may|to) be (?:given|handed|passed|handed over|left) "
    rf"(?:over "
    rf")?(?:to|with)|(?:goes|(?:can|could|should|has to|needs to|is to|ought to) go) (?:straight |"
    rf"over |"
    rf"in )?to(?= (?:(?:the|my|our) (?:\w+ )?(?:{RELATION})|{TITLE}\.? \w+)\b)) (?P<who>[^_]+)"
)
DELIVER_TO = re.compile(
    rf"\b(?:deliver|delivered|handover|submit|drop off|drop) (?:it )?(?:to|with) "
    rf"(?P<who>(?:my |our |the )?(?:\w+ )??(?:{RELATION})\b[^_]*)"
)
LET_HAVE = re.compile(
    rf"\b(?:let|can|could|may|have) (?P<who>(?!said\b|told\b|asked\b|been\b|to\b|"
    rf"agreed\b)[^_,;]+?) (?:have|take|get|keep|grab|hold(?: on to)?|"
    rf"look after|accept|collect|receive)(?: {PARCEL}| for)\b"
)
TRY = re.compile(
    rf"\btry (?P<who>{TITLE}\.? [a-z]+(?: [^_,;]+)?|"
    rf"(?!it\b|the\b|my\b|and\b|to\b|again\b|not\b|me\b|us\b)[a-z]+ (?:at|in|next|"
    rf"across|over|opposite|"
    rf"down|up|upstairs|downstairs)\b [^_,;]+|(?:the |my |our )?[^_,;]*\b(?:{RELATION})s?\b[^_,;]*)"
)
TO_THEM = re.compile(
    rf"\b(?:(?:give|hand|pass|leave|drop) (?:{PARCEL} )?(?:(?:off|in|over) )?(?:to|with) "
    rf"(?:him|her|them)|(?:give|hand) (?:him|her|them) {PARCEL})\b|"
    r"\b(?:you|they|driver) (?:can|may|could) (?:give|hand)(?: over)?(?: to)? (?:him|her|them)$"
)
PERSON_BEFORE = re.compile(
    rf"(?:\b(?:{TITLE}\.? \w+|(?:the|my|our|a) (?:[\w'-]+ ){{0,2}}?(?:{RELATION})\b(?! (?:flat|"
    rf"annexe?|suite)\b))|"
    rf"^(?:{RELATION})\b)"
    rf"(?: (?!(?:lives?|takes?|will|is|has|can|works?|stays?|who|that|always|usually|normally|said|"
    rf"knows?|accepts?|loves?|likes?|and|or|but|so|if|when|for|have|could|would|doesn't|does|does"
    rf"n't|about|he|she|they|it|to|please)\b)[\w'-]+)*"
)
GIVE_WHO = re.compile(
    rf"\b(?:give|hand|pass) (?P<who>(?:my|our|the) (?:\w+ )??(?:{RELATION})|"
    rf"{TITLE}\.? \w+) {PARCEL}"
)
NEXT_DOOR = re.compile(
    rf"\b(?:(?:leave|drop|pop|put|take|bring) {PARCEL} (?:(?:off|in|over|round|to|just|at) )*|"
    rf"try (?:at )?|go to |knock (?:at|on|for) )"
    r"(?P<who>(?:the |my )?(?:next[- ]door(?:'s)?(?: neighbo(?:u)?rs?(?:'s)?)?|"
    r"neighbo(?:u)?rs?(?:'s)?|number (?:\d+|[a-z]+)|"
    r"(?:flat|house|people|lady|man) (?:next door|opposite|upstairs|downstairs)|"
    r"across the (?:road|street|hall))"
    r"(?: at (?:number )?\w+)?)"
)
_TAKING = (
    rf"(?:unload|handle|deal with|see to|sort(?: out)?|take|accept|receive|collect|grab|get|"
    rf"hold(?: on to)?|hang on(?: |-)?to|look after|store|take charge of|mind|pick up|have|keep|"
    rf"fetch|carry|bring|"
    rf"take in|take care of|pop out for) (?:{PARCEL}|delivery|care of it|in|anything|everything)\b"
)
_MODAL = (
    r"(?:'ll| will| can| could| would| should| might| may|'s going to|'s able to|'s happy to|"
    r" (?:has|have|'s got|'ve got) (?:my|our) permission to| is going to| is able to| (?:is|are) "
    r"(?:authori[sz]ed|allowed|supposed|willing|ready|meant|set|"
    r"told|expecting) to|(?:'s|'re) (?:authori[sz]ed|allowed|supposed|willing|ready|meant) to|"
    r" is happy to| are happy to| are able to|'re happy to| has agreed to| have agreed to| have "
    r"offered to| have said they'll|'d| would happily|"
    r"'s agreed to| has offered to|"
    r"'s offered to| agreed to| offered to| always| usually| normally|'s there to| is there to|"
    r"'s (?:home|in|here|there|around) to|"
    r" is (?:home|in|here|there|around) to| will be (?:home|in|here|there|around)(?: all day)? to|"
    r"(?: will|'ll|'s going to) (?:come|pop|nip|run|be) (?:down|out|over|up|round|along)(?: to the "
    r"(?:door|gate|desk|van|lobby))?(?: and| to)|"
    r"(?: will|'ll) meet (?:you|him|the driver|them)(?: (?:downstairs|outside|there|upstairs|at "
    r"the \w+|"
    r"in the \w+))?(?: and| to)|"
    r" (?:has|have|'s got|'ve got) (?:my |our |the |strict )?(?:instructions|orders|leave|"
    r"authority) to|"
    r" knows? to|'s been told to| (?:has|have) been (?:told|asked) to|"
    r" said (?:he|she|they)(?:'d|'ll)"
    r"| doesn't mind| don't mind)"
    r"(?: (?:also|just|always|be able to|be happy to|be there to|be in to|be home to|usually|"
    r"happily|normally|probably))*"
)
WILL_TAKE = re.compile(
    rf"^(?:(?:see if|i think|(?:i )?reckon|i believe|i hope|pretty sure|i'm sure|maybe|perhaps|"
    rf"hopefully|check if|ask if|try if|whether|"
    rf"and|so|but|yes|yeah|okay|hi|hello|well|because|then|or|oh|actually|also|otherwise|"
    rf"failing that|if not|or else) )*"
    rf"(?P<who>[^_,;]+?)(?:{_MODAL} (?:(?:{_TAKING})|(?P<sign>sign)(?: for (?:it|{PARCEL}))?|"
    rf"taking {PARCEL}|(?:accept|receive|collect)(?= please| it|$))|"
    rf"(?:'s|'re| is| are) (?:having|taking(?: in)?|minding|collecting|picking up|looking after) "
    rf"(?:{PARCEL})|(?: (?:always|usually|"
    rf"normally|often|generally))? (?:takes?|accepts?|"
    rf"receives?|signs? for|collects?|gets?|keeps?|holds?|minds?|handles?|deals with) (?:in "
    rf")?(?:all )?(?:my |our |of |the |everyone's |everybody's |\w+s' |students )*"
    rf"(?:parcels|packages|deliveries|stuff|post|mail)(?: in)?)"
)
SHE_WILL = re.compile(
    rf"^(?:(?:and|so|but) )*(?:she|he|they|someone there|either of them|any of them|one of them|"
    rf"who){_MODAL} "
    rf"(?:{_TAKING}|(?P<sign>sign)\b)"
)
CALLED = (
    rf"(?:,? (?:{TITLE}\.? [a-z]+|(?!(?:at|in|from|on|is|are|will|who|that|there|here|home|has|"
    rf"next|"
    rf"over|up|down|across|opposite|upstairs|downstairs|and|or|can|always|usually|both|to|she|he|"
    rf"they|"
    rf"it|so|if|but|lives?|works?|takes?|with|for|i|we|you|because|when|should|would|could|might|"
    rf"just|please|said|says)\b)[a-z]{{2,}}(?= (?:at|in|is|lives|from|next|will|she|he|can|who)\b|"
    rf"'|"
    rf"[,.]|$)))?"
)
"""The name that may stand behind a relation: "my flatmate priya"."""
SOMEBODY_IN = re.compile(
    rf"(?P<who>(?:{TITLE}\.? \w+|(?:my|our|the) (?:\w+ )?(?:{RELATION}){CALLED})(?: (?:at|from|"
    rf"in|next|"
    rf"over|across|"
    rf"opposite|upstairs|downstairs|on) [\w' ]+?)?)(?:'s|'ll be| is| are| will be|'re)"
    rf"(?: always| usually| both| going to be)? (?:in|home|at home|here|there|around|available|"
    rf"working from home)\b"
)
NAMED_IN = re.compile(
    r"^(?:(?:and|so|but|yes|yeah) )*(?P<who>(?!it|that|there|what|where|he|she|who|nobody|someone|"
    r"everyone|i\b|we\b|"
    r"you|they)[a-z]+)(?:'s|'ll be| is| will be) (?:in|home|at home|here|there|around)\b"
)
ASK = re.compile(
    rf"\b(?:ask|asked|get|have|got) (?P<who>(?:my|our|the|{TITLE}|(?<=asked )[a-z]+)\b[^_]*?) "
    rf"(?:to |if (?:s?he|they)(?:'ll| will|'d| would| can| could)(?: mind| please)? )?(?:{_TAKING}|"
    rf"(?P<sign>sign))"
)
TAKEN_AT = re.compile(
    rf"\b(?:they|someone|anyone|either of them|somebody){_MODAL} {_TAKING}(?: in)? (?:at|in) "
    rf"(?P<who>(?:the|my|our) [^_]+)"
)
"""Where somebody takes it in: "they'll hold it at the newsagent's"."""
BUZZ_TO_TAKE = re.compile(
    rf"\b(?P<who>(?:the|my|our) (?:\w+ )?(?:{RELATION})) (?:takes|accepts|signs for) "
)
ASKED_FOR = re.compile(
    r"\b(?:ask for|look for|speak to|see|find) (?P<who>(?!me\b|us\b|it\b|the (?:parcel|key|code)|"
    r"id\b|a\b|an\b)"
    r"(?:(?:my|our|the) )?[a-z]+(?: [a-z]+)?(?: (?:at|in|on|from|behind) [\w' ]+)?)$"
)
"""Whom the driver is to ask for, before "she'll take it"."""
