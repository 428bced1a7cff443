"""How those speak who are not the customer, or whose number it no longer is."""

from __future__ import annotations

from app.rules.directives.lexicon import TITLE

STRANGER_PARTS = "|".join(
    (
        r"\byou(?:'ve| have)? (?:just |only )?(?:rung|called|phoned|dialled|dialed|rang|got|"
        r"reached|"
        r"come through to|got through to|got hold of) an? (?!(?:few|lot|couple|hundred|million|"
        r"dozen|"
        r"second|third|good|bad|parcel|package|delivery|box|busy|thing|bit|man|woman|minute|moment|"
        r"problem|nerve|cheek|point|code|key|number|letter|card|van|time|day|day's|real|human|"
        r"great|"
        r"nice|lovely|chance|wrong)\b)[a-z]+(?: [a-z]+)?(?: (?:pal|mate|love|here|sorry|son|hen|"
        r"dear|not \w+|"
        r"i'm afraid|i think|you know))*$",
        r"\bmy name (?:isn't|is not|'s not) \w+|\bmy name's not \w+|\b(?:mixed|mixing|muddled|"
        r"confused|confusing) "
        r"(?:me|us)(?: up)? with\b",
        r"\b(?:sold|gave|passed on|handed down) (?:me|us) (?:this|his|her|their) (?:phone|number|"
        r"sim|mobile)\b|"
        r"\bwon't (?:reach|get|find) (?:him|her|them) (?:on|at) (?:it|this|here|this number)\b|"
        r"\bthis (?:number|phone|"
        r"line) (?:doesn't|does not|no longer) belongs? to\b[\w ]*",
        r"\bthis is an? [a-z]+(?: [a-z]+)?,? not (?:a|the|his|her) (?:house|home|private \w+|"
        r"number|"
        r"phone)\b",
        r"\b(?:s?he|they)(?:'s|'ve| has| have)? (?:just )?(?:changed|got) (?:her|his|their|a new) "
        r"number\b|\b(?:given|gave|giving|got|put down) (?:you |out )?(?:some|somebody|someone|"
        r"an) ?"
        r"(?:other|else)(?: person)?'s number\b",
        r"\b(?:an? )?(?:old|previous|former|out of date|outdated|different|incorrect) (?:phone )?"
        r"number (?:for|of)\b(?: \w+)?|\b(?:isn't|'s not|not|no longer) (?:hers|his|theirs)\b"
        r"(?: any ?more| now)?",
        r"\b(?:i've|we've|i|we) (?:just |only |actually |already )?(?:got|had|have had|have|"
        r"bought) "
        r"this (?:number|phone|sim)(?: (?:for|since|last|a|two|three|new|now|recently)\b[\w ]*)",
        rf"^(?:(?:and|but|no|sorry|hi|hello|well|look|oh) )*no {TITLE}\.? (?!\w+ (?:is|will|can|"
        rf"has|"
        rf"takes|lives)\b)[a-z]+(?: (?:sorry|here|mate|love|i'm afraid|at all))*$",
        r"\b(?:hasn't|haven't|has not|not) (?:lived|worked|been) (?:here|at this \w+)(?: (?:for|"
        r"since|"
        r"in)\b[\w ]*)",
        r"\b(?:s?he|they|that person|\w+) used to (?:live|work) here\b|\b(?:previous|last|former|"
        r"old) "
        r"(?:tenants?|owners?|occupants?|people)(?:'s)? (?:\w+ )?(?:name|number|parcel|moved|"
        r"lived)\b",
        r"\bused to have this (?:number|phone|mobile)\b|\bleft (?:here )?(?:\w+ )?(?:years|ages|"
        r"months|weeks) ago\b|"
        r"\bno such (?:person|name|customer|number)\b|\b(?:that's|it's|that is) (?:not|isn't) my "
        r"name\b|"
        r"\bnot my name\b",
        r"\byou(?:'re| are|'ve| must be| have| want| need)? (?:after|looking for|calling for|want|"
        r"confus\w+ me with|mixed me up with|mistaken me for|thinking of) (?:someone|somebody|"
        r"anyone|"
        r"another \w+) else\b",
    )
)
"""Alternatives of one pattern."""
