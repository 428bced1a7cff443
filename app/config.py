"""Settings: everything the operator decides, read from the environment and nowhere else.

All problems are reported at once, each with the variable to set. Secrets are wrapped, so that
printing settings, or an error about them, never shows one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time, timedelta
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
)

from app.errors import AppError
from app.rules import attempts, vapid
from app.rules import retention as keeping
from app.rules.pushes import Reminding

E164 = re.compile(r"\+[1-9]\d{6,14}")
ACCOUNT_SID = re.compile(r"AC[0-9a-fA-F]{32}")
SERVICE_SID = re.compile(r"MG[0-9a-fA-F]{32}")


class SettingsError(AppError):
    """The environment does not describe a working installation; lists every problem."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        lines = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(
            f"{len(problems)} problem(s) with the settings in the environment:\n{lines}\n"
            "Set them, or run `delauto up`, which starts local parts for those that are not set."
        )


def _url(*schemes: str, path: bool = True) -> Any:
    def check(value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in schemes or not parts.hostname:
            raise ValueError(f"must be an address that starts with {' or '.join(schemes)}://")
        if not path and (parts.path.strip("/") or parts.query or parts.fragment or parts.username):
            raise ValueError("must be scheme, host and port alone")
        return value if path else value.rstrip("/")

    return AfterValidator(check)


def _tiles(value: str) -> str:
    if "{" in (urlsplit(value).netloc) or any(part not in value for part in ("{z}", "{x}", "{y}")):
        raise ValueError("must hold {z}, {x} and {y}, as https://tiles.example/{z}/{x}/{y}.png")
    return value


def _public(value: str) -> str:
    if "_" in (urlsplit(value).hostname or ""):
        raise ValueError("must not have an underscore in its host: Twilio refuses such addresses")
    return value


def _bare(value: str) -> str:
    parts = urlsplit(value)
    if parts.username or parts.query or parts.fragment:
        raise ValueError("must be an address without credentials, query and fragment")
    return value


def _both_or_none(value: str | None, info: ValidationInfo) -> str | None:
    # An address that is wrong has a message of its own.
    if "llm_base_url" in info.data and (value is None) != (info.data["llm_base_url"] is None):
        raise ValueError("and LLM_BASE_URL must be set both, or neither")
    return value


def _vapid_key(value: SecretStr) -> SecretStr:
    try:
        vapid.public_key(value.get_secret_value())
    except ValueError:
        raise ValueError("must be a key as `delauto keys vapid` makes it") from None
    return value


def _vapid_subject(value: str | None, info: ValidationInfo) -> str | None:
    # A key that is wrong has a message of its own.
    if "vapid_private_key" not in info.data:
        return value
    if (value is None) != (info.data["vapid_private_key"] is None):
        raise ValueError("and VAPID_PRIVATE_KEY must be set both, or neither")
    if value is not None and not vapid.is_subject(value):
        raise ValueError("must be like mailto:operator@example.com or https://example.com")
    return value


def _matches(pattern: re.Pattern[str], what: str) -> Any:
    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise ValueError(f"must be {what}")
        return value

    return AfterValidator(check)


def _fernet_keys(value: SecretStr) -> SecretStr:
    for key in value.get_secret_value().split(","):
        try:
            Fernet(key.strip())
        except ValueError:
            raise ValueError(
                "must be one or more Fernet keys, newest first, separated by commas "
                "(make one with `delauto keys field-encryption`)"
            ) from None
    return value


def _retention(value: str) -> str:
    keeping.parse(value)
    return value


def _calling_hours(value: str) -> str:
    start, _, end = value.partition("-")
    try:
        ordered = time.fromisoformat(start) < time.fromisoformat(end)
    except ValueError:
        ordered = False
    if not ordered:
        raise ValueError("must be two times of day, like 08:00-21:00")
    return value


def _retry_after(value: str) -> str:
    try:
        attempts.parse(value)
    except ValueError:
        raise ValueError(
            "must give seconds for outcomes, and what else to wait for, like "
            "busy=300,no-answer=5400/another-hour,failed=300,machine=7200/next-window"
        ) from None
    return value


def _pair(value: str) -> tuple[int, int]:
    requests, _, seconds = value.partition("/")
    return int(requests), int(seconds)


def _allowance(value: str) -> str:
    if not re.fullmatch(r"[1-9]\d{0,6}/[1-9]\d{0,5}", value):
        raise ValueError("must be requests and seconds, like 100/60")
    return value


def _reminding(value: str) -> str:
    if not re.fullmatch(r"\d{1,3}/\d{1,3}", value):
        raise ValueError("must be two numbers of minutes, like 30/10")
    return value


def _address(*schemes: str) -> Any:
    def check(value: SecretStr) -> SecretStr:
        try:
            parts = urlsplit(value.get_secret_value())
            good = parts.scheme in schemes and bool(parts.netloc or parts.path)
            if "," not in parts.netloc:
                good = good and (parts.port or 1) > 0
        except ValueError:
            good = False
        if not good:
            raise ValueError(f"must be an address that starts with {' or '.join(schemes)}://")
        return value

    return AfterValidator(check)


class HearingSettings(BaseModel):
    """What the speech model is and runs on: all that hearing alone needs. See ``Settings``."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    whisper_model: Annotated[str, Field(min_length=1)] = "embedded"
    whisper_device: Literal["auto", "cpu", "cuda"] = "auto"
    whisper_compute_type: Literal[
        "auto",
        "default",
        "int8",
        "int8_float32",
        "int8_float16",
        "int8_bfloat16",
        "int16",
        "float16",
        "bfloat16",
        "float32",
    ] = "auto"
    whisper_threads: Annotated[int, Field(ge=0, le=256)] = 0
    whisper_at_once: Annotated[int, Field(ge=0, le=64)] = 0
    whisper_short_windows: Literal["auto", "on", "off"] = "auto"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Read the settings; an empty variable counts as unset.

        Raises SettingsError with every problem at once. No message repeats a value.
        """
        given = {
            name: environ[name.upper()].strip()
            for name in cls.model_fields
            if environ.get(name.upper(), "").strip()
        }
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            raise SettingsError([_problem(dict(each)) for each in error.errors()]) from None

    @property
    def short_windows(self) -> bool | None:
        """Does the speech model listen no longer than was spoken? None: as suits the model."""
        return {"on": True, "off": False}.get(self.whisper_short_windows)


class Settings(HearingSettings):
    """One installation's settings; immutable. Field names are the variables' in lower case."""

    mongodb_uri: Annotated[SecretStr, _address("mongodb", "mongodb+srv")]
    redis_url: Annotated[SecretStr, _address("redis", "rediss", "unix")]
    s3_endpoint_url: Annotated[str, _url("http", "https", path=False)]
    s3_bucket: Annotated[str, Field(min_length=3, max_length=63)]
    s3_access_key_id: Annotated[SecretStr, Field(min_length=1)]
    s3_secret_access_key: Annotated[SecretStr, Field(min_length=1)]
    s3_region: str = "us-east-1"
    twilio_account_sid: Annotated[str, _matches(ACCOUNT_SID, "AC and 32 hexadecimal digits")]
    twilio_auth_token: Annotated[SecretStr, Field(min_length=8)]
    twilio_from_number: Annotated[str, _matches(E164, "a number like +14155550100")]
    twilio_api_url: Annotated[str, _url("http", "https", path=False)] = "https://api.twilio.com"
    twilio_calls_per_second: Annotated[float, Field(gt=0, le=100)] = 1.0
    twilio_calls_in_progress: Annotated[int, Field(gt=0, le=10_000)] = 50
    twilio_messaging_service_sid: (
        Annotated[str, _matches(SERVICE_SID, "MG and 32 hexadecimal digits")] | None
    ) = None
    twilio_delete_recordings_after: Annotated[float, Field(ge=0)] | None = None
    public_url: Annotated[str, _url("http", "https"), AfterValidator(_public)]
    trusted_proxies: Annotated[int, Field(ge=0, le=5)] = 0
    llm_base_url: Annotated[str, _url("http", "https"), AfterValidator(_bare)] | None = None
    llm_model: Annotated[
        str | None, Field(max_length=200, validate_default=True), AfterValidator(_both_or_none)
    ] = None
    llm_api_key: Annotated[SecretStr, Field(min_length=1)] | None = None
    llm_timeout: Annotated[float, Field(gt=0, le=30)] = 8.0
    llm_mask_numbers: bool = True
    secret_key: Annotated[SecretStr, Field(min_length=32)]
    field_encryption_key: Annotated[SecretStr, AfterValidator(_fernet_keys)]
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    calling_hours: Annotated[str, AfterValidator(_calling_hours)] = "08:00-21:00"
    calling_rules: str | None = None
    retry_after: Annotated[str, AfterValidator(_retry_after)] = (
        "busy=300,no-answer=5400/another-hour,failed=300,machine=7200/next-window"
    )
    retention: Annotated[str, AfterValidator(_retention)] = ""
    patience: Annotated[float, Field(gt=0, le=10)] = 1.0
    geocoder_url: Annotated[str, _url("http", "https"), AfterValidator(_bare)] | None = None
    map_tiles_url: Annotated[str, _url("http", "https"), AfterValidator(_tiles)] | None = None
    map_attribution: Annotated[str, Field(max_length=200)] = ""
    api_rate_user: Annotated[str, AfterValidator(_allowance)] = "100/60"
    api_rate_address: Annotated[str, AfterValidator(_allowance)] = "300/60"
    login_rate: Annotated[str, AfterValidator(_allowance)] = "10/900"
    webhooks_to_loopback: bool = False
    vapid_private_key: Annotated[SecretStr, AfterValidator(_vapid_key)] | None = None
    vapid_subject: Annotated[
        str | None, Field(max_length=200, validate_default=True), AfterValidator(_vapid_subject)
    ] = None
    remind_agents: Annotated[str, AfterValidator(_reminding)] = "30/10"

    @property
    def reminding(self) -> Reminding:
        """When agents who acknowledge nothing are reminded."""
        lead, _, wait = self.remind_agents.partition("/")
        return Reminding(timedelta(minutes=int(lead)), timedelta(minutes=int(wait)))

    @property
    def login_allowance(self) -> tuple[int, int]:
        """Attempts to log in to one account, or failed ones from one address; in how long."""
        return _pair(self.login_rate)

    @property
    def user_allowance(self) -> tuple[int, int]:
        """Requests that one user may make, and in how many seconds."""
        return _pair(self.api_rate_user)

    @property
    def address_allowance(self) -> tuple[int, int]:
        """Requests without valid credentials that may come from one address, and in how long."""
        return _pair(self.api_rate_address)

    @property
    def auth_tokens(self) -> tuple[str, ...]:
        """Twilio's auth tokens: the first signs our requests, all are accepted on webhooks."""
        tokens = self.twilio_auth_token.get_secret_value().split(",")
        return tuple(token.strip() for token in tokens if token.strip())

    @property
    def calling_window(self) -> tuple[time, time]:
        """The customer's local times between which calls may be placed."""
        start, _, end = self.calling_hours.partition("-")
        return time.fromisoformat(start), time.fromisoformat(end)

    @property
    def kept_for(self) -> keeping.Retention:
        """How long each class of personal data is kept."""
        return keeping.parse(self.retention)

    @property
    def retry_policy(self) -> dict[str, attempts.Pause]:
        """How long to wait before the next attempt, by what became of the last."""
        return attempts.parse(self.retry_after)


def _problem(error: dict[str, Any]) -> str:
    variable = str(error["loc"][0]).upper()
    if error["type"] == "missing":
        return f"{variable} is not set: {MEANINGS[variable]}"
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{variable} {message} ({MEANINGS[variable]})"


MEANINGS: Mapping[str, str] = {
    "MONGODB_URI": "where MongoDB is; a replica set, for transactions and change streams",
    "REDIS_URL": "where Redis 6.2 or later is",
    "S3_ENDPOINT_URL": "where the S3-compatible storage is",
    "S3_BUCKET": "the bucket for recordings",
    "S3_ACCESS_KEY_ID": "the key that may read, write and delete in the bucket",
    "S3_SECRET_ACCESS_KEY": "its secret",
    "S3_REGION": "the bucket's region; us-east-1 unless set",
    "TWILIO_ACCOUNT_SID": "the account that places the calls",
    "TWILIO_AUTH_TOKEN": "the account's auth token; during rotation several, the first in use",
    "TWILIO_FROM_NUMBER": "the number that calls show, as +14155550100",
    "TWILIO_API_URL": "where Twilio's REST API is; Twilio's own unless set",
    "TWILIO_CALLS_PER_SECOND": "how many calls a second the account may start; 1 unless set",
    "TWILIO_CALLS_IN_PROGRESS": "how many calls the account may have at once; 50 unless set",
    "TWILIO_MESSAGING_SERVICE_SID": "the messaging service that sends texts; "
    "TWILIO_FROM_NUMBER unless set",
    "TWILIO_DELETE_RECORDINGS_AFTER": "hours after which Twilio's copy of a recording that we have "
    "is deleted; never unless set",
    "PUBLIC_URL": "the address at which Twilio reaches this installation, as https://calls.example",
    "TRUSTED_PROXIES": "how many proxies in front say in X-Forwarded-For who asks; 0 unless set",
    "WHISPER_MODEL": "embedded (unless set), a faster-whisper model name, or a folder",
    "WHISPER_DEVICE": "auto (unless set), cpu or cuda",
    "WHISPER_COMPUTE_TYPE": "CTranslate2's compute type, as int8; auto unless set",
    "WHISPER_THREADS": "threads of one speech worker on a processor; 0 (unless set) to choose",
    "WHISPER_AT_ONCE": "recordings heard together; 0 (unless set) to choose: a GPU 8, else 1",
    "WHISPER_SHORT_WINDOWS": "auto (unless set), on or off: hear no longer than was spoken",
    "LLM_BASE_URL": "an OpenAI-compatible address that reads transcripts a second time, as "
    "https://models.example/v1; customers' words are sent there; nothing is unless set",
    "LLM_MODEL": "the model to ask there",
    "LLM_API_KEY": "its key, where it wants one",
    "LLM_TIMEOUT": "seconds that one second reading may take, at most 30; 8 unless set",
    "LLM_MASK_NUMBERS": "true (unless set) sends placeholders instead of codes and telephone "
    "numbers, false the numbers",
    "SECRET_KEY": "at least 32 random characters; signs what we hand out",
    "FIELD_ENCRYPTION_KEY": "encrypts what customers said, and numbers; make one with "
    "`delauto keys field-encryption`",
    "LOG_LEVEL": "DEBUG, INFO (unless set), WARNING or ERROR",
    "CALLING_HOURS": "the customer's local times for calls, within what the rules allow; "
    "08:00-21:00 unless set",
    "CALLING_RULES": "a file of calling rules instead of those that come with DelAuto",
    "RETRY_AFTER": "seconds before calling again, by outcome; /another-hour or /next-window of the "
    "customer's day where wanted",
    "GEOCODER_URL": "a geocoder that answers as Nominatim does, which is asked where addresses "
    "are that come without a place; nothing is sent anywhere unless set",
    "MAP_TILES_URL": "pictures of the ground for maps, as https://tiles.example/{z}/{x}/{y}.png, "
    "which browsers fetch there; none unless set",
    "MAP_ATTRIBUTION": "whose pictures these are, to be named on the map",
    "API_RATE_USER": "requests to the API that one user may make, and in how many seconds; "
    "100/60 unless set",
    "LOGIN_RATE": "attempts to log in to one account, and failed ones from one address, and in how "
    "many seconds; 10/900 unless set",
    "API_RATE_ADDRESS": "requests without valid credentials that may come from one address, and "
    "in how many seconds; 300/60 unless set",
    "WEBHOOKS_TO_LOOPBACK": "true lets events be sent to this machine as well, by HTTP: for "
    "development; false unless set",
    "VAPID_PRIVATE_KEY": "signs pushes to agents' telephones; make one with `delauto keys vapid`; "
    "pushes are off unless set",
    "VAPID_SUBJECT": "how push services reach you, as mailto:operator@example.com",
    "REMIND_AGENTS": "minutes before the van is there at which an agent who has not acknowledged "
    "is sent a text message, and minutes after that until a dispatcher is asked; 30/10 unless set",
    "RETENTION": "days for which classes of personal data are kept, as audio=14,words=never; "
    "audio=30,codes=7,words=90,reports=30,people=365 unless set",
    "PATIENCE": "multiplies the ages at which the sweep steps in; 1 unless set",
}
"""What each variable means, for messages and for the README's table."""
