"""What jobs, queues and parts are called on the operator's page."""

from __future__ import annotations

from app.web.words import marked

JOBS = {
    "dial": marked("Place a call"),
    "reconcile": marked("Ask what became of a call"),
    "look_again": marked("Look again for a call"),
    "withdraw": marked("Withdraw a call"),
    "hang_up": marked("End a second call"),
    "ask_price": marked("Ask what a call cost"),
    "bridge": marked("Put a driver through"),
    "follow_bridge": marked("Ask what became of such a call"),
    "price_bridge": marked("Ask what such a call cost"),
    "look_for_recording": marked("Look for a recording"),
    "store": marked("Fetch a recording"),
    "delete_copy": marked("Delete the network's copy"),
    "compare_recordings": marked("Compare a day's recordings"),
    "apply_retention": marked("Delete old data"),
    "transcribe": marked("Hear a recording"),
    "understand": marked("Understand what was said"),
    "conclude": marked("Draw the conclusion of a call"),
    "tell": marked("Tell the driver"),
    "push": marked("Send a push message to a driver"),
    "send_text": marked("Write a text message"),
    "post_text": marked("Send a text message"),
    "reconcile_text": marked("Ask what became of a text message"),
    "read_reply": marked("Read an answer"),
    "locate": marked("Find an address on the map"),
    "publish": marked("Write events for webhooks"),
    "post_events": marked("Send events to a webhook"),
}
QUEUES = {
    "calls": marked("Calls"),
    "messages": marked("Text messages"),
    "answers": marked("Answers"),
    "speech": marked("Speech"),
    "webhooks": marked("Webhooks"),
}
PARTS = {
    "mongodb": marked("Database (MongoDB)"),
    "redis": marked("Queues (Redis)"),
    "storage": marked("Recordings (S3)"),
    "clock": marked("Clock"),
}
KEPT = {
    "audio": marked("recordings"),
    "proofs": marked("photos and signatures"),
    "codes": marked("words with codes of doors"),
    "words": marked("customers’ words"),
    "reports": marked("the network’s reports"),
    "people": marked("customers"),
}
"""What is deleted once it was kept for long enough, by the names of ``app.pipeline.retention``."""
