// The service worker of the driver's page. `APP`, written before this by the server, names its
// version and the files of it. Page and scripts come from one copy, so that they always fit.

const CACHE = `delauto-round-${APP.version}`;
const FILES = new Set(APP.files);

self.addEventListener("install", (event) => {
  const all = [...APP.files, APP.shell, APP.offline].map((file) => new Request(file, { cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(all)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("delauto-round-") && name !== CACHE) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

self.addEventListener("message", (event) => {
  if (event.data === "update") self.skipWaiting();
});

const kept = async (file, request) => (await (await caches.open(CACHE)).match(file)) ?? fetch(request);

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (url.pathname === "/agent") event.respondWith(kept(APP.shell, request));
    else event.respondWith(fetch(request).catch(() => kept(APP.offline, request)));
  } else if (FILES.has(url.pathname)) {
    event.respondWith(kept(url.pathname, request));
  }
});

// --- Pushes -------------------------------------------------------------------------------------

function pushes() {
  return new Promise((done, failed) => {
    const asked = indexedDB.open("delauto-pushes", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("seen");
      asked.result.createObjectStore("who");
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

/** Is this newer than all that was shown of this delivery? Then it is noted as shown. */
async function isNews(delivery, version) {
  const db = await pushes();
  try {
    return await new Promise((done, failed) => {
      const tx = db.transaction("seen", "readwrite");
      const store = tx.objectStore("seen");
      let news = false;
      const asked = store.get(delivery);
      asked.onsuccess = () => {
        news = (asked.result ?? 0) < version;
        if (news) store.put(version, delivery);
      };
      tx.oncomplete = () => done(news);
      tx.onerror = () => failed(tx.error);
    });
  } finally {
    db.close();
  }
}

async function tell(data) {
  let told;
  try {
    told = data.json();
  } catch {
    return;
  }
  const { delivery, version, text, language, told_at: at } = told;
  if (typeof delivery !== "string" || typeof version !== "number" || !text) return;
  if (!(await isNews(delivery, version))) return;
  await self.registration.showNotification(text, {
    tag: delivery,
    renotify: true,
    lang: language,
    icon: APP.icon,
    timestamp: Date.parse(at) || Date.now(),
    data: { delivery, version },
  });
}

// One after the other: a slower older one must not come out on top.
let line = Promise.resolve();
self.addEventListener("push", (event) => {
  if (!event.data) return;
  line = line.then(() => tell(event.data), () => tell(event.data));
  event.waitUntil(line);
});

async function show(delivery) {
  const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const round = open.find((client) => new URL(client.url).pathname === "/agent");
  if (!round) return self.clients.openWindow(`/agent#delivery-${delivery}`);
  round.postMessage({ show: delivery });
  return round.focus();
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(show(event.notification.data.delivery));
});

async function whose() {
  const db = await pushes();
  try {
    return await new Promise((done, failed) => {
      const asked = db.transaction("who").objectStore("who").get("agent");
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => failed(asked.error);
    });
  } finally {
    db.close();
  }
}

async function renew(event) {
  const agent = await whose();
  const key = event.oldSubscription?.options.applicationServerKey;
  const fresh = event.newSubscription
    ?? (key && (await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })));
  if (!agent || !fresh) return;
  const { endpoint, keys } = fresh.toJSON();
  await fetch(`/api/v1/agents/${agent}/push-subscription`, {
    method: "PUT",
    headers: { "Content-Type": "application/json", "X-Delauto-Page": "1" },
    body: JSON.stringify({ endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth } }),
  });
}

self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event)));
