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
    r"down to the ground|a good time))+(?: (?:for (?:me|us|today|tomorrow|tonight|\w+day|this "
    r"\w+)|with me|by me|with us|too|then|"
    r"actually|by us|perfectly|here|today|tomorrow|as well|fine))*",
    r"(?:sounds|works|suits|all|looks|seems) (?:good|great|fine|grand|brilliant|super|perfect|"
    r"lovely|okay|ok|well|"
    r"for me|for us|me|us|like a plan|wonderful|ideal)(?: (?:fine|for me|to me|with me|then|here|"
    r"by me|as planned))*",
    r"(?:happy|fine|ok|okay|good|cool) (?:with|by) (?:that|me|us|it)",
    r"see (?:you|ya|yous|them|him|you guys|you lot) (?:then|later|soon|tomorrow|today|in a bit|"
    r"there|this \w+|at \w+)|go (?:right |on )?ahead(?: (?:with (?:it|the delivery|that)))?|"
    r"carry on|go for it|"
    r"as (?:planned|arranged|normal|usual|scheduled|agreed)(?:(?: is|'s| would be|'ll be| "
    r"sounds) (?:fine|good|great|perfect|lovely|grand|ok|okay))?|(?:i|we)(?:'ll| will|'m|'re) "
    r"(?:definitely |"
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
    r"(?:you|they|he) (?:can|may|could) (?:come|deliver|bring it|proceed|deliver it|come over|"
    r"come along)(?: (?:then|now|sir|today|"
    r"please|no problem))*|(?:i'm|we're|i'll be|we'll be) (?:available|at home|here|home|in|"
    r"around|ready|waiting)(?: (?:only|all day|for it|"
    r"today|now|then|and waiting|anyway|at home|here|sir))*|leave it as (?:it is|is)|(?:nothing|"
    r"no) (?:objections?|issues?)|"
    r"(?:please )?do (?:come|bring it|deliver it|pop (?:round|over|in))(?: (?:round|over|along|"
    r"in|by|then|"
    r"today|tomorrow|please))*|yes do|(?:please )?come (?:along|over|round|on over|on round|"
    r"ahead)(?: "
    r"(?:then|please|today|tomorrow|any ?time))*|(?:please )?(?:do )?come (?:any ?time|"
    r"when(?:ever)? (?:you|"
    r"he|they) (?:like|want|can|please)|when(?:ever)? suits)|when(?:ever)?(?:'s| is)? (?:good|"
    r"fine|you like|"
    r"suits(?: you)?|works)|(?:you're|you are|he's|they're) (?:all right|alright|fine|ok|okay|"
    r"good|free|"
    r"welcome) to (?:come|deliver|bring it)(?: (?:then|today|round|over|whenever|any ?time))*|"
    r"by all means|proceed|please do|do that|i'd love that|(?:i'm|i'll be) expecting (?:it|you)",
)


_YES = (
    r"(?:yes|yeah|yep|yup|yah|aye|ya|sure|certainly|absolutely|definitely|of course|okay|ok|"
    r"fine|perfect|great|lovely|brilliant|wonderful|correct|right|indeed|alright|all right|"
    r"no problem|no bother|no worries|cool|good|grand|sure thing|you bet|excellent|super|"
    r"affirmative|"
    r"exactly|okay dok(?:ey|ie)|okey doke(?:y)?|agreed|deal|sounds good|please|thanks|thank you|"
    r"ta|cheers|hi|hello|hey|oh|well|so|and|very much|"
    r"so much|bye|then|mate|that's|it's|good (?:morning|afternoon|evening)|no|there|love|ever|"
    r"haha|righto|rightio|righty|no dramas?|no drama|too easy|go on(?: then)?|happy days|good "
    r"as gold|sweet as|beaut|works a "
    r"treat|by all means|be my guest|go ahead|got it|understood|i see|a lot|god bless(?: you)?|"
    r"bless (?:you|ya)|much obliged|very good|for (?:that|letting "
    r"me know|calling|the (?:call|"
    r"heads up|update)))"
)


_FULL_CONFIRM = re.compile(rf"^(?:{_YES},? )*(?:{'|'.join(_CONFIRM_ROWS)})(?:,? {_YES})*$")


_ONLY_YES = re.compile(rf"^(?:{_YES}(?:,? |$))+$")


