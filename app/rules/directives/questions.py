"""What the customer asks: when it comes, where it is, who sent it, or something else."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.rules.analysis import Kind
from app.rules.directives.reading import Reading, Scene
from app.rules.directives.topics import TOPICS

_ASKS = re.compile(
    r"^(?:(?:and|but|so|also|at|by|um|oh|hi|hello|hey|sorry|yes|yeah|no|okay|ok|wait|just|please|"
    r"quick question|one question|question|actually|right|well|then|or|can (?:you|i|somebody|"
    r"someone) (?:just )?(?:tell me|ask|check)|could (?:you|i|somebody) (?:just )?(?:tell me|ask|"
    r"check)|i (?:just )?(?:wanted|want|need|would like|'d like) to (?:know|ask|check)|"
    r"i was wondering|i'm wondering|i wonder|do you know|any idea|tell me|wondering|may i ask|if|"
    r"remind me|about|roughly|approximately|know|like to (?:know|ask)|i'd like to know)[, ]+)*"
    r"(?:what|which|who|who's|whose|why|how|hasn't|haven't|isn't it|are we|any (?:news|updates?|"
    r"sign|word)|when's|when (?:you(?:'re)? (?:reckon|think|gonna|going|coming|due|likely|"
    r"figure|expect\w*|planning|getting|bringing)|d'you|ya|abouts|will|should|is|are|can|do|does|"
    r"would|"
    r"might)|do (?:i|we|you|they)|does|is (?:it|there|this|that|the|my)|are (?:there|these|they|"
    r"you|the)|am i|will (?:i|we|there|you|it|they|the)|should (?:i|we)|can (?:i|we)|could (?:i|"
    r"we)|did|has|have (?:you|i)|what's|must i|would (?:i|it)|was|do your|did (?:my|the|it|you)|"
    r"has (?:it|my|the)|will my)\b"
)


_WHEN_DONE = re.compile(
    r"when (?:you're|you've|you (?:arrive|get|are|have|come|leave|deliver|drop)|(?:it's|it is|"
    r"it has|it gets) (?:been |all )?"
    r"(?:delivered|done|here|there|left|arrived|dropped|outside|in|on|safe))\b"
)


_NOT_A_QUESTION = re.compile(
    r"(?:don't mind|doesn't matter|not (?:bothered|fussed)|no matter|don't care) (?:about "
    r")?(?:what|"
    r"when|which|who|how)\b|"
    r"\b(?:how are you|(?:is there )?any (?:chance|way)|is it possible|is that (?:ok|okay|"
    r"all right|alright|fine|possible|you|clear)|hello|can you hear|are you there|whatever|"
    r"who's (?:this|there|calling|speaking)(?! (?:giving|selling|from|person|company|that|"
    r"who)\b)|who is (?:this|that)(?! (?:giving|from))|is (?:this|that|it) (?:ok|okay|"
    r"possible|all right|alright|fine|a (?:robot|machine|recording))|why not|are you (?:okay|a|"
    r"real|serious|kidding|listening|still there)|(?<!or )what(?:'s that| did you say)?$|"
    r"^(?:sorry |hello |hi |no )*(?:who|what|pardon)(?: no)?$|^(?:(?:so|and|but|well|oh|yeah|"
    r"right|okay|ok|hi|hello|look|listen|basically) )*what (?:happened|i (?:need|want|meant?|do|"
    r"was|usually)|i'd like|it's$|it's (?:i'm|is)|"
    r"i'll do|we (?:need|want|do|usually)|it is is|you (?:can|could|need to|want to|'ll want to) "
    r"do)\b|"
    r"^do you know$|^any idea$|^(?:can|could) you tell me$|how "
    r"(?:hard|"
    r"many times|dare|difficult|come)|what(?:'s| is) (?:wrong|the matter)|is it too much|"
    r"do you mind|would (?:it|that|you) be (?:ok|okay|all ?right|alright|fine|possible|able|too "
    r"much|a problem)|what a|how about|what about|who cares|what was that|say that again)\b|^what$|"
    r"^why$|^(?:can|could) (?:we|i) (?:do|make|have it|get it|change|move|just|please)\b"
)


_WHETHER = re.compile(r"\b(?:if|whether) (?:it|my \w+|the \w+|you|they|he|this)\b")
_TOLD = re.compile(
    r"\b(?:tell me|know|wonder(?:ing)?|check|ask|say|find out|see|idea)$(?<!let me know)(?<!let "
    r"us know)"
)


def read_questions(scene: Scene) -> Iterator[Reading]:
    """Yield what the customer asks, where the clause asks for nothing else."""
    text = scene.text
    opens = _ASKS.match(text) or (_WHETHER.match(text) and _TOLD.search(scene.before))
    if _NOT_A_QUESTION.search(text):
        return
    for topic, pattern in TOPICS:
        match = pattern.search(text)
        if (
            match
            and (opens or scene.asked or _asks_inside(text, match))
            and not _is_subordinate(text, match)
        ):
            yield scene.read(Kind.QUESTION, match.span(), {"topic": topic}, 0.9)
            return


def read_other_questions(scene: Scene) -> Iterator[Reading]:
    """Yield a question of no known topic, where no other reader could use the clause."""
    text = scene.text.strip()
    if (
        _ASKS.match(text)
        and "_" not in text
        and not _NOT_A_QUESTION.search(text)
        and len(text.split()) > 2
    ):
        yield scene.read(
            Kind.QUESTION, (0, len(scene.text)), {"topic": "other"}, 0.85 if scene.asked else 0.7
        )


def _asks_inside(text: str, match: re.Match[str]) -> bool:
    before = text[: match.start()]
    return re.search(
        r"\b(?:know|tell me|ask|wondering|wonder|idea|say|find out|check|see|curious|"
        r"question is) (?:\w+ )?$",
        before,
    ) is not None or (
        match.group().startswith(
            (
                "what time",
                "where",
                "who",
                "how",
                "is it",
                "are you",
                "has",
                "what's",
                "when will",
                "when's",
                "when are",
                "when is",
                "when do",
            )
        )
        and not before.strip()
    )


_WHEN_YOU = re.compile(
    r"when (?:you|you're|you've|it's|he's|she's|they're|the driver|your driver)\b"
)
_WANTS_TO_KNOW = re.compile(
    r"\b(?:know|tell|ask\w*|wonder\w*|idea|say|find out|check|see|curious|sure|question|confirm|"
    r"clarify|advise|remind)\b"
)


def before_it(text: str, match: re.Match[str]) -> bool:
    """Whether other words than joints stand before a match."""
    return (
        re.search(r"[a-z]{3}", re.sub(r"\b(?:and|but|so|just|oh)\b", "", text[: match.start()]))
        is not None
    )


def _is_subordinate(text: str, match: re.Match[str]) -> bool:
    if (
        _WHEN_YOU.match(match.group())
        and before_it(text, match)
        and not _WANTS_TO_KNOW.search(text)
    ):
        return True
    if re.search(
        r"\b(?:let|tell|inform) (?:me|us|him|her|them|(?:my|our|the) \w+(?: \w+)?)(?: know)? $",
        text[: match.start()],
    ) and _WHEN_DONE.match(match.group()):
        return True
    return (
        re.search(
            r"\b(?:text|call|ring|phone|message|leave|put) (?:me |it |us )?$", text[: match.start()]
        )
        is not None
        and match.group().startswith(("when you", "when it's", "where"))
        and not re.search(r"\b(?:tell|to) (?:me )?know\b", text)
    )
