// The API for scripts of our pages: the same addresses that other systems use, with the session of
// the page. Every POST carries a key, so that sending it again does nothing twice.

/** What the API refused: `message` is for people, `status` 0 means that it was not reached. */
export class Refused extends Error {
  constructor(status, problem) {
    const says = problem.detail ?? problem.title;
    const more = (problem.errors ?? []).filter((e) => !says?.includes(e.detail));
    super([says, ...more.map((e) => `${e.pointer ?? e.name ?? ""} ${e.detail}`.trim())].join(" "));
    this.status = status;
    this.problem = problem;
  }

  /** Is it worth sending again as it is? */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** A key that no other request has. */
export const newKey = () => crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");

/**
 * Ask the API; the answer as it stands in JSON, with the version's ETag as `etag` where it has one.
 * `body` is sent as JSON, `version` (an ETag, or a number) in If-Match. Throws Refused.
 */
export async function api(method, path, { body, key, version, signal } = {}) {
  const headers = { "X-Delauto-Page": "1", Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method === "POST") headers["Idempotency-Key"] = key ?? newKey();
  if (version !== undefined) headers["If-Match"] = /^["*]/.test(`${version}`) ? `${version}` : `"${version}"`;
  let answer;
  try {
    answer = await fetch(`/api/v1${path}`, {
      method, headers, signal, redirect: "error",
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, { detail: String(error.message ?? error) });
  }
  const text = await answer.text();
  let found = {};
  try {
    found = text ? JSON.parse(text) : {};
  } catch {
    found = { detail: text.slice(0, 200) };
  }
  if (!answer.ok) throw new Refused(answer.status, found);
  if (answer.headers.has("ETag")) Object.defineProperty(found, "etag", { value: answer.headers.get("ETag") });
  return found;
}
