"""The words by which people steer every sender of text messages: STOP, START, HELP.

English words: Twilio's default list (its opt-out keywords, with REVOKE and OPTOUT since 2025).
A whole message counts, never a word within a sentence: those are read like any other answer. The
few set phrases are of the languages whose sentences only a person here understands: whoever wants
no more calls shall not have to wait for one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

STOP, START, HELP = "stop", "start", "help"
_STOPS = (
    "stop|stopall|unsubscribe|cancel|end|quit|revoke|optout"
    "|alto|parar|pare|baja|cancelar|fin|arret|arrete|arretez|arreter|stopper|desabonner"
    "|desinscrire|stopp|stoppen|abmelden|abbestellen|aufhoren|beenden|ende"
    "|stopsms|basta|yabasta|paren|darsedebaja|dardebaja|darmedebaja|demedebaja|denmedebaja"
    "|nomasllamadas|nomasmensajes|nomassms|nomellamenmas|nollamenmas|yanomellamen|yanollamen"
    "|dejendellamar|dejendellamarme|nomeescribanmas|yanomeescriban"
    "|desabonnement|desinscription|medesabonner|sedesabonner|desabonnezmoi|desinscrivezmoi"
    "|nemappelezplus|nappelezplus|nemecrivezplus|arretezdemappeler|arretezdappeler|arretezlesappels"
    "|arretezdemecrire"
    "|abmeldung|austragen|schluss|horensieauf|keineanrufemehr|keinesmsmehr|keinenachrichtenmehr"
    "|nichtmehranrufen|niewiederanrufen|rufensiemichnichtmehran|nichtmehrschreiben"
    "|schreibensiemirnichtmehr"
)
_STARTS = "start|unstop|yes|iniciar|empezar|alta|demarrer|commencer|starten|anmelden"
_HELPS = "help|info|infos|ayuda|informacion|aide|hilfe"
_WORDS: Mapping[str, str] = {
    word: meaning
    for meaning, words in ((STOP, _STOPS), (START, _STARTS), (HELP, _HELPS))
    for word in words.split("|")
}
_ANSWERED_BY_NETWORK = frozenset(
    [
        "stop",
        "stopall",
        "unsubscribe",
        "cancel",
        "end",
        "quit",
        "revoke",
        "optout",
        "start",
        "unstop",
        "yes",
    ]
)
_ABOUT_THE_PARCEL = frozenset({"cancel", "cancelar", "abbestellen"})
_COURTESY = frozenset(
    ["please", "por", "favor", "svp", "bitte", "now", "thanks", "gracias", "merci", "danke"]
)


def keyword(text: str) -> str | None:
    """``stop``, ``start`` or ``help`` where the message is such a word and nothing else."""
    return _WORDS.get(_bare(text))


def only_if_stopped(text: str) -> bool:
    """Is it YES: START where the number was stopped, and an answer like any other where not?"""
    return _bare(text) == "yes"


def may_mean_the_parcel(text: str) -> bool:
    """Is it CANCEL: STOP to the network, but perhaps meant for the delivery?"""
    return _bare(text) in _ABOUT_THE_PARCEL


def answered_by_network(text: str) -> bool:
    """Does Twilio itself confirm this word, so that an answer of ours would be a second one?

    It knows the bare word alone, in whatever case. After a STOP of its own list it also refuses
    what we send (its error 21610). Its answer to HELP names neither the company nor a number, so
    that one is ours to give.
    """
    return text.strip().casefold() in _ANSWERED_BY_NETWORK


def _bare(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(each for each in decomposed if not unicodedata.combining(each))
    words = re.findall(r"[a-z]+", letters)
    if any(each.isdigit() for each in text):
        return ""
    bare = "".join(word for word in words if word not in _COURTESY)
    return bare.replace("silvousplait", "")
