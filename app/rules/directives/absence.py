"""When the customer is not there, and how long an absence lasts."""

from __future__ import annotations

import re
from dataclasses import replace

from app.rules.directives.windows import Window

PRESENT = (
    r"(?:in(?! (?:it|them)\b)|home|at home|here|there|around|about|available|back|back home|free|"
    r"at the house|at the property|at the flat|able to|inside|in the (?:house|flat|office|"
    r"building))"
)


ABSENT = re.compile(
    rf"(?:^(?:(?:and|but|so|then) )*(?:away|out|gone|off out|at work|(?:just )?(?:stepping|"
    rf"nipping|popping|heading|going|"
    rf"running|dashing) out)\b|\b(?:i'm|we're|i'll|we'll|i|we|he's|she's|they're|"
    rf"everyone's)(?: \w+){{0,2}} not (?:going to be |gonna be |be )?(?:\w+ )?{PRESENT}\b|"
    rf"not (?:going to be )?{PRESENT}\b|(?:not|won't|never|hardly|don't) (?:ever )?(?:catch|find|"
    rf"get|see) (?:me|us|"
    rf"anyone|anybody|a soul|them) (?:\w+ )??{PRESENT}\b|(?:find|be) (?:nobody|no one|no-one)(?: "
    rf"{PRESENT})?\b|nobody(?:'s|'ll| will| is|'s going to|"
    rf" can)?(?: ever)?(?: be)? (?:actually )?{PRESENT}\b|nobody (?:home|in)\b|"
    rf"(?:won't|can't|isn't|aren't|don't|wouldn't|not going to) (?:\w+ ){{0,2}}?(?:be |"
    rf"get )?(?:\w+ )?{PRESENT}\b(?! to (?:leave|put))|won't (?:be )?(?:anyone|anybody|"
    rf"someone)(?: \w+)* {PRESENT}|there(?:'s| will be|'ll be| won't be|"
    rf"'s going to be) (?:nobody|no one|anyone)(?: (?:at|in|here|home|there|around|about|"
    rf"available|to)\b)?|"
    rf"isn't (?:going to be )?(?:anyone|anybody|someone)(?: here| in| home| at home)?|"
    rf"(?:i'm|we're|i'll be|we'll be|i will be|be|i am|everyone's|everybody's|she's|he's|they're|"
    rf"i|we|going to be) (?:(?!(?:been|run|ran|moved|came|found|sold|sort|worn)\b)\w+ "
    rf")??(?:out(?! of (?!(?:town|station|the "
    rf"(?:house|office|country|flat|building|area|city)|office|action|state|here)\b))(?:side)?|"
    rf"away|gone|at work|"
    rf"at the office|working(?! from home)|travelling|traveling|on holiday|on vacation|off site|"
    rf"out of (?:town|the house|the office|the country)|abroad|busy|overseas|on leave|in hospital|"
    rf"unavailable|in meetings?|at (?:lunch|church|uni|college|class|practice)|on (?:lunch|"
    rf"(?:my|a) (?:\w+ )?break|shift|site|the train|"
    rf"the road|a course)|in (?:class|theatre|surgery|court|bed)|teaching|off site|leaving(?: "
    rf"the (?:house|office|flat)| "
    rf"home| for \w+| here)?(?= at| around| by| about| after| before| soon)|at the (?:doctor|"
    rf"dentist|hospital|gym|school|shops|airport)\w*|"
    rf"tied up|at (?:an|a) \w+|stepping out|heading out|popping out|nipping out|going out|"
    rf"on the school run|off out|on a (?:trip|call|flight))\b|"
    rf"(?:(?:i|we|i'll|we'll|i've|we've)(?: have to| need to| got to| must| do| just)*|^(?:(?:and|"
    rf"but|so|because|sorry) )*(?:got to|need to|have to|must)) (?:leave|go out|(?:duck|shoot|head|"
    rf"pop|step|nip|dash|run|slip|scoot|zip|bob|skip|whizz|dart) (?:out|off|over|round|away|down|"
    rf"up|to (?:the |my )?\w+)|go to work|leave for work|be off|"
    rf"set off|start work)(?: quickly| briefly| for a bit)* (?=at|from|around|by|before|about|"
    rf"between|after|for|in\b)|"
    rf"(?:i'm|we're|i'll be|we'll be) (?:stuck|held up|caught) (?:in|at|on) (?:the )?\w+|"
    rf"(?:i've|i have) (?:got )?(?:a|an) (?:\w+ )?(?:appointment|meeting|class|shift|interview|"
    rf"exam)\b|(?:house|flat|office|shop|store|place|building|reception|school|surgery|salon|"
    rf"clinic|factory|"
    rf"we)(?:'s|'re| is| are| will be|'ll be) (?:having |on )?(?:a )?(?:empty|closed|shut|"
    rf"locked up|holiday|off)|"
    rf"(?:can't|won't|couldn't) (?:do|make|manage|make it|be here|take (?:it|delivery|the|a|any)|"
    rf"accept|receive|get to)\b|(?:doesn't|does not|won't|don't|wouldn't|isn't going to|"
    rf"not going to|didn't) (?:really )?(?:work|suit)\b|(?:isn't|is not|'s not|not|'s no|is no|"
    rf"are no|no|aren't) (?:\w+ )?(?:good|convenient|great|possible|suitable|use|ideal)\b|"
    rf"is bad\b|are bad\b|'s bad\b|(?:is|are|'s|'re|will be) (?:(?:a bit|a little|really|very|"
    rf"quite|too|always|usually) )*(?:tricky|awkward|"
    rf"difficult|hopeless|impossible|out of the question|no go|no-go|a no|a no-no|a pain|a "
    rf"problem|a struggle|hectic|manic|chaos)\b|(?:i'm|we're|he's|she's|they're|nobody's|i am) "
    rf"never (?:ever )?(?:\w+ )??{PRESENT}\b|(?:don't|never) do (?=mornings|afternoons|evenings|"
    rf"weekends|\w+days)|"
    rf"(?:i'm|we're|i'll be|we'll be|i have to|i've got to|i need to|i)(?: just| only)* "
    rf"(?:popping|nipping|heading|going|off|running|dashing|driving|travelling|flying|pop|nip|"
    rf"head|run|dash|go|drive|fly) (?:in|over|down|up|round|across|back|out|off)? ?(?:to|into) "
    rf"(?!bed\b|be\b|have\b|say\b|ask\b|need\b|want\b|get\b|give\b|the door)(?:the |my |our |a |"
    rf"an )?\w+|"
    rf"(?:^(?:(?:and|but|so|because) )*|(?:i|we) )leav(?:e|ing) (?:the (?:house|flat|office)|"
    rf"home|for \w+|here|work)? ?(?=at\b|around\b|by\b|about\b|soon\b|after\b|before\b|(?:one|"
    rf"two|three|four|five|six|seven|eight|nine|ten|half|quarter|noon)\b)|"
    rf"(?:we|office|shop|store|reception|surgery|school|place|they|clinic|warehouse|gate|"
    rf"building|lobby|bar|pub|cafe|salon)(?: all)? (?:close|closes|shut|shuts|lock|locks)(?: "
    rf"(?:up|down))?(?: for (?:lunch|\w+))?(?= (?:from|between|on|\w+days?\b))|"
    rf"(?:gate|gates|door|doors|building|lobby|entrance|barrier|office|shop)(?:'s| is| are|'re) "
    rf"(?:locked|closed|shut|bolted)(?: up)?(?= (?:after|from|between|until|till?|before|on))|"
    rf"\b(?:tomorrow|\w+day)(?:'s| is) (?:off|out)(?= *$|[,.])|not (?=between|today|this "
    rf"(?:morning|afternoon|evening)|in "
    rf"the|tonight|"
    rf"tomorrow|(?:on )?(?:mon|tues|wednes|thurs|fri|satur|sun)day))"
)


