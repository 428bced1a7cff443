"""How one kind of Whisper model is used: where to cut, how hard to search, when to doubt. Data."""

from __future__ import annotations

import string
from dataclasses import dataclass, field
from typing import Final

from app.gateways.sound import Cutting, Voice


@dataclass(frozen=True, slots=True)
class Heard:
    """A model's words, and what it says of them in Whisper's measures.

    ``log_probability`` is the average of the words' tokens, ``no_speech`` the probability that
    nobody spoke, ``compression`` how many times shorter zlib makes the text: phrases that turn in
    a circle shrink.
    """

    text: str
    log_probability: float
    no_speech: float
    compression: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Bounds on what a model says of its own words; see ``Heard``."""

    log_probability: float
    no_speech: float
    compression: float

    def doubt(self, heard: Heard) -> bool:
        """Does any one figure lie beyond its bound?"""
        return (
            heard.log_probability < self.log_probability
            or heard.no_speech > self.no_speech
            or heard.compression > self.compression
        )

    def refuse(self, heard: Heard) -> bool:
        """Nobody spoke and the words are unsure; or the text turns in a circle."""
        silent = heard.no_speech > self.no_speech and heard.log_probability < self.log_probability
        return silent or heard.compression > self.compression


@dataclass(frozen=True, slots=True)
class Hearing:
    """How one kind of model is used.

    ``ghost``: what counts as never said. ``doubtful``: where a piece that was heard in a short
    window is heard again in a full one, and where one of ``phrases`` alone counts as never said.
    ``unsure``: the average log-probability below which words count only where the voice detector
    finds, in their piece alone, a voice that could have said them (``could_say``).
    ``threads``: 0 for as many as the machine has cores.
    """

    cutting: Cutting
    beam: int
    ghost: Figures
    doubtful: Figures
    short_windows: bool
    threads: int = 0
    unsure: float = -0.2
    phrases: frozenset[str] = field(default=frozenset())

    def is_speech(self, heard: Heard) -> bool:
        """Did somebody say it?"""
        if not heard.text.strip() or self.ghost.refuse(heard):
            return False
        return not (self.doubtful.doubt(heard) and _plain(heard.text) in self.phrases)

    def is_unsure(self, heard: Heard) -> bool:
        """Does it count only where a voice could have said it?"""
        return heard.log_probability < self.unsure

    def is_doubtful(self, heard: Heard) -> bool:
        """Should it be heard again? Somebody spoke, says the voice detector: no words are none."""
        return not heard.text.strip() or self.doubtful.doubt(heard)


def could_say(words: int, voice: Voice) -> bool:
    """Could a voice have said so many words?

    Tones and barks are clearly a voice for an instant at most, and music with something like a
    voice in it not for as long as its words would take. Who was clear for longer did speak, however
    badly heard: that is for a person to listen to. ``tools.speech_model.ghosts`` counts what this
    refuses, on lines with and without a customer.
    """
    if voice.clear >= _SOMEBODY:
        return True
    return voice.clear >= _LEAST_CLEAR and words <= 1 + _FASTEST * voice.seconds


def _plain(text: str) -> str:
    return " ".join(text.lower().translate(_NO_MARKS).split())


_LEAST_CLEAR: Final = 0.06
"""Seconds: two windows of the voice detector."""
_SOMEBODY: Final = 0.4
"""Seconds."""
_FASTEST: Final = 6.0
"""Words a second."""
_NO_MARKS: Final = str.maketrans("", "", string.punctuation.replace("'", "") + "¡¿…")

# What stock Whisper models write where nobody speaks, in the languages that we call in: they learnt
# from subtitled films, whose endings are music under such words. Reported for years, among others
# in github.com/openai/whisper/discussions/679. Customers do say "thank you": so only a piece that
# holds nothing else, and only where the model's own figures are doubtful.
_FROM_SUBTITLES: Final = frozenset(
    {
        "you",
        "bye",
        "bye bye",
        "thank you",
        "thank you very much",
        "thank you so much",
        "thank you for watching",
        "thanks for watching",
        "thank you for listening",
        "thank you for your attention",
        "please subscribe",
        "please subscribe to my channel",
        "like and subscribe",
        "don't forget to subscribe",
        "see you next time",
        "see you in the next video",
        "i'll see you in the next video",
        "subtitles by the amaraorg community",
        "transcription by castingwords",
        "gracias",
        "muchas gracias",
        "gracias por ver el video",
        "gracias por ver",
        "suscríbete al canal",
        "subtítulos realizados por la comunidad de amaraorg",
        "merci",
        "merci d'avoir regardé cette vidéo",
        "merci d'avoir regardé",
        "abonnezvous",
        "soustitres réalisés par la communauté d'amaraorg",
        "soustitrage société radiocanada",
        "vielen dank",
        "vielen dank für's zuschauen",
        "vielen dank fürs zuschauen",
        "danke fürs zuschauen",
        "bis zum nächsten mal",
        "untertitel der amaraorgcommunity",
        "untertitelung des zdf für funk 2017",
    }
)

# The packaged model. On faint noise it says a short phrase with a no-speech probability of 0.3 to
# 0.9 and an average log-probability mostly below -1.0; of 200 sentences 199 had 0.00 and above
# -0.65. On loud noise it says a whole sentence that looks like speech in both figures, so the voice
# detector has the first word: it gave noise at most 0.19, and each of 600 sentences 0.70 or more at
# its clearest moment. One thread: with two the decoder of this size takes three times the
# processor's time, and no less of the customer's.
EMBEDDED_HEARING: Final = Hearing(
    Cutting(longest_piece=6.0, pause=0.5),
    beam=5,
    ghost=Figures(log_probability=-0.9, no_speech=0.3, compression=2.4),
    doubtful=Figures(log_probability=-0.9, no_speech=0.3, compression=2.0),
    short_windows=True,
    threads=1,
)
# Stock models hear windows of thirty seconds, and have never heard a shorter one; the bounds for
# ghosts are those of Whisper's own decoder.
STOCK_HEARING: Final = Hearing(
    Cutting(longest_piece=28.0, pause=5.0),
    beam=5,
    ghost=Figures(log_probability=-1.0, no_speech=0.6, compression=2.4),
    doubtful=Figures(log_probability=-0.7, no_speech=0.3, compression=2.0),
    short_windows=False,
    phrases=_FROM_SUBTITLES,
)
