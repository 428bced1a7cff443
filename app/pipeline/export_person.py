"""Export: everything kept about one number, as a file that the person can read."""

from __future__ import annotations

import json
import os
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

from app.gateways import Storage
from app.pipeline.held import Held, audio_of, held, pictures_of, readable


def export(number: str, path: Path, storage: Storage, *, now: datetime) -> dict[str, int]:
    """Write a zip: a JSON file for each collection, the audio of recordings, and pictures.

    Returns how many there are of each. Only its owner can read the file; nothing is left of it
    where something fails. Raises PyMongoError, TransientError, OSError for a file that is there.
    """
    found = held(number)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file, zipfile.ZipFile(file, "w") as archive:
            return _written(found, archive, storage, now)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _written(
    found: Held, archive: zipfile.ZipFile, storage: Storage, now: datetime
) -> dict[str, int]:
    counts = {}
    for name, documents in found.documents.items():
        if documents:
            counts[name] = len(documents)
            _json(archive, f"{name}.json", readable(documents))
    for recording in audio_of(found):
        kind = recording["storage_key"].rpartition(".")[2]
        archive.writestr(f"audio/{recording['_id']}.{kind}", storage.get(recording["storage_key"]))
        counts["audio"] = counts.get("audio", 0) + 1
    for proof in pictures_of(found):
        kind = proof["storage_key"].rpartition(".")[2]
        archive.writestr(f"pictures/{proof['_id']}.{kind}", storage.get(proof["storage_key"]))
        counts["pictures"] = counts.get("pictures", 0) + 1
    _json(archive, "about.json", {"number": found.number, "made_at": now, "counts": counts})
    return counts


def _json(archive: zipfile.ZipFile, name: str, content: Any) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=2, default=_plain)
    archive.writestr(name, text, zipfile.ZIP_DEFLATED)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
