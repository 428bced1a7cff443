"""Words that tell a name from what is none, and the names that stand in for others."""

from __future__ import annotations

_STAND_INS = """
alex ariel blair bobby cameron corey dale devon drew ellis emery francis glenn hollis jamie jessie
jordan kelly kendall kerry leslie logan marley morgan noel parker quinn reese robin rowan sandy
shannon sidney stacey taylor terry tracy wesley
"""
_ALSO_WORDS = """
will may mark rose grace hope faith joy penny bill rob pat sue dawn june april summer art jack rich
nick miles chase hunter page read young long short brown green white black gray king bishop hill
wood bush gates lane park mill house baker cook porter street church bell day knight price best good
cross stone rivers field west north east
"""
_SMALL = """
the a an my our your his her their at in of on to by from for with and or next door number no flat
apartment apt unit house suite across opposite upstairs downstairs road street hall floor same who
someone somebody anyone me us him them myself herself himself there here other left right back front
old new whoever whichever any one both all
answers law guys people folks florist bakery baker barber chemist pharmacy cafe salon hotel pub bar
post officer staff worker workers ladies men women house mate call when after before only person
"""
_AFTER_TITLES = """
is was are will can could would should has have had said says and but because when if not just
please takes take it this that who so then too also always usually might comes
lives works stays sleeps sits knows wants needs gets goes came went does did
"""

STAND_INS = tuple(_STAND_INS.split())
"""Names of any gender; which one stands for whom is drawn with the key."""
ALSO_WORDS = frozenset(_ALSO_WORDS.split())
"""Names that are words as well: they count where a title or "name is" stands before them."""
SMALL = frozenset(_SMALL.split())
"""Words around a name, as in "sharon at number fourteen"."""
AFTER_TITLES = frozenset(_AFTER_TITLES.split())
"""What follows "my sister" and is no name."""
