"""`delauto keys`: a rotation from the command line, told in keys' short names."""

from __future__ import annotations

from cryptography.fernet import Fernet

from app.config import Settings
from app.models import CallLog, sealing
from app.rules import vapid
from tests import factories
from tests.processes import delauto
from tests.test_config import GOOD


def rotated(surroundings: dict[str, str], *keys: str):
    environment = {**surroundings, "FIELD_ENCRYPTION_KEY": ",".join(keys)}
    return delauto("keys", "rotate", environment=environment)


def test_a_rotation_and_back_says_which_key_may_go(surroundings, settings) -> None:
    call = factories.call(transcription="behind the planter")
    old, new = settings.field_encryption_key.get_secret_value(), Fernet.generate_key().decode()
    one, other = sealing.KeyRing([old, new]).ids
    answer = rotated(surroundings, new, old)
    assert f"none under key {one}: drop it" in answer.stdout
    assert answer.returncode == 0
    # Where the newest key is missing, it says so and changes nothing.
    answer = rotated(surroundings, old)
    assert f"under key {other}, which FIELD_ENCRYPTION_KEY does not hold" in answer.stdout
    assert answer.returncode == 1
    answer = rotated(surroundings, old, new)
    assert f"none under key {other}: drop it" in answer.stdout
    assert CallLog.of("default", pk=call.pk).get().transcription == "behind the planter"
    assert old not in answer.stdout
    assert new not in answer.stdout


def test_keys_for_pushes_are_the_two_settings_that_start_them() -> None:
    answers = [delauto("keys", "vapid", "--subject", "https://harbour.example") for _ in range(2)]
    first, second = (
        dict(line.split("=", 1) for line in each.stdout.splitlines()) for each in answers
    )
    assert set(first) == {"VAPID_PRIVATE_KEY", "VAPID_SUBJECT"}
    assert first["VAPID_PRIVATE_KEY"] != second["VAPID_PRIVATE_KEY"]
    settings = Settings.from_env({**GOOD, **first})
    assert settings.vapid_subject == "https://harbour.example"
    assert vapid.public_key(first["VAPID_PRIVATE_KEY"]) in answers[0].stderr
    assert len(vapid.public_key(first["VAPID_PRIVATE_KEY"])) == 87


def test_a_subject_that_push_services_would_not_accept_is_refused() -> None:
    answer = delauto("keys", "vapid", "--subject", "nobody")
    assert (answer.returncode, "mailto:" in answer.stderr, answer.stdout) == (1, True, "")
