
// --- Background sync ------------------------------------------------------------------------------
// Sends what waits in the outbox when the network is back and no page is in sight to do so. Order,
// keys and lock are those of outbox.js; what the API refuses for good stays, for the page to show it.

// Pages cannot send anything as long as this does.
const PATIENCE = 30_000;

/** Do this with the outbox; rejects where this telephone keeps none. */
async function withOutbox(mode, work) {
  const db = await new Promise((done, failed) => {
    const asked = indexedDB.open("delauto-round");
    // Only pages make it, in the form that they need.
    asked.onupgradeneeded = () => asked.transaction.abort();
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  db.onversionchange = () => db.close();
  try {
    const tx = db.transaction("outbox", mode);
    const asked = work(tx.objectStore("outbox"));
    return await new Promise((done, failed) => {
      tx.oncomplete = () => done(asked.result);
      tx.onabort = () => failed(tx.error);
    });
  } finally {
    db.close();
  }
}

const askApi = (method, path, more = {}) => fetch(`/api/v1${path}`, {
  method, redirect: "error", signal: AbortSignal.timeout(PATIENCE), ...more,
  headers: { "X-Delauto-Page": "1", Accept: "application/json", ...more.headers },
});
const passing = (status) => status >= 500 || [408, 425, 429].includes(status);

/** Send what this person did; rejects where the rest is to be tried later, as the browser sees fit. */
async function sendOutbox() {
  const waiting = (await withOutbox("readonly", (store) => store.getAll())).filter((each) => !each.refused);
  if (!waiting.length) return;
  const who = await askApi("GET", "/me");
  if (passing(who.status)) throw new Error(`the server answers ${who.status}`);
  if (!who.ok) return;
  const { id } = await who.json();
  const stopped = new Set();
  let later = 0;
  for (const entry of waiting) {
    if (entry.person !== id || stopped.has(entry.lane)) continue;
    const answer = await askApi("POST", entry.path, {
      headers: { "Content-Type": "application/json", "Idempotency-Key": entry.key },
      body: JSON.stringify(entry.body),
    });
    if (answer.status === 401) return;
    if (answer.ok) await withOutbox("readwrite", (store) => store.delete(entry.n));
    else {
      // What follows in its lane waits for it.
      stopped.add(entry.lane);
      if (passing(answer.status)) later = answer.status;
    }
  }
  if (later) throw new Error(`the server answers ${later}`);
}

async function sync() {
  const pages = await self.clients.matchAll({ type: "window" });
  // A page in sight sends by itself.
  if (pages.some((page) => page.visibilityState === "visible")) return;
  try {
    await navigator.locks.request("delauto-outbox", sendOutbox);
  } finally {
    for (const page of pages) page.postMessage({ outbox: true });
  }
}

self.addEventListener("sync", (event) => event.tag === "outbox" && event.waitUntil(sync()));
