"""One stack per data folder: the lock that says so, and who holds it."""

from __future__ import annotations

import os
from pathlib import Path

from filelock import FileLock, Timeout

from app.errors import AppError


class FolderInUseError(AppError):
    """Another stack uses the folder; the message names the folder and the holder."""


class FolderLock:
    """The exclusive right to a data folder; the system takes it back when the holder dies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = FileLock(folder / "stack.lock")
        # Apart from the lock's own file, which a second contender empties on opening it.
        self._holder = folder / "stack.pid"

    def take(self) -> None:
        """Take the lock; raises FolderInUseError when another process or stack holds it."""
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise FolderInUseError(
                f"The data folder {self._folder} is in use by another DelAuto "
                f"(process {self._holder_pid()}). Stop that one, or set DELAUTO_HOME to another "
                "folder to run a second beside it."
            ) from error
        self._holder.write_text(str(os.getpid()))

    def give_back(self) -> None:
        """Release the lock."""
        if self._lock.is_locked:
            self._holder.unlink(missing_ok=True)
            self._lock.release()

    def _holder_pid(self) -> str:
        try:
            return self._holder.read_text().strip() or "unknown"
        except OSError:
            return "unknown"
