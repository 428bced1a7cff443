"""Every text message, in every language, in one segment wherever that is possible."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from typing import Any

from app.rules.texts import spoken
from app.rules.texts.answers import ANSWERS
from app.rules.texts.segments import plain, segments

# From the most courteous to the shortest: the first that fits into one segment is sent.
_LINK: Mapping[str, tuple[str, ...]] = {
    "en": (
        "{company}: your delivery comes {when}. Tell the driver what to do: {link} "
        "Reply STOP to opt out.",
        "{company}: delivery {when}. What should we do? {link} STOP to opt out",
        "{company}: delivery {when}. What should we do? {link} STOP=opt out",
        "{company}: delivery {when} {link} STOP=opt out",
    ),
    "es": (
        "{company}: su entrega llega {when}. Indique al repartidor qué hacer: {link} "
        "Responda STOP para darse de baja.",
        "{company}: entrega {when}. ¿Qué hacemos? {link} STOP para darse de baja",
        "{company}: entrega {when}. ¿Qué hacemos? {link} STOP=baja",
        "{company}: entrega {when} {link} STOP=baja",
    ),
    "fr": (
        "{company} : votre livraison arrive {when}. Vos consignes pour le livreur : {link} "
        "Répondez STOP pour ne plus recevoir ni appels ni SMS.",
        "{company} : livraison {when}. Vos consignes : {link} STOP=fin des appels et SMS",
        "{company} : livraison {when}. Consignes : {link} STOP=fin SMS",
        "{company}: livraison {when} {link} STOP=fin SMS",
    ),
    "de": (
        "{company}: Ihre Lieferung kommt {when}. Was soll der Fahrer tun? {link} "
        "Mit STOP abmelden.",
        "{company}: Lieferung {when}. Ihr Wunsch: {link} Mit STOP abmelden",
        "{company}: Lieferung {when}. Ihr Wunsch: {link} STOP=abmelden",
        "{company}: Lieferung {when} {link} STOP=abmelden",
    ),
}
OVERRIDE = "sms_link"
"""The key of a company's own text in ``Tenant.prompts``."""
_SHORTEST_NAME = 12


def link_text(
    language: str, *, company: str, when: str, link: str, own: Mapping[str, Any] | None = None
) -> str:
    """The message that asks an unreached customer: who, when, the link, and how to stop it.

    ``own`` is a company's ``Tenant.prompts``; its text counts where it has the link and STOP in
    it. The name of the company loses its legal form, then its last words, rather than that a
    second segment begins.
    """
    language = spoken(language)
    values = {"when": plain(when), "link": link}
    company = plain(" ".join(company.split()))
    texts = (*_own(language, own), *_LINK[language])
    if values["when"].endswith("."):
        texts = tuple(text.replace("{when}.", "{when}") for text in texts)
    for name in dict.fromkeys((company, _without_form(company))):
        for text in texts:
            if segments(filled := plain(text).format(company=name, **values)) == 1:
                return filled
    return _shortened(plain(texts[-1]), _without_form(company), values)


def answer_text(which: str, language: str, *, company: str, phone: str) -> str:
    """A short answer to a message, by its name in ``ANSWERS``, in one segment."""
    text = plain(ANSWERS[spoken(language)][which])
    return _shortened(text, plain(" ".join(company.split())), {"phone": phone})


def _shortened(text: str, company: str, values: Mapping[str, str]) -> str:
    words = company.split(" ")
    by_words = [" ".join(words[:count]).rstrip(" .,-&") for count in range(len(words), 0, -1)]
    first = by_words[-1]
    by_letters = [first[:count] + "." for count in range(len(first) - 1, _SHORTEST_NAME - 1, -1)]
    for name in (company, *by_words, *by_letters):
        if segments(filled := text.format(company=name, **values)) == 1:
            return filled
    # Two segments either way: then with the whole name.
    return text.format(company=company, **values)


_FORMS = (
    " limited", " ltd", " ltd.", " gmbh & co. kg", " gmbh", " inc", " inc.", " llc", " ag", " s.a.",
    " s.l.", " sarl", " sas", " plc", " kg", " corporation", " corp.", " incorporated",
)  # fmt: skip


def _without_form(company: str) -> str:
    """The name without its legal form, which nobody misses."""
    lowered = company.lower()
    longest = max((form for form in _FORMS if lowered.endswith(form)), key=len, default="")
    return company[: len(company) - len(longest)].rstrip(" ,") or company


def _own(language: str, prompts: Mapping[str, Any] | None) -> tuple[str, ...]:
    given = (prompts or {}).get(language)
    text = given.get(OVERRIDE) if isinstance(given, Mapping) else None
    if not isinstance(text, str) or "STOP" not in text:
        return ()
    try:
        names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        return ()
    return (text,) if names <= {"company", "when", "link"} and "link" in names else ()
