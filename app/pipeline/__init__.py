"""The use cases, one module a stage of a delivery's journey, in this order:

plan, claim, dial, talk, record, transcribe, understand, conclude, tell; and sweep, which finds
what got stuck. Functions take documents' ids, gateways and the time, and return facts; what runs
next is decided by the edges (``app.web``, ``workers``).
"""
