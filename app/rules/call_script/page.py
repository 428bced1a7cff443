"""The page that shows the script to people who do not program: ``docs/call-script.md``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple

from app.rules.bridging_words import words
from app.rules.call_script.scenes import MOST_AGAIN, REPEAT, WRONG_NUMBER, Scene
from app.rules.call_script.script import MOST_SECONDS, SCENES, VOICEMAIL
from app.rules.call_script.texts import LANGUAGES, Language, language, seconds

EXAMPLES: Mapping[str, str] = {
    "company": "Harbour Parcels",
    "callback": "4 1 5, 5 5 5, 0 1 0 0",
    "when": "today between 9:30 AM and 11 AM",
    "count": "2",
    "reference": "R 1 0 4 2",
    "day": "Friday, March 13",
    "day_1": "Wednesday, March 11",
    "day_2": "Thursday, March 12",
    "day_3": "Friday, March 13",
    "said": "Leave it at the front door.",
}
_EVERYWHERE = ("9", "0", WRONG_NUMBER)
"""What means the same wherever it is offered: drawn once, or it would hide the rest."""
_OPT_OUT = "opt-out"
_NAMES = {"en": "English", "es": "Español", "fr": "Français", "de": "Deutsch"}
_OPENING = f"""# The call script

What customers hear when DelAuto calls them, what each key and each answer does, and what happens
when nobody says anything. This page is made from the script itself by `delauto script document`
and is never edited by hand; a test holds it against the script.

There are three ways in: we call ("Greeting and menu"), we call and the law allows no more than a
notification ("Notification": keys alone, under a minute, nothing recorded), or the customer calls
us ("The customer calls us", "A stranger calls us").

What a scene says before its question is said to its end: nothing that is said or pressed
meanwhile interrupts it or counts, so that everybody hears who calls, why, and that words are
recorded, and no "Hello?" or "Yes?" at pick-up is taken for an answer. Keys and words count while
the question is put and after it. A bare "yes" to the menu, which offers several things, is asked
back; "stop", alone, stops our calls, and one key takes that back.

Every question can be answered by key. Where "or by words" stands beside it, the customer may say
it as well. In every question and in a recording, `*` repeats. A question is put again at most as
often as its scene says, and never more than {MOST_AGAIN} times; then the call goes on or ends
politely. `9` counts at once, even if the customer hangs up right after it.

An answering machine gets one short message and is never recorded: wherever the script would wait
or record, it goes to "{{voicemail}}" instead, as soon as the network recognises a machine. A
key, or words that were understood, prove a person and outweigh the network's guess.