_A_YES = re.compile(
    r"\b(?:yes|yeah|yep|yup|yah|aye|ya|sure|certainly|absolutely|definitely|of course|okay|ok|"
    r"fine|perfect|great|lovely|correct|right|indeed|alright|no problem|no bother|no worries|"
    r"good(?! (?:morning|afternoon|evening|bye|day))|grand|you bet|excellent|cool|brilliant|"
    r"wonderful|super|righto|rightio|no dramas?|too easy|go on|happy days|good as gold|sweet as|"
    r"beaut|works a treat|affirmative|exactly|ok[ae]y doke?(?:y|ie)?|agreed|deal|sounds good|go "
    r"ahead)\b"
)


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_ASSENT = _words(
    "yes yeah yep yup yah aye sure certainly absolutely "
    "definitely ok okay okey fine perfect great lovely brilliant "
    "wonderful correct right alright indeed grand good cool sweet "
    "super ideal excellent fantastic spot-on agreed confirm confirmed confirming "
    "confirms works work suits suit happy accept accepted approve "
    "righto righty rightio beaut bonza champion dandy splendid convenient "
    "sorted done deal affirmative roger smashing tickety-boo sound order "
    "spot timing timings available waiting marvellous peachy golden awesome "
    "fab suitable acceptable problem problems bother worries objection objections "
    "issue issues complaints dramas wukkas drama expecting "
)
_ABOUT_IT = _words(
    "that that's that'll that'd this it it's it'll it'd "
    "time times today tomorrow tonight morning afternoon evening day "
    "slot window delivery appointment schedule plan everything all either "
    "monday tuesday wednesday thursday friday saturday sunday arrangement date "
    "arrangements i i'm i'll i'd we we're we'll we'd "
    "me us you you'll expecting "
)
_BESIDE = _words(
    "a the is are will would be can do "
    "does did just absolutely perfectly totally really very quite "
    "completely so all to for with by from and "
    "then too as well at here there now on "
    "my our your thanks thank cheers ta please mate "
    "love sir madam ma'am dear darling pal buddy hi "
    "hello hey oh um ah well no not any "
    "whatsoever see have has been am sounds sound looks "
    "look seems great down ground end planned plan usual "
    "normal scheduled arranged agreed go ahead receive it's happen "
    "happily gladly anyway also still good going both definitely "
    "certainly man bro yaar per leave put kettle side "
    "from end treat days deliver delivered on boss much "
    "more than me only works' enough how like likewise "
    "day's what's you've said told home house in waiting "
    "wait around ready set god bless obliged by all means "
)
_ASKS_BACK = re.compile(
    r"^(?:(?:and|but|so|oh|well|hi|hello) )*(?:put|is|are|will|would|can|could|do|does|did|what|"
    r"who|how|"
    r"when|where|why|have|has)\b"
)
_NO_BUT = re.compile(
    r"\b(?:not|no(?! (?:problems?|bother|worries|objections?|issues?|complaints|dramas?|wukkas)))\b"
)
_MUST_AGREE = re.compile(
    r"\b(?:confirm\w*|(?:in|all) order|waiting|available|sound(?!s)|timings?|as per|works?|"
    r"suits?|agreed|happy|accept\w*|approve|ok|okay|fine|good|great|"
    r"perfect|grand|lovely|as (?:planned|arranged|agreed|scheduled|usual|normal)|right|correct|"
    r"all right|alright|no (?:problems?|bother|worries|"
    r"objections?|issues?|dramas?)|expecting|convenient|sorted|ideal|brilliant|beaut|spot on|"
    r"wonderful|excellent|awesome|suitable|acceptable|cool|super|deal)\b"
)


def _agrees(text: str) -> bool:
    """Tell whether a clause has words of assent and of what is assented to, and no others."""
    words = [re.sub(r"'(?:s|ll|re|d|m|ve)$", "", word) for word in re.findall(r"[a-z'-]+", text)]
    if not 2 <= len(words) <= 14 or _ASKS_BACK.match(text) or _NO_BUT.search(text):
        return False
    known = all(word in _ASSENT or word in _ABOUT_IT or word in _BESIDE for word in words)
    subject = (
        any(word in _ABOUT_IT for word in words)
        or sum(w in _ASSENT for w in words) > 1
        or " as " in text
    )
    return known and subject and not re.search(r"\d", text) and _MUST_AGREE.search(text) is not None


_PRAISES = re.compile(
    r"\byou(?:'ve| have|'re| are) (?:all |been |always |just |so )*(?:brilliant|great|lovely|"
    r"wonderful|excellent|fantastic|amazing|super|good|kind|perfect)\b(?! to)"
)
_USUAL = re.compile(r"\b(?:usual|same)\b")
"""Where the usual place is named beside it, that is what was meant."""


def read_confirm(scene: Scene) -> Iterator[Reading]:
    """Yield a confirmation that stands on its own words; a bare yes is loose."""
    text = scene.text.strip(" ,.!?")
    if not text or "_" in text or _PRAISES.search(text):
        return
    if _ONLY_YES.match(text):
        if _A_YES.search(text):
            yield scene.read(Kind.CONFIRM, (0, len(scene.text)), None, 0.8, loose=True)
    elif _FULL_CONFIRM.match(text) or (not scene.asked and _agrees(text)):
        usual = _USUAL.search(text) is not None
        yield scene.read(Kind.CONFIRM, (0, len(scene.text)), None, 0.93, loose=usual)
