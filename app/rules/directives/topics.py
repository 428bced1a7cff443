"""What customers ask about: who sent it, when it comes, where it is."""

from __future__ import annotations

import re

_TOPIC_ROWS: tuple[tuple[str, str], ...] = (
    (
        "sender",
        r"\bwho (?:on earth |the hell |exactly |actually )?(?:has |have |is |would be "
        r")?(?:sending|sent|shipped|posted|mailed|ordered|dispatched|sold|sells|"
        r"supplied)\b|\bwho\b[\w' ]*\b(?:sent|from)\b[\w ]*|\bwho(?:'s| is| are| was)? ?(?:it|"
        r"this|that|"
        r"the \w+|"
        r"they|these)? ?(?:(?:actually )?from\b|sent\b|sending\b|send\b|ordered\b|the sender|"
        r"shipping|it's from|it is from)[\w ]*|\bwhere(?:'s| is| does| did) (?:it|this|that|"
        r"the \w+) (?:come |coming )?from\b|\b(?:what|which) (?:company|shop|store|seller|sender|"
        r"business)\b[\w' ]*|\bwho(?:'s| is) the sender\b|\bname of (?:the |your )?(?:seller|"
        r"sender|shop|store|company|"
        r"vendor|supplier|shipper)\b|\b(?:the|name of the|is the) sender\b|"
        r"\bwho (?:it's|it is|its|this is|"
        r"it was) (?:\w+ )?from\b|\bwho(?:'s| is| has) (?:behind|sending|sent)\b[\w ]*|\b(?:is|"
        r"was) (?:it|this|that) (?:(?:the|that|my) [\w ]*?)?(?:from (?!(?:the |your |our "
        r")?(?:depot|warehouse|"
        r"now|here|there|today|tomorrow|two|three|four|\w+day|\d|van|hub|office)\b)[\w' ]+|\w+ "
        r"(?:sent|"
        r"ordered)\b)|\bdid (?:my |our |the )?\w+ send (?:it|this|that|me)\b|\bwho(?:'d| did) "
        r"(?:i|it|we|"
        r"this) (?:order|come|came|buy) (?:it |this )?(?:from)?",
    ),
    (
        "eta",
        r"\b(?:what|which) time\b[\w' ]*|\bwhat(?:'s| is) (?:the |your )?(?:eta|"
        r"delivery (?:time|window|slot)|arrival time|time window|time slot|time frame|timeframe|"
        r"estimated)\b[\w ]*|\bwhen(?:'s| is| are| will| do| can| should| does| would|'ll| might|"
        r" may| could| must|"
        r" exactly|"
        r" roughly| about| abouts)+ (?:you|it|the|my|i|they|this|that|your|we|someone|he|"
        r"is)?[\w' ]*|"
        r"\b(?:is|are) (?:the driver|the van|you|he|they) (?:still |very |too )?far\b[\w ]*|"
        r"\b(?:if|whether) (?:you|it|he|"
        r"they)(?:'re| is|'s|'ll| will|'ll be) (?:still |definitely |actually |be )*(?:coming|"
        r"due|today|tomorrow|here)\b[\w ]*|"
        r"\bhow (?:long|soon|far|much longer|many (?:more )?(?:stops|drops|minutes|hours|"
        r"deliveries))\b[\w' ]*|\b(?:roughly|"
        r"approximately|about) when\b[\w ]*|\beta\b|\bwhen ?abouts\b[\w ]*|\bis (?:it|that|this) "
        r"(?:for )?(?:today|tonight|tomorrow|this \w+|(?:mon|tues|wednes|thurs|fri|satur|"
        r"sun)day)\b(?! (?:ok|okay|possible|fine))|\b(?:are|"
        r"will) you (?:still )?(?:be )?(?:coming|"
        r"here|delivering|arriving|come|going to be here|get here|bringing)\b[\w ]*|\b(?:is|"
        r"will) (?:it|this|that|anyone|someone|the \w+|my \w+) (?:still )?(?:be )?(?:coming|come|"
        r"arriving|"
        r"arrive|delivered|"
        r"due|here|get here|going to (?:come|be|arrive)|be with me|being delivered)\b[\w ]*|"
        r"\bwhen (?:it's|you're|it'll|you'll|it will|you will|the driver|to expect)\b[\w ]*|"
        r"\bany idea (?:when|what time)\b[\w ]*|^(?:(?:and|so|but|oh|hi|hello|well) )*when(?: do|"
        r" d')? "
        r"(?:you|ya|he|they|d'you|it)(?:'re| are|'s)? (?:reckon|think|gonna|going|coming|due|"
        r"likely|figure|"
        r"expect\w*|planning|getting|get|bringing)\b[\w' ]*|\b(?:is|will|would) (?:it|that|this|"
        r"you|they) "
        r"(?:be |come |coming |get here )*(?:before|after|in the|this) [\w ]*\bor\b[\w ]*|"
        r"\b(?:is|are) "
        r"(?:it|you) (?:for |definitely |really |still |actually )+(?:today|tonight|tomorrow|"
        r"\w+day)\b",
    ),
    (
        "status",
        r"\bwhere(?:'s| is| are|'d| abouts is| has|abouts)* (?:it|my|the|you|our|this|they|"
        r"your)\b[\w' ]*|\b(?:has|have|did) (?:it|my|the|you|this|they)\b[\w' ]*?(?:shipped?|left|"
        r"leave|dispatched?|arrived?|sent|been|gone|come|come in|out|lost|delivered?|depot|yet|"
        r"already|sorted|picked|collected|set off)\b[\w ]*|\bis (?:it|my \w+|the \w+|"
        r"this)(?: (?:already|still|definitely|actually|even|currently))* (?:on (?:the|its|a)|"
        r"out for|at the|in the|stuck|lost|dispatched|shipped|ready|delayed|with the|with a|"
        r"in transit|running|late|held|on board)\b[\w ]*|\bwhat(?:'s| is|"
        r" has)? (?:the )?(?:status|"
        r"happening|happened|going on|the hold ?up|update|progress|latest|taking|"
        r"the delay)\b[\w ]*|"
        r"\b(?:if|whether) (?:it|my \w+|the \w+|they|this)(?:'s| has| is|'ve| have|'re)? (?:been "
        r"|already |actually |"
        r"still |definitely )*(?:dispatched|shipped|sent|left|gone|on (?:its|the) (?:way|van)|"
        r"out for delivery|moving|"
        r"lost|delayed|arrived|stuck)\b[\w ]*|\btrack(?:ing)?\b[\w ]*|\bwhere (?:it is|it's|my|"
        r"it's at|the)\b[\w' ]*|\bany (?:updates?|sign of|word on|"
        r"news)\b[\w ]*|\bam i (?:still )?(?:getting|next)[\w ]*|\bare you (?:nearly|almost|lost|"
        r"close|nearby|running)[\w ]*",
    ),
)


TOPICS = tuple((topic, re.compile(row)) for topic, row in _TOPIC_ROWS)
