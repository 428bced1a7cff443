"""Settings: all problems at once, and no secret in sight."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet

from app.config import MEANINGS, Settings, SettingsError
from app.rules import vapid
from app.rules.pushes import Reminding

GOOD = {
    "MONGODB_URI": "mongodb://user:hunter2secret@db.example/delauto",
    "REDIS_URL": "redis://:hunter2secret@redis.example/0",
    "S3_ENDPOINT_URL": "https://s3.example",
    "S3_BUCKET": "recordings",
    "S3_ACCESS_KEY_ID": "hunter2secret",
    "S3_SECRET_ACCESS_KEY": "hunter2secret",
    "TWILIO_ACCOUNT_SID": "AC" + "a" * 32,
    "TWILIO_AUTH_TOKEN": "hunter2secret,hunter2secret-old",
    "TWILIO_FROM_NUMBER": "+14155550100",
    "PUBLIC_URL": "https://calls.example",
    "SECRET_KEY": "hunter2secret" * 4,
    "FIELD_ENCRYPTION_KEY": Fernet.generate_key().decode(),
}


def test_good_settings_are_read() -> None:
    settings = Settings.from_env(GOOD)
    assert settings.auth_tokens == ("hunter2secret", "hunter2secret-old")
    assert settings.twilio_api_url == "https://api.twilio.com"
    assert settings.whisper_model == "embedded"


def test_everything_missing_is_reported_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({})
    assert len(caught.value.problems) == len(GOOD)
    for name in GOOD:
        assert f"{name} is not set: {MEANINGS[name]}" in str(caught.value)


def test_wrong_and_missing_are_reported_together() -> None:
    wrong = {
        **GOOD,
        "TWILIO_ACCOUNT_SID": "nonsense",
        "PUBLIC_URL": "https://my_host.example",
        "CALLING_HOURS": "21:00-08:00",
        "RETRY_AFTER": "busy=soon",
        "TWILIO_CALLS_PER_SECOND": "0",
        "FIELD_ENCRYPTION_KEY": "short",
        "S3_BUCKET": "  ",
    }
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(wrong)
    text = str(caught.value)
    assert len(caught.value.problems) == 7
    for name in ("TWILIO_ACCOUNT_SID", "PUBLIC_URL", "CALLING_HOURS", "RETRY_AFTER", "S3_BUCKET"):
        assert name in text
    assert "underscore" in text


@pytest.mark.parametrize("broken", sorted(GOOD))
def test_no_secret_is_ever_printed(broken: str) -> None:
    assert "hunter2secret" not in repr(Settings.from_env(GOOD))
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({**GOOD, broken: ""})
    assert "hunter2secret" not in f"{caught.value!s}{caught.value!r}"


def test_a_wrong_secret_is_not_printed_either() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({**GOOD, "SECRET_KEY": "too-short-1234", "FIELD_ENCRYPTION_KEY": "leak"})
    assert "too-short-1234" not in str(caught.value)
    assert "leak" not in str(caught.value)


def test_a_second_reader_is_named_whole_or_not_at_all() -> None:
    alone = Settings.from_env(GOOD)
    assert (alone.llm_base_url, alone.llm_timeout, alone.llm_mask_numbers) == (None, 8.0, True)
    both = {"LLM_BASE_URL": "http://models.example:8000/v1", "LLM_MODEL": "m"}
    assert Settings.from_env({**GOOD, **both}).llm_model == "m"
    assert not Settings.from_env({**GOOD, "LLM_MASK_NUMBERS": "false"}).llm_mask_numbers
    for wrong in (
        {"LLM_BASE_URL": "https://models.example/v1"},
        {"LLM_MODEL": "m"},
        {**both, "LLM_BASE_URL": "models.example"},
        {**both, "LLM_BASE_URL": "https://key:hunter2secret@models.example/v1"},
        {**both, "LLM_BASE_URL": "https://models.example/v1?key=hunter2secret"},
        {**both, "LLM_TIMEOUT": "0"},
        {**both, "LLM_TIMEOUT": "31"},
        {**both, "LLM_MASK_NUMBERS": "perhaps"},
    ):
        with pytest.raises(SettingsError) as caught:
            Settings.from_env({**GOOD, **wrong})
        assert len(caught.value.problems) == 1, wrong
        assert "LLM_" in str(caught.value)
        assert "hunter2secret" not in str(caught.value)


def test_pushes_are_set_whole_or_not_at_all() -> None:
    off = Settings.from_env(GOOD)
    assert (off.vapid_private_key, off.vapid_subject) == (None, None)
    key = vapid.new_private_key()
    both = {"VAPID_PRIVATE_KEY": key, "VAPID_SUBJECT": "mailto:operator@harbour.example"}
    assert Settings.from_env({**GOOD, **both}).vapid_private_key.get_secret_value() == key
    for wrong, why in (
        ({"VAPID_PRIVATE_KEY": key}, "VAPID_SUBJECT and VAPID_PRIVATE_KEY must be set both"),
        ({"VAPID_SUBJECT": both["VAPID_SUBJECT"]}, "VAPID_SUBJECT and VAPID_PRIVATE_KEY must be"),
        ({**both, "VAPID_PRIVATE_KEY": "hunter2secret"}, "delauto keys vapid"),
        ({**both, "VAPID_PRIVATE_KEY": "A" * 43}, "delauto keys vapid"),
        ({**both, "VAPID_SUBJECT": "operator"}, "must be like mailto:"),
        ({**both, "VAPID_SUBJECT": "https://harbour.example/push"}, "must be like mailto:"),
    ):
        with pytest.raises(SettingsError) as caught:
            Settings.from_env({**GOOD, **wrong})
        assert len(caught.value.problems) == 1
        assert why in str(caught.value)
        assert "hunter2secret" not in str(caught.value)


def test_when_agents_are_reminded_is_two_numbers_of_minutes() -> None:
    assert Settings.from_env(GOOD).reminding == Reminding()
    chosen = Settings.from_env({**GOOD, "REMIND_AGENTS": "45/5"}).reminding
    assert (chosen.lead, chosen.wait) == (timedelta(minutes=45), timedelta(minutes=5))
    for wrong in ("45", "soon/later", "-1/5", "1/2/3"):
        with pytest.raises(SettingsError, match="like 30/10"):
            Settings.from_env({**GOOD, "REMIND_AGENTS": wrong})


def test_every_setting_says_what_it_means() -> None:
    assert set(MEANINGS) == {name.upper() for name in Settings.model_fields}


def test_settings_cannot_be_changed() -> None:
    settings = Settings.from_env(GOOD)
    with pytest.raises(ValueError, match="frozen"):
        settings.s3_bucket = "other"  # type: ignore[misc]
