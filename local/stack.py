"""Starts the outside world on one machine and says how the product reaches it.

The parts that the user brings (`MONGODB_URI`, `REDIS_URL`, `S3_ENDPOINT_URL`, `TWILIO_API_URL` or
`TWILIO_ACCOUNT_SID`) are left alone. Data, secrets, ports and logs live in one folder.
"""

from __future__ import annotations

import signal
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

from local.folder_lock import FolderLock
from local.parts import PARTS, Part, World
from local.ports import Ports, is_free
from local.secrets_file import stored_secrets
from local.supervisor import StartError, Supervisor

TRIES = 4
OWN_SECRETS = ("SECRET_KEY", "FIELD_ENCRYPTION_KEY")
PUSH_KEY = "VAPID_PRIVATE_KEY"
PUSH_SUBJECT = "mailto:operator@example.com"


def default_folder(environ: Mapping[str, str]) -> Path:
    """Return where data lives unless said otherwise: DELAUTO_HOME, or `.delauto` here."""
    return Path(environ.get("DELAUTO_HOME") or ".delauto").absolute()


def stop_as_by_hand() -> None:
    """Let SIGTERM end this process as Ctrl-C does, so that the stack stops cleanly."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


class LocalStack:
    """The embedded parts of one data folder, as a context manager or by start and stop.

    A stack is started once; to start again, make another. `supervisor` may be given further
    processes once the stack has started; they stop before the parts do. `parts` maps the name of
    each started part to its address, for display.
    """

    def __init__(
        self,
        folder: Path,
        *,
        environ: Mapping[str, str],
        speed: float = 1.0,
        personas: Path | None = None,
    ) -> None:
        self.folder = folder.absolute()
        self.parts: dict[str, str] = {}
        self._environ = dict(environ)
        self._speed = speed
        self._personas = personas
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = FolderLock(self.folder)
        self.supervisor = Supervisor(self.folder / "logs")

    def start(self) -> dict[str, str]:
        """Start every part that the user does not bring, and return the variables to add.

        They are the variables of the started parts, and SECRET_KEY, FIELD_ENCRYPTION_KEY,
        VAPID_PRIVATE_KEY with VAPID_SUBJECT, and WHISPER_MODEL where unset. Raises
        FolderInUseError, PortError, SecretsError or StartError; nothing is left running then.
        """
        self._lock.take()
        try:
            return self._start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop everything and let go of the folder; harmless when nothing runs."""
        self.supervisor.stop()
        self.parts.clear()
        self._lock.give_back()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _start(self) -> dict[str, str]:
        world = World(
            folder=self.folder,
            secrets=stored_secrets(self.folder),
            environ=self._environ,
            speed=self._speed,
            personas=self._personas,
        )
        ports = Ports(self.folder, self._environ)
        needed = [part for part in PARTS if not part.is_replaced(self._environ)]
        chosen = {part.name: ports.choose(part.name) for part in needed}
        # Together, since most of each part's start is waiting; the order of stopping is kept.
        for part in needed:
            self.supervisor.add(part.process(world, chosen[part.name]))
        with ThreadPoolExecutor(max_workers=max(len(needed), 1)) as pool:
            started = [pool.submit(self._start_part, part, world, ports, chosen) for part in needed]
        given = {name: world.secrets[name] for name in OWN_SECRETS}
        given["WHISPER_MODEL"] = "embedded"
        given = {name: value for name, value in given.items() if not self._environ.get(name)}
        if not self._environ.get(PUSH_KEY) and not self._environ.get("VAPID_SUBJECT"):
            given |= {PUSH_KEY: world.secrets[PUSH_KEY], "VAPID_SUBJECT": PUSH_SUBJECT}
        for part, outcome in zip(needed, started, strict=True):
            port = outcome.result()
            given |= part.variables(world, port)
            self.parts[part.name] = part.address(port)
        return given

    def _start_part(self, part: Part, world: World, ports: Ports, chosen: Mapping[str, int]) -> int:
        """Start one part and return its port, trying another where its port was just taken."""
        port = chosen[part.name]
        for attempt in range(1, TRIES + 1):
            try:
                self.supervisor.start(part.name)
            except StartError:
                if attempt == TRIES or ports.is_fixed(part.name) or is_free(port):
                    raise
                port = ports.choose(part.name, afresh=True)
                self.supervisor.add(part.process(world, port))
            else:
                if part.prepare is not None:
                    part.prepare(world, port)
                return port
        raise AssertionError("unreachable")