The examples are of a company called {EXAMPLES["company"]}. In brackets stands each text's name, by
which a company replaces it with its own (`delauto script texts FILE`).
"""


def page() -> str:
    """The whole page, Markdown."""
    english = language("en")
    parts = [_OPENING.format(voicemail=SCENES[VOICEMAIL].title), "## The way through\n", _graph()]
    parts.append("## Scene by scene\n")
    parts += ["\n".join(_scene(scene, english)) for scene in SCENES.values()]
    parts.append("## All texts, language by language\n")
    parts += ["\n".join(_texts(language(code))) for code in LANGUAGES]
    parts.append("\n".join(_put_through()))
    return "\n".join(parts).rstrip() + "\n"


def _put_through() -> Iterator[str]:
    yield "## What a driver hears who is put through to a customer\n"
    yield (
        "The driver's own telephone rings first, and the customer's after the key. The customer "
        "hears none of this, and nothing is recorded.\n"
    )
    for code in LANGUAGES:
        yield f"- {_NAMES[code]}: " + " · ".join(astuple(words(code)))


def _graph() -> str:
    lines = ["```mermaid", "flowchart TD"]
    for name, scene in SCENES.items():
        left, right = ("([", "])") if scene.ends else ("{{", "}}") if scene.asks else ("[", "]")
        lines.append(f'    {_id(name)}{left}"{scene.title}"{right}')
    for name, scene in SCENES.items():
        ways: dict[str, list[str]] = {}
        for key, choice in scene.choices.items():
            ways.setdefault(choice.to, []).append(key)
        for target, keys in ways.items():
            shown = [key for key in keys if key not in _EVERYWHERE or name == _OPT_OUT]
            if shown:
                lines.append(f"    {_id(name)} -- {', '.join(shown)} --> {_id(target)}")
        for target, why in _other_ways(scene):
            lines.append(f"    {_id(name)} -. {why} .-> {_id(target)}")
    return "\n".join([*lines, *_from_anywhere(), "```", ""])


def _from_anywhere() -> Iterator[str]:
    yield '    anywhere(("Wherever it is offered"))'
    ways = {
        (key, choice.to): "said" if key == WRONG_NUMBER else key
        for name, scene in SCENES.items()
        for key, choice in scene.choices.items()
        if key in _EVERYWHERE and name != _OPT_OUT
    }
    for (_, target), shown in ways.items():
        yield f"    anywhere -- {shown} --> {_id(target)}"
    yield f"    anywhere -. a machine .-> {_id(VOICEMAIL)}"


def _other_ways(scene: Scene) -> Iterator[tuple[str, str]]:
    if scene.agreed:
        yield scene.agreed, "a bare yes"
    if scene.recorded:
        yield scene.recorded, "recorded"
    if scene.answered:
        yield scene.answered, "talked"
    if scene.unanswered:
        yield scene.unanswered, "nobody there" if scene.transfers else "silence"


def _scene(scene: Scene, english: Language) -> Iterator[str]:
    yield f"### {scene.title}\n"
    for prompt in (*scene.say, *scene.ask):
        several = f"{prompt}_several"
        yield f"> {_example(english, prompt)} [`{prompt}`]  "
        if several in english.prompts:
            yield f"> *or, for several deliveries:* {_example(english, several)} [`{several}`]  "
    yield ""
    if scene.records:
        yield (
            f"Then a beep, and the customer is recorded for at most {MOST_SECONDS} seconds. Any "
            f"key or silence ends the recording.\n"
        )
    yield from _keys(scene, english)
    yield from _after(scene)


def _keys(scene: Scene, english: Language) -> Iterator[str]:
    if not scene.choices:
        return
    spoken = english.speech.get(scene.speech, {}) if scene.speech else {}
    yield "| key | or by words | means | then |"
    yield "| --- | --- | --- | --- |"
    for key, choice in scene.choices.items():
        words = ", ".join(f"“{phrase}”" for phrase in spoken.get(key, ())[:3]) or "–"
        reply = "".join(f" “{_example(english, prompt)}”" for prompt in choice.reply)
        shown = "–" if key == WRONG_NUMBER else f"`{key}`"
        yield f"| {shown} | {words} | {choice.does} |{reply} → {SCENES[choice.to].title} |"
    words = ", ".join(f"“{phrase}”" for phrase in spoken.get(REPEAT, ())[:3]) or "–"
    yield f"| `{REPEAT}` | {words} | hear it again | → the same |\n"


def _after(scene: Scene) -> Iterator[str]:
    if scene.listens:
        yield (
            "- Who says instructions instead (in English) has them read back: → "
            f"{SCENES[scene.listens].title}."
        )
    if scene.agreed:
        yield f"- A bare “yes” or “okay” is asked back: → {SCENES[scene.agreed].title}."
    if scene.recorded:
        yield f"- Something was recorded: → {SCENES[scene.recorded].title}."
    if scene.transfers:
        yield (
            "- Outside the hours in which somebody answers, or where no number is set, this scene "
            "is left out."
        )
    if scene.answered:
        yield f"- Once the talk is over: → {SCENES[scene.answered].title}."
    if scene.unanswered:
        yield f"- {_silence(scene)}: → {SCENES[scene.unanswered].title}."
    if scene.ends:
        yield "- The call ends here."
    yield ""


def _silence(scene: Scene) -> str:
    if scene.transfers:
        return "Nobody answers, or the line is busy"
    if scene.records:
        return "Nothing was said"
    times = {0: "", 1: ", after asking once more", 2: ", after asking twice more"}[scene.again]
    return f"Silence, or an answer that means nothing here{times}"


def _texts(spoken: Language) -> Iterable[str]:
    yield f"### {_NAMES[spoken.code]}\n"
    yield (
        f"Voice {spoken.voice}, language {spoken.locale}, recording notice "
        f"{spoken.notice_version}.\n"
    )
    yield "| name | text | about |"
    yield "| --- | --- | --- |"
    for name, text in spoken.prompts.items():
        yield f"| `{name}` | {text} | {seconds(text):.0f} s |"
    yield ""


def _example(english: Language, prompt: str) -> str:
    return english.say(prompt, EXAMPLES) or ""


def _id(name: str) -> str:
    return name.replace("-", "_")
