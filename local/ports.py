"""Which port each embedded part listens on: the same at every start, as far as possible."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Mapping
from pathlib import Path

from app.errors import AppError

PATIENCE_SECONDS = 2.0


class PortError(AppError):
    """A port that the user fixed cannot be used; the message names it and its variable."""


class Ports:
    """The ports of one data folder, remembered in its `ports.json`."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self._file = folder / "ports.json"
        self._environ = environ
        self._remembered = _read(self._file)

    def choose(self, part: str, *, afresh: bool = False) -> int:
        """Return the port for a part: the one fixed by its variable, the last one, or a free one.

        `afresh` passes over the last one. Raises PortError when a fixed port is not a number or is
        in use.
        """
        variable = f"DELAUTO_PORT_{part.upper()}"
        fixed = self._environ.get(variable)
        if fixed:
            return _fixed(part, variable, fixed)
        last = self._remembered.get(part)
        if last is not None and not afresh and _becomes_free(last):
            return last
        chosen = self._any_free()
        self._remembered[part] = chosen
        unfinished = self._file.with_suffix(".new")
        unfinished.write_text(json.dumps(self._remembered, indent=1, sort_keys=True))
        unfinished.replace(self._file)
        return chosen

    def is_fixed(self, part: str) -> bool:
        """Say whether the user chose the port of a part."""
        return bool(self._environ.get(f"DELAUTO_PORT_{part.upper()}"))

    def _any_free(self) -> int:
        taken = set(self._remembered.values())
        while True:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = int(probe.getsockname()[1])
            if port not in taken:
                return port


def web_port(wanted: int, folder: Path, environ: Mapping[str, str]) -> int:
    """Return the port for the pages: the wanted one, or where that is 0 a free one.

    Raises PortError when the wanted one is in use.
    """
    if not wanted:
        return Ports(folder, environ).choose("web")
    if not is_free(wanted):
        raise PortError(f"Port {wanted} is in use: name another with --port, or none.")
    return wanted


def is_free(port: int) -> bool:
    """Say whether this machine's own address has nothing listening on a port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _becomes_free(port: int) -> bool:
    # The processes of a stack that was killed a moment ago may still be letting go.
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_free(port):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _fixed(part: str, variable: str, text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65_536:
        raise PortError(f"{variable} is {text!r}; it must be a port number, 1 to 65535.")
    if not _becomes_free(int(text)):
        raise PortError(
            f"Port {text}, which {variable} asks for, is in use by another program. "
            f"Stop that program, choose another port, or unset {variable} to let {part} take "
            "any free one."
        )
    return int(text)


def _read(file: Path) -> dict[str, int]:
    try:
        entries = json.loads(file.read_text())
        return {str(part): int(port) for part, port in entries.items()}
    except (OSError, ValueError, AttributeError):
        return {}
