"""The network: a small Whisper, and a head that spells, which training alone uses."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import WhisperConfig, WhisperForConditionalGeneration

from tools.speech_model.tokens import BLANK, Tokens

WIDTH = 128
CHECKPOINT = Path(__file__).with_name("checkpoint.pt")


def whisper(tokens: Tokens) -> WhisperForConditionalGeneration:
    """The network with fresh weights."""
    return WhisperForConditionalGeneration(
        WhisperConfig(
            vocab_size=tokens.count,
            num_mel_bins=80,
            d_model=WIDTH,
            encoder_layers=4,
            decoder_layers=2,
            encoder_attention_heads=2,
            decoder_attention_heads=2,
            encoder_ffn_dim=4 * WIDTH,
            decoder_ffn_dim=4 * WIDTH,
            max_source_positions=1500,
            max_target_positions=448,
            pad_token_id=tokens.end,
            bos_token_id=tokens.start,
            eos_token_id=tokens.end,
            decoder_start_token_id=tokens.start,
            suppress_tokens=[],
            begin_suppress_tokens=[],
        )
    )


class Learner(nn.Module):
    """The network with its character head."""

    def __init__(self, tokens: Tokens) -> None:
        """Fresh weights; ``restore`` brings others."""
        super().__init__()
        self.whisper = whisper(tokens)
        self.characters = nn.Linear(WIDTH, BLANK + 1)

    def forward(self, features: Tensor, written: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of the next token and of the characters.

        ``features`` are batch x 80 x an even number of frames up to 3,000: the stock encoder
        accepts 3,000 alone, so its layers are called one by one.
        """
        encoder = self.whisper.model.encoder
        states = functional.gelu(encoder.conv1(features))
        states = functional.gelu(encoder.conv2(states)).permute(0, 2, 1)
        states = states + encoder.embed_positions.weight[: states.shape[1]]
        for layer in encoder.layers:
            out = layer(states, attention_mask=None)
            states = out[0] if isinstance(out, tuple) else out
        states = encoder.layer_norm(states)
        decoded = self.whisper.model.decoder(
            input_ids=written, encoder_hidden_states=states, use_cache=False
        ).last_hidden_state
        return self.whisper.proj_out(decoded), self.characters(states)


@dataclass(frozen=True, slots=True)
class Losses:
    """Mean losses of one batch: of the tokens (cross-entropy), of the characters (CTC)."""

    tokens: Tensor
    characters: Tensor


def losses(learner: Learner, batch: dict[str, Tensor]) -> Losses:
    """How far the network is from what it shall write; see ``batches.collated`` for the fields."""
    tokens, characters = learner(batch["features"], batch["written"][:, :-1])
    target = batch["target"][:, 1:].reshape(-1)
    cross_entropy = functional.cross_entropy(
        tokens.float().flatten(0, 1), target, ignore_index=-100, label_smoothing=0.05
    )
    spelled = functional.ctc_loss(
        characters.float().log_softmax(-1).transpose(0, 1),
        batch["letters"],
        batch["lengths"],
        batch["letter_counts"],
        blank=BLANK,
        zero_infinity=True,
    )
    return Losses(cross_entropy, spelled)


def save(learner: Learner, step: int, file: Path, *, half: bool = False) -> None:
    """Keep the weights; half precision takes half the space and serves to go on from."""

    def kept(module: nn.Module) -> dict[str, Tensor]:
        state = module.state_dict()
        return {
            name: weight.cpu().half() if half else weight.cpu() for name, weight in state.items()
        }

    torch.save({"m": kept(learner.whisper), "c": kept(learner.characters), "s": step}, file)


def restore(learner: Learner, file: Path = CHECKPOINT) -> int:
    """Take over kept weights; returns the number of steps they were trained for."""
    kept = torch.load(file, map_location="cpu", weights_only=True)
    learner.whisper.load_state_dict(kept["m"])
    learner.characters.load_state_dict(kept["c"])
    return int(kept["s"])
