// Copies what is shown once, and keeps a reload from doing a deed again.

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      // Without the permission, or off HTTPS, the older way still works.
      if (!document.execCommand("copy")) return;
    }
    button.textContent = button.dataset.copied;
    document.getElementById("announcer").textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = label; }, 3000);
  });
}

// A page that came of a form is not asked for again by sending that form once more.
const made = document.querySelector("[data-made]");
if (made) history.replaceState(null, "", made.dataset.made);
