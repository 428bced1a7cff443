"""The person or machine at the other end of one call, doing what their persona says."""

from __future__ import annotations

from local.carrier.audio import Samples, read_audio, seconds_of, silence
from local.carrier.behaviour import CallBehaviour, Step
from local.carrier.records import MachineDetection

PERSON_RECOGNISED_AFTER = 3.0
MACHINE_RECOGNISED_AFTER = 4.0
BEEP_SECONDS = 1.0


class Customer:
    """Plays one call's behaviour; steps are used up as verbs ask for them."""

    def __init__(self, behaviour: CallBehaviour) -> None:
        self.behaviour = behaviour
        self._unused = list(behaviour.steps)

    def step_for(self, verb: str) -> Step | None:
        """Take the next step for `gather` or `record`; None means the customer stays silent."""
        for step in self._unused:
            if step.on == verb:
                self._unused.remove(step)
                return step
        return None

    def hangs_up_during_prompt(self) -> float | None:
        """Take a `say` step whose turn it is; return after how many seconds it hangs up."""
        if self._unused and self._unused[0].on == "say":
            return self._unused.pop(0).hang_up_after
        return None

    @property
    def machine(self) -> bool:
        """Say whether an answering machine took the call."""
        return self.behaviour.outcome == "voicemail"

    def greeting(self) -> Samples:
        """Return the machine's announcement, empty for a person."""
        path = self.behaviour.greeting
        return read_audio(path) if path else silence(0)

    def holds_line_for(self) -> float | None:
        """Return after how many seconds a machine hangs up; None for a person."""
        if not self.machine:
            return None
        return seconds_of(self.greeting()) + BEEP_SECONDS + self.behaviour.keeps_line

    def heard_from(self, at: float) -> Samples:
        """Return what a machine still says of its announcement `at` seconds into the call."""
        return self.greeting()[round(at * 8000) :]

    def detected(self, request: MachineDetection) -> tuple[str, float]:
        """Return what machine detection says and how many seconds after answering."""
        verdict, seconds = self._truth(request.mode)
        verdict = self.behaviour.answered_by or verdict
        if seconds > request.timeout:
            return "unknown", request.timeout
        return verdict, seconds

    def _truth(self, mode: str) -> tuple[str, float]:
        if not self.machine:
            return "human", PERSON_RECOGNISED_AFTER
        if mode == "DetectMessageEnd":
            return "machine_end_beep", seconds_of(self.greeting()) + BEEP_SECONDS
        return "machine_start", MACHINE_RECOGNISED_AFTER
