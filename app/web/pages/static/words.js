// The words that a script says, as the page's template gave them in <script type="application/json" id="words">.

const element = document.getElementById("words");
const words = element ? JSON.parse(element.textContent) : {};

/** The words by this name, with `{name}` filled from `values`. */
export function say(name, values = {}) {
  const text = words[name] ?? name;
  return text.replace(/\{(\w+)\}/g, (whole, key) => (key in values ? String(values[key]) : whole));
}
