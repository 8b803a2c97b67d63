// Arrow keys walk through the picture: to the nearest thing in that direction.

const AHEAD = {
  ArrowLeft: (dx, dy) => [-dx, dy],
  ArrowRight: (dx, dy) => [dx, dy],
  ArrowUp: (dx, dy) => [-dy, dx],
  ArrowDown: (dx, dy) => [dy, dx],
};

/** @param {SVGSVGElement} svg */
export function startDiagramKeys(svg) {
  svg.addEventListener("keydown", (event) => {
    const turn = AHEAD[event.key];
    const from = event.target.closest?.(".pick");
    if (!turn || !from) return;
    event.preventDefault();
    const [fx, fy] = middle(from);
    let best = null;
    let nearest = Infinity;
    for (const other of svg.querySelectorAll(".pick")) {
      if (other === from || other.contains(from)) continue;
      const [x, y] = middle(other);
      const [along, aside] = turn(x - fx, y - fy);
      if (along < 4) continue;
      const distance = along + Math.abs(aside) * 2.2;
      if (distance < nearest) [best, nearest] = [other, distance];
    }
    best?.focus();
  });
}

function middle(node) {
  const box = node.getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2];
}
