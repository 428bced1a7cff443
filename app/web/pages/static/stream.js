// Server-sent events that always come back. EventSource alone gives up on an HTTP error and does
// not notice a line that died without a word; the server sends `quiet` when it has nothing else.

const SILENCE = 45_000;
const WAITS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

/** Listen at `address`: `handlers` take an event's data by its name, `show` the connection's state. */
export function listen(address, handlers, show) {
  let source = null;
  let silence = 0;
  let waiting = 0;
  let failures = 0;
  let lastId = "";

  function heard(event) {
    if (event.lastEventId) lastId = event.lastEventId;
    failures = 0;
    clearTimeout(silence);
    silence = setTimeout(again, SILENCE);
    show("live");
  }

  function open() {
    close();
    const url = new URL(address, location.href);
    if (lastId) url.searchParams.set("after", lastId);
    source = new EventSource(url);
    source.addEventListener("open", () => show("live"));
    source.addEventListener("error", lost);
    source.addEventListener("quiet", heard);
    for (const [name, handle] of Object.entries(handlers)) {
      source.addEventListener(name, (event) => {
        heard(event);
        handle(event.data);
      });
    }
    silence = setTimeout(again, SILENCE);
  }

  function close() {
    clearTimeout(silence);
    clearTimeout(waiting);
    waiting = 0;
    source?.close();
  }

  function again() {
    close();
    show("reconnecting");
    const wait = WAITS[Math.min(failures, WAITS.length - 1)];
    failures += 1;
    waiting = setTimeout(open, wait * (0.75 + Math.random() / 2));
  }

  // A stream tells no status: asked without its body, the same address does.
  async function lost() {
    again();
    try {
      const { status } = await fetch(address, { method: "HEAD", redirect: "manual" });
      if (status === 401 || status === 403) location.reload();
    } catch {
      // The server is away: it is tried again anyhow.
    }
  }

  function soon() {
    if (waiting && !document.hidden) open();
  }

  addEventListener("online", soon);
  document.addEventListener("visibilitychange", soon);
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => {
    if (event.persisted) open();
  });
  open();
}

/** Show the connection's state in `element`, touching it only when the state changes. */
export function indicator(element) {
  return (state) => {
    if (element.dataset.connection === state) return;
    element.dataset.connection = state;
    element.textContent = element.dataset[`say${state[0].toUpperCase()}${state.slice(1)}`] ?? state;
  };
}
