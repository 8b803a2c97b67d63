// Small strokes that all parts of the picture share.

import { h } from "preact";

export const colour = (name) => `var(--${name})`;

/** Smallest text of the picture, in its own units: a projector needs more than a desk. */
export const pen = { smallest: 9 };

/** Draw a text. */
export function text(x, y, content, o = {}) {
  return h(
    "text",
    {
      x,
      y,
      "font-size": Math.max(pen.smallest, o.size ?? 12),
      fill: o.fill ?? colour("text"),
      "font-weight": o.weight ?? 500,
      "text-anchor": o.anchor ?? "start",
      "font-family": o.mono ? "var(--mono)" : "var(--sans)",
      class: o.class,
      opacity: o.opacity,
      "data-term": o.term,
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

/** Return about how wide a text is in Pretendard, at the weights of labels. */
export function widthOf(content, size) {
  let width = 0;
  for (const letter of content) width += letter > "\u2e7f" ? 0.89 : /[A-Z0-9mw→]/.test(letter) ? 0.67 : /[ ilj.,·]/.test(letter) ? 0.28 : 0.57;
  return width * Math.max(pen.smallest, size);
}

/** Draw a pill with a text in its middle. */
export function pill(key, cx, cy, content, o = {}) {
  const size = o.size ?? 11;
  const w = widthOf(content, size) + 22;
  const tall = Math.max(pen.smallest, size) + 10;
  return h(
    "g",
    { key, "data-term": o.term, class: o.class, "aria-hidden": o.hidden },
    rect(
      { x: cx - w / 2, y: cy - tall / 2, w, h: tall },
      {
        rx: tall / 2,
        fill: o.back ?? colour("surface"),
        stroke: o.stroke ?? colour("line2"),
        "stroke-dasharray": o.dash,
      },
    ),
    text(cx, cy + size * 0.36, content, {
      size,
      weight: o.weight ?? 600,
      fill: o.fill ?? colour("text2"),
      anchor: "middle",
    }),
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

export function shorten(content, most) {
  return content.length > most ? `${content.slice(0, most - 1)}…` : content;
}
