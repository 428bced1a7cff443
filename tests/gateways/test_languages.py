"""A multilingual model: the customer's language is used, or detected, and put into English."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.gateways import whisper_speech
from app.gateways.whisper_model import Machine
from app.gateways.whisper_speech import EMBEDDED_FOLDER, WhisperSpeech
from tests.gateways.sounds import spoken, wav

WIDTH, LAYERS, VOCABULARY = 16, 1, 51_865


def random_weights(spec: Any, draw: np.random.Generator) -> None:
    """Fill every variable that the specification of a layer names."""
    import ctranslate2.specs.whisper_spec as whisper
    from ctranslate2.specs import attention_spec, common_spec

    def matrix(*shape: int) -> np.ndarray:
        return draw.standard_normal(shape).astype(np.float32) * 0.3

    def norm(layer: common_spec.LayerNormSpec) -> None:
        layer.gamma, layer.beta = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)

    def linear(layer: common_spec.LinearSpec, out: int, into: int) -> None:
        layer.weight, layer.bias = matrix(out, into), np.zeros(out, np.float32)

    def attention(layer: attention_spec.MultiHeadAttentionSpec, *, to_itself: bool) -> None:
        norm(layer.layer_norm)
        widths = [3 * WIDTH, WIDTH] if to_itself else [WIDTH, 2 * WIDTH, WIDTH]
        for part, width in zip(layer.linear, widths, strict=True):
            linear(part, width, WIDTH)

    assert isinstance(spec, whisper.WhisperSpec)
    encoder, decoder = spec.encoder, spec.decoder
    encoder.conv1.weight, encoder.conv1.bias = matrix(WIDTH, 80, 3), np.zeros(WIDTH, np.float32)
    encoder.conv2.weight, encoder.conv2.bias = matrix(WIDTH, WIDTH, 3), np.zeros(WIDTH, np.float32)
    encoder.position_encodings.encodings = matrix(1500, WIDTH)
    decoder.position_encodings.encodings = matrix(448, WIDTH)
    decoder.embeddings.weight = matrix(VOCABULARY, WIDTH)
    decoder.projection.weight = decoder.embeddings.weight
    decoder.scale_embeddings = False
    for side in (encoder, decoder):
        norm(side.layer_norm)
        for layer in side.layer:
            attention(layer.self_attention, to_itself=True)
            norm(layer.ffn.layer_norm)
            linear(layer.ffn.linear_0, 4 * WIDTH, WIDTH)
            linear(layer.ffn.linear_1, WIDTH, 4 * WIDTH)
    for layer in decoder.layer:
        attention(layer.attention, to_itself=False)


@pytest.fixture(scope="module")
def multilingual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny multilingual Whisper that babbles: its weights are drawn at random."""
    from ctranslate2.specs.whisper_spec import WhisperConfig, WhisperSpec
    from faster_whisper.tokenizer import _LANGUAGE_CODES

    folder = tmp_path_factory.mktemp("multilingual")
    tokenizer = json.loads((EMBEDDED_FOLDER / "tokenizer.json").read_text())
    known = {each["content"]: each["id"] for each in tokenizer["added_tokens"]}
    words = dict(tokenizer["model"]["vocab"])
    special = ["<|endoftext|>", "<|startoftranscript|>"]
    special += [f"<|{code}|>" for code in _LANGUAGE_CODES[:99]]
    special += ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>"]
    special += ["<|nospeech|>", "<|notimestamps|>"]
    places = {name: 50_257 + index for index, name in enumerate(special)}
    plain = {word: place for word, place in words.items() if word not in known}
    tokens = [f"[{index}]" for index in range(VOCABULARY)]
    for word, place in {**plain, **places}.items():
        tokens[place] = word
    tokens[50_364:] = [f"<|{index * 0.02:.2f}|>" for index in range(VOCABULARY - 50_364)]
    tokenizer["model"]["vocab"] = {token: index for index, token in enumerate(tokens)}
    shape = next(iter(tokenizer["added_tokens"]))
    marks = [(index, token) for index, token in enumerate(tokens) if index >= 50_257]
    tokenizer["added_tokens"] = [{**shape, "id": i, "content": t} for i, t in marks]
    spec = WhisperSpec(LAYERS, 2, LAYERS, 2)
    random_weights(spec, np.random.default_rng(3))
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = []
    spec.config.lang_ids = [places[f"<|{code}|>"] for code in _LANGUAGE_CODES[:99]]
    spec.config.alignment_heads = [(0, 0)]
    assert isinstance(spec.config, WhisperConfig)
    spec.register_vocabulary(tokens)
    spec.validate()
    spec.save(str(folder))
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    return folder


