"""Runs the processes that make up DelAuto on one machine, and leaves none of them behind.

Each child has a session of its own, so a Ctrl-C in the terminal reaches only the parent, which
then stops the children in reverse order. Where the parent dies without a chance to do so, the
kernel kills the children (`setpriv --pdeathsig`).
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from app.errors import AppError

logger = logging.getLogger(__name__)

LARGEST_LOG_BYTES = 10_000_000
SHORTEST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
HEALTHY_AFTER_SECONDS = 60.0
LOOK_EVERY_SECONDS = 0.05


class StartError(AppError):
    """A process could not be started; the message says why, and where its log is."""


@dataclass(frozen=True, slots=True)
class Process:
    """One child: its command line, its whole environment, and how it starts and stops.

    `ready` is asked until it says True, at most `ready_seconds` long; it may raise OSError for
    "not yet". A process with `restart` is started again whenever it ends.
    """

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str]
    ready: Callable[[], bool] | None = None
    ready_seconds: float = 30.0
    restart: bool = True
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10.0


@dataclass(slots=True)
class _Child:
    process: Process
    running: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = 0.0
    restart_at: float | None = None
    wanted: bool = False
    lock: threading.RLock = field(default_factory=threading.RLock)


class Supervisor:
    """Starts, watches, restarts and stops processes; safe to use from several threads."""

    def __init__(self, folder_for_logs: Path) -> None:
        self._logs = folder_for_logs
        self._logs.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._children: dict[str, _Child] = {}
        # The kernel's death signal is sent when the thread that started a child ends, not when
        # the process does. So one thread, which lives as long as this object, starts them all.
        self._starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="starter")
        self._stopping = threading.Event()
        self._watcher_lock = threading.Lock()
        self._watcher = threading.Thread(target=self._watch, name="watcher", daemon=True)

    def add(self, process: Process) -> None:
        """Make a process known; it replaces a stopped one of the same name."""
        self._children[process.name] = _Child(process)

    def start_all(self) -> None:
        """Start every process that is not running, in the order added, each when the last is ready.

        Raises StartError.
        """
        for name, child in self._children.items():
            if not child.wanted:
                self.start(name)

    def start(self, name: str) -> None:
        """Start a process and wait until it is ready; raises StartError, then it is not running."""
        child = self._children[name]
        _rotate(self.log_file(name))
        try:
            self._starter.submit(self._spawn, child).result()
            self._wait_until_ready(child)
        except OSError as error:
            raise StartError(f"{name} cannot be started: {error}") from error
        except BaseException:
            self._stop_child(child)
            raise
        child.wanted = True
        with self._watcher_lock:
            if not self._watcher.is_alive():
                self._watcher.start()

    def pid(self, name: str) -> int | None:
        """Return the process id, or None while it is not running."""
        running = self._children[name].running
        return running.pid if running is not None and running.poll() is None else None

    def kill(self, name: str) -> None:
        """Kill a process as a crash would; one with `restart` comes back."""
        pid = self.pid(name)
        if pid is not None:
            os.kill(pid, signal.SIGKILL)

    def restart(self, name: str) -> None:
        """Stop a process as it wants to be stopped, and start it again; raises StartError."""
        self._stop_child(self._children[name])
        self.start(name)

    def log_file(self, name: str) -> Path:
        """Return where a process's output goes."""
        return self._logs / f"{name}.log"

    def running(self) -> dict[str, bool]:
        """Say of each process whether it runs now."""
        return {name: self.pid(name) is not None for name in self._children}

    def stop(self) -> None:
        """Stop every process, the last first: its stop signal, then SIGKILL to all of it."""
        self._stopping.set()
        if self._watcher.is_alive():
            self._watcher.join()
        for child in reversed(self._children.values()):
            self._stop_child(child)
        self._starter.shutdown()

    def _spawn(self, child: _Child) -> None:
        process = child.process
        with _open_private(self.log_file(process.name)) as log:
            child.running = subprocess.Popen(
                [*_death_signal_prefix(), *process.argv],
                env=dict(process.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        child.started_at = time.monotonic()
        child.restart_at = None

    def _wait_until_ready(self, child: _Child) -> None:
        process, deadline = child.process, time.monotonic() + child.process.ready_seconds
        while process.ready is not None:
            if child.running is None or child.running.poll() is not None:
                code = child.running.returncode if child.running else None
                raise StartError(self._failure(process, f"ended with status {code}"))
            with suppress(OSError):
                if process.ready():
                    return
            if time.monotonic() > deadline:
                failure = f"was not ready after {process.ready_seconds:g} seconds"
                raise StartError(self._failure(process, failure))
            time.sleep(LOOK_EVERY_SECONDS)

    def _failure(self, process: Process, what: str) -> str:
        path = self.log_file(process.name)
        lines = path.read_text(errors="replace").splitlines()[-8:]
        quoted = "\n".join(f"    {line[:300]}" for line in lines)
        return f"{process.name} {what}; its log is {path} and ends:\n{quoted}"

    def _watch(self) -> None:
        while not self._stopping.wait(LOOK_EVERY_SECONDS * 4):
            for child in list(self._children.values()):
                with child.lock:
                    self._look_after(child)

    def _look_after(self, child: _Child) -> None:
        running, now = child.running, time.monotonic()
        if not child.wanted or running is None or running.poll() is None:
            return
        if child.restart_at is None:
            _kill_session(running.pid)
            lived_well = now - child.started_at > HEALTHY_AFTER_SECONDS
            doubled = max(child.pause * 2, SHORTEST_PAUSE_SECONDS)
            child.pause = (
                SHORTEST_PAUSE_SECONDS if lived_well else min(doubled, LONGEST_PAUSE_SECONDS)
            )
            child.restart_at = now + child.pause
            logger.warning("%s ended with status %s", child.process.name, running.returncode)
        if child.process.restart and now >= child.restart_at:
            try:
                self._starter.submit(self._spawn, child).result()
            except OSError as error:
                child.restart_at = now + LONGEST_PAUSE_SECONDS
                logger.warning("%s cannot be started again: %s", child.process.name, error)

    def _stop_child(self, child: _Child) -> None:
        with child.lock:
            child.wanted = False
            running = child.running
            if running is None:
                return
            if running.poll() is None:
                with suppress(ProcessLookupError):
                    os.killpg(running.pid, child.process.stop_signal)
                with suppress(subprocess.TimeoutExpired):
                    running.wait(child.process.stop_seconds)
            _kill_session(running.pid)
            running.wait()


def _death_signal_prefix() -> list[str]:
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []


def _kill_session(leader: int) -> None:
    """Kill whatever is left of a child's session, such as a worker's own children."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with suppress(OSError, ValueError, IndexError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == leader:
                os.kill(int(entry.name), signal.SIGKILL)


def _open_private(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab")


def _rotate(path: Path) -> None:
    with suppress(FileNotFoundError):
        if path.stat().st_size > LARGEST_LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
