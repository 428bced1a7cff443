"""The call script: its texts with a company's own, and walking through it without a telephone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from app.models import Tenant
from app.pipeline import rehearse
from app.pipeline.rehearse import Entrance, Given, Rehearsed
from app.pipeline.turn import Turn
from app.rules.analysis import Analysis
from app.rules.call_script import REPEAT, SCENES
from app.rules.call_script.texts import LONGEST, NEEDED, language, names_in, own_language, seconds
from app.rules.permissions import Permission
from app.rules.texts import wording
from app.web.api.agents import Language
from app.web.api.asking import Ask
from app.web.api.settings import Prompts, check_texts, company_of, resource
from app.web.api.shapes import Given as Sent
from app.web.api.shapes import GivenMoment, Moment, Shape

_MOST_GIVEN = 60
_LARGEST = 2 * 1024 * 1024
"""Bytes: so many steps and texts, each letter of them escaped."""
_Key = Annotated[str, Field(pattern=r"^[0-9*#]$")]
_Words = Annotated[str, Field(max_length=600)]


class ScriptText(Shape):
    """One text of the script."""

    name: str
    text: str = Field(description="The company's own, or as it comes.")
    default: str
    is_own: bool
    names: list[str] = Field(description="What it may name in braces.")
    needed: list[str] = Field(description="What it must name.")
    scenes: list[str] = Field(description="Where it is said.")
    spoken: str = Field(description="As a customer would hear it, its names filled in.")
    seconds: float = Field(description="How long that takes to be said, roughly.")


class ScriptMessage(Shape):
    """The text message with a link, for customers who were not reached."""

    name: str = Field(description="By which the settings know it.")
    text: str = Field(description="The company's own, or as it comes.")
    default: str
    is_own: bool
    names: list[str] = Field(description="What it may name in braces.")
    needed: list[str] = Field(description="What it must name; it must have the word STOP too.")
    sample: str = Field(description="As a customer would read it, its names filled in.")


class ScriptOut(Shape):
    """The texts of one language."""

    language: Language
    voice: str
    default_voice: str
    longest: int = Field(description="Letters of one text.")
    texts: list[ScriptText]
    message: ScriptMessage


class ScriptAsked(Sent):
    """In which language."""

    language: Language = "en"


class GivenStep(Sent):
    """What is done at a turn: a key or words; nothing of both is silence."""

    key: _Key | None = None
    words: _Words = ""
    picked_up: bool | None = Field(default=None, description="Does the person who is dialled?")


class Rehearsal(Sent):
    """A call to walk through."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"language": "en", "steps": [{"key": "1"}]}]}
    )
    language: Language = "en"
    entrance: Entrance = "greeting"
    steps: Annotated[list[GivenStep], Field(max_length=_MOST_GIVEN)] = []
    begun: Annotated[
        GivenMoment | None, Field(description="When the call is taken to begin; now unless given.")
    ] = None
    prompts: Annotated[
        Prompts | None, Field(description="Own texts of this language that are thought of.")
    ] = None


class ChoiceOut(Shape):
    """A key, and what it does."""

    key: str
    does: str


class TurnOut(Shape):
    """What the customer hears, and what is waited for."""

    scene: str
    title: str
    words: list[str]
    waits_for: Literal["answer", "recording", "person", "nothing"]
    by_voice: bool = Field(description="May the answer be spoken?")
    choices: list[ChoiceOut]
    given: GivenStep | None = Field(description="What was done then; absent at the last turn.")


class UnderstoodLineOut(Shape):
    """One thing that was understood."""

    kind: str
    text: str
    slots: dict[str, Any]


class MeaningOut(Shape):
    """What the call means, as it would be understood once it has ended."""

    instructions: str = Field(description="The driver's sentence.")
    summary: str
    priority: str
    needs_review: bool
    directives: list[UnderstoodLineOut]


class RehearsalOut(Shape):
    """How the call goes."""

    begun: Moment
    turns: list[TurnOut]
    over: bool
    meaning: MeaningOut | None
    suppresses: bool = Field(description="The number would never be called again.")
    promises: bool = Field(description="Somebody would have to call back.")


@resource.get("/settings/script", may=Permission.SETTINGS_READ, answer=ScriptOut)
def read_script(ask: Ask, query: ScriptAsked) -> ScriptOut:
    """Read the texts of the call script, with the company's own in their places."""
    tenant = rehearse.company(company_of(ask))
    code = query.language
    base, own = language(code), own_language(code, tenant.prompts, tenant.voices)
    where = _where()
    return ScriptOut(
        language=code,
        voice=own.voice,
        default_voice=base.voice,
        longest=LONGEST,
        texts=[
            _text(name, base.prompts[name], own.prompts[name], where.get(name, []),
                  rehearse.sample(tenant, code, name, now=ask.now))
            for name in base.prompts
        ],
        message=_message(code, tenant),
    )  # fmt: skip


