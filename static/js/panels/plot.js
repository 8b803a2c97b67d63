// One chart: uPlot inside an element of Preact's. What is drawn is said by its properties; lines hold
// their value until the next sample, as rates and counts of the lab do.

import { Component, h } from "preact";
import { ink } from "../ink.js";
import { short } from "../words.js";

/** Width of the axis, in letters' heights. */
const AXIS = 3.5;
/** Half of the highest label is above its line. */
const padding = (px) => [Math.round(px * 0.65), 0, 6, 1];
const DOT_PX = 3;

let library = null;

/** Its code comes behind the first picture; a chart that finds it missing tries again when it is drawn anew. */
async function load() {
  const { default: uPlot, css } = await import("uplot");
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets.push(sheet);
  return { uPlot, steps: uPlot.paths.stepped({ align: 1 }) };
}

/**
 * Properties: label, what it shows; lines and bands, uPlot's, the same at each redraw; data, its
 * columns; view {from, to} and top, its scales; font, the height of its letters; marks, instants; dot, the line whose end has a dot.
 */
export class Plot extends Component {
  hold = (place) => (this.place = place);

  componentDidMount() {
    this.begin();
  }

  async begin() {
    if (this.isAwaited) return;
    this.isAwaited = true;
    try {
      const { uPlot, steps } = await (library ??= load());
      if (!this.isGone) this.draw(uPlot, steps);
    } catch {
      library = null;
      this.isAwaited = false;
    }
  }

  draw(uPlot, steps) {
    const { clientWidth: width, clientHeight: height } = this.place;
    this.plot = new uPlot({ ...this.options(steps), width, height }, this.props.data, this.place);
    this.sizes = new ResizeObserver(() => {
      const { clientWidth, clientHeight } = this.place;
      if (clientWidth !== this.plot.width || clientHeight !== this.plot.height) this.plot.setSize({ width: clientWidth, height: clientHeight });
    });
    this.sizes.observe(this.place);
  }

  componentDidUpdate() {
    if (this.plot) this.plot.setData(this.props.data);
    else this.begin();
  }

  componentWillUnmount() {
    this.isGone = true;
    this.sizes?.disconnect();
    this.plot?.destroy();
  }

  options(steps) {
    const { lines, bands, font: px } = this.props;
    const font = `${px}px ${getComputedStyle(this.place).fontFamily}`;
    return {
      padding: padding(px),
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, range: () => [this.props.view.from, this.props.view.to] },
        y: { range: () => [0, this.props.top] },
      },
      axes: [{ show: false }, {
        side: 1, size: Math.round(px * AXIS), gap: 8, font, stroke: () => ink("muted"), ticks: { show: false },
        grid: { stroke: () => ink("line"), width: 1 },
        splits: () => [0, this.props.top / 2, this.props.top],
        values: (_, at) => at.map((each) => short(each)),
      }],
      series: [{}, ...lines.map((line) => ({ paths: steps, points: { show: false }, ...line }))],
      bands,
      hooks: { drawAxes: [(plot) => drawMarks(plot, this.props.marks)], draw: [(plot) => drawDot(plot, this.props.dot)] },
    };
  }

  render({ label }) {
    return h("div", { class: "plot", role: "img", "aria-label": label, ref: this.hold });
  }
}

function drawMarks({ ctx, bbox, valToPos }, marks) {
  ctx.save();
  ctx.strokeStyle = ink("muted");
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  for (const at of marks) {
    const x = Math.round(valToPos(at, "x", true)) + 0.5;
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
  }
  ctx.stroke();
  ctx.restore();
}

/** Draw where a line stands now. */
function drawDot({ ctx, data, series, valToPos }, line) {
  if (!data[0].length) return;
  ctx.save();
  ctx.fillStyle = series[line].stroke();
  ctx.beginPath();
  ctx.arc(valToPos(data[0].at(-1), "x", true), valToPos(data[line].at(-1), "y", true), DOT_PX * devicePixelRatio, 0, 2 * Math.PI);
  ctx.fill();
  ctx.restore();
}
