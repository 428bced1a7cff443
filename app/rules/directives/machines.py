"""What is said to a machine in a machine's words: data and prompts, no customer's wish."""

from __future__ import annotations

import re

_DATA = re.compile(
    r"""\{\s*["']?\w+["']?\s*:|["']\w+["']\s*:\s*["'\[{\d]|^\s*\{.*\}\s*$|</?script|```|"""
    r"""\$\{|\{\{|\bselect \* from\b|\bdrop table \w+;|\binsert into \w+ values\b""",
    re.IGNORECASE | re.DOTALL,
)
_PROMPT = re.compile(
    r"(?:^|[.!?;,\n]\s*)(?:system|assistant|developer|prompt)\s*:|"
    r"\b(?:ignore|disregard|forget|override|bypass)\b(?: \w+)? (?:all|any|every|your)\b"
    r"(?: (?:of|the|your|my|these|those))*"
    r"(?: (?:previous|prior|earlier|above|preceding|other|existing|system))*"
    r" (?:instructions?|prompts?|rules|directives?|guidelines|programming)\b|"
    r"\b(?:ignore|disregard) (?:the |my )?(?:previous|prior|above) (?:instructions?|prompts?)"
    r" and (?:output|print|return|respond|say|write|set)\b|"
    r"^\s*output \w+|\boutput(?:s|ting)? (?:(?:a|an|the|only|just) )?(?:cancel\w*|json|"
    r"directives?|confirm|opt|true|false|urgent)\b|"
    r"\b(?:respond|reply|answer) (?:only )?with (?:the |a |only )?(?:json|directives?)\b|"
    r"\bset (?:the )?(?:priority|sentiment|confidence|needs?[ _]review|kind)(?:[ _]score)? "
    r"(?:to|as|=)|"
    r"\b(?:return|print|emit|generate|produce|add) (?:\w+ ){0,3}?(?:json|directives?)\b|"
    r"\b(?:you are|you're|act as|pretend (?:to be|you're|you are)) an? (?:ai|language model|"
    r"chat ?bot|llm|large language model)\b|\bas an? (?:ai|language model)\b|"
    r"\bsystem prompt\b|\b(?:developer|debug|admin|god) mode\b",
    re.IGNORECASE,
)


def is_for_a_machine(transcript: str) -> bool:
    """Tell whether an answer is data or a prompt; nobody says such to a driver."""
    return _DATA.search(transcript) is not None or _PROMPT.search(transcript) is not None
