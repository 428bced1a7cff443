"""The tokens that the model writes: words, times, and that nobody speaks."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tokenizers import Tokenizer

PACKAGED = Path(__file__).parents[2] / "app" / "embedded_model" / "tokenizer.json"
LETTERS: Final = " abcdefghijklmnopqrstuvwxyz'"
"""What the character head writes. Its next class, ``BLANK``, is the blank of CTC."""
BLANK: Final = len(LETTERS)

_SECONDS_A_TIME_TOKEN = 0.02
_LAST_TIME = 1500


class Tokens:
    """The packaged tokenizer: byte-level BPE, which spells any word, and Whisper's marks."""

    def __init__(self, file: Path = PACKAGED) -> None:
        """Read a tokenizer.json."""
        self._tokenizer = Tokenizer.from_file(str(file))
        self.count: int = self._tokenizer.get_vocab_size()
        self.end = self._id("<|endoftext|>")
        self.start = self._id("<|startoftranscript|>")
        self.english = self._id("<|en|>")
        self._nobody = self._id("<|nospeech|>")
        self._untimed = self._id("<|notimestamps|>")

    def names(self) -> list[str]:
        """All tokens in the order of their numbers."""
        return [str(self._tokenizer.id_to_token(number)) for number in range(self.count)]

    def nobody_speaks(self) -> list[int]:
        """What the model shall write for a line without speech."""
        return [self.start, self._nobody, self.end]

    def written(self, words: str) -> list[int]:
        """What the model shall write for words, without times."""
        return [self.start, self._untimed, *self._text(words), self.end]

    def timed(self, words: str, start: float, end: float) -> list[int]:
        """The same between the times at which the words start and end (seconds)."""
        return [self.start, self._time(start), *self._text(words), self._time(end), self.end]

    def _text(self, words: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(f" {words}").ids
        return ids

    def _time(self, seconds: float) -> int:
        return self._untimed + 1 + min(_LAST_TIME, round(seconds / _SECONDS_A_TIME_TOKEN))

    def _id(self, name: str) -> int:
        number: int | None = self._tokenizer.token_to_id(name)
        if number is None:
            raise ValueError(f"the tokenizer has no {name}")
        return number


def letters(words: str) -> list[int]:
    """The words as classes of the character head; ValueError for other characters."""
    return [LETTERS.index(letter) for letter in words]
