"""What is for the company, not the driver: cancelling, no more calls, a wrong number, a person."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.rules.analysis import Kind
from app.rules.directives.lexicon import PARCEL
from app.rules.directives.opt_outs import OPT_OUT_PARTS
from app.rules.directives.reading import Reading, Scene
from app.rules.directives.strangers import STRANGER_PARTS

VOICEMAIL = re.compile(
    r"\b(?:you(?:'ve)? (?:have )?reached|leave (?:me )?(?:a|your) (?:short |brief |"
    r"quick )?(?:message|name)|after the (?:tone|beep)|at the (?:tone|beep)|can't (?:come to|"
    r"get to|take your call|answer (?:the|your|my))|"
    r"not (?:available|able) to (?:take|answer)|isn't available|unable to (?:take|answer|come)|"
    r"(?:get|call|ring) (?:right )?back to you|mailbox (?:is|of|has|belong)|voice ?mail|"
    r"(?:person|number|customer|"
    r"party|subscriber|mobile) you(?:'re| are|'ve| have)? (?:calling|dialled|dialed|trying)|"
    r"please (?:record|hold)|answering machine|answerphone|press (?:one|1|the hash key) (?:to|for|"
    r"when)|switched off|out of (?:coverage|reach)|not reachable|i'll call you back|"
    r"return your call)\b"
)
_VOICEMAIL_SURE = re.compile(
    r"\b(?:you(?:'ve)? (?:have )?reached|after the (?:tone|beep)|at the (?:tone|beep)|mailbox "
    r"(?:is|of|has|belong)|sound of the (?:tone|beep)|not in service|"
    r"voice ?mail|answering machine|answerphone|(?<!want to )(?<!wish to )leave (?:me )?(?:a|your) (?:short |brief |"
    r"quick )?message(?! with)|"
    r"(?:person|number|customer|party|subscriber|mobile)(?: that)? you(?:'re| are|'ve|"
    r" have)? (?:calling|dialled|dialed|trying|called)|take your call|switched off|not reachable|"
    r"(?:come|get) to the phone)\b"
)

_ROWS: tuple[tuple[Kind, str], ...] = (
    (
        Kind.OPT_OUT,
        r"\b(?:don't|never) (?:wish|like|want|need) (?:to be|being) (?:called|contacted|phoned|"
        r"rung|texted|bothered)"
        r"(?: (?:again|any ?more|any longer))?|"
        r"\b(?:stop|quit|cease) (?:with )?(?:all |these |your |the )*(?:robo|auto|cold|nuisance|"
        r"spam|automated )?-?(?:calling|ringing(?! (?:the |my |our )?(?:door|bell|buzzer|"
        r"doorbell|intercom))|phoning|texting|messaging|contacting|"
        r"bothering|harassing|with (?:these|the)|these|all these|the(?= (?:calls|texts|messages|phone calls)))(?: (?:me|us|this|my|number|"
        r"here|calls|texts|messages|house|phone|please|again))*|"
        r"\b(?:don't|never|no longer|mustn't|not to)(?: ever)? (?:call|ring|phone|contact|text|"
        r"message|telephone|bother|dial)(?: on)?(?: (?:me|us|this (?:number|phone|line)|here|"
        r"this|my (?:number|"
        r"phone|"
        r"mobile|cell)|the house))?(?: on this number)? ?(?:again|any ?more|any longer|"
        r"ever(?: again)?|in (?:the )?future)|"
        r"\b(?:take|remove|delete|get|scrub|cross|strike|wipe|leave|keep)(?: \w+)? ?(?:me|us|my "
        r"(?:number|"
        r"name|"
        r"details|phone number)|this number|my|number|name|details)(?: (?:off|from|out|on|of|your|"
        r"the|this|any|calling|call|list|lists|system|database|records|phone|contact|marketing|"
        r"books))* (?:list|lists|system|database|records|books)|\b(?:remove|delete|lose|"
        r"forget) (?:my|this) (?:phone )?number\b|"
        r"\btake (?:my|this) (?:\w+ )?number off\b|\bdon't (?:wish|want|like|need) to "
        r"(?:receive|get|have|be "
        r"getting) (?:any )?(?:more )?(?:of )?(?:these|such|your|this)? ?(?:kind of )?(?:calls?|"
        r"messages?|texts?)\b|"
        r"\b(?:no more|no further) (?:of (?:these|your) )?(?:calls|phone calls|messages|texts|"
        r"automated)|"
        r"\bdo[- ]not[- ]call(?: list| register)?|\bdon't call list|\bunsubscribe\b|"
        r"\bopt(?:ing)? (?:me )?out\b|\b(?:i )?don't want (?:any (?:more )?|these |your |"
        r"to (?:get|"
        r"receive) (?:any more |these |any )?|you (?:calling|ringing|phoning|to (?:call|ring|"
        r"phone|"
        r"contact) me (?:again|any ?more)))(?:(?:automated |phone |robo |marketing )?(?:calls|"
        r"messages|texts|phone calls))?|\btake (?:me|us) off\b",
    ),
    (
        Kind.WRONG_NUMBER,
        r"\b(?:(?:got|have|dialed|dialled|rang|called|is|it's|you've) )?(?:the |"
        r"a )?wrong (?:number|person|phone|(?<!at the wrong )(?<!to the wrong )house(?! (?:again|"
        r"last|every|before))|guy|man|woman|"
        r"customer|lad|bloke|fella|lady|place|extension|"
        r"department|line|party)\b(?<!the wrong place)|\b(?:rung|called|dialled|dialed|got|have|"
        r"reached|through to) the wrong place\b|"
        r"\b(?:it's|this is|that's) not (?:for (?:us|me)\b|\w+'s any ?more)|\bthis number "
        r"(?:belongs to|isn't|used to|is someone|"
        r"changed)\b[\w ]*|^(?:(?:nope|no|sorry|hi|hello|pal|mate|there's) )*no (?!one\b|body\b|"
        r"need\b|problem|rush|dog|pets|lift|parking|"
        r"bell|doorbell|buzzer|gate|code|cash|change|signal|access|room|space|concierge|safe|"
        r"place|porch|reception|more\b|other\b|key)"
        r"[a-z]+ (?:here|lives here|living here)(?: any ?more)?$|\b(?:isn't|not) at this "
        r"number\b|\b(?<!we )(?<!i )(?<!we've )(?<!i've )(?<!just )(?:left here|moved (?:out|on|away)) "
        r"(?:\w+ )?(?:years?|months?|weeks?|ages|a (?:while|year|month)|last|\w+ years)\b[\w ]*|"
        r"\b(?:it|that|this)(?:'s| is)? ?(?:isn't|"
        r"not) me\b|\bi'm not the (?!(?:\w+ )?(?:one|person) (?:who|that) (?:deals|handles|takes|"
        r"signs|orders|does|looks|buys|"
        r"arranged|dealt))(?:customer|one|person|guy|lady|man|woman|owner|"
        r"recipient)\b[\w' ]*|\b(?:nobody|no-?one|"
        r"there's nobody|there isn't anyone|not anyone|no person|there's no person) (?:here |"
        r"living here |at this \w+ )?(?:by|of|with|called(?! (?:me|us|back|to|him|her|and|"
        r"about)\b)|"
        r"named|goes by) (?:that|the|"
        r"this)?(?: name)?|\b(?:nobody|there's nobody|not anyone|"
        r"there isn't anyone)(?: here)? (?:called(?! (?:me|us|back|to|him|her|and|about)\b)|"
        r"named) \w+|"
        r"\b(?:there's|there isn't|there is) (?:no|any|an?) (?!one|body|bell|doorbell|need|rush|"
        r"problem|answer|parking|gate|lift|space|room|number|code|way|point|key|buzzer|reason|"
        r"door|"
        r"hurry|dog|letter|box|signal|elevator|concierge|safe|where|place|porch|reception|access|"
        r"light|sign|worries)(?:\w+\.? ){1,3}?(?:here|at this (?:number|address|house|phone)|"
        r"on this (?:number|phone|line)|living here|lives here|in this (?:house|building))|"
        r"\bno \w+\.?(?: \w+)? (?:at this (?:number|address)|lives here|living here|"
        r"on this number)|"
        r"\b(?:doesn't|don't|didn't|no longer|isn't|not) (?:live|lives|living|work|works)(?: here|"
        r" at this (?:address|number))(?: any ?more| any longer)?|\b(?:she|he|they|person)(?:'s|"
        r"'ve)? (?:has |have )?moved (?:out|away)\b|\b(?:i )?don't know (?:any|a|anyone (?:called|"
        r"named|by)|who) \w+(?: (?:is|that))?|\bnever heard of (?:him|her|them|that|\w+)|"
        r"\b(?:this|"
        r"that|it)(?:'s| is)? ?(?:isn't|not) (?:\w+(?:'s)?|the right|his|her|their) (?:number|"
        r"phone|"
        r"mobile)|\bi'm not (?:the person(?! who| that)|who you|her|him|mr|mrs)\b|\bisn't my "
        r"(?:parcel|package|"
        r"delivery|order)|\b(?:it's|that's) not my (?:parcel|package|delivery|order)\b|"
        r"\bwrong person\b|\bmis-?dial\w*|\bdiall?ed (?:it |this )?wrong(?:ly)?\b|\byou (?:want|"
        r"need|must want|"
        r"must mean|'re looking for|must be looking for) (?:someone|anybody|another person) else\b|"
        r"\b(?:this|that|it)(?:'s| is)? ?(?:isn't|not) (?:(?:mrs?|ms|miss|dr)\.? )?\w+'?s? "
        r"(?:number|phone|mobile|"
        r"house|line)\b|^(?:(?:and|but|no|sorry|hi|hello|well|look) )*i'm not (?!(?:in|home|"
        r"here|there|sure|happy|"
        r"going|able|available|well|bothered|fussed|expecting|at|around|available|back|"
        r"impressed|the|a|an|your|too|"
        r"very|really|so|free|out|on|off|well|interested|allowed|kidding|joking|ready|always|"
        r"usually|normally|"
        r"getting|coming|paying|working|being|having|getting|quite|up|far|mobile|certain|"
        r"worried|keen|signing|"
        r"fond|dressed|decent|great|good|that|gonna|asking|it|me|one|feeling|near|due|satisfied|"
        r"pleased)\b)"
        r"(?:mr |mrs |ms )?[a-z]+$",
    ),
    (
        Kind.SPEAK_TO_HUMAN,
        r"\b(?:speak|talk|chat|complain|speaking|talking|spoken)(?: directly|"
        r" on the phone)? (?:to|with) (?!(?:you|my|the (?:neighbo|concierge|porter|doorman|"
        r"reception|"
        r"guard)|him|her|them|me about)\b)(?:(?:an?|the|some|your|one|actual|real|live|human|"
        r"proper|"
        r"customer|another|any|delivery|actual) )*(?:someone|somebody|one|anyone|person|human|"
        r"being|"
        r"people|agent|operator|manager|representative|rep|advis[oe]r|supervisor|service|services|"
        r"support|care|driver|office|depot|dispatch(?:er)?|team|department|courier|desk|line|body|"
        r"staff|complaints|assistant|guy|boss|living|member)\b(?: being| services?| who[\w ]*|"
        r" of staff)?|"
        r"\b(?:put|get|connect|transfer|patch|pass|give|find) (?:me )?(?:on |through |over |"
        r"straight |onto )*(?:to |with )?(?:(?:an?|the|some|your|actual|real|live|human|customer|"
        r"another|any) )*(?:someone|somebody|human|person|agent|operator|manager|representative|"
        r"rep|"
        r"advis[oe]r|supervisor|customer services?|complaints|real one|driver(?! (?:to|a)\b)|"
        r"office(?! a\b)|depot|boss|"
        r"helpline|"
        r"dispatch(?:er)?)\b(?: (?:on the (?:phone|line)|to (?:call|ring|phone) me(?: back)?))?|"
        r"\b(?:have|get|ask|can|could|need|want|like|would|i'd like|someone|please have)(?: (?:a|"
        r"an|"
        r"the|your|some|real|actual))* (?:someone|somebody|person|human|manager|agent|supervisor|"
        r"representative|operator|advisor|real person)(?: (?:please|from [\w ]+?|in charge|there|"
        r"at the office))* (?:to )?(?:call|ring|phone|contact|speak to|talk to|get back to) (?:me|"
        r"us)(?: back)?|^(?:an? |the )?(?:human|operator|agent|representative|real person|"
        r"customer service)(?: please)?$|\bis there (?:a|an|any)?(?: real| human|"
        r" actual)? ?(?:person|human|one|someone|anyone)(?: i (?:can|could|may|might)| to| "
        r"there)[\w ]*|"
        r"\ba real (?:person|human)\b|\bnot (?:a|to a|talking to a) (?:machine|robot|computer|"
        r"recording)|\bi (?:want|need) (?:a|an) (?:human|person|agent|operator|manager|"
        r"representative)\b",
    ),
    (
        Kind.SPEAK_TO_HUMAN,
        r"\b(?:put|get|connect|transfer|patch|pass|give|find|fetch) (?:me )?(?:on |through |over |"
        r"straight |onto )*(?:to |with |hold of )?(?:one|any|some|a member|anyone|someone|somebody) (?:of|on|in|from) "
        r"(?:your|the) (?:staff|people|team|colleagues|lot|guys|agents|managers|office|operators|"
        r"humans|supervisors)(?: (?:to )?(?:on the (?:phone|line)|(?:call|ring|phone) me(?: back)?))?|"
        r"\b(?:have|get|like|want|need) (?:one|any|some|someone|somebody|a member) (?:of|from|on) (?:your|the) "
        r"(?:people|staff|team|colleagues|guys|office|managers)(?: to)? (?:call|ring|phone|contact|speak to|talk to) (?:me|us)"
        r"(?: back)?|\banyone real\b[\w ]*|\b(?:speak|talk|discuss)\b[\w ]*? (?:to|with) (?:one|any|some) "
        r"of (?:your|the) (?:people|staff|team|colleagues|lot|guys)|\bdiscuss (?:this|it|that) with "
        r"(?:an? )?(?:supervisor|manager|person|human|someone|somebody|agent)\b|(?:not|n't|rather not) "
        r"(?:be )?(?:discussing|talking|speaking|dealing|arguing|having|discuss|deal|argue)\b[\w ]*? (?:to|"
        r"with) (?:a|an|this|that|your) (?:\w+ )?(?:machine|robot|computer|recording|bot)\b|"
        r"\bi (?:just )?(?:want|need) a (?:real |actual |living )?(?:person|human)\b(?! (?:to (?:sign|take|be)))",
    ),
    (
        Kind.SPEAK_TO_HUMAN,
        r"\b(?:transfer|connect|patch) me\b(?: (?:through|over|to \w+(?: \w+)?))?(?! (?:the|it)\b)|"
        r"\b(?:with|from|to|by|fetch me|get me|find me|give me) (?:an? )?(?:actual|real|human|live|proper|living) "
        r"(?:person|representative|human|agent|rep|operator|being|voice)\b|\b(?:fetch|get|find|give|put) (?:me )?"
        r"(?:on |through to )?(?:someone|somebody|anyone|anybody) (?:real|human|with a pulse|in charge|who's real)\b|"
        r"\b(?:sooner|rather|prefer to|like to|want to|need to) (?:deal|talk|speak|chat|sort (?:it|this) out) "
        r"(?:to|with) (?:an? )?(?:person|human|man|woman|body|agent|representative)\b|"
        r"\bcan't be (?:doing|bothered|dealing) with (?:these |this |the |your |an? )?(?:\w+ )?(?:robots?|machines?|"
        r"computers?|recordings?|bots?)\b",
    ),
    (
        Kind.CANCEL,
        r"\bstop (?:the|my|this|that) (?:delivery|order|parcel|package|shipment)\b|\b(?:it|that|this|parcel|one|"
        r"they)(?:'s| is| has| wants| needs| can| are)? (?:to |got to |just )?(?:go|going|be sent|be returned) back "
        r"(?:to (?:the (?:shop|store|sender|seller|warehouse|depot)|where it came|sender|them|amazon)|for a refund)\b|"
        r"\btake (?:it|that(?: one)?|mine|this(?: one)?) off (?:the|your) (?:van|truck|round|lorry)\b|"
        r"\bdon't (?:bother )?(?:deliver|delivering|send|sending|bringing|bring) (?:it|that|this)(?: out)? (?:at all|"
        r"any ?more)\b|\b(?:forget|call off|cancel) the whole (?:thing|order|lot)\b|\bcall (?:it|the whole thing) off\b|"
        r"\bnot wanted(?: any ?more| now| any longer)?\b|\bi've (?:bought|got|ordered|found) (?:one|it|another(?: one)?) "
        r"(?:elsewhere|already|somewhere else)\b",
    ),
    (
        Kind.CANCEL,
        rf"(?<!don't )(?<!not )(?<!n't want to )(?<!forget )(?<!about )(?<!instead of "
        rf")(?<!rather than )\b(?:cancel|cancelling|"
        rf"canceling)\b(?!led)(?: (?:{PARCEL}|the whole (?:thing|order)|my (?:order|delivery)|"
        rf"the (?:order|delivery)|altogether|everything))?|\b(?:cancel|cancelled) (?:{PARCEL})|"
        rf"\b(?:don't|no longer|wouldn't|didn't) (?:actually |really )?(?:want|need) (?:{PARCEL}|"
        rf"the \w+)(?= (?:any ?more|any longer|now|after all|at all|thanks|thank|bye|cheers|if|so|"
        rf"and|please|because|, )|$|,|_)(?: (?:any ?more|any longer|after all|at all|now))?|"
        rf"\b(?:don't|no longer) (?:want|need) (?:{PARCEL}|the \w+) (?:any ?more|any longer|"
        rf"after all|at all)|\bno longer (?:want|need|require)(?: (?:{PARCEL}))?|\b(?:send|take|"
        rf"ship|"
        rf"bring) (?:{PARCEL} )?(?:straight |right )?back(?: {PARCEL})?(?! (?:to (?:my|the house)|"
        rf"tomorrow|on|later|again|at|when|monday|another|home|after))(?: to (?:the )?(?:sender|"
        rf"depot|shop|store|warehouse|seller|where it came from|them|company))?|"
        rf"(?<!don't )(?<!not )\b(?:return|refuse|reject|refusing|"
        rf"returning) (?:{PARCEL})?(?: ?to (?:the )?(?:sender|seller|store|shop|depot|"
        rf"company))?(?<=[a-z])|\breturn(?:ed)? to sender\b|\b(?:i'm|we're) (?:returning|refusing|"
        rf"not accepting) (?:{PARCEL})|\b(?:it|that) can go (?:straight )?back\b|"
        rf"\b(?:want|like|need|have|get) (?:{PARCEL} )?(?:to be )?(?:cancell?ed|sent back|"
        rf"returned|refunded)\b|"
        rf"\b(?:refus\w+|declin\w+) (?:to (?:accept|take|receive) )?(?:{PARCEL}|delivery)|"
        rf"\bcall (?:{PARCEL}|the whole "
        rf"thing) off\b|\bcall off (?:{PARCEL})|\b(?:scrap|bin|stop|void|abort|kill) (?:the|my|"
        rf"our|this) (?:order|"
        rf"delivery)\b|\btake (?:{PARCEL} )(?:away|back)\b(?! (?:to (?:my|the house)|in(?:to|"
        rf"side)))|\b(?:won't|not going "
        rf"to|not) (?:be )?(?:accept(?:ing)?|taking) (?:{PARCEL}|delivery)|"
        rf"\bdon't (?:bother )?(?:deliver(?:ing)?|bring(?:ing)?|"
        rf"send(?:ing)?) (?:{PARCEL})(?: at all|"
        rf" any ?more| please)?$",
    ),
)
_MORE_ROWS: tuple[tuple[Kind, str], ...] = (
    (Kind.OPT_OUT, OPT_OUT_PARTS),
    (Kind.WRONG_NUMBER, STRANGER_PARTS),
    (
        Kind.SPEAK_TO_HUMAN,
        r"\b(?:connect|transfer|put|patch|pass|get|give|hand) (?:me|us) (?:(?:on|through|over|"
        r"straight|on ?to|to|with|a|an|the|your|any|some|someone|somebody) )*(?:senior(?: \w+)?|"
        r"superior|higher[- ]up|boss|in ?charge|live \w+|human(?: being)?|customer (?:care|service|"
        r"support)|help ?desk|real \w+|actual \w+)\b|"
        r"\b(?:speak|talk|complain|deal)(?:ing)? (?:to|with) (?:(?:your|the|a|an|some|any) "
        r")*(?:senior"
        r"(?: \w+)?|superior|higher[- ]up|whoever(?:'s| is) in charge|someone (?:senior|higher|"
        r"real)|"
        r"actual \w+|customer care|help ?desk|head office|flesh and blood)\b|"
        r"\b(?:have|get) a (?:quick )?(?:word|chat) with (?:your|the (?!neighbo)|a|an|someone|"
        r"somebody)(?: \w+)?\b|"
        r"\bdon't (?:want|like|wish)(?: to)? (?:talk|speak|talking|speaking|deal|dealing) (?:to|"
        r"with) "
        r"(?:a |an |these |this |your )?(?:\w+ )?(?:machines?|robots?|computers?|recordings?|"
        r"bots?)\b|"
        r"^(?:(?:please|just|get me|give me|i want|i need) )*(?:a |an |the )?(?:supervisor|"
        r"manager|real "
        r"person|live person|live agent|customer care|help ?desk|human being|representative|"
        r"operator)"
        r"(?: please| now)*$",
    ),
    (
        Kind.CANCEL,
        rf"\b(?:don't|no longer|doesn't|didn't)(?: (?:actually|really|even|now))* (?:want|need) "
        rf"(?:it|them|this|that|{PARCEL})(?: (?:any ?more|any longer|after all|at all|now))?"
        r"(?= (?:it|i|we|he|she|they|because|since|as|so|and|anyway|please|sorry|thanks|full "
        r"stop|came|was|took|arrived|turned|"
        r"cancel|send|return|take)\b)(?! (?:and|so|as) (?:wet|early|late|soon|long|far)\b)"
        r"(?! i (?:left|think you)\b)|"
        rf"\b(?:it|that|this|they|the \w+)(?:'s|'re| is| are) (?:not|no longer|isn't|not actually) "
        rf"(?:wanted|needed|required)(?: (?:any ?more|any longer|now))?|\bno longer (?:wanted|"
        rf"needed|"
        rf"required)\b|"
        rf"\b(?:you|they|the shop|the sender) can (?:just )?(?:keep|have) (?:it|{PARCEL})(?: "
        rf"back)?$|"
        rf"\b(?:forget|scrap|bin|withdraw|pull|drop) (?:about )?(?:the whole (?:thing|order|lot)|"
        rf"the "
        rf"(?:order|delivery) altogether|my order)\b|"
        rf"\b(?:want|like|get|need) (?:my money back|a (?:full )?refund)\b",
    ),
)
_PATTERNS = tuple((kind, re.compile(row)) for kind, row in (*_ROWS, *_MORE_ROWS))


def is_voicemail(plain: str) -> bool:
    """Tell whether an answer is a machine's greeting, not a customer."""
    return _VOICEMAIL_SURE.search(plain) is not None or len(VOICEMAIL.findall(plain)) > 1


def read_service(scene: Scene) -> Iterator[Reading]:
    """Yield cancellations, opt-outs, wrong numbers and calls for a person."""
    for kind, pattern in _PATTERNS:
        for match in scene.matches(pattern):
            yield scene.read(kind, match.span(), None, 0.93)