def _message(code: str, tenant: Tenant) -> ScriptMessage:
    usual = wording.usual_text(code)
    own = (tenant.prompts.get(code) or {}).get(wording.OVERRIDE)
    return ScriptMessage(
        name=wording.OVERRIDE,
        text=own or usual,
        default=usual,
        is_own=own is not None,
        names=list(wording.NAMES),
        needed=["link"],
        sample=wording.sample_text(code, tenant.name, tenant.prompts),
    )


class TextTried(Sent):
    """A text that is thought of."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"language": "en", "name": "goodbye", "text": "Goodbye from {company}."}]
        }
    )
    language: Language = "en"
    name: Annotated[str, Field(max_length=60)]
    text: Annotated[str, Field(max_length=1000)]


class TextSpoken(Shape):
    """How it would be heard."""

    spoken: str
    seconds: float


@resource.post(
    "/settings/script/speak",
    may=Permission.SETTINGS_READ,
    status=200,
    answer=TextSpoken,
    transactional=False,
    kept=False,
)
def speak_text(ask: Ask, body: TextTried) -> TextSpoken:
    """Tell how a text that is thought of would be heard, its names filled in as in an example."""
    own: dict[str, dict[str, str]] = {str(body.language): {body.name: body.text}}
    check_texts(own)
    tenant = rehearse.company(company_of(ask), own)
    if body.name not in language(body.language).prompts:
        # The text message is none that is spoken.
        return TextSpoken(spoken=body.text, seconds=0)
    spoken = rehearse.sample(tenant, body.language, body.name, now=ask.now)
    return TextSpoken(spoken=spoken, seconds=round(seconds(spoken), 1))


@resource.post(
    "/settings/script/rehearse",
    may=Permission.SETTINGS_READ,
    status=200,
    answer=RehearsalOut,
    transactional=False,
    kept=False,
    largest=_LARGEST,
)
def rehearse_call(ask: Ask, body: Rehearsal) -> RehearsalOut:
    """Walk through a call about a delivery of tomorrow, without a telephone.

    The same code answers as on a telephone call. Nobody is called, nothing is recorded, nothing
    is written. Send what was given so far, and one more, for the next turn.
    """
    found = company_of(ask)
    begun = body.begun or ask.now
    prompts = dict(found.prompts)
    if body.prompts is not None:
        check_texts({body.language: body.prompts})
        prompts[body.language] = body.prompts
    given = [Given(each.key or "", each.words, each.picked_up) for each in body.steps]
    done = rehearse.rehearse(
        rehearse.company(found, prompts), body.language, body.entrance, given, now=begun
    )
    return RehearsalOut(
        begun=begun,
        turns=_turns(done),
        over=done.over,
        meaning=_meaning(done.meaning) if done.meaning else None,
        suppresses=done.suppresses,
        promises=done.promises,
    )


def _where() -> Mapping[str, list[str]]:
    """The titles of the scenes in which each text is said."""
    found: dict[str, list[str]] = {}
    for scene in SCENES.values():
        replies = [each for choice in scene.choices.values() for each in choice.reply]
        for name in dict.fromkeys((*scene.say, *scene.ask, *replies)):
            found.setdefault(name, []).append(scene.title)
            found.setdefault(f"{name}_several", []).append(scene.title)
    return found


def _text(name: str, default: str, text: str, scenes: Sequence[str], spoken: str) -> ScriptText:
    known = names_in(default) | {"company", "callback", "when"}
    return ScriptText(
        name=name,
        text=text,
        default=default,
        is_own=text != default,
        names=sorted(known),
        needed=sorted(NEEDED.get(name, ())),
        scenes=list(scenes),
        spoken=spoken,
        seconds=round(seconds(spoken), 1),
    )


def _turns(done: Rehearsed) -> list[TurnOut]:
    given = [
        GivenStep(key=each.key or None, words=each.words, picked_up=each.picked_up)
        for each in done.given
    ]
    return [
        _turn(turn, given[place] if place < len(given) else None)
        for place, turn in enumerate(done.turns)
    ]


def _turn(turn: Turn, given: GivenStep | None) -> TurnOut:
    scene = turn.scene
    waits: Literal["answer", "recording", "person", "nothing"] = "nothing"
    if scene.asks:
        waits = "answer"
    elif scene.records:
        waits = "recording"
    elif scene.transfers:
        waits = "person"
    choices = [ChoiceOut(key=key, does=choice.does) for key, choice in scene.choices.items()]
    if scene.asks or scene.records:
        choices.append(ChoiceOut(key=REPEAT, does="hear it again"))
    return TurnOut(
        scene=turn.step.scene,
        title=scene.title,
        words=[*turn.opening, *turn.words],
        waits_for=waits,
        by_voice=bool(scene.speech) or scene.records,
        choices=[each for each in choices if len(each.key) == 1],
        given=given,
    )


def _meaning(found: Analysis) -> MeaningOut:
    return MeaningOut(
        instructions=found.instructions,
        summary=found.summary,
        priority=found.priority.value,
        needs_review=found.needs_review,
        directives=[
            UnderstoodLineOut(kind=each.kind.value, text=each.text, slots=dict(each.slots))
            for each in found.directives
        ],
    )
