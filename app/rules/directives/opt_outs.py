"""How customers say that they are not to be called or written to again, built from its parts."""

from __future__ import annotations

_REACH = (
    r"(?:call|ring|phone|contact|text|message|telephone|bother|dial|disturb|harass|pester|hassle|"
    r"email|sms|whatsapp|buzz|spam|hound)"
)
_REACHING = (
    r"(?:calling|ringing|phoning|contacting|texting|messaging|telephoning|bothering|dialling|"
    r"dialing|disturbing|harassing|pestering|hassling|emailing|spamming|hounding)"
    r"(?! (?:the |my |our |that |this )?(?:door|front door|bell|buzzer|doorbell|intercom|gate)\b)"
)
_REACHED = (
    r"(?:called|rung|phoned|contacted|texted|messaged|telephoned|bothered|disturbed|harassed|"
    r"pestered|hassled|emailed|hounded|spammed)"
)
_ME = (
    r"(?:me|us|this (?:number|phone|line|house)|here|my (?:number|phone|mobile|cell|house|home|"
    r"wife|husband|mother|mum|mom|father|dad)|the house|anyone|him|her)"
)
_MESSAGES = (
    r"(?:(?:any|these|those|this|such|your|more|further|of|the|all|recorded|automated|automatic|"
    r"robot|robo|machine|marketing|phone|sales|nuisance|unsolicited|stupid|silly|bloody|kind|sort|"
    r"text|voice|daily) ?-?)*"
    r"(?:calls?|robo-?calls?|phone calls?|texts?|messages?|voicemails?|sms(?:es)?|texting|calling)"
)
_NEVER_MORE = (
    r"(?:again|any ?more|any longer|ever(?: again)?|in (?:the )?future|from now on|for good|"
    r"henceforth|after this|going forward)"
)
_NOT = (
    r"(?:don't|never|no longer|mustn't|not to|not|didn't|wouldn't|won't|shouldn't|can't|aren't "
    r"(?:allowed )?to|isn't to|nobody (?:is )?to)"
)
_STOP = (
    r"(?:stop|quit|cease|leave off|lay off|give over|pack in|knock off|enough (?:of|with)|"
    r"no more of|be done with|put an end to|end)"
)

OPT_OUT_PARTS = "|".join(
    (
        rf"\b{_NOT}(?: (?:ever|be|keep|you|please|to))* (?:{_REACH}|{_REACHING}|{_REACHED})"
        rf"(?: on)?(?: {_ME})*(?: by (?:phone|text|email|sms))?(?: about (?:it|this|that|\w+ "
        rf"\w+))?,? {_NEVER_MORE}\b",
        rf"\b(?:don't|never|not to|mustn't)(?: ever| please)* contact(?:ing)? {_ME}\b"
        r"(?! (?:before|after|until|till?|on|at|unless|if|between|when|while|during|today|tonight|"
        r"tomorrow|this|in the|by|about|for|by phone)\b)",
        rf"\bnever(?: ever)? (?:call|ring|phone|text|message|telephone|bother) {_ME}\b"
        r"(?! (?:before|after|until|till?|on|at|unless|if|between|when|during|back)\b)",
        rf"\b{_STOP} (?:(?:robo|auto|auto-?matic|cold|spam|machine|prank|bloody|"
        rf"constantly)[ -]?)+{_REACHING}"
        rf"(?: {_ME})*",
        r"\b(?:knock|pack|cut|give) it (?:off|in|out|up) with (?:the|these|your|all the) "
        r"\w*-?calls?\b",
        r"\bno more (?:robots?|machines?|recordings?|computers?) (?:ringing|calling|phoning|"
        r"texting)\b",
        rf"\bnobody (?:from (?:there|you|your \w+) )?(?:ever )?(?:rings|calls|phones|texts|"
        rf"contacts|bothers) (?:me|us|this "
        rf"number|here) (?:{_NEVER_MORE}|on this (?:number|phone))",
        rf"\bnever (?:signed up|asked|agreed|consented) (?:for|to) (?:\w+ )?{_MESSAGES}",
        r"\bblock (?:me|us|my number|this number)\b",
        r"\b(?:calls?|texts?|messages?)\b[\w ,]*\bstop it$",
        rf"\b{_STOP} (?:it )?(?:with )?(?:(?:all|these|your|the|those|this|constantly|bloody) )*"
        rf"(?:{_REACHING}|{_MESSAGES})(?: {_ME})*(?: {_NEVER_MORE})?",
        rf"\bstop (?:sending|giving|leaving|making)(?: {_ME})? {_MESSAGES}",
        rf"\bstop (?:this|that|the|your|these) (?:\w+ ){{1,2}}?(?:from )?{_REACHING}(?: {_ME})*",
        rf"\b(?:don't|no longer|didn't|never)(?: (?:really|actually|ever))? (?:want|wish|care|like|"
        rf"need|agree|consent|ask|sign up|appreciate)(?:e?d)?(?: (?:to|for))?(?: (?:receive|get|"
        rf"have|"
        rf"be getting|be receiving|take|getting|receiving|being sent|be sent))? {_MESSAGES}\b"
        r"(?! (?:me|us|when|before|after|first|ahead|you|back)\b)",
        rf"\b(?:don't|no longer|didn't|never)(?: (?:really|actually|ever))? (?:want|wish|care|like|"
        rf"need|agree|consent|appreciate)(?:e?d)? (?:to be|being) {_REACHED}(?: {_NEVER_MORE})?"
        r"(?! (?:before|after|until|till?|on|at|when|between|while)\b)",
        r"\b(?:don't|no longer|never) (?:want|wish|care|need) to hear from (?:you|your|this|the)"
        r"(?: (?:lot|people|company|again|any ?more))*",
        r"\b(?:no|not any|any(?= further)) (?:more|further)(?: \w+)?? (?:calls|texts|messages|"
        r"phone calls|"
        r"robo-?calls|reminders)\b",
        r"\b(?:lose|delete|remove|erase|forget|scrub|wipe|bin|drop|scratch|get rid of|take off) "
        r"(?:my|this|our|the)(?: \w+)? (?:number|details|name|contact|digits)\b(?! (?:in|at|"
        r"through|"
        r"on the (?:buzzer|keypad))\b)",
        r"\b(?:take|get|leave|keep|strike|cross) (?:me|us|my (?:number|name|details|phone|"
        r"mobile)|this number) off\b(?! (?:the (?:step|porch|hook|phone)))",
        r"\b(?:remove|delete|unsubscribe) (?:me|us)\b",
        rf"\bdon't (?:ever )?use (?:this|my) (?:number|phone) {_NEVER_MORE}",
        r"\b(?:withdraw|revoke|take back) (?:my )?(?:consent|permission)\b|\bdon't (?:consent|give "
        r"(?:you )?(?:my )?(?:consent|permission))\b|\bno (?:consent|permission) to (?:call|"
        r"contact|"
        r"text)\b",
        r"\b(?:do[- ]not[- ](?:call|disturb)|don't (?:call|disturb)|dnd|no[- ]call|no[- ]contact|"
        r"opt[- ]?out|"
        r"tps)(?: (?:list|register|registry|file))\b",
    )
)
"""Alternatives of one pattern; "don't call me" for this delivery alone is no opting out."""
