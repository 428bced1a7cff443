"""Writes kept weights as a model folder that faster-whisper loads.

Use: python -m tools.speech_model.export [CHECKPOINT.pt] FOLDER [--checkpoint HALF.pt]
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

from ctranslate2.converters.transformers import WhisperLoader

from tools.speech_model.network import CHECKPOINT, Learner, restore, save
from tools.speech_model.tokens import PACKAGED, Tokens

ALIGNMENT_HEADS = [(1, 0), (1, 1)]
"""Layer and head of the decoder whose attention gives the times of words: both of the last layer.
Heads that the model does not have crash the alignment."""

_FEATURES = {
    "chunk_length": 30,
    "feature_size": 80,
    "hop_length": 160,
    "n_fft": 400,
    "sampling_rate": 16000,
}


def export(learner: Learner, tokens: Tokens, folder: Path) -> None:
    """Write model, vocabulary, tokenizer and settings; weights in 8-bit integers."""
    spec = WhisperLoader().get_model_spec(learner.whisper)
    spec.register_vocabulary(tokens.names())
    config = spec.config
    config.suppress_ids = []
    config.suppress_ids_begin = [tokens.end]
    config.lang_ids = [tokens.english]
    config.alignment_heads = ALIGNMENT_HEADS
    spec.validate()
    spec.optimize(quantization="int8")
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))
    shutil.copyfile(PACKAGED, folder / "tokenizer.json")
    (folder / "preprocessor_config.json").write_text(json.dumps(_FEATURES), encoding="utf-8")


def main() -> None:
    """Export a checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path, nargs="?", default=CHECKPOINT)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--checkpoint", type=Path, help="also keep the weights in half precision")
    options = parser.parse_args()
    tokens = Tokens()
    learner = Learner(tokens)
    step = restore(learner, options.weights)
    export(learner, tokens, options.folder)
    if options.checkpoint:
        save(learner, step, options.checkpoint, half=True)
    print(f"{options.folder}: the weights of step {step}")


if __name__ == "__main__":
    main()
