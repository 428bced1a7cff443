"""The readers in the order in which a clause is shown to them; each blots out what it has used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from app.rules.directives.access import read_access
from app.rules.directives.addresses import read_new_addresses, read_redirects
from app.rules.directives.avoid import read_avoid
from app.rules.directives.cautions import read_cautions
from app.rules.directives.confirming import read_confirm
from app.rules.directives.contact import read_contact
from app.rules.directives.entrances import read_entrances
from app.rules.directives.hand_over import read_hand_over
from app.rules.directives.handling import read_handling
from app.rules.directives.negation import as_meant
from app.rules.directives.people import read_leave_with, read_somebody_in
from app.rules.directives.places import read_places
from app.rules.directives.questions import read_other_questions, read_questions
from app.rules.directives.reading import Reading, Scene
from app.rules.directives.schedule import read_schedule
from app.rules.directives.service import (
    read_service,
)
from app.rules.directives.usual import read_not_them, read_usual_place

Reader = Callable[[Scene], Iterator[Reading]]


_READERS: tuple[Reader, ...] = (
    read_not_them,
    read_service,
    read_questions,
    read_handling,
    read_hand_over,
    read_avoid,
    read_contact,
    read_usual_place,
    read_redirects,
    read_leave_with,
    read_places,
    read_new_addresses,
    read_access,
    read_cautions,
    read_entrances,
    read_schedule,
    read_somebody_in,
    read_confirm,
    read_other_questions,
)


def read_clause(scene: Scene) -> list[Reading]:
    """Return what all readers find in a clause, in the order spoken."""
    found: list[Reading] = []
    for reader in _READERS:
        for read in reader(replace(scene, found=(*scene.found, *found))):
            reading = as_meant(scene, read)
            if reading is None:
                continue
            spoken, stretch = scene.page.spoken, (reading.start, reading.end)
            found.append(
                replace(reading, quoted=spoken.quote(*stretch), lies=spoken.place(*stretch))
            )
    return sorted(found, key=lambda reading: reading.start)
