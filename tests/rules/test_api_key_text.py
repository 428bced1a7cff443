"""A key reads the same way every time, says its environment, and shows a slip of the finger."""

from __future__ import annotations

import re
import secrets

import pytest

from app.rules.api_key_text import ENVIRONMENTS, hash_of, made, prefix_of


@pytest.mark.parametrize(("environment", "said"), ENVIRONMENTS.items())
def test_a_key_says_its_environment_and_keeps_its_secret(environment, said) -> None:
    key = made(environment, secrets.randbelow)
    assert re.fullmatch(rf"da_{said}_[0-9A-Za-z]{{12}}_[0-9A-Za-z]{{49}}", key.plain)
    assert key.plain.startswith(key.prefix + "_")
    assert prefix_of(key.plain) == key.prefix
    assert key.plain not in repr(key)


def test_the_least_and_the_greatest_secret_fit() -> None:
    for number in (lambda below: 0, lambda below: below - 1):
        key = made("production", number)
        assert prefix_of(key.plain) == key.prefix
        assert len(key.plain) == len("da_live_") + 12 + 1 + 49


def test_each_letter_counts() -> None:
    key = made("production", secrets.randbelow)
    for place in range(len(key.prefix) + 1, len(key.plain)):
        other = "a" if key.plain[place] != "a" else "b"
        assert prefix_of(key.plain[:place] + other + key.plain[place + 1 :]) is None


@pytest.mark.parametrize("change", [str.strip, str.upper, lambda k: k[:-1], lambda k: k + "a",
                                    lambda k: f" {k}", lambda k: f"{k}\n",
                                    lambda k: k.replace("live", "test"),
                                    lambda k: k.replace("da_", "sk_"),
                                    lambda k: k[:-1] + "\N{ARABIC-INDIC DIGIT ONE}"])  # fmt: skip
def test_what_only_looks_like_a_key_is_none(change) -> None:
    key = made("production", secrets.randbelow).plain
    assert change(key) == key or prefix_of(change(key)) is None


@pytest.mark.parametrize("text", ["", "da_", "da_live_", "x" * 10_000, "da_live_" + "_" * 62])
def test_nonsense_is_no_key(text) -> None:
    assert prefix_of(text) is None


def test_what_is_stored_for_a_key_is_its_sha_256() -> None:
    assert hash_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
