"""A running stack's variables for other terminals, in a private file that a shell can read."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from app.config import MEANINGS


@contextmanager
def environment_file(folder: Path, environment: Mapping[str, str]) -> Iterator[Path]:
    """Keep the product's settings in ``folder/environment`` while the stack runs.

    For `set -a; . FILE; set +a`. Only this user can read it, for it holds secrets.
    """
    path = folder / "environment"
    lines = [
        f"{name}={shlex.quote(environment[name])}\n" for name in MEANINGS if environment.get(name)
    ]
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines(lines)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)
