"""What a telephone's lock screen, and a reminder by text message, say of news about a stop.

Anybody may look at a lock screen: it names the stop by its place in the round alone. Who lives
there, where that is, and what they want is behind the log-in.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.rules.texts import spoken
from app.rules.texts.segments import plain

_INSTRUCTIONS: Mapping[str, tuple[str, str]] = {
    "en": ("Stop {stop}: new instructions", "New instructions for a stop"),
    "es": ("Parada {stop}: nuevas instrucciones", "Nuevas instrucciones para una parada"),
    "fr": ("Arrêt {stop} : nouvelles consignes", "Nouvelles consignes pour un arrêt"),
    "de": ("Stopp {stop}: neue Anweisungen", "Neue Anweisungen für einen Stopp"),
}
_NEWS: Mapping[str, tuple[str, str]] = {
    "en": ("Stop {stop}: news", "News about a stop"),
    "es": ("Parada {stop}: novedades", "Novedades sobre una parada"),
    "fr": ("Arrêt {stop} : du nouveau", "Du nouveau pour un arrêt"),
    "de": ("Stopp {stop}: Neuigkeiten", "Neuigkeiten zu einem Stopp"),
}
_REMINDER: Mapping[str, str] = {
    "en": "{company}: {news}. You have not confirmed them yet: {link}",
    "es": "{company}: {news}. Aún no las ha confirmado: {link}",
    "fr": "{company} : {news}. Vous ne les avez pas encore confirmées : {link}",
    "de": "{company}: {news}. Noch nicht von Ihnen bestätigt: {link}",
}


def news(language: str, *, stop: int | None, instructions: bool) -> str:
    """One line for a lock screen; ``stop`` is its place in the round, where it has one."""
    numbered, other = (_INSTRUCTIONS if instructions else _NEWS)[spoken(language)]
    return other if stop is None else numbered.format(stop=stop)


def reminder(language: str, *, company: str, stop: int | None, link: str) -> str:
    """The text message to an agent who has not acknowledged instructions."""
    text = _REMINDER[spoken(language)]
    about = news(language, stop=stop, instructions=True)
    return plain(text.format(company=" ".join(company.split()), news=about, link=link))
