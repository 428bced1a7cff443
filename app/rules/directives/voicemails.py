"""How an answering machine greets, which is no customer's answer."""

from __future__ import annotations

import re

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
    r"voice ?mail|answering machine|answerphone|(?<!want to )(?<!wish to )leave (?:me )?(?:a|"
    r"your) (?:short |brief |"
    r"quick )?message(?! with)|"
    r"(?:person|number|customer|party|subscriber|mobile)(?: that)? you(?:'re| are|'ve|"
    r" have)? (?:calling|dialled|dialed|trying|called)|take your call|switched off|not reachable|"
    r"(?:come|get) to the phone)\b"
)


def is_voicemail(plain: str) -> bool:
    """Tell whether an answer is a machine's greeting, not a customer."""
    return _VOICEMAIL_SURE.search(plain) is not None or len(VOICEMAIL.findall(plain)) > 1
