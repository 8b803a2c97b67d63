// Asking a lab for something: every request has an id, and its answer finds back by it.

/** A request that got no answer is asked again under the same id; it is applied once. */
const AGAIN_MS = 3000;
const TRIES = 8;

/** @param {(message: any) => boolean} send */
export function asking(send) {
  /** @type {Map<string, {message: any, done: Function, tries: number, timer: number}>} */
  const open = new Map();

  function attempt(/** @type {string} */ id) {
    const waiting = open.get(id);
    if (!waiting) return;
    if (waiting.tries++ >= TRIES) {
      open.delete(id);
      waiting.done({ t: "refused", reason: { key: "out-of-reach", params: {} } });
      return;
    }
    send(waiting.message);
    waiting.timer = setTimeout(() => attempt(id), AGAIN_MS);
  }

  return {
    /** Ask; the promise holds "applied", "refused" or "answer". */
    ask(/** @type {any} */ message) {
      const id = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
      return new Promise((done) => {
        open.set(id, { message: { ...message, id }, done, tries: 0, timer: 0 });
        attempt(id);
      });
    },
    /** A message came in; true if it was an answer. */
    told(/** @type {any} */ message) {
      const waiting = open.get(message.id);
      if (!waiting) return false;
      clearTimeout(waiting.timer);
      if (message.t === "journaled") return true;
      open.delete(message.id);
      waiting.done(message);
      return true;
    },
  };
}
