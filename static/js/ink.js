// The colours of tokens.css for those who draw without CSS: canvases and the terminal.

const root = globalThis.document?.documentElement;
const listeners = new Set();
let known = {};

if (root) {
  new MutationObserver(() => {
    known = {};
    for (const listener of listeners) listener();
  }).observe(root, { attributeFilter: ["data-theme"] });
}

/** Return a token's colour in the theme of now, thinned if it is an opaque one. */
export function ink(token, opacity = 1) {
  known[token] ??= getComputedStyle(root).getPropertyValue(`--${token}`).trim();
  if (opacity === 1 || known[token].length !== 7) return known[token];
  return known[token] + Math.round(opacity * 255).toString(16).padStart(2, "0");
}

/** Call somebody when the theme has changed. */
export function onInk(listener) {
  listeners.add(listener);
}