_UNTIL = re.compile(
    r"\b(?:away|out|gone|holiday|vacation|back|home|abroad)\b.*\b(?:until|till?|through|up to)\b"
    r"(?! \w+ (?:today|tonight))"
)
_LEAVING = re.compile(
    r"\b(?:leave|leaving|go|head|pop|step|nip|going|heading|popping|stepping|nipping|start|be "
    r"off|set off|shoot|duck|dash|run|slip|"
    r"meeting|appointment) "
)
_BACK_AT = re.compile(r"\b(?:not|n't|nobody)\b.*\bback (?:at|around|about)\b")
_BACK_IN = re.compile(r"\bback (?:home |here )?(?:in|within) (?!the\b)")
_NO_ABSENCE = re.compile(
    r"\b(?:good|convenient|great|suitable|use|ideal|(?<!at )work|suit|bad|do|make|manage|accept|"
    r"possible|"
    r"receive|able to)$|^no |'s no$"
)
_AWAY = re.compile(
    r"\b(?:nobody|not|n't|out|away|gone|at work|at the|holiday|vacation|abroad|overseas|empty|"
    r"holiday|lunch|break|hospital|theatre|court|class|surgery|leave|to the|popping|nipping|"
    r"heading|flying|"
    r"closed|shut|travelling|traveling|unavailable|working|busy)\b"
)


