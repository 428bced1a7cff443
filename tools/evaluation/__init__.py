"""How well answers are heard and understood, beside keyword rules and the last accepted run.

``make eval`` is the door. ``sets`` reads what people labelled, ``readers`` is who answers (the
product, and ``baseline``'s keyword rules), ``counting`` holds one answer against its label,
``scores`` sums up, ``sheet`` compares with an earlier run, ``hearing`` counts misheard words and
``report`` prints.
"""
