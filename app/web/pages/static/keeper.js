// Keeps a list of elements as the server sends them: replaces by id, inserts by `data-order`, and
// leaves alone what did not change, so that focus, selection and a playing recording survive.

const parser = document.createElement("template");

function parse(html) {
  parser.innerHTML = html;
  const element = parser.content.firstElementChild;
  parser.content.replaceChildren();
  return element;
}

/** Carry what the reader did to the old element over to the new one; both are in the document. */
function carryOver(old, fresh, focused) {
  if (old.hasAttribute("data-open")) {
    fresh.setAttribute("data-open", "");
    fresh.querySelector(".more, .hear")?.setAttribute("aria-expanded", "true");
  }
  const details = fresh.querySelector("details");
  if (details) details.open = Boolean(old.querySelector("details")?.open);
  const heard = old.querySelector(".heard");
  if (heard && old.querySelector(".words.short")?.textContent === fresh.querySelector(".words.short")?.textContent) {
    fresh.querySelector(".hear")?.parentElement.before(heard);
  }
  const was = old.querySelector("audio");
  const is = fresh.querySelector("audio");
  // Moved between two places of the document in one go, a recording plays on.
  if (was && is && was.getAttribute("src") === is.getAttribute("src") && was.currentTime > 0) {
    is.replaceWith(was);
    was.dispatchEvent(new Event("timeupdate"));
  }
  old.remove();
  if (focused) fresh.querySelector(`.${focused}`)?.focus({ preventScroll: true });
}

/**
 * A keeper of the children of `list`; or of several lists: `home` says into which an element
 * belongs, `all` gives the elements of all of them.
 */
export function keeper(list, { home = () => list, all = () => list.children } = {}) {
  const sent = new Map();
  for (const element of all()) sent.set(element.id, element.outerHTML);

  function place(element) {
    const { order } = element.dataset;
    const into = home(element);
    const after = [...into.children].find(
      (other) => other !== element && other.id !== element.id && other.dataset.order > order,
    );
    into.insertBefore(element, after ?? null);
  }

  return {
    place,
    /** Take in elements that stand behind all others of their list. */
    append(elements) {
      for (const element of elements) {
        sent.set(element.id, element.outerHTML);
        home(element).append(element);
      }
    },
    /** Take in one element; answers it with the one it replaced, or null where nothing changed. */
    put(html) {
      const fresh = parse(html);
      if (!fresh?.id) return null;
      const text = fresh.outerHTML;
      if (sent.get(fresh.id) === text) return null;
      sent.set(fresh.id, text);
      const old = document.getElementById(fresh.id);
      const focused = old?.contains(document.activeElement) ? document.activeElement.classList[0] : "";
      if (old && old.dataset.order === fresh.dataset.order) old.after(fresh);
      else place(fresh);
      if (old) carryOver(old, fresh, focused);
      fresh.classList.add("changed");
      // Taken off again, or a row that a filter brings back would seem to have changed.
      setTimeout(() => fresh.classList.remove("changed"), 2500);
      return { fresh, old };
    },
    /** Let go of one element; answers whether there was one. */
    drop(id) {
      sent.delete(id);
      const element = document.getElementById(id);
      element?.remove();
      return Boolean(element);
    },
    /** Let go of all but these, by their ids; answers whether there was any. */
    only(ids) {
      const wanted = new Set(ids);
      const others = [...all()].filter((element) => !wanted.has(element.id));
      for (const element of others) this.drop(element.id);
      return others.length > 0;
    },
  };
}
