"""The form of the customer's page: what came, and what is wrong with it."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from flask import Request

from app.pipeline.reply import LARGEST_AUDIO, LONGEST_TEXT, Said
from app.rules.texts.choices import ANOTHER_DAY, NO_CONTACT, picked
from app.web.link.visit import Visit

_KEY = re.compile(r"[A-Za-z0-9_-]{16,40}")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the answer was not taken: ``words`` names the text, ``field`` what to mend."""

    words: str
    field: str
    status: int = 400


@dataclass(frozen=True, slots=True)
class Draft:
    """What the customer filled in."""

    key: str = ""
    choice: str = ""
    day: str = ""
    note: str = ""
    audio: bytes = b""
    picked: dict[str, Any] | None = None
    problem: Problem | None = None

    @classmethod
    def empty(cls) -> Draft:
        """A form that nobody filled in yet."""
        return cls()

    @property
    def opts_out(self) -> bool:
        """Do they want no more calls or messages?"""
        return self.choice == NO_CONTACT

    def said(self, here: Visit) -> Said:
        """The answer, for the pipeline."""
        return Said(
            channel="link",
            key=self.key,
            language=here.language,
            picked=(self.picked,) if self.picked else (),
            text=self.note,
            audio=self.audio,
        )


def new_key() -> str:
    """A key for one form, that nobody can guess: it also opens what is read back."""
    return secrets.token_urlsafe(18)


def from_our_page(request: Request, public_url: str) -> bool:
    """Does the form come from our own page? Browsers say where a form was.

    The link itself is the capability, and no cookie is in play; this keeps other sites from
    sending forms even where they got hold of a link.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    ours = urlsplit(public_url)
    return urlsplit(origin).netloc in (request.host, ours.netloc)


def read(request: Request, here: Visit) -> Draft:
    """The form as it came; ``problem`` says what must be mended before it can be kept."""
    fields = request.form
    key = fields.get("key", "")
    if not _KEY.fullmatch(key):
        key = new_key()
    choice = fields.get("choice", "")
    day = fields.get("day", "")
    note = _UNSEEN.sub(" ", fields.get("note", "").replace("\r\n", "\n")).strip()
    upload = request.files.get("audio")
    audio = upload.stream.read(LARGEST_AUDIO + 1) if upload and choice != NO_CONTACT else b""
    pick = picked(choice, _offered(day, here)) if choice else None
    return Draft(
        key=key,
        choice=choice,
        day=day,
        note=note,
        audio=audio,
        picked=pick,
        problem=_problem(choice, pick, note, audio),
    )


def _offered(day: str, here: Visit) -> date | None:
    return next((each for each in here.days if each.isoformat() == day), None)


def _problem(choice: str, pick: dict[str, Any] | None, note: str, audio: bytes) -> Problem | None:
    if choice == ANOTHER_DAY and pick is None:
        return Problem("no_day", "day")
    if len(note) > LONGEST_TEXT:
        return Problem("too_long", "note")
    if not (pick or note or audio):
        return Problem("nothing", "choice")
    if len(audio) > LARGEST_AUDIO:
        return Problem("no_audio", "audio")
    return None
