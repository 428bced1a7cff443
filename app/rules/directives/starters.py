"""Where a clause can begin with no stop before it, and which word before binds it after all."""

from __future__ import annotations

from app.rules.directives.lexicon import RELATION, TITLE
from app.rules.directives.openings import DAY_NAME, SOFT, SUBJECT, VERB

STARTERS: tuple[tuple[str, str], ...] = (
    (
        rf"{SUBJECT}\b",
        r"if|provided|providing|assuming|when|where|once|until|till|unless|while|because|that|as|"
        r"since|after|before|what|how|"
        r"who|"
        r"for|to|of|on|at|with|than|whether|case|so|whenever|do|did|does|can|could|should|will|"
        r"shall|may|must|would|am|"
        r"was|time|why|and i|cause|cos|think|sure|know|which|soon|means|say|"
        r"said|but|hope|reckon|believe|afraid|and|whatever|the (?:second|minute|moment|instant)",
    ),
    (
        rf"{SOFT}(?:don't|never|no need to|make sure|(?:do )?be (?:careful|aware|quiet|gentle)|"
        rf"careful|"
        rf"watch out|look out|beware|take care|whatever you do)\b",
        r"i|we|they|you|he|she|nobody|to|who|that|please|just|and|but|which|dogs?|it|really|so|"
        r"i'd|if|or|(?:she|he|they|it|i|we)'ll|(?:she|he|they|it|i|we)'(?:ve|d|s|m|re)"
        r"|must|please|mornings|afternoons|evenings|nights|weekends|weekdays|(?:mon|tues|wednes|"
        r"thurs|fri|satur|sun)days",
    ),
    (
        rf"{SOFT}{VERB}\b|please (?:leave|put|call|text|ring|hand|don't|only|keep|be|use|no)\b",
        r"to|can|could|will|would|you|please|just|don't|not|i|we|he|she|they|never|i'll|you'll|"
        r"he'll|"
        r"she'll|they'll|we'll|must|should|only|always|and|or|but|so|then|who|that|maybe|perhaps|"
        r"kindly|"
        r"actually|a|the|my|your|this|any|won't|can't|shouldn't|mustn't|i'd|us|better|also|"
        r"instead|no|"
        r"couldn't|nobody|someone|it'll|might|may|didn't|did|of|for|she'd|he'd|they'd|you'd|we'd|"
        r"circumstances|ever|usually|normally|even|really|phone|text|be|i've|me|him|them|her|"
        r"otherwise|you've|they've|it's|is|with|by|at|before|after|without|if|when|until|till|"
        r"people|dare|god|sake|go and|\w+'ll|(?:could|can|should|must|may|will|would) it",
    ),
    (
        r"(?:can|could|would|will) (?:you|we|i|someone|they|it|the driver)\b|would you mind\b|"
        r"is it ok(?:ay)?\b|"
        r"is it possible\b|is there (?:a|an|any|some|anything|someone|anyone|anywhere)\b|do i\b|"
        r"i'd (?:like|rather|prefer)\b",
        r"if|when|what|where|how|who|time|and|but|so|because|nobody|that|someone|she|he|they|"
        r"anyone|then",
    ),
    (
        r"(?:if|unless|in case|otherwise|assuming|(?:as|so) long as|provided|providing|"
        r"in the event)\b",
        r"as|even|see|what|wonder|know|ask|just|only|and|but|so|or|wondering|not|tell|then|"
        r"just in",
    ),
    (
        r"(?:lock|key|entry|access) code(?:'s| is)\b",
        r"the|my|our|your|a|an|is|use|and|front|back|side|main|street|garage|building|garden|with|"
        r"this",
    ),
    (
        r"code(?:'s| is| for the)\b",
        r"the|my|our|your|a|an|and|gate|door|lock|entry|entrance|access|key|pin|pass|lift|building|"
        r"security|garage|post|zip|fob|alarm|garden|side|main|pad|box|area|street|qr|otp|dress|"
        r"this|"
        r"that|lobby|shutter|safe|barrier|elevator|front|back|bar|source|new|buzzer|store|shed|"
        r"bike|bin",
    ),
    (
        r"(?:mr|mrs|ms|miss|dr|mister)\.? [a-z]+(?: (?!(?:will|can|could|and|or|but|to|who|that|"
        r"if)\b)\w+){0,6}"
        r"(?: (?:will|can|could|has)|'ll)\b",
        rf"with|to|from|for|of|at|by|and|but|if|when|because|so|on|in|the|my|our|or|call|text|ring|"
        rf"while|as|is|unless|once|only|until|think|behind|near|that|phone|before|after|not|sorry|"
        rf"mean|meant|even|called|dear|ask|{RELATION}",
    ),
    (
        rf"(?:{RELATION})(?: is|'s| are) (?:coming|due|booked|fixing|mending|sorting)\b",
        rf"the|my|our|your|his|her|their|a|an|and|with|to|when|if|that|because|while|as|until|once|"
        rf"since|before|after|for|by|from|or|new|old|young|{RELATION}|\w+'s",
    ),
    (
        r"(?:(?:stay|keep|steer|stand) (?:well |right )?(?:clear|away|back|off)|(?:mind|watch) "
        r"(?:yourself|"
        r"yourselves|your (?:head|step|feet|back|footing)|how you))\b",
        r"to|and|or|must|should|you|please|just|can|will|better|best|needs|that|i|we|they|or",
    ),
    (
        rf"number (?:two|three|four)(?= (?:{VERB}|if|don't|that's|please|it's|there's|no )\b)",
        r"at|with|to|from|by|try|is|it's|gate|door|bay|house|plot|or|and|of|on|for|flat|the|in|"
        r"ring|buzz|call|press|unit|apartment|next|neighbour",
    ),
    (
        r"(?:or else|otherwise|failing (?:that|which))\b",
        r"and|or",
    ),
    (
        rf"(?:{DAY_NAME})(?: (?:morning|afternoon|evening))? (?:instead|please|then|between|after|"
        rf"before|from|at|any)\b",
        r"\S+",
    ),
    (
        r"(?:actually no|no wait|wait no|no don't|no forget (?:that|it)|i still want it|(?:s?he|"
        r"they) "
        r"(?:does|do|still) wants? it)\b",
        r"and|but|so|if|that|because|or|i|we|oh|well|no|actually|wait|sorry",
    ),
    (r"let'?s (?:do|make|say|try|go for|have)\b", r"and|but|so|then|please|no"),
    (
        rf"(?:today|{DAY_NAME}) week\b",
        r"a|or|and|on|by|for|until|till|from|before|after|the|next|this|say|it|come|deliver|make",
    ),
    (
        r"when(?:ever)? (?:i'm|we're|nobody's) (?:not|out|away|gone|at work|in\b(?! the))|"
        r"should (?:i|we|you|nobody|there|it|anyone) (?:not |be |get |have )",
        r"me|us|him|her|them|know|and|but|or|so|what|please|just|only|why|how|where|who|that|it|"
        r"you|they|he|she|when|time|if|parcel|package|delivery|driver",
    ),
    (
        r"(?:when|once|as soon as|whenever) (?:you|it|the|he|they|he's|you're|it's|you've|"
        r"they're)\b",
        r"roughly|exactly|approximately|about|know|me|us|him|her|them|wife|husband|when|know|"
        r"text|call|ring|buzz|message|shout|bell|and|"
        r"but|"
        r"please|phone|wonder|what|so|just|or|then|only|again|sure|\d+|you|number|one|two|three|"
        r"four|"
        r"five|six|seven|eight|nine|zero|oh|mum|mom|dad|driver|first|back|mobile|cell",
    ),
    (
        r"(?:the|my|our)(?: (?!the\b|my\b|our\b|is\b)\w+){0,3} (?:code|combination|pin|keypad|"
        r"password)(?:'s| is| will be)?\b",
        r"is|use|with|the|enter|type|in|punch|need|and|but|so|by|on|at|have|to|because|also|press|"
        r"a|"
        r"want|via|dial|of|for|through|round",
    ),
    (
        rf"(?:my|the|our|{TITLE}\.?)(?: (?!the\b|my\b|our\b)\w+)? ?(?:{RELATION})(?: (?!(?:will|"
        rf"can|"
        rf"is|could|has|should|always|and|or|but|so|if|to|who|that|for|it|please|"
        rf"then)\b)\w+){{0,7}}"
        rf"(?: (?:will|can|is|could|has|should|always)|'ll|'s (?:home|in|here|there|going))\b",
        r"with|to|from|for|of|at|by|and|but|if|when|because|so|on|in|the|my|our|or|call|text|ring|"
        r"while|as|is|unless|once|only|until|think|behind|near|beside|since|that|phone|before|"
        r"after|except|besides|than|sorry|mean|meant|even",
    ),
    (
        r"(?:the|my|our) (?:(?!the\b|my\b|our\b)\w+ )?\w+(?:'s (?:not |really |very |all |"
        r"a bit )?(?:open|closed|shut|locked|unlocked|broken|asleep|sleeping|"
        r"loose|icy|slippery|wet|out|in|home|here|working|going|got|away|always|on|fine|poorly|"
        r"ill|napping|barking|goes)\b| (?:is|are|will|has|goes|go|won't|isn't|doesn't|"
        r"don't (?:work|bite|like|bark|answer)|can't|barks?|bites?)\b)",
        r"with|to|from|for|of|off|across|onto|at|by|and|but|if|when|because|so|on|in|or|while|as|"
        r"is|unless|once|"
        r"only|until|think|behind|near|"
        r"beside|since|that|before|after|mind|watch|under|over|inside|through|outside|between|use|"
        r"take|give|leave|ask|have|where|"
        r"how|what|who|round|around|past|into|make|sure|hope|like|yes|yeah|against|via|next|front|"
        r"cause|cos|than|tell|know|careful|using|beware|let",
    ),
    (
        rf"(?:(?:{DAY_NAME})(?: (?:morning|afternoon|evening))?(?: (?:before|after|by|at|around|"
        rf"from|between) (?:(?!would\b|is\b)\w+ ){{1,4}})? ?(?:would|'d) (?:be|suit|work|do)|"
        r"(?:tomorrow|(?:mon|tues|wednes|thurs|fri|satur|sun)day)(?:'s (?:better|best|fine|"
        r"good|great|no|not)| is | would | works| suits)|"
        r"that (?:works|suits|sounds|time's|time is|time works|slot)|sounds (?:good|great|fine|"
        r"perfect))",
        r"on|by|for|until|before|after|this|next|if|when|and|but|so|because|yes|yeah|think|since|"
        r"whether|sure|hope|from|of|than|except|bar|barring",
    ),
    (
        r"(?:(?:at |by )?what time|what's|where's|where (?:is|are) (?:it|they|my|the)\b|when "
        r"(?:will|are|is|do|can)|who's it|who sent|"
        r"who's sent|how long|"
        r"how much)\b",
        r"know|(?:tell|ask|remind|show|inform) me|is|about|wonder|wondering|and|but|so|on|of|if|"
        r"tell|see|mind|matter|care|fussed|bothered|"
        r"depends|exactly|ask|also|say|says|knows|just|guess|decide|"
        r"sure|just",
    ),
    (
        r"(?:oh )?(?:thank you|thanks|cheers|yes|yeah|yep|hello|bye|sorry|no wait|wait no|hang on|"
        r"scrap that|"
        r"scratch that|i mean|i meant|actually|make that|no actually|no sorry|or rather|"
        r"forget that|"
        r"never mind|no no|no(?=,)|no (?:hang|hold) on|no (?:scrap|scratch|forget|strike|ignore) "
        r"that|(?:no )?(?:i )?tell a lie|no (?:please "
        r")?(?:text|call|ring|leave|put|pop|drop|bring|take|"
        r"make|come|phone|give|use) (?:me|it|that|at|after|before|us|the)|on second thoughts?|"
        r"please and thank you|see you|ignore that|strike that|"
        r"no (?:make it |sorry |wait )?(?:half |quarter |after |before )?(?:one|two|three|four|"
        r"five|six|seven|eight|nine|"
        r"ten|eleven|twelve|\w+teen|\d+|monday|tuesday|wednesday|thursday|friday|saturday|sunday|"
        r"tomorrow|the \w+ one)|oh and|oh no|oh wait|not (?:today|the|on|at)\b(?= \w+))\b",
        r"and|but|so|am|i'm|oh|many|say|no|please|said|wait|not|with|actually|sorry|that's|it's|"
        r"is|are|"
        r"i|was|were|do|does|will|don't|if|he's|she's|we're|they're|you're|just|much|or|why|why's|"
        r"only|flat|apartment|house|unit|plot|room|shop|villa|who's it|who|where|how|when",
    ),
)
"""What begins a clause, and the words that bind it to what stands before them."""
