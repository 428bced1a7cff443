"""Training and exporting the speech model. Needs tools/speech_model/requirements.txt."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("soxr")

from app.gateways.sound import RATE, decode  # noqa: E402
from tools.speech_model.batches import Draws, Items, collated, loader  # noqa: E402
from tools.speech_model.evaluate import heard_with  # noqa: E402
from tools.speech_model.export import export  # noqa: E402
from tools.speech_model.heldout import recordings  # noqa: E402
from tools.speech_model.network import Learner, losses, restore, save  # noqa: E402
from tools.speech_model.speech import Corpus  # noqa: E402
from tools.speech_model.tokens import PACKAGED, Tokens  # noqa: E402
from tools.speech_model.train import Plan, train  # noqa: E402


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """The short ones of the kept recordings, as a corpus."""
    folder, position = tmp_path_factory.mktemp("corpus"), 0
    kept = [each for each in recordings("seen") if each[0].kind == "familiar"]
    with (folder / "sound.pcm").open("wb") as sound, (folder / "index.jsonl").open("w") as index:
        for example, path in kept:
            samples = (decode(path)[:: RATE // 8000] * 32767).astype("<i2")
            row = {"text": example.text, "voice": example.voice.name, "start": position}
            index.write(json.dumps({**row, "length": len(samples)}) + "\n")
            sound.write(samples.tobytes())
            position += len(samples)
    return Corpus(folder)


@pytest.fixture(scope="module")
def learner() -> Learner:
    """The kept weights."""
    kept = Learner(Tokens())
    assert restore(kept) > 9000
    return kept


def test_batches_are_zero_padded_windows_of_an_even_number_of_frames(corpus: Corpus) -> None:
    tokens = Tokens()
    items = Items(corpus, tokens)
    for draws in Draws(corpus, 6, 5, seed=1, easily=True):
        batch = collated([items[draw] for draw in draws], tokens.end, 32_000)
        frames = batch["features"].shape[2]
        assert frames % 2 == 0
        assert 120 <= frames <= 3000
        assert int(batch["lengths"].max()) <= frames // 2
        assert batch["letter_counts"].sum() == len(batch["letters"])
        assert (batch["written"][:, 0] == tokens.start).all()
        assert not ((batch["target"] == -100) & (batch["written"] != tokens.end)).any()


def test_short_sentences_come_first_and_long_ones_later(corpus: Corpus) -> None:
    lengths = [each.length / 8000 for each in corpus.spoken]
    draws = list(Draws(corpus, 400, 2, seed=1, easily=True))
    early, late = (
        max(sum(lengths[index] for index in draw[0]) for batch in part for draw in batch)
        for part in (draws[:30], draws[-60:])
    )
    assert early < 4.0 < late


def test_training_lowers_the_loss(corpus: Corpus) -> None:
    torch.manual_seed(0)
    tokens, fresh = Tokens(), Learner(Tokens())
    draws = Draws(corpus, 1, 8, seed=1, easily=True)
    batch = next(iter(loader(corpus, tokens, draws, workers=0, largest=32_000)))
    before = losses(fresh, batch)
    plan = Plan(steps=8, size=8, largest=32_000, rate=1e-3, device="cpu", from_nothing=True)
    lines = list(train(fresh, iter([batch] * 8), plan))
    after = losses(fresh, batch)
    assert lines[-1].startswith("step 8 of 8")
    assert after.tokens < before.tokens
    assert after.characters < before.characters


def test_kept_weights_are_restored_with_their_step(learner: Learner, tmp_path: Path) -> None:
    save(learner, 12, tmp_path / "kept.pt")
    other = Learner(Tokens())
    assert restore(other, tmp_path / "kept.pt") == 12
    for name, weight in learner.state_dict().items():
        assert torch.equal(weight, other.state_dict()[name])


def test_the_kept_weights_export_to_what_is_packaged(learner: Learner, tmp_path: Path) -> None:
    export(learner, Tokens(), tmp_path)
    for name in ("config.json", "vocabulary.json", "tokenizer.json"):
        assert (tmp_path / name).read_bytes() == (PACKAGED.parent / name).read_bytes(), name
    packaged, exported = (
        heard_with("beam 5 short", folder) for folder in (PACKAGED.parent, tmp_path)
    )
    wavs = [path.read_bytes() for _, path in islice(recordings("seen"), 15)]
    same = [packaged.hear(wav).words == exported.hear(wav).words for wav in wavs]
    # The checkpoint is rounded to half precision, so a close call may go the other way.
    assert np.mean(same) >= 0.8
