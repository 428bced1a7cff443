"""What text messages say, how long they are, and what the words mean that customers send back.

``wording`` has every message in every language, ``moments`` says when a delivery comes,
``segments`` counts what a message costs, ``keywords`` knows STOP, START and HELP, and ``choices``
is what can be picked on the customer's page.
"""

from __future__ import annotations

LANGUAGES = ("en", "es", "fr", "de")


def spoken(language: str | None) -> str:
    """The language of ours that comes nearest: ``es-MX`` is ``es``, an unknown one English."""
    return _plain(language) if is_spoken(language) else "en"


def is_spoken(language: str | None) -> bool:
    """Is it a language of ours, in whatever country's form?"""
    return _plain(language) in LANGUAGES


def _plain(language: str | None) -> str:
    return (language or "").replace("_", "-").partition("-")[0].lower()
