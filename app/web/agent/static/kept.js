// What this telephone keeps: the outbox, the cards for when there is no network, and whose they are.
// Codes are never among it.

import { openDB } from "/static/vendor/idb/index.js";

const opened = openDB("delauto-round", 1, {
  upgrade(db) {
    db.createObjectStore("outbox", { keyPath: "n", autoIncrement: true });
    db.createObjectStore("cards", { keyPath: "id" });
    db.createObjectStore("notes");
  },
  // A page of a newer version needs the database in another form.
  blocking: (_from, _to, event) => event.target.close(),
});
const pushes = openDB("delauto-pushes", 1, {
  upgrade(db) {
    db.createObjectStore("seen");
    db.createObjectStore("who");
  },
});

export const note = async (name, value) => (await opened).put("notes", value, name);
export const noted = async (name) => (await opened).get("notes", name);

/** Keep these entries, all or none, in this order. Resolves once they are on disk. */
export async function post(entries) {
  const tx = (await opened).transaction("outbox", "readwrite", { durability: "strict" });
  const numbers = await Promise.all(entries.map((entry) => tx.store.add(entry)));
  await tx.done;
  return numbers.map((n, at) => ({ ...entries[at], n }));
}
export const posted = async () => (await opened).getAll("outbox");
export const repost = async (entry) => (await opened).put("outbox", entry);
export const unpost = async (n) => (await opened).delete("outbox", n);

export const keepCard = async (id, html) => (await opened).put("cards", { id, html });
export const dropCard = async (id) => (await opened).delete("cards", id);
export const keptCards = async () => (await opened).getAll("cards");

/** Keep no card but these. */
export async function onlyCards(ids) {
  const tx = (await opened).transaction("cards", "readwrite");
  const known = await tx.store.getAllKeys();
  await Promise.all(known.filter((id) => !ids.includes(id)).map((id) => tx.store.delete(id)));
  await tx.done;
}

/** The round is another person's, or nobody's: nothing of it stays but what waits to be sent. */
export async function forgetRound() {
  const tx = (await opened).transaction(["cards", "notes"], "readwrite");
  await Promise.all([tx.objectStore("cards").clear(), tx.objectStore("notes").clear()]);
  await tx.done;
  await (await pushes).clear("seen");
}

/** This version of a delivery's instructions was on the screen: no older push is shown any more. */
export async function sawVersion(delivery, version) {
  const tx = (await pushes).transaction("seen", "readwrite");
  if (((await tx.store.get(delivery)) ?? 0) < version) await tx.store.put(version, delivery);
  await tx.done;
}
export const pushesAreFor = async (id) => (await pushes).put("who", id, "agent");
