// Where everything stands in the picture: fixed places that no update moves.
//
// Pure: names in, rectangles and routes out. Positions depend only on how many members, services
// and workers there are, never on what state they are in.

const TILES = [47, 37, 30, 22, 17];
const TILE_GAP = 3;
const RAIL_GAP = 13;
const ROW_GAP = 4;
const SERVICES_MAX = 6;
const WORKERS_MAX = 8;
const MEMBER_HEIGHT = 78;
/** The leader stands highest: its card is raised by this much. */
export const RAISED = 14;

/** Lying: workers beside the services. It fills the middle of a desk of 1440 by 900 to the pixel. */
const WIDE = {
  tall: false, width: 840, height: 534,
  zone: { x: 14, y: 10, w: 812, h: 154 },
  members: { x: 32, y: 62, w: 776, card: 190, gap: 14, perRow: 7 },
  arc: 42,
  heading: { x: 32, y: 198 },
  queue: { x: 100, y: 178, w: 258, h: 52 },
  internet: { x: 56, y: 352, r: 28 },
  ingress: { x: 114, y: 318, w: 80, h: 68 },
  services: { x: 226, w: 106, middle: 352, room: 230 },
  bind: { x: 672, y: 164, w: 296 },
  legend: { x: 26, y: 503, columns: [0, 80, 168, 246] },
  workers: { top: 184, columns: [372, 602], w: 220, gap: 14, head: 36, side: 10 },
};

/** Standing, for a phone: from the control plane down to two columns of workers, one unit a pixel. */
const TALL = {
  tall: true, width: 390, height: 0,
  zone: { x: 8, y: 8, w: 374, h: 0 },
  members: { x: 16, y: 72, w: 358, card: 130, gap: 7, perRow: 3 },
  arc: 58,
  heading: null,
  queue: { x: 8, w: 374, h: 52 },
  internet: { x: 36, r: 24 },
  ingress: { x: 76, w: 80, h: 68 },
  services: { x: 192, w: 116, room: 174 },
  legend: { x: 20, columns: [0, 86, 180, 266] },
  workers: { columns: [8, 206], w: 176, height: 160, gap: 14, head: 50, side: 7 },
};

/**
 * @typedef {{x: number, y: number, w: number, h: number}} Box
 * @typedef {object} Wanted
 * @property {string[]} members
 * @property {string} [leader]
 * @property {string[]} services
 * @property {string[]} workers
 * @property {Object<string, number>} needed slots that each worker needs
 * @property {boolean} [tall] whether the picture is higher than wide
 */

/**
 * Return the places of everything.
 * @param {Wanted} wanted
 */
export function layout(wanted) {
  const frame = wanted.tall ? standing(wanted) : WIDE;
  return {
    ...frame,
    members: memberBoxes(frame.members, wanted.members, wanted.leader),
    api: { x: frame.zone.x + frame.zone.w / 2, y: frame.zone.y + frame.zone.h },
    services: serviceBoxes(frame.services, wanted.services),
    workers: workerBoxes(frame, wanted.workers, wanted.needed),
  };
}

/** Return the frame of a standing picture: each part begins where the one above it ends. */
function standing({ members, workers }) {
  const memberRows = Math.max(1, Math.ceil(members.length / TALL.members.perRow));
  const zone = { ...TALL.zone, h: TALL.members.y - TALL.zone.y + memberRows * (MEMBER_HEIGHT + 24) };
  const below = zone.y + zone.h;
  const middle = below + 174;
  const top = below + 274;
  const rows = Math.max(1, Math.ceil(Math.min(workers.length, WORKERS_MAX) / 2));
  const bottom = top + rows * TALL.workers.height + (rows - 1) * TALL.workers.gap;
  return {
    ...TALL, zone, height: bottom + 58,
    queue: { ...TALL.queue, y: below + 18 },
    bind: { x: 195, y: below + 18 + TALL.queue.h, w: 340 },
    internet: { ...TALL.internet, y: middle },
    ingress: { ...TALL.ingress, y: middle - 34 },
    services: { ...TALL.services, middle },
    crossing: top - 14,
    legend: { ...TALL.legend, y: bottom + 28 },
    workers: { ...TALL.workers, top },
  };
}

