// Dragging from one machine to another cuts the cable between them, or heals it.

import { linkOf } from "./links.js";

const SVG = "http://www.w3.org/2000/svg";
const STARTS_AT = 9;

/**
 * @param {SVGSVGElement} svg
 * @param {any} store
 * @param {any} actions
 */
export function startCableDrag(svg, store, actions) {
  let from = "";
  let start = null;
  let line = null;

  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.pointerType === "touch" || !store.mayCommand) return;
    from = machineAt(event.target, store);
    start = [event.clientX, event.clientY];
  });
  addEventListener("pointermove", (event) => {
    if (!from) return;
    if (!line && Math.hypot(event.clientX - start[0], event.clientY - start[1]) < STARTS_AT) return;
    line ??= begin(svg);
    const [x1, y1] = inside(svg, start);
    const [x2, y2] = inside(svg, [event.clientX, event.clientY]);
    for (const [name, value] of Object.entries({ x1, y1, x2, y2 })) line.setAttribute(name, value);
    const to = machineAt(document.elementFromPoint(event.clientX, event.clientY), store);
    line.classList.toggle("meets", Boolean(to) && to !== from);
    line.classList.toggle("heals", Boolean(to) && Boolean(linkOf(store, from, to)));
  });
  addEventListener("pointerup", (event) => {
    const [begun, dragged] = [from, line];
    stop();
    if (!dragged) return;
    // What ends a drag is no click.
    addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", swallow, { capture: true }), 0);
    const to = machineAt(document.elementFromPoint(event.clientX, event.clientY), store);
    if (to && to !== begun) join(store, actions, begun, to);
  });
  addEventListener("pointercancel", stop);
  addEventListener("keydown", (event) => event.key === "Escape" && stop());

  function stop() {
    line?.remove();
    [from, line] = ["", null];
  }
}

function swallow(event) {
  event.stopPropagation();
  event.preventDefault();
}

/** Cut a cable that is whole, heal one that is not, and show it. */
function join(store, actions, a, b) {
  const verb = linkOf(store, a, b) ? "heal" : "cut";
  actions.command({ do: verb, a, b }, `cable ${cableKey(a, b)}`, verb);
  actions.select("Cable", cableKey(a, b));
}

/** Name a cable by its two ends, in one order. */
export const cableKey = (a, b) => [a, b].sort().join("|");

function machineAt(target, store) {
  const pick = target?.closest?.("[data-kind]");
  if (!pick) return "";
  if (pick.dataset.kind === "Node") return pick.dataset.key;
  const pod = pick.dataset.kind === "Pod" ? store.table("pod")[pick.dataset.key] : null;
  return pod?.node ?? "";
}

function begin(svg) {
  const line = document.createElementNS(SVG, "line");
  line.setAttribute("class", "drawn-cable");
  svg.append(line);
  return line;
}

function inside(svg, [x, y]) {
  const point = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM().inverse());
  return [point.x, point.y];
}
