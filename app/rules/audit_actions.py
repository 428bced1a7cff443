"""What may stand in the audit log: one table of actions, each with what it means."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Action(StrEnum):
    """Something that was done, as ``subject.verb``; ``meaning`` says it in a sentence.

    A name that was once in use stays: entries are kept for years, and none is ever changed.
    """

    meaning: str

    def __new__(cls, name: str, meaning: str = "") -> Self:
        made = str.__new__(cls, name)
        made._value_ = name
        made.meaning = meaning
        return made

    CUSTOMER_CREATED = "customer.created", "A customer was added."
    CUSTOMER_CHANGED = "customer.changed", "A customer's particulars or preferences were changed."
    CUSTOMER_DELETED = "customer.deleted", "A customer was deleted."
    CUSTOMER_READ = "customer.read", "A customer's number, address or words were shown in clear."
    CUSTOMER_CALLED = "customer.called", "A person asked to be put through to a customer."

    DELIVERY_CREATED = "delivery.created", "A delivery was planned."
    DELIVERY_CHANGED = "delivery.changed", "A delivery's particulars were changed."
    DELIVERY_DELETED = "delivery.deleted", "A delivery was deleted."
    DELIVERY_ASSIGNED = "delivery.assigned", "A delivery was given to an agent, or taken away."
    DELIVERY_STARTED = "delivery.started", "A delivery is on its way."
    DELIVERY_COMPLETED = "delivery.completed", "A delivery was handed over."
    DELIVERY_FAILED = "delivery.failed", "A delivery could not be handed over."
    DELIVERY_CANCELLED = "delivery.cancelled", "A delivery was cancelled."
    DELIVERY_RESCHEDULED = "delivery.rescheduled", "A delivery was moved to another time."
    DELIVERY_ACKNOWLEDGED = "delivery.acknowledged", "The agent has seen the instructions."
    DELIVERY_RATED = "delivery.rated", "A customer's feedback on a delivery was noted."
    DELIVERIES_PLANNED = "deliveries.planned", "Several deliveries were planned from one file."
    CODES_READ = "codes.read", "A code that opens a door was shown in clear."

    AGENT_CREATED = "agent.created", "An agent was added."
    AGENT_CHANGED = "agent.changed", "An agent's particulars were changed."
    AGENT_DELETED = "agent.deleted", "An agent was deleted."
    AGENT_REPORTED = "agent.reported", "An agent's shift, or where pushes go, was changed."

    CALL_PLACED = "call.placed", "A call was asked for out of turn."
    CALL_CANCELLED = "call.cancelled", "A call was cancelled."
    RECORDING_LISTENED = "recording.listened", "A link to a recording's audio was handed out."
    RECORDING_READ = "recording.read", "What was said in a recording was shown."
    RECORDING_DELETED = "recording.deleted", "A recording was deleted."
    PROOF_ADDED = "proof.added", "A photo or signature of a delivery was kept."
    PROOF_READ = "proof.read", "A link to a photo or signature was handed out."
    ANALYSIS_READ = "analysis.read", "What was understood of a customer's words was shown."
    ANALYSIS_CORRECTED = "analysis.corrected", "What was understood was put right by a person."
    REVIEW_CLAIMED = "review.claimed", "A person took a question on, so that no other does."
    REVIEW_RELEASED = "review.released", "A person left a question to the others again."
    REVIEW_CLOSED = "review.closed", "A question for a person was settled."
    REVIEW_REOPENED = "review.reopened", "That a question was settled was taken back."

    SUPPRESSION_CREATED = "suppression.created", "A number is not to be called or texted any more."
    SUPPRESSION_CHANGED = "suppression.changed", "What a suppression extends to was changed."
    SUPPRESSION_LIFTED = "suppression.lifted", "A number may be called or texted again."
    CONSENT_CREATED = "consent.created", "A consent to calls was noted."
    CONSENT_CHANGED = "consent.changed", "A consent's particulars were changed."
    CONSENT_WITHDRAWN = "consent.withdrawn", "A consent to calls was withdrawn."

    USER_CREATED = "user.created", "A person was given an account."
    USER_CHANGED = "user.changed", "A person's particulars or role were changed."
    USER_DEACTIVATED = "user.deactivated", "A person's account was closed."
    USER_REACTIVATED = "user.reactivated", "A person's account was opened again."
    USER_DELETED = "user.deleted", "A person's account was deleted."
    USER_LOGGED_IN = "user.logged_in", "A person logged in."
    USER_LOGGED_OUT = "user.logged_out", "A person's sessions were ended."
    USER_LOCKED_OUT = "user.locked_out", "Too many wrong passwords were tried for an account."
    SESSION_COPIED = "session.copied", "A refresh token came twice, and its session was ended."
    SECOND_FACTOR_ON = "second_factor.on", "A person is asked for a code beside the password."
    SECOND_FACTOR_OFF = "second_factor.off", "A person is asked for a code no more."
    PASSWORD_CHANGED = "password.changed", "A password was changed or reset."
    PASSWORD_RESET_ASKED = "password.reset_asked", "A token to reset a password was made."

    KEY_CREATED = "key.created", "An API key was made."
    KEY_CHANGED = "key.changed", "An API key's name, permissions or limits were changed."
    KEY_ROTATED = "key.rotated", "An API key got a successor, and an end."
    KEY_REVOKED = "key.revoked", "An API key was ended at once."

    SETTINGS_CHANGED = "settings.changed", "A company's texts, hours or choices were changed."
    CIRCUIT_HELD = "circuit.held", "Calls or messages were stopped by a person, who said why."
    CIRCUIT_CLOSED = "circuit.closed", "Calls or messages were let go on by a person."

    WEBHOOK_CREATED = "webhook.created", "A subscription to events was made."
    WEBHOOK_CHANGED = "webhook.changed", "A subscription to events was changed."
    WEBHOOK_DELETED = "webhook.deleted", "A subscription to events was deleted."
    WEBHOOK_ROTATED = "webhook.rotated", "A subscription got a new signing secret."
    WEBHOOK_DISABLED = "webhook.disabled", "A subscription was stopped after too many failures."
    WEBHOOK_TESTED = "webhook.tested", "A trial was sent to a subscription."
    WEBHOOK_REPLAYED = "webhook.replayed", "An event was delivered once more on demand."

    DATA_EXPORTED = "data.exported", "All that is kept of somebody, or labelled answers, was read."
    DATA_ERASED = "data.erased", "All that was kept of somebody was erased."
    DATA_RETAINED = "data.retention", "What was kept long enough was wiped."
    FIELD_KEYS_ROTATED = "field_keys.rotated", "Encrypted fields were written with a new key."
    BACKUP_MADE = "backup.made", "All data was copied into a backup."
    BACKUP_RESTORED = "backup.restored", "Data was restored from a backup."
    JOB_RETRIED = "job.retried", "Work that had failed for good was tried again."
    JOB_DISCARDED = "job.discarded", "Work that had failed for good was put away, for a reason."

    AUDIT_READ = "audit.read", "The audit log was searched."
    AUDIT_CHECKPOINT = "audit.checkpoint", "Entries up to a number were old enough and went away."
