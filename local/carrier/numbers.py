"""What the carrier knows of telephone numbers: who has them, who opted out, the account's own."""

from __future__ import annotations

import json
from typing import Any

from local.carrier.account import Account
from local.carrier.store import Store


class Numbers:
    """The numbers' side of the carrier's memory, in the same file."""

    def __init__(self, store: Store) -> None:
        self._store = store
        row = self._one("SELECT content FROM settings WHERE name='account'")
        self._account = Account().changed(json.loads(row["content"])) if row else Account()

    @property
    def account(self) -> Account:
        """The account as it was last described."""
        return self._account

    def describe(self, account: Account) -> None:
        """Keep what the account is now."""
        self._account = account
        self._store.write(
            "INSERT OR REPLACE INTO settings VALUES ('account', ?)", [json.dumps(account.as_dict())]
        )

    def assign(self, number: str, assignment: Any) -> None:
        """Give a number its owner (JSON value) and start counting its calls and texts anew."""
        self._store.write(
            "INSERT OR REPLACE INTO numbers VALUES (?,?,0)", [number, json.dumps(assignment)]
        )
        self._store.write("DELETE FROM texted WHERE number=?", [number])

    def assignment(self, number: str) -> Any:
        """Return what `assign` stored for the number, or None."""
        row = self._one("SELECT assignment FROM numbers WHERE number=?", number)
        return None if row is None else json.loads(row["assignment"])

    def take_turn(self, number: str) -> int:
        """Count one more call to the number; return how many came before it."""
        self._store.write("INSERT OR IGNORE INTO numbers VALUES (?,'null',0)", [number])
        self._store.write("UPDATE numbers SET taken=taken+1 WHERE number=?", [number])
        return int(self._one("SELECT taken FROM numbers WHERE number=?", number)["taken"]) - 1

    def take_text(self, number: str) -> int:
        """Count one more text to the number; return how many came before it."""
        self._store.write("INSERT OR IGNORE INTO texted VALUES (?,0)", [number])
        self._store.write("UPDATE texted SET taken=taken+1 WHERE number=?", [number])
        return int(self._one("SELECT taken FROM texted WHERE number=?", number)["taken"]) - 1

    def opt_out(self, customer: str, sender: str) -> None:
        """Remember that the customer wants no texts from this number of the account."""
        self._store.write("INSERT OR IGNORE INTO opted_out VALUES (?,?)", [customer, sender])

    def opt_in(self, customer: str, sender: str) -> None:
        """Forget that again."""
        self._store.write("DELETE FROM opted_out WHERE customer=? AND sender=?", [customer, sender])

    def opted_out(self, customer: str, sender: str | None) -> bool:
        """Say whether the customer wants no texts from this number, or (None) from any of them."""
        if sender is None:
            return self._one("SELECT 1 FROM opted_out WHERE customer=?", customer) is not None
        asked = "SELECT 1 FROM opted_out WHERE customer=? AND sender=?"
        return self._one(asked, customer, sender) is not None

    def _one(self, asked: str, *values: str) -> Any:
        return self._store.database.execute(asked, values).fetchone()
