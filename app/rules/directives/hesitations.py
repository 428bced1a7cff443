"""Words that only win time while somebody thinks of an hour: "between, what is it, two and ten"."""

from __future__ import annotations

_CLOCK_AHEAD = (
    r"(?=(?:about |around |like |half |quarter )*(?:\d|(?:one|two|three|four|five|six|seven|eight|"
    r"nine|ten|eleven|twelve|twenty|noon|midday)\b))"
)
_BEFORE_HOURS = r"(between|from|by|at|after|before|till|until|to|and|around|about)"
_THINKING = (
    r"(?:what(?:'s| is|s) it|what was it|let me (?:think|see)|lemme (?:think|see)|"
    r"let's (?:see|say)|i (?:don't|dont|do not) know|i dunno|i think|i suppose|i guess|call it|"
    r"i'd say|what|oh|well|say|like|maybe)"
)
_OF_TIME = r"(between|from|by|after|before|till|until)"
_HOURS = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|noon|midday)"

HESITATIONS: tuple[tuple[str, str], ...] = (
    (rf"\b{_BEFORE_HOURS}(?:,? {_THINKING})+,? {_CLOCK_AHEAD}", r"\1 "),
    (rf"\b{_OF_TIME}, {_CLOCK_AHEAD}", r"\1 "),
    (
        rf"\b((?:between|from) (?:about |around |half )?{_HOURS}(?: (?:past|to) {_HOURS})?) "
        rf"(and|to|till|until), {_CLOCK_AHEAD}",
        r"\1 \2 ",
    ),
    (rf"\b({_HOURS}),? (and|to|till|until),? (?:say|like|maybe|about),? {_CLOCK_AHEAD}", r"\1 \2 "),
    # A name told in passing parts nobody from what they do.
    (
        r", (?:his|her|their) name(?:'s| is|s) [a-z]+(?: [a-z]+)?, "
        r"(?=(?:can|will|could|should|would|is|has|takes|signs)\b)",
        " ",
    ),
)
"""Pattern and what remains of it, tried in order on the lower-case form."""
