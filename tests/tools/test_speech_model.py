"""The recipe of the packaged speech model: what it says, over which lines, and how it measures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from random import Random

import numpy as np
import pytest
from tokenizers import Tokenizer

from app.gateways.whisper_speech import EMBEDDED_FOLDER
from local.carrier.audio import QUIET, RATE
from tools.speech_model.channel import Line, carried, drawn_line, nobody
from tools.speech_model.evaluate import heard_with, kept, lines_without_speech
from tools.speech_model.hearing import Bare, wrong_words
from tools.speech_model.heldout import KINDS, SETS, examples, kept_apart, recordings
from tools.speech_model.noise import KINDS as NOISES
from tools.speech_model.noise import noise
from tools.speech_model.sentences import LONGEST, Grammar, plain, sentences
from tools.speech_model.speech import MORE, SEEN, UNSEEN, Corpus, drawn_voice
from tools.speech_model.spoken_numbers import cardinal, digits
from tools.speech_model.tokens import BLANK, Tokens, letters

MADE = list(islice(sentences(Random(7)), 3000))
VOICE = (0.5 * np.sin(np.arange(RATE) / 3)).astype(np.float32)


def test_every_pattern_of_the_grammar_can_be_filled() -> None:
    grammar = Grammar.read()
    patterns = [each for kinds in (grammar.answers, grammar.replies) for each in kinds.values()]
    texts = [*grammar.phrases.values(), *(pattern for each in patterns for pattern in each)]
    for text in texts:
        filled = grammar.filled(f"({text})", Random(1))
        assert filled.strip()
        assert not set(filled) & set("()<>|")


def test_sentences_hold_only_what_the_character_head_spells() -> None:
    for text in MADE:
        assert all(0 <= each < BLANK for each in letters(plain(text)))
        assert text == text.strip(" ,")
        assert len(plain(text).split()) <= LONGEST


def test_the_grammar_knows_all_its_words() -> None:
    words = Grammar.read().words()
    assert {word for text in MADE for word in plain(text).split()} <= words
    assert len(words) > 1000


def test_any_word_of_the_grammar_is_written_as_it_is() -> None:
    tokenizer = Tokenizer.from_file(str(EMBEDDED_FOLDER / "tokenizer.json"))
    tokens = Tokens()
    for word in Grammar.read().words():
        start, untimed, *written, end = tokens.written(word)
        assert tokenizer.decode(written) == f" {word}"
        assert (start, end) == (tokens.start, tokens.end)
        assert untimed == tokenizer.token_to_id("<|notimestamps|>")


def test_times_are_written_in_steps_of_a_fiftieth_second() -> None:
    tokens = Tokens()
    _, start, *_, end, _ = tokens.timed("hello", 0.32, 1.5)
    assert tokens.names()[start] == "<|0.32|>"
    assert tokens.names()[end] == "<|1.50|>"


def test_the_same_seed_makes_the_same_sentences_and_another_makes_others() -> None:
    assert list(islice(sentences(Random(7)), 50)) == MADE[:50]
    assert not set(islice(sentences(Random(8)), 50)) & set(MADE[:50])


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (7, "seven"),
        (15, "fifteen"),
        (40, "forty"),
        (42, "forty two"),
        (300, "three hundred"),
        (206, "two hundred and six"),
    ],
)
def test_numbers_are_said_as_people_say_them(number: int, words: str) -> None:
    assert cardinal(number) == words


def test_a_code_has_as_many_digits_as_asked_for() -> None:
    worth = {"double": 2, "triple": 3}
    for seed in range(200):
        said = digits(Random(seed), 6).split()
        repeated = sum(worth[word] - 1 for word in said if word in worth)
        assert sum(word not in worth for word in said) + repeated == 6


def test_training_never_sees_a_held_out_sentence() -> None:
    apart = {plain(text) for text in kept_apart()}
    drawn, without = (
        {plain(text) for text in islice(sentences(Random(99_991), texts), 400)}
        for texts in ((), kept_apart())
    )
    assert len(drawn & apart) >= 250
    assert not without & apart


def test_no_sentence_is_in_two_sets_and_the_unseen_voices_serve_in_no_training() -> None:
    seen, unseen = (examples(name) for name in SETS)
    assert {each.kind for each in (*seen, *unseen)} == set(KINDS)
    assert not {each.text for each in seen} & {each.text for each in unseen}
    assert {each.voice.name for each in unseen} == set(UNSEEN)
    assert {each.voice.name for each in seen} <= set(SEEN)
    assert not set(UNSEEN) & {*SEEN, *MORE}


def test_a_voice_is_varied_but_can_be_drawn_again() -> None:
    drawn = [drawn_voice(Random(seed), SEEN) for seed in range(100)]
    assert drawn == [drawn_voice(Random(seed), SEEN) for seed in range(100)]
    assert len({voice.name for voice in drawn}) > 30
    for voice in drawn:
        assert 0.8 < voice.speed < 1.3
        assert (80 < voice.pitch < 200) if voice.name.startswith("flite") else voice.pitch < 99


@pytest.mark.parametrize("kind", NOISES)
def test_each_noise_is_as_loud_as_said_and_can_be_made_again(kind: str) -> None:
    made = noise(kind, 2 * RATE, seed=4)
    assert np.sqrt(np.mean(made**2)) == pytest.approx(1.0, rel=1e-3)
    assert np.array_equal(made, noise(kind, 2 * RATE, seed=4))
    assert not np.array_equal(made, noise(kind, 2 * RATE, seed=5))


def test_the_noise_lies_as_far_under_the_voice_as_the_line_says() -> None:
    line = Line(snr=12.0, level=0.8, before=1.0, after=0.0, trimmed=False, seed=3)
    samples = carried(VOICE, line).samples
    under, both = samples[:RATE], samples[RATE:]
    ratio = 10 * np.log10(np.mean(both**2) / np.mean(under**2) - 1)
    assert ratio == pytest.approx(12.0, abs=1.0)


def test_a_trimmed_recording_begins_and_ends_with_sound_and_knows_where_the_words_are() -> None:
    line = Line(snr=60.0, before=0.5, after=0.7, trimmed=True)
    open_line = carried(VOICE, Line(snr=60.0, before=0.5, after=0.7, trimmed=False))
    cut = carried(VOICE, line)
    assert (open_line.start, open_line.end) == (0.5, 1.5)
    assert len(open_line.samples) == round(2.2 * RATE)
    assert abs(cut.samples[0]) > QUIET / 32768
    assert abs(cut.samples[-1]) > QUIET / 32768
    assert cut.start == 0.0
    assert cut.end == pytest.approx(1.0, abs=0.01)


def test_a_faster_tempo_makes_it_shorter() -> None:
    pytest.importorskip("soxr")
    line = Line(tempo=1.1, before=0.0, after=0.0, trimmed=False)
    assert len(carried(VOICE, line).samples) == pytest.approx(RATE / 1.1, abs=5)


def test_a_narrow_line_carries_no_low_tones() -> None:
    low = (0.5 * np.sin(2 * np.pi * 120 * np.arange(RATE) / RATE)).astype(np.float32)
    wide, narrow = (
        carried(low, Line(snr=60.0, narrow=narrow, trimmed=False)) for narrow in (False, True)
    )
    assert np.mean(narrow.samples**2) < np.mean(wide.samples**2) / 100


def test_whatever_line_is_drawn_gives_sound_within_bounds() -> None:
    pytest.importorskip("soxr")
    for seed in range(60):
        recording = carried(VOICE, drawn_line(Random(seed)))
        assert np.abs(recording.samples).max() <= 1.0
        assert np.isfinite(recording.samples).all()
        length = len(recording.samples) / RATE
        assert 0 <= recording.start < recording.end <= length + 1e-6


def test_silence_is_silent() -> None:
    assert not nobody("silence", 1.0, 0.1, 1).any()


def test_a_corpus_gives_back_each_sentence_it_keeps(tmp_path: Path) -> None:
    first, second = np.arange(5), np.arange(100, 103)
    (tmp_path / "sound.pcm").write_bytes(np.concatenate([first, second]).astype("<i2").tobytes())
    rows = [
        {"text": "one", "voice": "v", "start": 0, "length": 5},
        {"text": "two", "voice": "w", "start": 5, "length": 3},
    ]
    (tmp_path / "index.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    corpus = Corpus(tmp_path)
    assert [each.text for each in corpus.spoken] == ["one", "two"]
    assert np.array_equal(corpus.sound(1) * 32768, second)


@pytest.mark.parametrize(
    ("said", "heard", "wrong"),
    [
        ("leave it here", "leave it here", 0),
        ("leave it here", "", 3),
        ("leave it here", "please leave it there", 2),
        ("a b c d", "b c d a", 2),
    ],
)
def test_wrong_words_are_the_fewest_changes(said: str, heard: str, wrong: int) -> None:
    assert wrong_words(said.split(), heard.split()) == wrong
    assert wrong_words(heard.split(), said.split()) == wrong


def test_the_kept_recordings_are_small_and_hold_both_sets() -> None:
    paths = [path for name in SETS for _, path in recordings(name)]
    assert len(paths) >= 40
    assert sum(path.stat().st_size for path in paths) < 2_000_000


@pytest.mark.parametrize("way", ["product", "beam 5 short"])
def test_the_packaged_model_hears_sentences_like_those_it_learnt_from(way: str) -> None:
    chosen = [each for each in kept(1000) if each.group == "seen voices, familiar"]
    recogniser = heard_with(way, EMBEDDED_FOLDER)
    wrong = sum(wrong_words(each.words, recogniser.hear(each.wav).words) for each in chosen)
    assert wrong / sum(len(each.words) for each in chosen) < 0.2


def test_the_bare_model_tells_silence_from_speech() -> None:
    bare = Bare(EMBEDDED_FOLDER, 5, short=True)
    silence: Sequence[bytes] = lines_without_speech()[:1]
    spoken = [each.wav for each in kept(3)]
    assert min(map(bare.silence, silence)) > max(map(bare.silence, spoken))
