"""Every text message, in every language, in one segment wherever that is possible."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from typing import Any

from app.rules.texts import spoken
from app.rules.texts.answers import ANSWERS
from app.rules.texts.segments import plain, segments
from app.saying import Saying

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
NAMES = ("company", "link", "when")
"""What such a text may name; it must name ``link``."""
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
    return (text,) if isinstance(text, str) and _fault(text) is None else ()


def usual_text(language: str) -> str:
    """The message that comes with DelAuto, as long as there is room."""
    return _LINK[spoken(language)][0]


def sample_text(language: str, company: str, own: Mapping[str, Any] | None) -> str:
    """The message as a customer would read it."""
    when = _USUAL_WHEN[spoken(language)]
    return link_text(language, company=company, when=when, link=_USUAL["link"], own=own)


def own_problem(language: str, text: object) -> Saying | None:
    """What is wrong with a company's own text message with the link, or None.

    It must fit into one segment with usual values: one that does not is never sent.
    """
    if not isinstance(text, str):
        return Saying("must be a text")
    if fault := _fault(text):
        return fault
    filled = plain(text).format(**{**_USUAL, "when": plain(_USUAL_WHEN[language])})
    if (count := segments(filled)) > 1:
        return Saying(
            "takes %(count)s text messages with usual values, must fit into one: %(filled)s",
            count=count,
            filled=repr(filled),
        )
    return None


_USUAL = {"company": "Harbour Parcels", "link": "https://calls.example.com/i/" + "x" * 39}
_USUAL_WHEN = {
    "en": "tomorrow 9:30-11:30 AM",
    "es": "mañana 9:30-11:30 a.m.",
    "fr": "demain 9h30-11h30",
    "de": "morgen 9:30-11:30 Uhr",
}


def _fault(text: str) -> Saying | None:
    if "STOP" not in text:
        return Saying("must say how to stop them, with the word STOP")
    try:
        parts = [part for part in Formatter().parse(text) if part[1] is not None]
    except ValueError:
        return Saying("has a brace { or } that is no placeholder")
    names = {str(name) for _, name, _, _ in parts}
    if unknown := sorted(names - set(NAMES)):
        return Saying(
            "knows no %(name)s; it may name %(names)s",
            name=f"{{{unknown[0]}}}",
            names=", ".join(f"{{{name}}}" for name in NAMES),
        )
    if any(form or conversion for _, _, form, conversion in parts):
        return Saying("has a placeholder that is no plain name in braces")
    if "link" not in names:
        return Saying("must name %(names)s", names="{link}")
    return None
