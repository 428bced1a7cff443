"""Batches for training: spoken sentences over ever new telephone lines, short ones first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from random import Random

import numpy as np
import numpy.typing as npt
import soxr
import torch
from faster_whisper.feature_extractor import FeatureExtractor
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from app.gateways.sound import MARGIN
from app.gateways.sound import RATE as MODEL_RATE
from local.carrier.audio import RATE
from tools.speech_model.channel import Recording, carried, drawn_line, drawn_nobody
from tools.speech_model.hearing import WHOLE_WINDOW, fitted, window_for
from tools.speech_model.sentences import plain
from tools.speech_model.speech import Corpus, Sound
from tools.speech_model.tokens import Tokens, letters

SHORTEST, LONGEST = 3.0, 15.0
"""Seconds of the longest sentence at the beginning of training, and later."""
NOBODY, JOINED = 0.05, 0.12
"""How many lines carry no speech, and how many two sentences with a pause between."""

Draw = tuple[tuple[int, ...], int]
"""Which sentences of the corpus one after the other, none for a line without speech; the seed."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line as the model hears it, and what it shall write."""

    features: npt.NDArray[np.float32]
    written: list[int]
    letters: list[int]


class Items(Dataset[Item]):
    """Makes the items that a sampler draws."""

    def __init__(self, corpus: Corpus, tokens: Tokens) -> None:
        """Nothing is read before it is drawn."""
        self._corpus, self._tokens = corpus, tokens
        self._extractor = FeatureExtractor()

    def __getitem__(self, draw: Draw) -> Item:
        """The same draw gives the same item."""
        indexes, seed = draw
        r = Random(seed)
        if not indexes:
            return Item(self._features(drawn_nobody(r), 0.0), self._tokens.nobody_speaks(), [])
        line = carried(self._voice(indexes, r), drawn_line(r))
        margin = MARGIN if r.random() < 0.7 else 0.0
        words = " ".join(plain(self._corpus.spoken[index].text) for index in indexes)
        return Item(
            self._features(line.samples, margin),
            self._written(words, line, margin, timed=r.random() < 0.3),
            letters(words),
        )

    def _voice(self, indexes: Sequence[int], r: Random) -> Sound:
        parts: list[Sound] = []
        for index in indexes:
            pause = np.zeros(round(r.uniform(0.15, 0.7) * RATE), np.float32)
            parts += [self._corpus.sound(index), pause]
        return np.concatenate(parts[:-1])

    def _features(self, samples: Sound, margin: float) -> npt.NDArray[np.float32]:
        """As the product makes them: silence on both sides, resampled, Whisper's own features."""
        heard = np.pad(samples, round(margin * RATE))
        features: npt.NDArray[np.float32] = self._extractor(soxr.resample(heard, RATE, MODEL_RATE))
        return features[:, :WHOLE_WINDOW].astype(np.float32)

    def _written(self, words: str, line: Recording, margin: float, *, timed: bool) -> list[int]:
        if timed:
            return self._tokens.timed(words, line.start + margin, line.end + margin)
        return self._tokens.written(words)


class Draws(Sampler[list[Draw]]):
    """Batches of sentences of similar length, for steps ``first`` up to ``steps``.

    Sentences are short at first where the training begins ``easily``, and of any length from half
    of the steps on.
    """

    def __init__(self, corpus: Corpus, steps: int, size: int, seed: int, *, easily: bool) -> None:
        """``size`` lines a batch."""
        self._lengths = [each.length / RATE for each in corpus.spoken]
        self._steps, self._size, self._seed, self._easily = steps, size, seed, easily

    def __len__(self) -> int:
        return self._steps

    def __iter__(self) -> Iterator[list[Draw]]:
        r, pool = Random(self._seed), list[list[Draw]]()
        for step in range(self._steps):
            pool = pool or self._pool(r, step / self._steps)
            yield pool.pop()

    def _pool(self, r: Random, progress: float) -> list[list[Draw]]:
        eased = min(1.0, progress / 0.5) if self._easily else 1.0
        longest = SHORTEST + (LONGEST - SHORTEST) * eased
        fitting = [index for index, length in enumerate(self._lengths) if length <= longest]
        chosen = r.choices(fitting, k=30 * self._size)
        draws = sorted((self._draw(index, fitting, longest, r) for index in chosen), key=self._sum)
        pool = [draws[at : at + self._size] for at in range(0, len(draws), self._size)]
        r.shuffle(pool)
        return pool

    def _draw(self, index: int, fitting: Sequence[int], longest: float, r: Random) -> Draw:
        indexes: tuple[int, ...] = () if r.random() < NOBODY else (index,)
        other = r.choice(fitting)
        if (
            indexes
            and r.random() < JOINED
            and self._lengths[index] + self._lengths[other] < longest
        ):
            indexes = (index, other)
        return indexes, r.randrange(2**31)

    def _sum(self, draw: Draw) -> float:
        return sum(self._lengths[index] for index in draw[0])


def collated(items: Sequence[Item], end: int, largest: int) -> dict[str, Tensor]:
    """Items as tensors, zero-padded to a window of some length from the longest to 3,000 frames.

    At most ``largest`` frames in all, the last items left out, so that memory suffices; stretches
    of time and bands of frequency are blanked out (SpecAugment, Park et al. 2019).
    """
    r = Random(sum(items[0].written) + len(items))
    longest = max(item.features.shape[1] for item in items)
    more = r.choices((20, 300, WHOLE_WINDOW), (80, 15, 5))[0]
    window = window_for(max(120, longest + r.randint(0, min(more, WHOLE_WINDOW - longest))))
    kept = items[: max(4, largest // window)]
    features = np.stack([_blanked(fitted(item.features, window), item, r) for item in kept])
    target = np.full((len(kept), max(len(item.written) for item in kept)), -100)
    for row, item in zip(target, kept, strict=True):
        row[: len(item.written)] = item.written
    return {
        "features": torch.from_numpy(features),
        "written": torch.from_numpy(np.where(target < 0, end, target)),
        "target": torch.from_numpy(target),
        "letters": torch.tensor([letter for item in kept for letter in item.letters]),
        "lengths": torch.tensor([(item.features.shape[1] + 1) // 2 for item in kept]),
        "letter_counts": torch.tensor([len(item.letters) for item in kept]),
    }


def _blanked(features: npt.NDArray[np.float32], item: Item, r: Random) -> npt.NDArray[np.float32]:
    frames = item.features.shape[1]
    for _ in range(2):
        band, moment = r.randint(0, 70), r.randint(0, max(1, frames - 20))
        features[band : band + r.randint(0, 10), :frames] = 0
        features[:, moment : moment + r.randint(0, 20)] = 0
    return features


def loader(
    corpus: Corpus, tokens: Tokens, draws: Draws, *, workers: int, largest: int
) -> DataLoader[Item]:
    """The batches, made by so many processes beside the training; 0 makes them in between."""
    return DataLoader(
        Items(corpus, tokens),
        batch_sampler=draws,
        num_workers=workers,
        collate_fn=partial(collated, end=tokens.end, largest=largest),
        pin_memory=torch.cuda.is_available(),
        persistent_workers=False,
        prefetch_factor=4 if workers else None,
    )
