// Says so when no answer comes, and asks which part is away; and leaves alone what somebody fills in.

document.addEventListener("DOMContentLoaded", () => {
  const notice = document.getElementById("no-answer");
  const parts = document.getElementById("no-answer-parts");

  async function whichIsAway() {
    try {
      const told = await (await fetch("/readyz", { headers: { Accept: "application/json" } })).json();
      return Object.keys(told).filter((name) => String(told[name]).startsWith("failed"));
    } catch {
      return []; // Nobody answers at all, or the proxy keeps it to itself.
    }
  }

  async function noAnswer() {
    notice.hidden = false;
    const away = await whichIsAway();
    parts.textContent = away.length ? `${parts.dataset.away} ${away.join(", ")}` : "";
  }

  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.body.addEventListener(name, noAnswer);
  }
  document.body.addEventListener("htmx:afterRequest", (event) => {
    // What was swapped in is another element than the one that asked.
    const path = event.detail.pathInfo?.requestPath ?? "";
    if (event.detail.successful && path.startsWith("/operations/now")) notice.hidden = true;
  });
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    const filling = event.target.id === "dead-jobs" && event.target.querySelector("details[open]");
    if (filling || document.hidden) event.preventDefault();
  });
});