def absence_of(window: Window, text: str) -> Window:
    """Return what an absence covers: leaving at three is being away from three."""
    if window.day and not window.timed and _UNTIL.search(text):
        return replace(window, day=None)
    if window.end is None and window.start is not None and _BACK_IN.search(text):
        return replace(window, start=None, end=window.start)
    if window.start is None or window.start != window.end:
        return window
    if _LEAVING.search(text):
        return replace(window, end=None)
    return replace(window, start=None) if _BACK_AT.search(text) else window


_PREDICAMENT = (
    r"(?:(?:an?|the|real|such a|big|deep|serious|so much|a lot of|bad|terrible|horrible|good|great|"
    r"foul|right|bit of a|desperate) )*(?:trouble|hurry|rush|pain|need|mess|state|bind|pickle|luck|"
    r"agreement|charge|bits|tears|mood|panic|favou?r|touch|control|debt|danger|agony|shock|"
    r"two minds|position|way|with a chance|it|your hands|my (?:pyjamas|dressing gown|slippers|"
    r"nightie|eighties|nineties|seventies)|a (?:wheelchair|frame|walker|zimmer|crutch\w*)|crutches|"
    r"oxygen|benefits|my own)\b"
)
"""What one can be in or on without being anywhere else."""
_ELSEWHERE = re.compile(
    r"\b(?:i'm|we're|i'll be|we'll be|i've got to be|he's|she's|they're|everyone's|everybody's|"
    r"i've been|on my way|we) (?:all |both |just |only |actually |still |probably |going |off )*"
    r"(?:in|at|on|over at|down at|up at|up in|down in|to|with|(?:up|down|over|round|off|out)(?= "
    r"(?:the|at|in|my|to)\b)(?: at| in| to)?) "
    r"(?!(?:home|here|it|the house|my house|our house|the (?:back |front )?(?:garden|yard|house|"
    r"flat|"
    r"apartment|kitchen|shed|garage|workshop|basement|door|property|building|desk|office|shop|"
    r"unit)|"
    r"my desk|number|the (?:first|second|third|fourth|fifth|ground|top) floor|between|from|until|"
    r"till?|after|before|by|all|today|tonight|this|around|about|at|on|in|any|time|my (?:way|own|"
    r"phone|mobile|cell)|for|the (?:whole|morning|afternoon|evening|day|phone)|apartment|flat|unit|"
    r"room|suite|\d|half|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|noon|"
    r"midday|"
    r"\w+day|tomorrow|bed|nights?|off)\b)"
    rf"(?!{_PREDICAMENT})"
    r"(?:(?:the|my|our|a|an|his|her) )?[a-z'-]+"
)
_ACTIVITY = re.compile(
    r"\b(?:i've|we've|i|we|he's|she's)(?:'ve| have| has|'ll be| will be)?(?: got| to| have to)* "
    r"(?:(?:a|an|the|my|our|some) )?(?:class(?:es)?|lectures?|lessons?|meetings?|surgery|shift|"
    r"appointment|training|church|mass|prayers?|physio|dialysis|practice|rehearsal|seminar|exams?|"
    r"interview|work|viewings?|calls?|"
    r"(?:collect|pick up|fetch|drop(?: off)?|take|walk|do) (?:\w+ ){0,3}?(?:kids?|little ones?|"
    r"child(?:ren)?|boys?|girls?|daughter|son|dog|school run|grandkids|grandson|granddaughter|"
    r"mother|mum|mom|dad|father|wife|husband|shopping))\b"
)


def elsewhere(text: str) -> re.Match[str] | None:
    """Find that somebody is at another place, or at some business of theirs, at a stated time."""
    return _ELSEWHERE.search(text) or _ACTIVITY.search(text)


def is_absence(words: str) -> bool:
    """Tell whether words with no time beside them say that the customer is away."""
    return _NO_ABSENCE.search(words) is None and _AWAY.search(words) is not None
