"""The one place where gateways and connections are built: lazily, and after any fork."""

from __future__ import annotations

import os
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from app import models, queues
from app.config import HearingSettings, Settings, SettingsError
from app.gateways import Geocoder, Posts, Push, Speech, Storage, Texts, Voice
from app.gateways.bucket import Bucket
from app.gateways.copies import NetworkCopies
from app.pipeline.again import Terms
from app.pipeline.dial import Line
from app.pipeline.link import Links
from app.pipeline.policy import CallingPolicy
from app.pipeline.second_opinion import Second
from app.pipeline.text import Sender
from app.pipeline.waveforms import Waveforms
from app.rules import gate
from app.rules.suggestion import Suggesting
from app.rules.suggestion.nearest import Nearest


def speech_of(settings: HearingSettings) -> Speech:
    """The speech model of the settings, not loaded yet."""
    from app.gateways.whisper_model import Machine  # noqa: PLC0415 - only who hears pays for it
    from app.gateways.whisper_speech import WhisperSpeech  # noqa: PLC0415

    machine = Machine(
        settings.whisper_device,
        settings.whisper_compute_type,
        settings.whisper_threads,
        settings.whisper_at_once,
    )
    return WhisperSpeech(settings.whisper_model, machine, settings.short_windows)


class Runtime:
    """What a process needs to work; each part is made when first asked for."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._connected_in: int | None = None
        if settings.calling_rules:
            # What cannot be read is said at the start, not at the first call.
            self.rules  # noqa: B018

    def connect(self, *, anew: bool = False) -> None:
        """Connect to MongoDB, anew in a forked child: a client does not survive a fork."""
        if anew or self._connected_in != os.getpid():
            models.connect(self.settings, anew=anew)
            self._connected_in = os.getpid()

    @cached_property
    def rules(self) -> gate.RuleBook:
        """When whom may be called: the operator's file, or the rules that come with us."""
        return rules(self.settings)

    @cached_property
    def enqueuer(self) -> queues.Enqueuer:
        """Puts jobs on queues. redis-py notices forks by itself."""
        return queues.Enqueuer(queues.connect(self.settings.redis_url.get_secret_value()))

    @cached_property
    def waker(self) -> queues.Enqueuer:
        """Puts jobs on queues for who cannot wait: a queue that does not answer at once is left."""
        url = self.settings.redis_url.get_secret_value()
        return queues.Enqueuer(queues.connect(url, hurried=True))

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
    def texts(self) -> Texts:
        """Sends text messages."""
        from app.gateways.twilio_texts import TwilioTexts  # noqa: PLC0415 - see `speech`

        settings = self.settings
        return TwilioTexts(
            settings.twilio_account_sid,
            settings.auth_tokens[0],
            settings.twilio_messaging_service_sid or settings.twilio_from_number,
            settings.twilio_api_url,
        )

    @cached_property
    def posts(self) -> Posts:
        """Brings events to the shippers' systems."""
        from app.gateways.webhook_posts import WebhookPosts  # noqa: PLC0415 - see `speech`

        return WebhookPosts(to_loopback=self.settings.webhooks_to_loopback)

    @cached_property
    def push(self) -> Push | None:
        """Sends to agents' browsers; None unless the operator made a key for it."""
        key, subject = self.settings.vapid_private_key, self.settings.vapid_subject
        if key is None or subject is None:
            return None
        from app.gateways.web_push import WebPush  # noqa: PLC0415 - see `speech`

        return WebPush(key.get_secret_value(), subject, self.posts)

    @property
    def sender(self) -> Sender:
        """What a text message to a customer is made of."""
        return Sender(
            public_url=self.settings.public_url,
            links=Links(self.settings.secret_key.get_secret_value()),
            rules=self.rules,
            window=self.settings.calling_window,
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
    def waveforms(self) -> Waveforms:
        """How loud recordings are, as far as this process was asked."""
        return Waveforms()

    @cached_property
    def bucket(self) -> Bucket:
        """The same as a whole, with every version of every object."""
        from app.gateways.s3_bucket import S3Bucket  # noqa: PLC0415 - see `speech`

        return S3Bucket(
            endpoint_url=self.settings.s3_endpoint_url,
            bucket=self.settings.s3_bucket,
            region=self.settings.s3_region,
            keys=(
                self.settings.s3_access_key_id.get_secret_value(),
                self.settings.s3_secret_access_key.get_secret_value(),
            ),
        )

    @cached_property
    def copies(self) -> NetworkCopies:
        """What the telephone network keeps of calls and messages."""
        from app.gateways.twilio_copies import TwilioCopies  # noqa: PLC0415 - see `speech`

        settings = self.settings
        return TwilioCopies(
            settings.twilio_account_sid, settings.auth_tokens[0], settings.twilio_api_url
        )

    @cached_property
    def speech(self) -> Speech:
        """The speech model. Imported here alone: no other process pays for it."""
        return speech_of(self.settings)

    @cached_property
    def geocoder(self) -> Geocoder | None:
        """Finds addresses on the map; None unless the operator named one."""
        if self.settings.geocoder_url is None:
            return None
        from app.gateways.nominatim import NominatimGeocoder  # noqa: PLC0415 - see `speech`

        return NominatimGeocoder(self.settings.geocoder_url)

    @cached_property
    def suggesting(self) -> Suggesting:
        """Who says which driver could take which stop."""
        return Nearest()

    @cached_property
    def second(self) -> Second | None:
        """Who reads transcripts a second time; None unless the operator named one."""
        from app.gateways.second_opinion import ChatCompletions  # noqa: PLC0415 - see `speech`

        settings, key = self.settings, self.settings.llm_api_key
        if settings.llm_base_url is None or settings.llm_model is None:
            return None
        reader = ChatCompletions(
            settings.llm_base_url,
            settings.llm_model,
            api_key=key.get_secret_value() if key else None,
            seconds=settings.llm_timeout,
        )
        return Second(reader, settings.llm_timeout, masked=settings.llm_mask_numbers)

    @property
    def policy(self) -> CallingPolicy:
        """The installation's choices about calls."""
        return CallingPolicy(
            account=self.settings.twilio_account_sid,
            from_number=self.settings.twilio_from_number,
            per_second=self.settings.twilio_calls_per_second,
            window=self.settings.calling_window,
            book=self.rules,
            in_progress=self.settings.twilio_calls_in_progress,
            cool_down=timedelta(seconds=60) * self.settings.patience,
        )

    @property
    def line(self) -> Line:
        """What dialling needs."""
        return Line(self.voice, self.settings.public_url, self.policy)

    @property
    def terms(self) -> Terms:
        """When who was not reached is called again."""
        return Terms(
            policy=self.settings.retry_policy,
            book=self.rules,
            window=self.settings.calling_window,
            cool_down=self.policy.cool_down,
        )


def rules(settings: Settings) -> gate.RuleBook:
    """Read the calling rules. Raises SettingsError where they cannot be read."""
    path = Path(settings.calling_rules) if settings.calling_rules else gate.BUNDLED
    try:
        return gate.load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "is not UTF-8"
        raise SettingsError([f"CALLING_RULES cannot be read: {reason}"]) from None
    except gate.RuleBookError as error:
        raise SettingsError([f"CALLING_RULES: {error}"]) from None


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
