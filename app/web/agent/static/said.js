// What scripts say, in the page's language.

const words = JSON.parse(document.getElementById("said").textContent);

/** The words of this name; `values` fill their %(name)s. */
export const say = (name, values = {}) => words[name].replace(/%\((\w+)\)s/g, (_, key) => values[key]);

/** Are there words of this name? */
export const says = (name) => Object.hasOwn(words, name);

/** Of `one` and `many`, what fits the count. */
export const count = (name, many) => (many === 1 ? say(`${name}_one`) : say(`${name}_many`, { count: many }));
