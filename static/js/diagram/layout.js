// Where everything stands in the picture: fixed places that no update moves.
//
// Pure: names in, rectangles and routes out. Positions depend only on how many members, services
// and workers there are, never on what state they are in.

export const WIDE = { width: 840, height: 556 };

const TILES = [47, 37, 30, 22, 17];
const TILE_GAP = 3;
const RAIL_GAP = 13;
const ROW_GAP = 4;
const HEAD = 34;
const SERVICES_MAX = 6;
const WORKERS_MAX = 8;

/**
 * @typedef {{x: number, y: number, w: number, h: number}} Box
 * @typedef {object} Wanted
 * @property {string[]} members
 * @property {string} [leader]
 * @property {string[]} services
 * @property {string[]} workers
 * @property {Object<string, number>} needed slots that each worker needs
 */

/**
 * Return the places of everything.
 * @param {Wanted} wanted
 */
export function layout({ members, services, workers, needed, leader }) {
  const rows = Math.max(2, Math.ceil(Math.min(workers.length, WORKERS_MAX) / 2));
  const workerBoxes = {};
  const gap = 12;
  const height = (WIDE.height - 222 - 10 - gap * (rows - 1)) / rows;
  workers.slice(0, WORKERS_MAX).forEach((name, index) => {
    // worker-1 above worker-2 in the first column, worker-3 above worker-4 in the second, and so on.
    const column = Math.floor(index / rows);
    const row = index % rows;
    const box = { x: 372 + column * 230, y: 222 + row * (height + gap), w: 220, h: height };
    workerBoxes[name] = { ...box, column, row, rows, ...grid(box, needed[name] ?? 0) };
  });
  return {
    ...WIDE,
    zone: { x: 14, y: 48, w: 812, h: 154 },
    members: memberBoxes(members, leader),
    api: { x: 420, y: 202 },
    queue: { x: 150, y: 212, w: 200, h: 50 },
    internet: { x: 56, y: 384, r: 28 },
    ingress: { x: 114, y: 350, w: 80, h: 68 },
    services: serviceBoxes(services),
    workers: workerBoxes,
  };
}

/** The leader stands highest: its card is raised by this much. */
export const RAISED = 14;

function memberBoxes(names, leader) {
  const count = Math.max(1, names.length);
  const width = Math.min(190, (776 - 14 * (count - 1)) / count);
  const step = count === 1 ? 0 : (776 - width) / (count - 1);
  const first = count === 1 ? 420 - width / 2 : 32;
  const found = {};
  names.forEach((name, index) => {
    const y = 100 - (name === leader ? RAISED : 0);
    const box = { x: first + index * step, y, w: width, h: 78, compact: width < 150 };
    found[name] = box;
  });
  return found;
}

function serviceBoxes(keys) {
  const shown = keys.slice(0, SERVICES_MAX);
  const pitch = Math.min(84, 230 / Math.max(1, shown.length));
  const height = Math.max(26, Math.min(46, pitch - 22));
  const found = {};
  shown.forEach((key, index) => {
    const offset = index - (shown.length - 1) / 2;
    const y = 384 + offset * pitch - height / 2 - 6;
    const lane = offset * Math.min(4, 18 / shown.length);
    found[key] = { x: 226, y, w: 106, h: height, line: y + height + 9, lane, index };
  });
  return found;
}

/** Choose the largest tile that gives a worker the slots it needs. */
function grid(box, needed) {
  for (const tile of TILES) {
    const columns = Math.floor((box.w - 20 + TILE_GAP) / (tile + TILE_GAP));
    const rows = rowsThatFit(tile, box.h - HEAD - 8);
    if (rows * columns >= needed && rows > 0) return { tile, columns, rows, slots: columns * rows };
  }
  const tile = TILES.at(-1);
  const columns = Math.floor((box.w - 20 + TILE_GAP) / (tile + TILE_GAP));
  const rows = Math.max(1, rowsThatFit(tile, box.h - HEAD - 8));
  return { tile, columns, rows, slots: columns * rows };
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
  const y = worker.y + HEAD + rowTop(row, worker.tile);
  const pair = Math.floor(row / 2);
  const rail = worker.y + HEAD + rowTop(pair * 2, worker.tile) + worker.tile + RAIL_GAP / 2;
  return { x, y, row, rail, above: row % 2 === 0 };
}

/** Return the way of requests past a service to a pod: ingress, list, trunk, rail, pod. */
export function wayTo(places, service, worker, slot) {
  const { lane, line } = service;
  const trunk = 351 + lane;
  const { x, y, rail, above } = slotAt(worker, slot);
  const pod = x + worker.tile / 2;
  const door = [pod, above ? y + worker.tile : y];
  const start = [...stub(places, service), [trunk, line]];
  if (worker.column === 0) return clean([...start, [trunk, rail + lane], [pod, rail + lane], door]);
  const channel =
    worker.row < worker.rows - 1 ? worker.y + worker.h + 6 : worker.y - 6;
  const second = 597 + lane;
  return clean([
    ...start,
    [trunk, channel + lane],
    [second, channel + lane],
    [second, rail + lane],
    [pod, rail + lane],
    door,
  ]);
}

/** Return the way from the ingress controller to where a service's list is read. */
export function stub(places, service) {
  const { ingress } = places;
  const door = ingress.y + ingress.h / 2 + service.lane;
  const bend = 210 - service.lane * 0.6;
  return [
    [ingress.x + ingress.w, door],
    [bend, door],
    [bend, service.line],
    [338, service.line],
  ];
}

/** Return the way between the API and a worker's kubelet. */
export function apiWay(places, worker) {
  const { api } = places;
  if (worker.row === 0) {
    const x = worker.x + worker.w - 30;
    return clean([[api.x, api.y + 10], [api.x, 212], [x, 212], [x, worker.y]]);
  }
  const side = worker.column === 0 ? 365 : 831;
  const y = worker.y + 20;
  const edge = worker.column === 0 ? worker.x : worker.x + worker.w;
  return clean([[api.x, api.y + 10], [api.x, 212], [side, 212], [side, y], [edge, y]]);
}

/** Return the way between two members. */
export function memberWay(places, from, to) {
  const a = places.members[from];
  const b = places.members[to];
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
  return `M${cx} ${a.y}C${cx} 80 ${dx} 80 ${dx} ${b.y}`;
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