function workerBoxes(frame, names, needed) {
  const { top, columns, w, gap, head, side } = frame.workers;
  const rows = Math.max(frame.tall ? 1 : 2, Math.ceil(Math.min(names.length, WORKERS_MAX) / 2));
  const height = frame.workers.height ?? (frame.height - top - 10 - gap * (rows - 1)) / rows;
  const found = {};
  names.slice(0, WORKERS_MAX).forEach((name, index) => {
    // worker-1 above worker-2 in the first column, worker-3 above worker-4 in the second, and so on.
    const [column, row] = [Math.floor(index / rows), index % rows];
    const box = { x: columns[column], y: top + row * (height + gap), w, h: height, head, side, tall: frame.tall };
    found[name] = { ...box, column, row, rows, ...grid(box, needed[name] ?? 0) };
  });
  return found;
}

function memberBoxes({ x, y, w, card, gap, perRow }, names, leader) {
  const rows = Math.max(1, Math.ceil(names.length / perRow));
  const count = Math.max(1, Math.ceil(names.length / rows));
  const width = Math.min(card, (w - gap * (count - 1)) / count);
  const step = count === 1 ? 0 : (w - width) / (count - 1);
  const first = count === 1 ? x + (w - width) / 2 : x;
  const found = {};
  names.forEach((name, index) => {
    const row = Math.floor(index / count);
    found[name] = {
      x: first + (index % count) * step, y: y + row * (MEMBER_HEIGHT + 24) - (name === leader ? RAISED : 0),
      w: width, h: MEMBER_HEIGHT, compact: width < 150, row,
    };
  });
  return found;
}

function serviceBoxes({ x, w, middle, room }, keys) {
  const shown = keys.slice(0, SERVICES_MAX);
  const pitch = Math.min(84, room / Math.max(1, shown.length));
  const height = Math.max(26, Math.min(46, pitch - 22));
  const found = {};
  shown.forEach((key, index) => {
    const offset = index - (shown.length - 1) / 2;
    const y = middle + offset * pitch - height / 2 - 6;
    const lane = offset * Math.min(4, 18 / shown.length);
    found[key] = { x, y, w, h: height, line: y + height + 9, lane, index };
  });
  return found;
}

/** Choose the largest tile that gives a worker the slots it needs. */
function grid(box, needed) {
  const of = (tile) => {
    const columns = Math.floor((box.w - 2 * box.side + TILE_GAP) / (tile + TILE_GAP));
    const rows = rowsThatFit(tile, box.h - box.head - 8);
    return { tile, columns, rows, slots: columns * rows };
  };
  // Side by side on a phone, workers with tiles of two sizes look like workers of two kinds.
  const enough = TILES.slice(box.tall ? 1 : 0).map(of).find(({ rows, slots }) => rows > 0 && slots >= needed);
  const least = of(TILES.at(-1));
  const rows = Math.max(1, least.rows);
  return enough ?? { ...least, rows, slots: rows * least.columns };
}

function rowsThatFit(tile, height) {
  let rows = 0;
  while (rowTop(rows, tile) + tile <= height + 3) rows += 1;
  return rows;
}

/** Rows come in pairs with a rail between them: the lines of traffic run there. */
function rowTop(row, tile) {
  return row * tile + Math.ceil(row / 2) * RAIL_GAP + Math.floor(row / 2) * ROW_GAP;
}

/** Return where a slot of a worker is. */
export function slotAt(worker, slot) {
  const column = slot % worker.columns;
  const row = Math.floor(slot / worker.columns);
  const width = worker.columns * (worker.tile + TILE_GAP) - TILE_GAP;
  const x = worker.x + (worker.w - width) / 2 + column * (worker.tile + TILE_GAP);
  const y = worker.y + worker.head + rowTop(row, worker.tile);
  const pair = Math.floor(row / 2);
  const rail = worker.y + worker.head + rowTop(pair * 2, worker.tile) + worker.tile + RAIL_GAP / 2;
  return { x, y, row, rail, above: row % 2 === 0 };
}

/** Return the way of requests past a service to a pod: ingress, list, trunk, rail, pod. */
export function wayTo(places, service, worker, slot) {
  const { lane, line } = service;
  const { x, y, rail, above } = slotAt(worker, slot);
  const pod = x + worker.tile / 2;
  const door = [pod, above ? y + worker.tile : y];
  const start = stub(places, service);
  const end = [[pod, rail + lane], door];
  const beside = start.at(-1)[0] + 13 + lane;
  if (places.tall) {
    const trunk = 195 + lane;
    const across = places.crossing + lane;
    return clean([...start, [beside, line], [beside, across], [trunk, across], [trunk, rail + lane], ...end]);
  }
  if (worker.column === 0) return clean([...start, [beside, line], [beside, rail + lane], ...end]);
  const channel = (worker.row < worker.rows - 1 ? worker.y + worker.h + 7 : worker.y - 7) + lane;
  const second = 597 + lane;
  return clean([...start, [beside, line], [beside, channel], [second, channel], [second, rail + lane], ...end]);
}

