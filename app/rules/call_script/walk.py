"""Walking the graph: what an answer, silence or nonsense leads to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.rules.call_script.scenes import MOST_AGAIN, REPEAT, Choice, Scene, Step
from app.rules.call_script.script import ENOUGH, MOST_ANSWERS, SCENES, VOICEMAIL


@dataclass(frozen=True, slots=True)
class Move:
    """Where the call goes, and why.

    ``choice`` where a question was answered; ``whole`` where all of the scene is to be said, not
    only its question; ``reply`` are prompts to say first.
    """

    to: Step
    choice: Choice | None = None
    whole: bool = True
    reply: tuple[str, ...] = ()


def scene_at(step: Step) -> Scene:
    """The scene of a step. Raises KeyError for one that the script does not have."""
    return SCENES[step.scene]


def after_silence(step: Step) -> Step:
    """Where a question leads that nobody answered: to itself a few times, then on."""
    scene = scene_at(step)
    if step.again < scene.again:
        return replace(step, again=step.again + 1)
    return _on(step, scene.unanswered)


def after_key(step: Step, key: str, *, days: Sequence[date] = (), answers: int = 0) -> Move:
    """Where a key leads; ``answers`` counts the keys pressed in this call before.

    ``days`` are those on offer. A key that means nothing here counts like silence, and the
    customer is told so.
    """
    scene = scene_at(step)
    if answers >= MOST_ANSWERS:
        return Move(_on(step, ENOUGH))
    choice = scene.choices.get(key)
    if choice is not None and (choice.day or 0) <= len(days):
        day = days[choice.day - 1] if choice.day else step.day if choice.keeps_day else None
        return Move(replace(_on(step, choice.to), day=day), choice, reply=choice.reply)
    if key == REPEAT:
        if step.again < MOST_AGAIN:
            return Move(replace(step, again=step.again + 1))
        return Move(_on(step, scene.recorded or scene.unanswered))
    if scene.records:
        return Move(_on(step, scene.recorded))
    return not_understood(step)


def not_understood(step: Step) -> Move:
    """Where words or a key lead that mean nothing here."""
    following = after_silence(step)
    stays = following.scene == step.scene
    return Move(following, whole=not stays, reply=("unclear",) if stays else ())


def agreed(step: Step) -> Move:
    """Where a bare yes leads that answers no question."""
    return Move(_on(step, scene_at(step).agreed))


def for_machine(step: Step) -> Step:
    """Where the scene would wait or record, a machine gets the short message instead."""
    return step if scene_at(step).ends else _on(step, VOICEMAIL)


def _on(step: Step, scene: str | None) -> Step:
    return Step(scene or ENOUGH, 0, step.language)
