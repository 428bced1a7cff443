"""The one place where gateways and connections are built: lazily, and after any fork."""

from __future__ import annotations

import os
from functools import cached_property
from typing import ClassVar

from app import models, queues
from app.config import Settings
from app.gateways import Speech, Storage, Voice
from app.pipeline.claim import CallingPolicy


class Runtime:
    """What a process needs to work; each part is made when first asked for."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._connected_in: int | None = None

    def connect(self) -> None:
        """Connect to MongoDB, anew in a forked child: a client does not survive a fork."""
        if self._connected_in != os.getpid():
            models.connect(self.settings)
            self._connected_in = os.getpid()

    @cached_property
    def enqueuer(self) -> queues.Enqueuer:
        """Puts jobs on queues. redis-py notices forks by itself."""
        return queues.Enqueuer(queues.connect(self.settings.redis_url.get_secret_value()))

    @cached_property
    def voice(self) -> Voice:
        """The telephone network."""
        from app.gateways.twilio_voice import TwilioVoice  # noqa: PLC0415 - see `speech`

        return TwilioVoice(
            self.settings.twilio_account_sid,
            self.settings.auth_tokens[0],
            self.settings.twilio_api_url,
        )

    @cached_property
    def storage(self) -> Storage:
        """Where recordings are kept."""
        from app.gateways.s3_storage import S3Storage  # noqa: PLC0415 - see `speech`

        return S3Storage(
            endpoint_url=self.settings.s3_endpoint_url,
            bucket=self.settings.s3_bucket,
            region=self.settings.s3_region,
            keys=(
                self.settings.s3_access_key_id.get_secret_value(),
                self.settings.s3_secret_access_key.get_secret_value(),
            ),
        )

    @cached_property
    def speech(self) -> Speech:
        """The speech model. Imported here alone: no other process pays for it."""
        from app.gateways.whisper_speech import WhisperSpeech  # noqa: PLC0415

        return WhisperSpeech(
            self.settings.whisper_model,
            device=self.settings.whisper_device,
            compute_type=self.settings.whisper_compute_type,
        )

    @property
    def policy(self) -> CallingPolicy:
        """The installation's choices about calls."""
        return CallingPolicy(
            account=self.settings.twilio_account_sid,
            from_number=self.settings.twilio_from_number,
            per_second=self.settings.twilio_calls_per_second,
            window=self.settings.calling_window,
        )


class _Current:
    runtime: ClassVar[Runtime | None] = None


def install(runtime: Runtime) -> None:
    """Make this the process's runtime; jobs, which RQ calls by name, find it here."""
    _Current.runtime = runtime


def current() -> Runtime:
    """The process's runtime; read from the environment where none was installed."""
    if _Current.runtime is None:
        _Current.runtime = Runtime(Settings.from_env(os.environ))
    _Current.runtime.connect()
    return _Current.runtime
