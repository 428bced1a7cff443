"""The compliance gate: may this customer be called or texted now, and if not, when, and why?

Pure: facts and a book of rules in, a verdict with its reasons out. The rules are data, in
``rules.toml``, each with its version and its source. Not legal advice.
"""

from __future__ import annotations

from pathlib import Path

from app.rules.gate.book import RuleBook, RuleBookError, load
from app.rules.gate.facts import Channel, Consented, Contact, Facts, Suppressed
from app.rules.gate.judging import judge
from app.rules.gate.verdict import Reason, Verdict, Weight

BUNDLED = Path(__file__).with_name("rules.toml")
"""The rules that come with the product; reading them is for the edges."""

__all__ = [
    "BUNDLED",
    "Channel",
    "Consented",
    "Contact",
    "Facts",
    "Reason",
    "RuleBook",
    "RuleBookError",
    "Suppressed",
    "Verdict",
    "Weight",
    "judge",
    "load",
]
