// Small strokes that all parts of the picture share.

import { h } from "preact";

export const colour = (name) => `var(--${name})`;

/** Smallest text of the picture, in its own units: about pixels on a desk, twice that on a projector. */
export const SMALLEST = 11;

const sizeOf = (size) => Math.max(SMALLEST, size ?? 12);

/** Draw a text. */
export function text(x, y, content, o = {}) {
  return h(
    "text",
    {
      x,
      y,
      "font-size": sizeOf(o.size),
      fill: o.fill ?? colour("text"),
      "font-weight": o.weight ?? 500,
      "text-anchor": o.anchor ?? "start",
      "font-family": o.mono ? "var(--mono)" : "var(--sans)",
      class: o.class,
      opacity: o.opacity,
      "data-term": o.term,
      textLength: o.room,
      lengthAdjust: o.room && "spacingAndGlyphs",
      ...(o.halo ? { stroke: colour("stage"), "stroke-width": 3, "paint-order": "stroke" } : {}),
    },
    content,
  );
}

export function rect(box, props = {}) {
  return h("rect", { x: box.x, y: box.y, width: box.w, height: box.h, ...props });
}

export const path = (d, props = {}) => h("path", { d, fill: "none", ...props });

export const circle = (cx, cy, r, props = {}) => h("circle", { cx, cy, r, ...props });

const ruler = globalThis.document?.createElement("canvas").getContext("2d");
const WIDTHS_MAX = 4_000;
let widths = new Map();
// Letters come in parts: what was measured before they were there was another font.
globalThis.document?.fonts.addEventListener("loadingdone", () => (widths = new Map()));

/** Return how wide a text is, in the letters that it is drawn with. */
export function widthOf(content, size, { weight = 600, mono = false } = {}) {
  const font = `${weight} ${sizeOf(size)}px ${family(mono ? "--mono" : "--sans")}`;
  const key = `${font} ${content}`;
  if (!widths.has(key)) {
    if (widths.size > WIDTHS_MAX) widths.clear();
    ruler.font = font;
    widths.set(key, ruler.measureText(content).width);
  }
  return widths.get(key);
}

const families = {};
const family = (token) => (families[token] ??= getComputedStyle(document.documentElement).getPropertyValue(token).trim());

/** Return as much of a text as has room. */
export function fit(content, room, size, o = {}) {
  if (widthOf(content, size, o) <= room) return content;
  let shown = content.length - 1;
  while (shown > 1 && widthOf(`${content.slice(0, shown)}…`, size, o) > room) shown -= 1;
  return `${content.slice(0, shown)}…`;
}

/** Return parts of a sentence as lines that have room; a part that alone has none is cut. */
export function wrapped(parts, room, size, o = {}) {
  const found = [];
  for (const part of parts) {
    const longer = found.length ? `${found.at(-1)} · ${part}` : "";
    if (longer && widthOf(longer, size, o) <= room) found[found.length - 1] = longer;
    else found.push(fit(part, room, size, o));
  }
  return found;
}

const PILL_SIDE = 11;
const LINE_HEIGHT = 1.24;

/** Return the box of a pill around lines of text. */
export function pillSize(content, size = 11) {
  const wide = Math.max(...[content].flat().map((line) => widthOf(line, size)));
  return { w: wide + 2 * PILL_SIDE, h: [content].flat().length * sizeOf(size) * LINE_HEIGHT + 7 };
}

/** Draw a pill with one line of text in its middle, or a few. */
export function pill(key, cx, cy, content, o = {}) {
  const size = sizeOf(o.size ?? 11);
  const shown = [content].flat();
  const { w, h: tall } = pillSize(content, size);
  const first = cy - ((shown.length - 1) / 2) * size * LINE_HEIGHT + size * 0.36;
  return h(
    "g",
    { key, "data-term": o.term, class: o.class, "aria-hidden": o.hidden },
    rect(
      { x: cx - w / 2, y: cy - tall / 2, w, h: tall },
      {
        rx: Math.min(tall / 2, 12),
        fill: o.back ?? colour("surface"),
        stroke: o.stroke ?? colour("line2"),
        "stroke-dasharray": o.dash,
      },
    ),
    shown.map((line, i) => text(cx, first + i * size * LINE_HEIGHT, line, {
      size,
      weight: o.weight ?? 600,
      fill: o.fill ?? colour("text2"),
      anchor: "middle",
    })),
  );
}

/** Return the properties of something that can be chosen by mouse and keyboard. */
export function chosen(actions, kind, key, label, extra = {}) {
  const choose = (byKey) => actions.select(kind, key, byKey);
  return {
    role: "button",
    tabindex: 0,
    // What can be read in it is its name; this says what its colours say.
    "aria-description": label,
    "data-kind": kind,
    "data-key": key,
    class: `pick ${extra.class ?? ""}`,
    onclick: (event) => {
      event.stopPropagation();
      choose(false);
    },
    onkeydown: (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      choose(true);
    },
  };
}
