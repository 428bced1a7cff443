"""Waveforms: how loud a recording is over its time, to be drawn without hearing it."""

from __future__ import annotations

import threading
from collections import OrderedDict

from app.errors import PermanentError
from app.gateways import Storage, sound
from app.models import Recording
from app.saying import Saying

PEAKS = 240
"""Bars that are drawn: more than fit beside each other on a telephone."""
LOUDEST = 100
_MOST_KEPT = 500
"""Waveforms of one process, a few hundred numbers each."""


class Waveforms:
    """Makes waveforms, and keeps the latest: a recording never changes."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[int, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, recording: Recording, storage: Storage) -> tuple[int, ...]:
        """``PEAKS`` numbers from 0 to ``LOUDEST``, the loudest of the recording being that.

        Raises PermanentError where there is no sound, or none that can be decoded.
        """
        key = recording.storage_key
        if not key:
            raise PermanentError(Saying("there is no audio of this recording"))
        with self._lock:
            known = self._kept.get(key)
            if known is not None:
                self._kept.move_to_end(key)
                return known
        made = tuple(sound.peaks(sound.decode(storage.get(key)), PEAKS, LOUDEST))
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return made
