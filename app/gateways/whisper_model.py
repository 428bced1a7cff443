"""Loads a Whisper model onto what the machine has."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.errors import PermanentError
from app.gateways.processor import cores

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

_AT_ONCE_ON_A_GPU: Final = 8
"""Chosen, not measured: no GPU was at hand."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What a model runs on.

    ``compute_type`` is CTranslate2's; "auto" takes sixteen-bit weights on a GPU and eight-bit ones
    elsewhere, where the device can. ``threads`` is for one recording on a processor; 0 takes
    OMP_NUM_THREADS, else what suits the model, at most one for each core. ``at_once`` is how many
    recordings are heard together; 0 takes what suits the device.
    """

    device: str = "auto"
    compute_type: str = "auto"
    threads: int = 0
    at_once: int = 0


def recordings_at_once(device: str, wanted: int = 0) -> int:
    """How many recordings to hear together on CTranslate2's ``device``; ``wanted`` goes first.

    A processor is busy with one, and who comes first need not wait for the others; a GPU is not.
    """
    return wanted or (_AT_ONCE_ON_A_GPU if device == "cuda" else 1)


def load(source: str, machine: Machine, *, threads: int) -> WhisperModel:
    """The model from a folder, or by a name that faster-whisper knows.

    ``threads`` is what suits it, 0 for as many as there are cores. Raises PermanentError.
    """
    from faster_whisper import WhisperModel  # noqa: PLC0415 - only a process that hears pays

    device = _device(machine.device)
    given = machine.threads or int(os.environ.get("OMP_NUM_THREADS") or 0)
    try:
        return WhisperModel(
            source,
            device=device,
            compute_type=_compute_type(machine.compute_type, device),
            cpu_threads=given or threads or cores(),
        )
    except (ValueError, RuntimeError, OSError) as error:
        raise PermanentError(
            f"the speech model cannot be loaded: {error} "
            "(see WHISPER_MODEL, WHISPER_DEVICE and WHISPER_COMPUTE_TYPE)"
        ) from error


def _device(wanted: str) -> str:
    import ctranslate2  # noqa: PLC0415 - see load

    if wanted != "auto":
        return wanted
    return "cuda" if ctranslate2.get_cuda_device_count() else "cpu"


def _compute_type(wanted: str, device: str) -> str:
    import ctranslate2  # noqa: PLC0415 - see load

    if wanted != "auto":
        return wanted
    best = "float16" if device == "cuda" else "int8"
    return best if best in ctranslate2.get_supported_compute_types(device) else "default"
