"""How soon the pages can be used in a browser whose processor is four times slower, and their size.

Debian's Chromium opens each page anew, with nothing in its cache, several times: with the processor
slowed by the developer's tools, and as it is. A page can be used once its main list is painted and
a real key press or click was answered. Beside it stands an empty page of the same frame, whose time
is what each page is a ratio of. The server's own time is measured by itself, without a browser.
Everything shares this machine's cores.

    python -m benchmarks.pages --deliveries 2000 --loads 5
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import time
from dataclasses import dataclass, field
from typing import Any

import requests
from playwright.sync_api import Browser, Page, sync_playwright

from app import create_app
from app.runtime import Runtime
from benchmarks.pages_world import Sight, sights
from benchmarks.streams import served

SLOWER = 4
BUDGET_BYTES = 150_000
BUDGET_MS = 2000
_PATIENCE_SECONDS = 60.0
_STOPS = 40
_WATCH = """
(() => {
  const seen = (window.seen = { at: {}, shifts: [], tasks: [], answers: [] });
  const follow = (type, note, more = {}) => new PerformanceObserver((list) => {
    for (const each of list.getEntries()) note(each);
  }).observe({ type, buffered: true, ...more });
  follow("layout-shift", (each) => each.hadRecentInput || seen.shifts.push(each.value));
  follow("longtask", (each) => seen.tasks.push(each.duration));
  follow("event", (each) => seen.answers.push(each.duration), { durationThreshold: 16 });
  const wanted = %s;
  const look = () => {
    const frame = performance.now();
    for (const [name, selector] of Object.entries(wanted)) {
      if (name in seen.at || !document.querySelector(selector)) continue;
      // What a frame found is painted when the next one begins.
      seen.at[name] = frame;
      requestAnimationFrame(() => { seen.at[name] = performance.now(); });
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
"""
_BUSY = """() => {
  const began = performance.now();
  let sum = 0;
  for (let n = 0; n < 2e7; n += 1) sum += n % 7;
  return [performance.now() - began, sum][0];
}"""
_TOLD = """() => {
  const [page] = performance.getEntriesByType("navigation");
  return { ...window.seen, ready: page.domContentLoadedEventEnd,
    waited: page.responseStart - page.requestStart,
    painted: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0 };
}"""


@dataclass
class Load:
    """What one load of a page took; times in milliseconds from the start of the navigation."""

    usable: float
    listed: float
    complete: float
    ready: float
    painted: float
    waited: float
    """For the server's first byte."""
    longest: float
    """Task of the main thread."""
    blocked: float
    """What long tasks took beyond 50 ms each, as long as the page was watched."""
    answer: float
    """The slowest answer to a key or a click."""
    shift: float
    """The largest layout shift."""
    shifts: float
    """All of them together."""
    busy: float
    """A fixed sum: how slow the processor was."""
    sizes: dict[str, int] = field(default_factory=dict)
    """Bytes over the line, with their headers, by kind: Script, Document, Stylesheet…"""
    scripts: int = 0


def opened(browser: Browser, origin: str, sight: Sight, slower: int) -> Load:
    """Load a page once, in a browser that has seen nothing yet."""
    context = browser.new_context(viewport=sight.size, locale="en")
    name, value = sight.cookie
    context.add_cookies([{"name": name, "value": value, "url": origin}])
    page = context.new_page()
    tools = context.new_cdp_session(page)
    kinds: dict[str, str] = {}
    sizes: dict[str, int] = {}
    tools.on("Network.responseReceived", lambda e: kinds.update({e["requestId"]: e["type"]}))

    def finished(event: dict[str, Any]) -> None:
        kind = kinds.get(event["requestId"], "Other")
        sizes[kind] = sizes.get(kind, 0) + int(event["encodedDataLength"])

    tools.on("Network.loadingFinished", finished)
    tools.send("Network.enable")
    # A page of the same site, so that the process is there which is to be slowed.
    page.goto(f"{origin}/healthz")
    tools.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    wanted = {"listed": sight.listed, "answered": sight.answered, "complete": sight.complete}
    page.add_init_script(_WATCH % json.dumps(wanted))
    kinds.clear()
    sizes.clear()
    page.goto(f"{origin}{sight.path}", wait_until="commit")
    _use(page, sight)
    items, many = sight.all_of
    if page.locator(items).count() != many:
        raise SystemExit(f"{sight.name}: {page.locator(items).count()} of {many}: this is wrong")
    busy = float(page.evaluate(_BUSY))
    told = page.evaluate(_TOLD)
    scripts = sum(kind == "Script" for kind in kinds.values())
    context.close()
    return _load(told, busy, sizes, scripts)


def _use(page: Page, sight: Sight) -> None:
    """Wait for the list, press until it is answered, and wait for all the rest."""
    _until(page, "listed", sight)
    end = time.monotonic() + _PATIENCE_SECONDS
    while not page.evaluate("'answered' in window.seen.at"):
        if time.monotonic() > end:
            raise SystemExit(f"{sight.name}: no key was answered")
        sight.act(page)
        page.wait_for_timeout(20)
    _until(page, "complete", sight)
    page.wait_for_timeout(300)


def _until(page: Page, name: str, sight: Sight) -> None:
    end = time.monotonic() + _PATIENCE_SECONDS
    while not page.evaluate("name => name in window.seen.at", name):
        if time.monotonic() > end:
            raise SystemExit(f"{sight.name}: not within a minute: {name}")
        page.wait_for_timeout(20)


def _load(told: dict[str, Any], busy: float, sizes: dict[str, int], scripts: int) -> Load:
    at = told["at"]
    return Load(
        usable=max(at["listed"], at["answered"], told["ready"]),
        listed=at["listed"],
        complete=max(at["complete"], at["listed"]),
        ready=told["ready"],
        painted=told["painted"],
        waited=told["waited"],
        longest=max(told["tasks"], default=0.0),
        blocked=sum(max(0.0, each - 50) for each in told["tasks"]),
        answer=max(told["answers"], default=0.0),
        shift=max(told["shifts"], default=0.0),
        shifts=sum(told["shifts"]),
        busy=busy,
        sizes=sizes,
        scripts=scripts,
    )


def of_the_server(origin: str, sight: Sight, asks: int = 10) -> float:
    """Milliseconds for the page's HTML, the median of so many asks one after the other."""
    name, value = sight.cookie
    taken = []
    with requests.Session() as session:
        for _ in range(asks):
            began = time.monotonic()
            session.get(f"{origin}{sight.path}", cookies={name: value}, timeout=60)
            taken.append(1000 * (time.monotonic() - began))
    return statistics.median(taken)


def middle(loads: list[Load], what: str) -> float:
    """The median of one figure."""
    return statistics.median(getattr(each, what) for each in loads)


def show(sight: Sight, slow: list[Load], plain: list[Load], least: float, server: float) -> None:
    """One page's lines."""
    usable, sizes = middle(slow, "usable"), slow[-1].sizes
    script = sizes.get("Script", 0)
    within = script < BUDGET_BYTES and usable < BUDGET_MS
    print(
        f"{sight.name:<10} script {script / 1000:6.1f} kB ({slow[-1].scripts} files)"
        f"  page {sizes.get('Document', 0) / 1000:6.1f} kB"
        f"  all {sum(sizes.values()) / 1000:7.1f} kB"
        f"  server {server:5.0f} ms{'' if within else '  OVER THE BUDGET'}\n"
        f"{'':10} usable {usable:6.0f} ms"
        f" ({min(each.usable for each in slow):.0f}–{max(each.usable for each in slow):.0f})"
        f"  of the empty page's {usable / least:4.1f}"
        f"  of its own at full speed {usable / middle(plain, 'usable'):4.1f}"
        f" ({middle(plain, 'usable'):.0f} ms)\n"
        f"{'':10} first paint {middle(slow, 'painted'):5.0f}  list {middle(slow, 'listed'):5.0f}"
        f"  all of it {middle(slow, 'complete'):6.0f}"
        f"  longest task {middle(slow, 'longest'):5.0f}  blocked {middle(slow, 'blocked'):6.0f}"
        f"  slowest answer {middle(slow, 'answer'):4.0f} ms"
        f"  shift {max(each.shift for each in slow):.3f}"
        f" (all {max(each.shifts for each in slow):.3f})",
        flush=True,
    )


def measure(given: argparse.Namespace) -> None:
    """Print every page's figures."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        raise SystemExit("there is no chromium on this machine")
    with served(given.deliveries, 0) as (ours, _, settings), sync_playwright() as playwright:
        ours.stack.supervisor.start("web")
        origin = f"http://127.0.0.1:{ours.port}"
        runtime = Runtime(settings)
        found = sights(create_app(settings, runtime), runtime, given.deliveries, _STOPS)
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        print(
            f"{given.deliveries} deliveries, {given.loads} loads of each page, the processor"
            f" {SLOWER} times slower; load average {os.getloadavg()[0]:.1f}"
        )
        least = 0.0
        for sight in found:
            if given.only and sight.name not in ("empty", *given.only.split(",")):
                continue
            server = of_the_server(origin, sight)
            slow = [opened(browser, origin, sight, SLOWER) for _ in range(given.loads)]
            plain = [opened(browser, origin, sight, 1) for _ in range(given.loads)]
            least = least or middle(slow, "usable")
            show(sight, slow, plain, least, server)
            if sight is found[0]:
                # The least of each: what else runs here makes a sum longer, never shorter.
                slowed = min(each.busy for each in slow) / min(each.busy for each in plain)
                print(f"{'':10} slowed {slowed:.1f} times")
        print(f"load average {os.getloadavg()[0]:.1f}")
        browser.close()


def main() -> None:
    """Print the figures."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--deliveries", type=int, default=2000)
    arguments.add_argument("--loads", type=int, default=5)
    arguments.add_argument("--only", default="", help="pages by name, with commas between them")
    measure(arguments.parse_args())


if __name__ == "__main__":
    main()
