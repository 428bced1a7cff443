"""A voice of this machine: espeak-ng, where it is installed, to listen to texts with.

It is not the voice that customers hear, which the telephone network speaks with; it tells how long
a text is, and where it stumbles. See espeak-ng(1).
"""

from __future__ import annotations

import shutil
import subprocess  # nosec B404
from collections.abc import Mapping

from app.errors import PermanentError, TransientError

PROGRAM = "espeak-ng"
LONGEST = 2000
"""Letters that are spoken at once."""
_VOICES: Mapping[str, str] = {"en": "en-us", "es": "es", "fr": "fr-fr", "de": "de"}
_SECONDS = 15
_WORDS_A_MINUTE = "165"


def at_hand() -> bool:
    """Is there a voice on this machine?"""
    return shutil.which(PROGRAM) is not None


def spoken(text: str, language: str) -> bytes:
    """The text as a WAV file. Raises PermanentError where there is no voice."""
    program = shutil.which(PROGRAM)
    if program is None:
        raise PermanentError("this machine has no voice: install the package espeak-ng")
    # A list, without a shell, and the text by standard input: it cannot become an option.
    command = [program, "-v", _VOICES[language], "-s", _WORDS_A_MINUTE, "--stdin", "--stdout"]
    try:
        done = subprocess.run(  # noqa: S603 # nosec B603
            command, input=text[:LONGEST].encode(), capture_output=True, check=True,
            timeout=_SECONDS,
        )  # fmt: skip
    except (subprocess.SubprocessError, OSError) as error:
        raise TransientError(f"the voice did not speak: {type(error).__name__}") from None
    return done.stdout
