"""Whether the customer agrees: in so many words, or with a bare yes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.rules.analysis import Kind
from app.rules.directives.reading import Reading, Scene

_CONFIRM_ROWS = (
    r"(?:that|this|it|that one|the time|that time|today|tomorrow|tonight|this (?:morning|"
    r"afternoon|evening)|the (?:time|slot|day|morning|afternoon|evening|window|delivery)|"
    r"that (?:day|slot|window|plan)|everything|all|either|any ?time(?: today)?|all of that|(?:mon|"
    r"tues|wednes|thurs|fri|satur|sun)day|time)(?:'s| is| all|'ll be| will be| would be|'d be|"
    r" sounds| works| suits| should be| seems)*(?: (?:absolutely|just|totally|perfectly|all|"
    r"really|very|quite|still|be|completely|me|us|sounds|fine and)(?= ))*"
    r"(?: ?(?:fine|good|great|perfect|ok|okay|correct|right|lovely|ideal|brilliant|grand|"
    r"all right|alright|no problem|no bother|wonderful|me|us|works|excellent|suits me|fantastic|"
    r"super|cool|for me|well|agreed|no worries|sorted|convenient|it|spot on|sweet|"
    r"down to the ground|a good time))+(?: (?:for me|for us|with me|by me|with us|too|then|"
    r"actually|by us|perfectly|here|today|tomorrow|as well|fine))*",
    r"(?:sounds|works|suits|all|looks|seems) (?:good|great|fine|grand|brilliant|super|perfect|"
    r"lovely|okay|ok|well|"
    r"for me|for us|me|us|like a plan|wonderful|ideal)(?: (?:fine|for me|to me|with me|then|here|"
    r"by me|as planned))*",
    r"(?:happy|fine|ok|okay|good|cool) (?:with|by) (?:that|me|us|it)",
    r"see (?:you|ya|yous|them|him|you guys|you lot) (?:then|later|soon|tomorrow|today|in a bit|"
    r"there|this \w+|at \w+)|go ahead(?: (?:with (?:it|the delivery|that)))?|carry on|go for it|"
    r"as (?:planned|arranged|normal|usual|scheduled)|(?:i|we)(?:'ll| will|'m|'re) (?:definitely |"
    r"certainly |all )?(?:be )?(?:here|in|home|at home|there|around)(?: (?:all day|then|anyway|"
    r"waiting|for it|to (?:receive|get|take|accept|collect) it|all (?:morning|afternoon)|"
    r"the whole day|today|for that|no problem))*|"
    r"(?:i|we) (?:can )?confirm(?: (?:that|it|the delivery|the time|the slot))?|confirmed?|"
    r"any ?time(?: (?:is|works|suits|today|at all|will do|'s))*(?: (?:fine|good|okay|great|me|"
    r"for me))*|anytime|(?:i'm|we're) (?:happy|good|all good|fine|ok|okay|all set|set|ready|"
    r"looking forward)(?: (?:with (?:that|it)|to receive it|for that|to go|to it|then|thanks))*|"
    r"looking forward to it|(?:no|nothing|don't have any|no need for)(?: (?:special|other|"
    r"particular|further|more|extra|specific|any))* (?:instructions|requests|changes|special|else|"
    r"to (?:add|change))(?: (?:needed|from me|required))*|nothing (?:special|else|more|to (?:add|"
    r"change))|just (?:deliver it|bring it)(?: (?:as normal|as usual|like normal))?|"
    r"(?:the )?(?:usual|same) (?:place|as (?:usual|always|last time|before))|that'll (?:do|"
    r"work)(?: nicely| fine)?|you(?:'ve| have) got it|all good|no changes|just as planned|"
    r"by all means|proceed|please do|do that|i'd love that|(?:i'm|i'll be) expecting (?:it|you)",
)


_YES = (
    r"(?:yes|yeah|yep|yup|yah|aye|ya|sure|certainly|absolutely|definitely|of course|okay|ok|"
    r"fine|perfect|great|lovely|brilliant|wonderful|correct|right|indeed|alright|all right|"
    r"no problem|no worries|cool|good|grand|sure thing|you bet|excellent|super|affirmative|"
    r"exactly|sounds good|please|thanks|thank you|ta|cheers|hi|hello|hey|oh|well|so|and|very much|"
    r"so much|bye|then|mate|that's|it's|good (?:morning|afternoon|evening)|no|there|love|ever|"
    r"haha|go ahead|got it|understood|i see|a lot|for (?:that|letting me know|calling|the (?:call|"
    r"heads up|update)))"
)


_FULL_CONFIRM = re.compile(rf"^(?:{_YES},? )*(?:{'|'.join(_CONFIRM_ROWS)})(?:,? {_YES})*$")


_ONLY_YES = re.compile(rf"^(?:{_YES}(?:,? |$))+$")


_A_YES = re.compile(
    r"\b(?:yes|yeah|yep|yup|yah|aye|ya|sure|certainly|absolutely|definitely|of course|okay|ok|"
    r"fine|perfect|great|lovely|correct|right|indeed|alright|no problem|no worries|"
    r"good(?! (?:morning|afternoon|evening|bye|day))|grand|you bet|excellent|cool|brilliant|"
    r"wonderful|super|affirmative|exactly|sounds good|go ahead)\b"
)


def read_confirm(scene: Scene) -> Iterator[Reading]:
    """Yield a confirmation that stands on its own words; a bare yes is loose."""
    text = scene.text.strip(" ,.!?")
    if not text or "_" in text:
        return
    if _ONLY_YES.match(text):
        if _A_YES.search(text):
            yield scene.read(Kind.CONFIRM, (0, len(scene.text)), None, 0.8, loose=True)
    elif _FULL_CONFIRM.match(text):
        yield scene.read(Kind.CONFIRM, (0, len(scene.text)), None, 0.93)
