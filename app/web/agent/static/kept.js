// What this telephone keeps: the outbox, the cards for when there is no network, and whose they are.
// Codes are never among it.

import { openDB } from "/static/vendor/idb/index.js";

const opened = openDB("delauto-round", 2, {
  upgrade(db, before) {
    if (before < 1) {
      db.createObjectStore("outbox", { keyPath: "n", autoIncrement: true });
      db.createObjectStore("notes");
    } else db.deleteObjectStore("cards");
    db.createObjectStore("cards", { keyPath: ["person", "id"] });
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

/** What comes while the page is going away finds the database closed; the next page gets it anew. */
const unlessGoing = (work) => work.catch((error) => {
  if (!["InvalidStateError", "AbortError"].includes(error.name)) throw error;
});

// Cards are kept by person: a page that is still open may be another's than the one that is read.
const all = (person) => IDBKeyRange.bound([person], [person, []]);
export const keepCard = async (person, id, html) => unlessGoing((await opened).put("cards", { person, id, html }));
export const dropCard = async (person, id) => unlessGoing((await opened).delete("cards", [person, id]));
export const keptCards = async (person) => (await opened).getAll("cards", all(person));

/** Keep no card of this person's but these. */
export async function onlyCards(person, ids) {
  const tx = (await opened).transaction("cards", "readwrite");
  const known = await tx.store.getAllKeys(all(person));
  await Promise.all(known.filter(([, id]) => !ids.includes(id)).map((key) => tx.store.delete(key)));
  await tx.done;
}

/** The id of who logged in last in this browser, which it knows without a network; null: nobody. */
export const whose = () => document.cookie.match(/(?:^|; )delauto-whose=([0-9a-f]{24})/)?.[1] ?? null;

/** The round is another person's, or nobody's: nothing stays but what waits to be sent, and what
 * `but`, who is here now, has of their own. */
export async function forgetRound(but = null) {
  const tx = (await opened).transaction(["cards", "notes"], "readwrite");
  const cards = tx.objectStore("cards");
  const known = await cards.getAllKeys();
  await Promise.all([
    ...known.filter(([person]) => person !== but).map((key) => cards.delete(key)),
    tx.objectStore("notes").clear(),
  ]);
  await tx.done;
  await (await pushes).clear("seen");
}

/** This version of a delivery's instructions was on the screen: no older push is shown any more. */
export const sawVersion = (delivery, version) => unlessGoing(saw(delivery, version));

async function saw(delivery, version) {
  const tx = (await pushes).transaction("seen", "readwrite");
  if (((await tx.store.get(delivery)) ?? 0) < version) await tx.store.put(version, delivery);
  await tx.done;
}
export const pushesAreFor = async (id) => (await pushes).put("who", id, "agent");
