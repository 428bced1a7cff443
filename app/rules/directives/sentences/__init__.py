"""Words the directives for people: short sentences for the driver, a summary for the dispatcher.

Everything said is in ``languages/xx.toml``; ``driver`` puts the most urgent first, ``kinds`` says
each kind, and ``voices`` says the customer's places and people: ``parsing`` takes the English
phrase apart, ``romance`` and ``german`` know the grammar. What a table does not know is quoted.

To teach a word, add it to the table of each language. To add a language, write its table, name it
in ``tables.LANGUAGES``, and give it a grammar in ``voices``.
"""

from __future__ import annotations

from app.rules.directives.sentences.dispatcher import dispatcher_summary
from app.rules.directives.sentences.driver import driver_sentence, standing

__all__ = ["dispatcher_summary", "driver_sentence", "standing"]
