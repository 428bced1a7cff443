"""How those speak who are not the customer, or whose number it no longer is."""

from __future__ import annotations

from app.rules.directives.lexicon import TITLE

STRANGER_PARTS = "|".join(
    (
        r"\b(?:an? )?(?:old|previous|former|out of date|outdated|different|incorrect) (?:phone )?"
        r"number (?:for|of)\b(?: \w+)?|\b(?:isn't|'s not|not|no longer) (?:hers|his|theirs)\b"
        r"(?: any ?more| now)?",
        r"\b(?:i've|we've|i|we) (?:just |only |actually |already )?(?:got|had|have had|have|bought) "
        r"this (?:number|phone|sim)(?: (?:for|since|last|a|two|three|new|now|recently)\b[\w ]*)",
        rf"^(?:(?:and|but|no|sorry|hi|hello|well|look|oh) )*no {TITLE}\.? (?!\w+ (?:is|will|can|has|"
        rf"takes|lives)\b)[a-z]+(?: (?:sorry|here|mate|love|i'm afraid|at all))*$",
        r"\b(?:hasn't|haven't|has not|not) (?:lived|worked|been) (?:here|at this \w+)(?: (?:for|since|"
        r"in)\b[\w ]*)",
        r"\b(?:s?he|they|that person|\w+) used to (?:live|work) here\b|\b(?:previous|last|former|old) "
        r"(?:tenants?|owners?|occupants?|people)(?:'s)? (?:\w+ )?(?:name|number|parcel|moved|lived)\b",
        r"\bno such (?:person|name|customer|number)\b|\b(?:that's|it's|that is) (?:not|isn't) my name\b|"
        r"\bnot my name\b",
        r"\byou(?:'re| are|'ve| must be| have| want| need)? (?:after|looking for|calling for|want|"
        r"confus\w+ me with|mixed me up with|mistaken me for|thinking of) (?:someone|somebody|anyone|"
        r"another \w+) else\b",
    )
)
"""Alternatives of one pattern."""
