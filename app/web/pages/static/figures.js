// Says so where figures could not be counted, and keeps open what was open when new ones come.

document.addEventListener("DOMContentLoaded", () => {
  const opened = new Set();
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.body.addEventListener(name, (event) => {
      const line = event.target.closest(".counting");
      if (!line) return;
      line.querySelector(".while").hidden = true;
      line.querySelector(".failed").hidden = false;
      document.getElementById("report").removeAttribute("aria-busy");
    });
  }
  document.body.addEventListener("htmx:beforeSwap", () => {
    opened.clear();
    for (const each of document.querySelectorAll("#report details[open]")) opened.add(each.id);
  });
  document.body.addEventListener("htmx:afterSwap", () => {
    for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
  });
});