/** Return the way from the ingress controller to where a service's list is read. */
export function stub(places, service) {
  const { ingress } = places;
  const door = ingress.y + ingress.h / 2 + service.lane;
  const bend = service.x - 16 - service.lane * 0.6;
  return [
    [ingress.x + ingress.w, door],
    [bend, door],
    [bend, service.line],
    [service.x + service.w + 6, service.line],
  ];
}

/** Return the way between the API and a worker's kubelet. */
export function apiWay(places, worker) {
  const { api } = places;
  const under = api.y + 10;
  const start = [[api.x, under], [api.x, under + 3]];
  if (!places.tall && worker.row === 0) {
    const x = worker.x + worker.w - 30;
    return clean([...start, [x, under + 3], [x, worker.y]]);
  }
  const left = worker.column === 0;
  const side = places.tall ? (left ? 5 : 385) : left ? 365 : 831;
  const y = worker.y + 20;
  return clean([...start, [side, under + 3], [side, y], [left ? worker.x : worker.x + worker.w, y]]);
}

/** Half a cross with the ends of its strokes, and a pixel of ground. */
const CROSS = 7;
const SHORT = 14;

/** Return where the cross of a way that leads nowhere stands: on its last part, or before it if that is short. */
export function crossOn(points, { width }) {
  const [[px, py], [x, y]] = points.slice(-2);
  const isShort = Math.abs(x - px) + Math.abs(y - py) <= SHORT;
  const [cx, cy] = isShort ? [px, py] : [(x + px) / 2, (y + py) / 2];
  return [Math.max(CROSS, Math.min(width - CROSS, cx)), cy];
}

/** Return the way between two members. */
export function memberWay(places, from, to) {
  const a = places.members[from];
  const b = places.members[to];
  if (a.row !== b.row) return `M${a.x + a.w / 2} ${a.y + 38}L${b.x + b.w / 2} ${b.y + 38}`;
  const left = a.x < b.x;
  const names = Object.keys(places.members);
  const neighbours = Math.abs(names.indexOf(from) - names.indexOf(to)) === 1;
  const ax = left ? a.x + a.w : a.x;
  const bx = left ? b.x : b.x + b.w;
  if (neighbours) {
    const bend = (bx - ax) / 2;
    return `M${ax} ${a.y + 38}C${ax + bend} ${a.y + 30} ${bx - bend} ${b.y + 30} ${bx} ${b.y + 38}`;
  }
  // Past the cards in between, under the line of the heading.
  const [cx, dx] = left ? [a.x + a.w - 26, b.x + 26] : [a.x + 26, b.x + b.w - 26];
  return `M${cx} ${a.y}C${cx} ${places.arc} ${dx} ${places.arc} ${dx} ${b.y}`;
}

function clean(points) {
  return points.filter(
    (point, i) => i === 0 || point[0] !== points[i - 1][0] || point[1] !== points[i - 1][1],
  );
}

/** Return a path with rounded corners through points, as on a metro map. */
export function rounded(points, radius = 7) {
  let path = `M${points[0][0]} ${points[0][1]}`;
  for (let i = 1; i < points.length; i += 1) {
    const [x, y] = points[i];
    if (i === points.length - 1) return `${path}L${x} ${y}`;
    const [px, py] = points[i - 1];
    const [nx, ny] = points[i + 1];
    const before = Math.hypot(x - px, y - py);
    const after = Math.hypot(nx - x, ny - y);
    const r = Math.min(radius, before / 2, after / 2);
    const [ax, ay] = [x - ((x - px) / before) * r, y - ((y - py) / before) * r];
    const [bx, by] = [x + ((nx - x) / after) * r, y + ((ny - y) / after) * r];
    path += `L${ax.toFixed(1)} ${ay.toFixed(1)}Q${x} ${y} ${bx.toFixed(1)} ${by.toFixed(1)}`;
  }
  return path;
}

/** Return the length of a way. */
export function lengthOf(points) {
  let length = 0;
  for (let i = 1; i < points.length; i += 1) {
    length += Math.hypot(points[i][0] - points[i - 1][0], points[i][1] - points[i - 1][1]);
  }
  return Math.round(length);
}
