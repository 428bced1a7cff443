"""How customers ask for a call or a text: whom to reach, and by which of the two."""

from __future__ import annotations

import re

from app.rules.directives.lexicon import NAME_AFTER, RELATION, TITLE
from app.rules.directives.numbers import LENGTH_OF_TIME

_WHOM = (
    rf"(?P<whom>me|us|this number|(?:my|our) (?:\w+ )??(?:{RELATION}){NAME_AFTER}\b|(?:my|"
    rf"our) (?:\w+ )??(?:mobile|cell|phone|number|"
    rf"work|landline|other number|"
    rf"house phone)\b|our (?!\w+ (?:door|gate|bell|buzzer)\b)[a-z]+(?= (?:on|if|when|at|before|"
    rf"first)\b)|the (?:\w+ )??(?:{RELATION}|number|mobile|house|landline)\b|{TITLE}\.? \w+|"
    rf"(?!zero\b|oh\b|one\b|two\b|three\b|four\b|five\b|six\b|seven\b|eight\b|nine\b|double\b|"
    rf"triple\b|star\b|hash\b|extension\b|an\b|half\b|about\b|around\b|roughly\b|quarter\b|any\b|"
    rf"some\b|people\b|ten\b|fifteen\b|twenty\b|thirty\b|me\b|the\b|it\b|you\b|my\b|our\b|"
    rf"first\b|ahead\b|if\b|when\b|"
    rf"once\b|on\b|and\b|before\b|for\b|him\b|her\b|back\b|or\b|from\b|a\b|"
    rf"that\b|this\b|to\b|plus\b|would\b|direct\b|up\b|in\b|at\b|by\b|customer\b|someone\b|"
    rf"anyone\b|as\b|after\b|again\b|"
    rf"is\b|call\b|ring\b|phone\b|text\b|me\b|us\b|your\b|twice\b|out\b|"
    rf"flat\b|apartment\b|number\b|with\b|instead\b|please\b|only\b|not\b|so\b|box\b|unit\b|"
    rf"just\b|message\b|buzzer\b|"
    rf"bell\b|doorbell\b|code\b|off\b|was\b|said\b|centre\b|center\b)[a-z]+)"
)
_CALL = r"(?:call|phone|ring|telephone|dial|buzz|bell|tinkle)"
_TEXT = r"(?:text|message|sms|whatsapp|msg)"
_ROWS: tuple[tuple[str, str], ...] = (
    (
        rf"\b{LENGTH_OF_TIME}(?:'s|s'|')? (?:notice|warning|heads[- ]?up)(?: (?:by|with a|on the) "
        rf"(?P<by>phone|text|call|ring|message))?|\ba (?:quick )?(?:heads[- ]?up|warning) "
        rf"(?:by (?P<by2>phone|text|call)|first|before|beforehand|when)",
        "by",
    ),
    (
        rf"\b(?:give|giving|send|sending|drop|dropping|shoot|shooting|ping|fire|do) (?P<whom>me|"
        rf"us|"
        rf"(?:my|our) (?:\w+ )??(?:{RELATION})|{TITLE}\.? \w+|him|her) (?:over )?(?:a |an |one |"
        rf"another )?"
        rf"(?:quick |little |missed )?(?:text|sms|message|whatsapp|line|msg)(?: message)?",
        "text",
    ),
    (
        rf"\b(?:give|giving) (?P<whom>me|us|(?:my|our) (?:\w+ )??(?:{RELATION})|{TITLE}\.? \w+|"
        rf"him|"
        rf"her|(?!it\b|them\b|that\b|a\b|an\b|one\b)[a-z]+) (?:a |one )?(?:quick |little |missed )?"
        r"(?:call|ring|bell|buzz|tinkle|phone ?call|shout|phone|holler)",
        "call",
    ),
    (
        rf"\b(?:send|drop|shoot) (?:a |an )?(?:quick )?(?:text|sms|"
        rf"message)(?: (?:message )?to {_WHOM})?",
        "text",
    ),
    (rf"\b{_TEXT} {_WHOM}", "text"),
    (rf"\b(?:call|phone|ring|telephone|dial)(?: up)? {_WHOM}(?: back| up| first)?", "call"),
    (r"\bping (?P<whom>me|us)", "text"),
    (r"\bbuzz (?P<whom>me|us)(?= (?:on|when|from)\b|$)", "call"),
    (
        r"\b(?:can|could|please|just|to) (?:text|message|sms)(?= instead|$|,| (?:when|before|"
        r"first|"
        r"once|please|on|if|ahead))",
        "text",
    ),
    (
        r"\b(?:prefer|rather have|rather get|rather) (?:a )?(?:text|message)\b(?: (?:to|over|than|"
        r"rather than) a (?:phone )?call)?|\b(?:a )?(?:text|sms|whatsapp)(?: message)?"
        r"(?: (?:would be|is|will be)|'s)? ?(?:fine|better|best|enough|ideal|great|easier|easiest)"
        r"(?: for (?:me|us))?|\b(?:just|only) (?:a )?text(?: please)?$|"
        r"^text (?:when|"
        r"once|first|instead|only|please|on)|(?:^|\bor )(?:and )?a (?:quick )?(?:text|"
        r"message)(?= (?:when|once|before|after|first|"
        r"on arrival|\w+ minutes)\b)",
        "text",
    ),
    (
        r"^(?:please |just )*(?:call|(?<!^)phone|ring)(?= (?:when|once|before|first|ahead|on|if|"
        r"from|"
        r"as soon)\b|$)|\bjust (?:call|phone|ring)$|(?:^|\bor )(?:and )?a (?:quick )?(?:call|"
        r"ring|bell|buzz)(?= (?:when|once|before|first|"
        r"beforehand|on arrival|ahead|half|\w+ minutes)\b)|\bcall ahead\b",
        "call",
    ),
    (
        r"\b(?:(?:get hold of|reach|contact|get) (?P<whom>me|us|(?:my|our) \w+)|(?:my|the best|"
        r"best|"
        r"her|his|our|the|a better|mobile|cell|phone|contact)(?: (?:mobile|cell|phone|contact|new|"
        r"best|work|other))*(?: number| phone| mobile| cell)?"
        r"(?:'s| is| will be| to (?:call|ring|reach me|use)(?: \w+)?(?: is)?))(?= (?:on |at |"
        r"now )*(?!one of)(?:\+|\d|zero|oh|plus|one|two|three|four|five|six|seven|eight|nine|"
        r"double))",
        "",
    ),
    (
        rf"\b(?:let|tell|warn|notify|inform) (?P<whom>(?:my|our|the) (?:\w+ "
        rf")??(?:{RELATION}){NAME_AFTER}|"
        rf"him|her|them)(?: know)?(?:,? (?:not|and not|instead of) (?:me|us),?)?(?= (?:when|once|"
        rf"as soon|"
        rf"before|after you|first|beforehand|if you're|on arrival|(?:at|on) \d|the (?:minute|"
        rf"moment|second))\b)",
        "",
    ),
    (
        r"\b(?:call|ring|phone|text|message)(?= (?:as (?:you|soon)|the (?:minute|moment|second|"
        r"instant))\b)",
        "",
    ),
    (
        r"^(?:(?:and|but|so|please|or|then|just) )*try (?:my|our|the|her|his) (?:mobile|cell|phone|"
        r"number|landline)\b|\bholler (?:at )?(?:me|us)(?: on the phone)?",
        "call",
    ),
    (
        r"\b(?:shoot|send|ping|drop) (?:me|us) (?:a |the )?(?:quick )?(?:pic|picture|photo|"
        r"snap)\w*(?: or an? "
        r"(?:text|message))?(?= (?:after|when|once|as soon))",
        "text",
    ),
    (
        r"\blet (?P<whom>me|us|(?:my|our) \w+) know(?= (?:when|once|as soon|before|after|if|by|\d|"
        r"five|ten|half|an hour|fifteen|twenty|on arrival|beforehand))",
        "",
    ),
    (
        r"\b(?:call|ring|phone|text)(?= (?:on |the number )?(?:plus |\d{3}|"
        r"(?:(?:zero|oh|double|triple|one|two|three|four|five|six|seven|eight|nine|"
        r"\d)[ ,]+){4}))",
        "",
    ),
    (
        rf"\b(?:call|ring|phone|text)(?= (?:about |around )?{LENGTH_OF_TIME} (?:before|ahead|"
        rf"away))",
        "",
    ),
)
_MORE_ROWS: tuple[tuple[str, str], ...] = (
    (
        r"\b(?:inform|notify|alert|update|intimate|advise|warn|tell) (?P<whom>me|us)(?= (?:prior|"
        r"ahead|a quarter|a few|when|once|before|after|as soon|"
        r"on|upon|"
        r"first|beforehand|in advance|\w+ minutes|half an hour)\b)|\b(?:give|giving) "
        r"(?P<whom2>me|us) "
        r"(?:a |some )?(?:little |quick )?(?:heads[- ]?up|warning|notice)|"
        r"^(?:(?:please|just|and|then|so) )*(?:holler|shout|toot|beep|honk)(?: (?:me|us|"
        r"out))?(?= (?:when|"
        r"once|on|as soon))",
        "",
    ),
    (
        r"\b(?:can|could|may|would) (?:i|we) (?:please )?(?:get|have) (?:a |an )?(?:quick "
        r")?(?:text|message|"
        r"sms|whatsapp)|\b(?:i'd|we'd) (?:like|love|appreciate|want|prefer) (?:a |an )?(?:quick "
        r")?(?:text|"
        r"message|sms)\b|\b(?:rather|prefer(?: it if)?) (?:you |they |he |the driver )?(?:just )?"
        r"(?:text|texted|messaged?)\b(?: me)?(?: (?:than|instead of|rather than) (?:\w+ ?){1,3})?",
        "text",
    ),
    (
        r"\b(?:can|could|may|would) (?:i|we) (?:please )?(?:get|have) (?:a |an )?(?:quick "
        r")?(?:call|ring|"
        r"phone call|buzz|bell)\b|\b(?:i'd|we'd) (?:like|love|appreciate|want|prefer) (?:a |an "
        r")?(?:quick )?"
        r"(?:call|ring|phone call|bell|buzz|shout)\b|\bgive (?:a |one )?(?:quick |missed "
        r")*(?:call|ring|buzz|"
        r"bell)\b",
        "call",
    ),
    (
        rf"\b(?:(?:please|just|you|to|and|then|or|so|but|kindly|always|only|we're available|can "
        rf"you|"
        rf"could you|,) |^)(?P<verb>text|message|sms|call|ring|phone|telephone)(?= (?:from|when|"
        rf"once|"
        rf"before|after|on "
        rf"(?:arrival|reaching|arriving)|upon|as soon|if (?:you|there|nobody)|{LENGTH_OF_TIME}|"
        rf"in advance|"
        rf"first|ahead)\b)",
        "",
    ),
    (
        rf"\b(?P<whom>(?:my|our|the) (?:\w+ )??(?:{RELATION})|{TITLE}\.? \w+)'?s (?:\w+ "
        rf")?(?:number|mobile|"
        rf"phone|cell)(?: number)?(?:'s| is|,)?(?= (?:\+|\d|zero|oh|one|two|three|four|five|six|"
        rf"seven|eight|"
        rf"nine|double|triple))",
        "",
    ),
)
CONTACTS = tuple((re.compile(row), channel) for row, channel in (*_ROWS, *_MORE_ROWS))
"""Pattern and channel, tried in order; "by" where the words behind it say which."""
