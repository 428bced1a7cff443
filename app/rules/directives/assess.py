"""Judges an answer as a whole: how it sounds, how soon to act, whether a person should listen."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.rules.analysis import Analysis, Directive, Kind, Priority, Sentiment
from app.rules.directives.answer import Heard
from app.rules.directives.entities import entities_of, keywords_of
from app.rules.directives.reading import Reading
from app.rules.directives.sentence import dispatcher_summary, driver_sentence

_ANGRY = re.compile(
    r"\b(?:(?:third|fourth|fifth|second|umpteenth|3rd|4th|2nd|hundredth) time|ridiculous|"
    r"unacceptable|disgrace(?:ful)?|disgust(?:ed|ing)|appalling|terrible|awful|horrible|rubbish|"
    r"useless|pathetic|hopeless|shambles|shambolic|joke|furious|angry|livid|fuming|"
    r"fed up|sick (?:of|and tired)|had enough|annoy(?:ed|ing)|upset|frustrat(?:ed|ing)|"
    r"disappoint(?:ed|ing)|(?:really|very|so|pretty) (?:poor|bad)|rude|worst|shocking|outrageous|"
    r"incompetent|not (?:very |"
    r"at all )?(?:happy|impressed|good enough)|unhappy|late again|again and again|"
    r"missed me|you (?:lot )?(?:always|keep|never) (?:miss\w*|los\w+|break\w*|leav\w+|get\w*|"
    r"turn\w*|deliver\w*|forget\w*|mess\w*|cancel\w*|com\w+|show\w*|listen)|keeps? (?:getting|"
    r"going|coming) (?:lost|missing|wrong)|still (?:waiting|haven't|hasn't|not here|no)|"
    r"been waiting|waited (?:in )?(?:all|the whole|for|four|three|two|six)|nobody (?:came|"
    r"turned up|showed|bothered)|never (?:came|turned up|showed up|arrived)|"
    r"didn't (?:even )?(?:come|turn up|show up|bother|arrive|knock)|complain(?:t|ing)?|damaged|"
    r"smashed|broken last time|"
    r"wast(?:e|ed|ing) (?:of |my )|let (?:me|us) down|what(?:'s| is) wrong with you|"
    r"for god's sake|for heaven's sake|how (?:hard|difficult) (?:can|is)|how many times|nightmare|"
    r"messed (?:up|me|about)|screwed up|bloody|damn|hell\b|crap|ludicrous|a mess|sort it out|"
    r"do better|last straw|beyond a joke|left (?:it|my \w+) in the rain|threw (?:it|my)|thrown|"
    r"sloppy|careless|lazy|atrocious|dreadful|abysmal|unreliable|shame on)\b"
)
_PLEASED = re.compile(
    r"\b(?:you(?:'ve| have)?(?: guys| all| lot| people)?(?:'re| are|'ve| have)?(?: always| all|"
    r" both| been| just| really| so| honestly| absolutely| such a| a| the| such| very| were|"
    r" was)* (?:brilliant|great|fantastic|amazing|wonderful|excellent|awesome|superb|helpful|"
    r"lovely|star|stars|lifesavers?|legends?|best|kind|incredible|terrific|outstanding|marvellous|"
    r"marvelous|angels?|gem|gems|reliable|fab|perfect)|"
    r"(?:great|brilliant|fantastic|amazing|wonderful|excellent|awesome|superb|lovely|good|best|"
    r"terrific|outstanding|first class|impressive) (?:service|job|work|driver|drivers|company|"
    r"delivery service|team|guy|guys|bunch|stuff|customer service)|(?:service|driver|drivers|team|"
    r"delivery|last (?:one|time|guy)|guy|courier|he|she)(?: last time| yesterday)?(?:'s| is| are|"
    r" was| were| has been| have been|'ve been)(?: always| so| really| just| absolutely| very|"
    r" honestly)* (?:brilliant|great|fantastic|amazing|wonderful|excellent|awesome|superb|lovely|"
    r"helpful|friendly|polite|kind|nice|the best|fab|first class|good|impressive)|"
    r"(?:really|so|very|truly|do|greatly|much|genuinely) (?:appreciate|appreciated|grateful|"
    r"thankful|impressed|pleased|happy with)|love (?:you|your|the|this) (?:guys|service|driver|"
    r"drivers|company|app|all)|can't thank you enough|thanks a million|"
    r"thank you so (?:so )?much(?: for (?:everything|all|the|being|your))|made my day|impressed|"
    r"delighted|over the moon|lifesaver|well done|keep up the good work|never let me down|"
    r"always (?:on time|so helpful|reliable|spot on)|so (?:helpful|kind|excited)|"
    r"appreciate (?:everything|all|what|the good|your hard)|five stars?|top marks|can't fault)\b"
)
_URGENT_NEED = re.compile(
    r"\b(?:urgent(?:ly)?|emergency|asap|as soon as possible|life or death|critical(?:ly)?|"
    r"(?<!n't )(?:need|"
    r"want|needs|must have|have to have|got to have|require)(?:s|ed)? (?:\w+ ){0,4}?(?:right now|"
    r"now|immediately|straight away|right away|at once|this minute|as soon as|today for|"
    r"desperately|quickly)|"
    r"desperate(?:ly)?|immediately|running out|run out|ran out|nearly out of|almost out of|"
    r"last (?:dose|one|inhaler|tablet)|can't wait|gas leak|smell(?:s)? of gas|ambulance|"
    r"bleeding|collapsed|fallen|heart attack|stroke)\b"
)
_HEALTH = re.compile(
    r"\b(?:medicines?|medication|meds|medical|insulin|oxygen|inhalers?|prescriptions?|epipens?|"
    r"dialysis|hospital|surgery|operation|blood (?:pressure|sugar|test|thinners?)|tablets|pills|"
    r"antibiotics|chemo\w*|nebuli[sz]er|feeding tube|heart|diabetic|diabetes|asthma|epilep\w+|"
    r"catheters?|wheelchair|vaccines?|doctor|formula|medically|seizures?|ventilator|pacemaker|"
    r"colostomy|stoma|transplant|allerg\w+|stoma bags)\b"
)
_HEALTH_NEED = re.compile(
    r"\b(?:need|needs|needed|must|have to|has to|depend\w*|rely|relies|without|today|now|soon|"
    r"waiting|important|can't|urgent)\b"
)
_SAFETY = re.compile(
    r"\b(?:gas leak|smell(?:s)? of gas|(?:house|building) (?:is )?on fire|live wires?|"
    r"exposed wires?|electrocut\w+|dangerous dog|dog (?:bites|will bite|attacks)|"
    r"carbon monoxide)\b"
)
_ACTED_ON = frozenset({Kind.RESCHEDULE, Kind.REDIRECT, Kind.CANCEL, Kind.SPEAK_TO_HUMAN})
_INSTRUCTIVE = re.compile(
    r"\b(?:leave|put|pop|drop|place|deliver|bring|take|give|hand|send|call|text|ring|knock|use|"
    r"don't|never|make sure|must|mustn't|need to|have to|code|gate|cancel|reschedule|come|wait|"
    r"park|open|close|shut|lock|ask|tell|keep|hide|pay|collect|instead|except|only|careful|beware|"
    r"sign)\b"
)
_HARMLESS_REST = re.compile(
    r"\b(?:don't (?:worry|mind|know|get along|need anything)|no need|get home|have a (?:good|nice|"
    r"great)|i (?:have|need|want|don't|can|get|come|use|work|ordered|keep|live|bought|leave|take|"
    r"usually|only)|to (?:come|call|ring|use|take|get|be)|we (?:don't|need|have|use|keep|only)|"
    r"they (?:don't|take|come|keep)|it (?:has|was|only|won't|comes)|thanks for|you (?:came|called|"
    r"left|rang|put|had)|he (?:only|can)|that's where|called|calling|leave me|come back to)\b"
)


def assess(heard: Heard, readings: Sequence[Reading], speech_confidence: float) -> Analysis:
    """Return the analysis of an answer from what was read in it."""
    plain = heard.spoken.plain
    sentiment = sentiment_of(plain)
    score = _score(heard, readings, speech_confidence)
    return Analysis(
        directives=tuple(
            Directive(one.kind, one.quoted, min(one.confidence, 1.0), dict(one.slots), *one.lies)
            for one in readings
        ),
        instructions=driver_sentence(readings),
        summary=dispatcher_summary(
            readings,
            voicemail=heard.voicemail,
            complaint=sentiment is Sentiment.NEGATIVE,
            said=bool(plain),
        ),
        sentiment=Sentiment.NEUTRAL if heard.voicemail else sentiment,
        priority=_priority(plain, readings, sentiment) if not heard.voicemail else Priority.LOW,
        keywords=keywords_of(readings, plain),
        entities=entities_of(readings, plain),
        confidence_score=score,
        needs_review=_needs_review(heard, readings, score),
    )


def sentiment_of(plain: str) -> Sentiment:
    """Return how the customer sounds about the service; anger outweighs thanks."""
    if _ANGRY.search(plain):
        return Sentiment.NEGATIVE
    return Sentiment.POSITIVE if _PLEASED.search(plain) else Sentiment.NEUTRAL


def _priority(plain: str, readings: Sequence[Reading], sentiment: Sentiment) -> Priority:
    kinds = {one.kind for one in readings}
    health = _HEALTH.search(plain) is not None
    if (
        _SAFETY.search(plain)
        or (_URGENT_NEED.search(plain) and not _not_urgent(plain))
        or (health and _HEALTH_NEED.search(plain))
    ):
        return Priority.URGENT
    if kinds & _ACTED_ON or sentiment is Sentiment.NEGATIVE:
        return Priority.HIGH
    return Priority.NORMAL if kinds - {Kind.CONFIRM} else Priority.LOW


def _not_urgent(plain: str) -> bool:
    return (
        re.search(
            r"\b(?:not|isn't|no|n't) (?:that |so |very |really )?(?:urgent|emergency|rush|"
            r"desperate)\b",
            plain,
        )
        is not None
    )


def _score(heard: Heard, readings: Sequence[Reading], speech_confidence: float) -> float:
    speech = min(max(speech_confidence, 0.0), 1.0)
    if heard.voicemail:
        return 0.9 * speech
    if not readings:
        return 0.2 * speech
    mean = sum(one.confidence for one in readings) / len(readings)
    rest = sum(1 for words in heard.unused if _carries_instruction(words))
    return max(0.0, min(1.0, mean * (0.4 + 0.6 * speech) - 0.12 * rest))


def _needs_review(heard: Heard, readings: Sequence[Reading], score: float) -> bool:
    if heard.voicemail:
        return False
    if not readings or score < 0.6:
        return True
    if heard.cut_off:
        return True
    return contradictory(readings) or any(_carries_instruction(words) for words in heard.unused)


def _carries_instruction(words: str) -> bool:
    rest = _HARMLESS_REST.sub(" ", re.sub(r"_+", " _ ", words))
    return "_" not in rest and _INSTRUCTIVE.search(rest) is not None and len(rest.split()) > 1


def contradictory(readings: Sequence[Reading]) -> bool:
    """Tell whether two directives cannot both be followed."""
    plain = [one for one in readings if "condition" not in one.slots]
    kinds = {one.kind for one in plain}
    actions = {one.slots.get("action") for one in plain if one.kind is Kind.AVOID}
    places = {str(one.slots.get("place")) for one in plain if one.kind is Kind.LEAVE_AT}
    calls = any(one.kind is Kind.CONTACT and one.slots.get("channel") == "call" for one in plain)
    left = bool(kinds & {Kind.LEAVE_AT, Kind.LEAVE_WITH})
    return (
        len(places) > 1
        or (
            Kind.CANCEL in kinds
            and bool(
                kinds
                & {
                    Kind.LEAVE_AT,
                    Kind.LEAVE_WITH,
                    Kind.HAND_OVER,
                    Kind.TIME_WINDOW,
                    Kind.RESCHEDULE,
                    Kind.REDIRECT,
                    Kind.CONFIRM,
                }
            )
        )
        or (Kind.HAND_OVER in kinds and left)
        or ("call" in actions and calls)
        or (
            "leave_with_neighbor" in actions
            and any(
                one.kind is Kind.LEAVE_WITH and "neighb" in str(one.slots.get("recipient"))
                for one in plain
            )
        )
        or (
            bool(actions & {"leave_unattended", "leave_outside"})
            and any(re.search(r"\b(?:porch|step|outside|doorstep)\b", place) for place in places)
        )
        or (Kind.REDIRECT in kinds and Kind.LEAVE_WITH in kinds and Kind.LEAVE_AT in kinds)
        or (Kind.CONFIRM in kinds and bool(kinds & {Kind.CANCEL, Kind.RESCHEDULE}))
    )
