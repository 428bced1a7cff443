"""Where in the audio a directive's words are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.rules.analysis import Directive, InAudio, Kind
from app.rules.in_audio import Stretch, TimedWord, joined, located


def stretch(text: str, recording: str = "first") -> Stretch:
    """Words that each take half a second, one after the other."""
    words = enumerate(text.split())
    return Stretch(text, recording, tuple(TimedWord(f" {w}", i / 2, i / 2 + 0.5) for i, w in words))


def lying(text: str, in_all: str) -> Directive:
    start = in_all.index(text)
    return Directive(Kind.LEAVE_AT, text, 0.9, {}, start, start + len(text))


def test_words_of_one_recording_are_found_with_their_seconds() -> None:
    said = stretch("hello leave it behind the shed thank you")
    found = located(lying("leave it behind the shed", said.text), [said])
    assert found.audio == InAudio("first", 0.5, 3.0)
    assert said.text[found.start : found.end] == "leave it behind the shed"


def test_a_word_said_twice_is_found_where_it_was_meant() -> None:
    said = stretch("the shed no not the shed use the porch")
    assert located(lying("the porch", said.text), [said]).audio == InAudio("first", 3.5, 4.5)


def test_in_several_recordings_the_place_counts_in_its_own() -> None:
    both = [stretch("ring the bell."), stretch("and leave it on the porch", "second")]
    found = located(lying("leave it on the porch", joined(both)), both)
    assert found.audio == InAudio("second", 0.5, 3.0)
    assert both[1].text[found.start : found.end] == "leave it on the porch"


def test_what_was_said_at_a_question_has_a_place_and_no_audio() -> None:
    both = [Stretch("leave it on the porch"), stretch("the code is 4519")]
    assert joined(both) == "leave it on the porch. the code is 4519."
    found = located(lying("leave it on the porch", joined(both)), both)
    assert (found.start, found.audio) == (0, None)
    assert located(lying("4519", joined(both)), both).audio == InAudio("first", 1.5, 2.0)


def test_words_over_two_recordings_are_heard_where_they_begin() -> None:
    both = [stretch("leave it"), stretch("on the porch", "second")]
    found = located(lying("leave it. on the porch", joined(both)), both)
    assert found.audio == InAudio("first", 0.0, 1.0)
    assert both[0].text[found.start : found.end] == "leave it"


def test_what_came_without_a_place_is_left_as_it_is() -> None:
    by_key = Directive(Kind.CONFIRM, "confirm", 1.0)
    assert located(by_key, [stretch("yes")]) == by_key


def test_a_recogniser_that_gave_no_times_gives_no_audio() -> None:
    said = Stretch("leave it on the porch", "first")
    assert located(lying("on the porch", said.text), [said]).audio is None


_WORDS = st.lists(st.sampled_from(["a", "b", "leave", "it.", "porch?"]), min_size=1)


@given(st.lists(_WORDS, min_size=1), st.data())
def test_every_place_lies_in_the_stretch_that_it_begins_in(spoken, data) -> None:
    stretches = [stretch(" ".join(words), str(n)) for n, words in enumerate(spoken)]
    whole = joined(stretches)
    start = data.draw(st.integers(0, len(whole) - 1))
    end = data.draw(st.integers(start + 1, len(whole)))
    found = located(Directive(Kind.CONFIRM, "", 1.0, {}, start, end), stretches)
    if found.audio is not None:
        own = stretches[int(found.audio.recording)]
        assert 0 <= found.start < found.end <= len(own.text)
        assert 0 <= found.audio.start < found.audio.end <= len(own.words) / 2
        assert whole[start:end].startswith(own.text[found.start : found.end])
