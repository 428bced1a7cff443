"""Trains the network on a corpus of spoken sentences.

Use: python -m tools.speech_model.train CORPUS OUT.pt STEPS [--from checkpoint.pt] [--device cuda]
Without ``--from`` it begins with fresh weights and short sentences. The rate of learning falls to
nothing over the steps. OUT.pt is written every 500 steps and at the end.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from tools.speech_model.batches import Draws, loader
from tools.speech_model.network import Learner, losses, restore, save
from tools.speech_model.speech import Corpus
from tools.speech_model.tokens import Tokens

WARM_UP = 400
KEPT_EVERY, SHOWN_EVERY = 500, 25


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train: steps of ``size`` lines, at most ``largest`` frames in a batch."""

    steps: int
    size: int
    largest: int
    rate: float
    device: str
    from_nothing: bool

    def rate_at(self, step: int) -> float:
        """The rate of learning: up during the warm-up, then down to nothing along a cosine."""
        warm = min(1.0, (step + 1) / min(WARM_UP, max(1, self.steps // 5)))
        return self.rate * warm * 0.5 * (1 + math.cos(math.pi * step / self.steps))

    def weight_of_characters(self, step: int) -> float:
        """Spelling leads the way at first: it learns to align sound and text sooner."""
        return 0.7 if self.from_nothing and step < 0.35 * self.steps else 0.3


def train(learner: Learner, batches: Iterator[dict[str, Tensor]], plan: Plan) -> Iterator[str]:
    """Train step by step; yields a line of progress after each step.

    The losses are running means over about fifty steps, on training sentences over hard lines:
    they compare with each other alone.
    """
    learner.to(plan.device).train()
    optimizer = torch.optim.AdamW(learner.parameters(), betas=(0.9, 0.98), weight_decay=0.01)
    means, seen, started = _Means(), 0, time.monotonic()
    for step, batch in enumerate(batches):
        moved = {name: each.to(plan.device, non_blocking=True) for name, each in batch.items()}
        with torch.autocast(plan.device.split(":")[0], dtype=torch.bfloat16):
            found = losses(learner, moved)
        weight = plan.weight_of_characters(step)
        for group in optimizer.param_groups:
            group["lr"] = plan.rate_at(step)
        optimizer.zero_grad()
        loss = (1 - weight) * found.tokens + weight * found.characters
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(learner.parameters(), 1.0)
        optimizer.step()
        means.add(float(found.tokens.detach()), float(found.characters.detach()))
        seen += len(batch["features"])
        minutes = (time.monotonic() - started) / 60
        yield (
            f"step {step + 1} of {plan.steps}, {minutes:.1f} minutes, "
            f"{seen / minutes / 60:.0f} lines a second, loss of tokens {means.tokens:.3f}, "
            f"of characters {means.characters:.3f}"
        )


class _Means:
    """Running means: of all values at first, then forgetting the old ones."""

    def __init__(self) -> None:
        self.tokens = self.characters = 0.0
        self._count = 0

    def add(self, tokens: float, characters: float) -> None:
        self._count += 1
        share = max(0.02, 1 / self._count)
        self.tokens += share * (tokens - self.tokens)
        self.characters += share * (characters - self.characters)


def _plan(options: argparse.Namespace) -> Plan:
    on_gpu = options.device.startswith("cuda")
    return Plan(
        steps=options.steps,
        size=options.batch or (256 if on_gpu else 32),
        largest=400_000 if on_gpu else 32_000,
        rate=options.rate or (6e-4 if options.go_on_from else 1.5e-3),
        device=options.device,
        from_nothing=options.go_on_from is None,
    )


def main() -> None:
    """Train, print progress and keep the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("steps", type=int)
    parser.add_argument("--from", dest="go_on_from", type=Path)
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--batch", type=int, default=0, help="lines a step: 32, on a GPU 256")
    parser.add_argument("--rate", type=float, default=0.0, help="highest rate of learning")
    parser.add_argument("--workers", type=int, default=1, help="processes that make batches")
    parser.add_argument("--threads", type=int, default=0, help="of the processor, 0 for all")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    if options.threads:
        torch.set_num_threads(options.threads)
    plan, tokens, corpus = _plan(options), Tokens(), Corpus(options.corpus)
    learner = Learner(tokens)
    before = restore(learner, options.go_on_from) if options.go_on_from else 0
    draws = Draws(corpus, plan.steps, plan.size, options.seed, easily=plan.from_nothing)
    batches = loader(corpus, tokens, draws, workers=options.workers, largest=plan.largest)
    for step, line in enumerate(train(learner, iter(batches), plan), start=1):
        if step % SHOWN_EVERY == 0 or step == plan.steps:
            print(line, flush=True)
        if step % KEPT_EVERY == 0 or step == plan.steps:
            save(learner, before + step, options.out)


if __name__ == "__main__":
    main()
