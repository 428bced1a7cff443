"""Lines on which no customer speaks: nothing that the product makes of them is acted on unseen."""

from __future__ import annotations

import numpy as np
import pytest

from app.gateways.whisper_model import Machine
from app.gateways.whisper_speech import EMBEDDED
from local.carrier.audio import RATE
from tools.speech_model import ghosts, wordless

SEED = 500
LIKE_A_VOICE = {"music, bowed", "music, hummed", "babble", "voicemail greeting"}
"""In which somebody speaks or sings, or something sounds so: words may come of them."""


@pytest.fixture(scope="module")
def speech() -> ghosts.Watched:
    loaded = ghosts.Watched(EMBEDDED, Machine("cpu"))
    loaded.written = []
    loaded.load()
    return loaded


@pytest.fixture(scope="module")
def results(speech: ghosts.Watched) -> list[ghosts.Result]:
    return [speech.result(line) for line in ghosts.without_customer([SEED])]


def test_every_kind_of_line_is_heard_in_several_loudnesses(results: list[ghosts.Result]) -> None:
    groups = [each.line.group for each in results]
    assert set(groups) == {*wordless.KINDS, "voicemail greeting"}
    assert groups.count("a dog") == len(ghosts.LEVELS)
    assert any(each.written for each in results), "the guards have nothing to do"


def test_where_nobody_speaks_no_words_are_kept(results: list[ghosts.Result]) -> None:
    ghostly = {
        each.line.group: each.heard.text
        for each in results
        if each.heard.text and each.line.group not in LIKE_A_VOICE
    }
    assert ghostly == {}


def test_no_directive_comes_of_any_of_them_without_a_person(results: list[ghosts.Result]) -> None:
    acted_on = {each.line.group: each.heard.text for each in results if each.reading[1]}
    assert acted_on == {}


def test_no_answer_that_was_heard_is_refused(speech: ghosts.Watched) -> None:
    alone = [line for line in ghosts.answers() if line.group == "answers"]
    assert len(alone) > 80
    assert all(speech.result(line).cost <= 0 for line in alone)


def test_the_same_seed_gives_the_same_line_and_another_seed_another() -> None:
    for kind in wordless.KINDS:
        one, same, other = (wordless.line(kind, 0.1, seed) for seed in (1, 1, 2))
        assert np.array_equal(one, same)
        assert len(one) == round(RATE * wordless.SECONDS)
        assert kind in ("silence", "busy") or not np.array_equal(one, other)
        assert kind == "silence" or 0.03 < np.sqrt(np.mean(one**2)) < 0.11