class SaysItIsMultilingual:
    """The library's network, which goes by more than the size of its vocabulary: the rest is real.

    Detection, which it refuses on such weights, finds French.
    """

    is_multilingual = True

    def __init__(self, network: Any) -> None:
        self._network = network

    def __getattr__(self, name: str) -> Any:
        return getattr(self._network, name)

    def detect_language(self, encoded: Any) -> list[list[tuple[str, float]]]:
        return [[("<|fr|>", 0.9), ("<|en|>", 0.1)]]


@pytest.fixture(scope="module")
def asked(multilingual: Path) -> tuple[WhisperSpeech, list[tuple[str | None, str]]]:
    """Speech over that model, and what the library is asked for: (language, task)."""
    from app.gateways import short_windows

    speech = WhisperSpeech(str(multilingual), Machine("cpu", "float32", 1))
    model = speech._loaded()
    model.model = SaysItIsMultilingual(model.model)
    asked: list[tuple[str | None, str]] = []
    transcribe = short_windows.BatchedInferencePipeline.transcribe

    def noting(self: Any, audio: Any, **options: Any) -> Any:
        asked.append((options["language"], options["task"]))
        # It would babble until its memory ends.
        return transcribe(self, audio, **options, max_new_tokens=12)

    patch = pytest.MonkeyPatch()
    patch.setattr(short_windows.BatchedInferencePipeline, "transcribe", noting)
    yield speech, asked
    patch.undo()


@pytest.mark.parametrize("wanted", ["es", "fr-CA"])
def test_the_customers_language_is_heard_and_put_into_english(asked, wanted: str) -> None:
    speech, log = asked
    log.clear()
    heard = speech.transcribe(wav(spoken("gate-code")), wanted)
    code = wanted[:2]
    assert log == [(code, "transcribe"), (code, "translate")]
    assert heard.language == code
    assert heard.text
    assert heard.translation
    assert heard.translation != heard.text
    words = [word for segment in heard.segments for word in segment.words]
    assert words
    assert all(0 <= word.probability <= 1 for word in words)
    assert all(0 <= word.start <= word.end <= heard.duration for word in words)


def test_english_needs_no_translation(asked) -> None:
    speech, log = asked
    log.clear()
    heard = speech.transcribe(wav(spoken("gate-code")), "en")
    assert log == [("en", "transcribe")]
    assert heard.translation == ""


@pytest.mark.parametrize("wanted", ["", "xx"])
def test_a_language_that_is_not_known_is_detected(asked, wanted: str) -> None:
    speech, log = asked
    log.clear()
    heard = speech.transcribe(wav(spoken("gate-code")), wanted)
    assert log[0] == (None, "transcribe")
    assert heard.language == "fr"
    assert log[1:] == [("fr", "translate")]


def test_where_nobody_speaks_nothing_is_asked_of_the_model(asked) -> None:
    speech, log = asked
    log.clear()
    heard = speech.transcribe(wav(np.zeros(30_000)), "es")
    assert (log, heard.text, heard.translation, heard.language) == ([], "", "", "es")


def test_a_model_that_cannot_translate_gives_no_translation(asked, monkeypatch) -> None:
    """Some models know the languages and write the same words whatever the task."""
    speech, _ = asked
    hear = WhisperSpeech._hear

    def same(self: Any, samples: Any, cuts: Any, language: str, *, task: str = "") -> Any:
        return hear(self, samples, cuts, language)

    monkeypatch.setattr(whisper_speech.WhisperSpeech, "_hear", same)
    assert speech.transcribe(wav(spoken("gate-code")), "es").translation == ""
