"""What an API key is to be, and all that may be wrong with that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.errors import PermanentError
from app.rules import api_key_text
from app.rules.permissions import FOR_KEYS, NOT_FOR_KEYS, Permission
from app.saying import Saying, Sayings

Environment = Literal["development", "staging", "production"]
MOST_REQUESTS = 10_000_000
_LONGEST_NAME, _LONGEST_DESCRIPTION = 120, 1000


class KeyRefusedError(PermanentError):
    """It cannot be done to a key; ``problems`` gives, by field, all that is wrong."""

    def __init__(self, **problems: Saying) -> None:
        super().__init__(Sayings.of(problems.values()))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """What a key is to be."""

    name: str
    permissions: Iterable[str]
    environment: Environment = "development"
    description: str | None = None
    requests: int = 1000
    period_seconds: int = 900
    expires_at: datetime | None = None


def check(wish: NewKey, now: datetime) -> None:
    """Raises KeyRefusedError naming everything that cannot be."""
    problems: dict[str, Saying] = {}
    if not 0 < len(wish.name.strip()) <= _LONGEST_NAME:
        problems["name"] = Saying("a key needs a name of 1 to 120 letters, by which people know it")
    if wish.description is not None and len(wish.description) > _LONGEST_DESCRIPTION:
        problems["description"] = Saying("the description may have at most 1000 letters")
    if wish.environment not in api_key_text.ENVIRONMENTS:
        known = ", ".join(api_key_text.ENVIRONMENTS)
        problems["environment"] = Saying("the environment must be one of %(known)s", known=known)
    wrong = _wrong_permissions(list(wish.permissions))
    if wrong:
        problems["permissions"] = wrong
    if not 1 <= wish.requests <= MOST_REQUESTS:
        problems["requests"] = Saying(
            "the requests of a period must be 1 to %(most)s", most=MOST_REQUESTS
        )
    if not 1 <= wish.period_seconds <= 86_400:
        problems["period_seconds"] = Saying("the period must be 1 to 86400 seconds")
    if wish.expires_at is not None and wish.expires_at <= now:
        problems["expires_at"] = Saying("the key would have expired already: give a later moment")
    if problems:
        raise KeyRefusedError(**problems)


def _wrong_permissions(wanted: list[str]) -> Saying | None:
    if not wanted:
        return Saying("a key without permissions can do nothing: give one, as deliveries:read")
    refused = sorted(set(wanted) & {each.value for each in NOT_FOR_KEYS})
    unknown = sorted(set(wanted) - {each.value for each in Permission})
    said = []
    if refused:
        said.append(Saying("no key may have %(names)s", names=", ".join(refused)))
    if unknown:
        known = ", ".join(sorted(each.value for each in FOR_KEYS))
        said.append(
            Saying(
                "there is no permission %(names)s; there are %(known)s",
                names=", ".join(unknown),
                known=known,
            )
        )
    return Sayings.of(said) if said else None
