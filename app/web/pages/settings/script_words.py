"""What the texts of the call script and the names in them are called on its page."""

from __future__ import annotations

from app.rules.call_script.voices import offered
from app.web.words import gettext, marked

TEXTS: dict[str, str] = {
    "greeting": marked("Greeting, one delivery"),
    "greeting_several": marked("Greeting, several deliveries"),
    "callback": marked("Your number"),
    "notice": marked("Notice that the call is recorded"),
    "menu": marked("Main choices"),
    "all_fine": marked("Question: is everything fine?"),
    "speak": marked("Request to speak after the beep"),
    "unheard": marked("Nothing was heard"),
    "heard": marked("What was understood, to confirm"),
    "keypad": marked("Choices by key"),
    "keypad_more": marked("Anything else?"),
    "noted_front_door": marked("Noted: front door"),
    "noted_neighbour": marked("Noted: neighbour"),
    "noted_safe_place": marked("Noted: safe place"),
    "noted_only_me": marked("Noted: only to the customer"),
    "noted_text": marked("Noted: text on arrival"),
    "another_day": marked("Choice of another day"),
    "day_chosen": marked("Day chosen, to confirm"),
    "day_kept": marked("Day noted, goodbye"),
    "opt_out": marked("No more calls"),
    "opt_out_confirm": marked("No more calls: confirm or undo"),
    "opt_out_undone": marked("No more calls: undone"),
    "opted_out": marked("No more calls: confirmed"),
    "transfer": marked("Putting the customer through"),
    "promise": marked("Promise to call back"),
    "goodbye": marked("Goodbye"),
    "confirmed": marked("Goodbye: as planned"),
    "thanks": marked("Goodbye: instructions noted"),
    "nothing": marked("Goodbye: nothing changed"),
    "wrong_number": marked("Goodbye: wrong number"),
    "voicemail": marked("Message for an answering machine"),
    "notification_menu": marked("Choices of a parcel notice"),
    "inbound": marked("Customer calls: greeting, one delivery"),
    "inbound_several": marked("Customer calls: greeting, several deliveries"),
    "reference": marked("Customer calls: the reference"),
    "inbound_unknown": marked("Customer calls: unknown number"),
    "ask_reference": marked("Customer calls: asking for the reference"),
    "inbound_goodbye": marked("Customer calls: delivery not found"),
    "unclear": marked("Not understood"),
    "one_moment": marked("Please wait"),
    "sorry": marked("Something went wrong"),
}
NAMES: dict[str, str] = {
    "company": marked("Company"),
    "when": marked("When the delivery comes"),
    "count": marked("Number of deliveries"),
    "callback": marked("Your number"),
    "said": marked("What was understood"),
    "day": marked("Chosen day"),
    "day_1": marked("First day offered"),
    "day_2": marked("Second day offered"),
    "day_3": marked("Third day offered"),
    "reference": marked("Reference"),
}


def text_in_words(name: str) -> str:
    """What a text is called; its own name where it has no other."""
    return gettext(TEXTS[name]) if name in TEXTS else name.replace("_", " ").capitalize()


def name_in_words(name: str) -> str:
    """What stands in a text's place for this name."""
    return gettext(NAMES[name]) if name in NAMES else name.replace("_", " ").capitalize()


def voices_for(code: str, own: str, usual: str) -> list[tuple[str, str]]:
    """The voices to choose from, each by the name that people read; the usual one first."""
    found = [("", gettext("%(voice)s (usual)", voice=voice_in_words(usual)))]
    names = sorted(offered(code) | ({own} if own else set()))
    return found + [(name, voice_in_words(name)) for name in names if name != usual or name == own]


def voice_in_words(name: str) -> str:
    """As Joanna, neural for Polly.Joanna-Neural; other names stay as they are."""
    provider, _dot, rest = name.partition(".")
    if provider != "Polly":
        return name
    called, _dash, engine = rest.partition("-")
    kind = {"Neural": gettext("neural"), "Generative": gettext("generative")}.get(engine)
    return f"{called}, {kind}" if kind else called
