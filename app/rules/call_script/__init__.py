"""The call script: one graph of scenes, the texts in four languages, and how the graph is walked.

``script`` is the graph and the file to read first; ``scenes`` says what a scene is, ``walk`` where
an answer leads, ``languages/*.toml`` what is said, ``texts`` reads and checks it, ``speaking``
words days, times and numbers, ``speech`` understands spoken choices, ``page`` writes it all down
for people. Everything here is pure.
"""

from app.rules.call_script.days import OFFERED, next_days, somebody_there
from app.rules.call_script.scenes import REPEAT, Choice, Effect, Scene, Step
from app.rules.call_script.script import (
    ENTRANCES,
    INBOUND,
    MOST_ANSWERS,
    MOST_SECONDS,
    NOTIFICATION,
    SCENES,
    START,
    STRANGER,
    STRANGER_GOODBYE,
    VOICEMAIL,
    start_for,
)
from app.rules.call_script.walk import (
    Move,
    after_key,
    after_silence,
    agreed,
    for_machine,
    not_understood,
    scene_at,
)

__all__ = [
    "ENTRANCES",
    "INBOUND",
    "MOST_ANSWERS",
    "MOST_SECONDS",
    "NOTIFICATION",
    "OFFERED",
    "REPEAT",
    "SCENES",
    "START",
    "STRANGER",
    "STRANGER_GOODBYE",
    "VOICEMAIL",
    "Choice",
    "Effect",
    "Move",
    "Scene",
    "Step",
    "after_key",
    "after_silence",
    "agreed",
    "for_machine",
    "next_days",
    "not_understood",
    "scene_at",
    "somebody_there",
    "start_for",
]
