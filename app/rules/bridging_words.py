"""What a driver hears before they are put through; the customer hears none of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.rules.texts import spoken


@dataclass(frozen=True, slots=True)
class Words:
    """One language's; each text is spoken as it stands."""

    greeting: str
    """With {company}. A machine cannot press the key, so none is put through."""
    connecting: str
    busy: str
    no_answer: str
    refused: str
    goodbye: str


WORDS: Mapping[str, Words] = MappingProxyType(
    {
        "en": Words(
            greeting="{company}. To be connected to the customer, press 1.",
            connecting="Connecting you.",
            busy="The customer's line is busy. Goodbye.",
            no_answer="The customer did not answer. Goodbye.",
            refused="This customer cannot be called now. Please ask the office. Goodbye.",
            goodbye="Goodbye.",
        ),
        "es": Words(
            greeting="{company}. Para hablar con el cliente, pulse 1.",
            connecting="Le ponemos en contacto.",
            busy="El cliente está comunicando. Adiós.",
            no_answer="El cliente no ha contestado. Adiós.",
            refused="Ahora no se puede llamar a este cliente. Consulte con la oficina. Adiós.",
            goodbye="Adiós.",
        ),
        "fr": Words(
            greeting="{company}. Pour être mis en relation avec le client, appuyez sur 1.",
            connecting="Nous vous mettons en relation.",
            busy="La ligne du client est occupée. Au revoir.",
            no_answer="Le client n'a pas répondu. Au revoir.",
            refused="Ce client ne peut pas être appelé maintenant. Demandez au bureau. Au revoir.",
            goodbye="Au revoir.",
        ),
        "de": Words(
            greeting="{company}. Um mit der Kundin oder dem Kunden verbunden zu werden, "
            "drücken Sie die 1.",
            connecting="Sie werden verbunden.",
            busy="Der Anschluss ist besetzt. Auf Wiederhören.",
            no_answer="Es hat niemand abgenommen. Auf Wiederhören.",
            refused="Hier darf gerade nicht angerufen werden. Bitte fragen Sie im Büro nach. "
            "Auf Wiederhören.",
            goodbye="Auf Wiederhören.",
        ),
    }
)


def words(language: str | None) -> Words:
    """Those of a language, or of the one that comes nearest."""
    return WORDS[spoken(language)]
