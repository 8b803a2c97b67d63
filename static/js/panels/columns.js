// How wide what kubectl prints is: tables are read by columns and never wrapped, other lines are.

import { cellsOf } from "./line.js";

/** A wider table than this is wrapped after all: nobody scrolls that far. */
const TABLE_MAX = 240;
const HEADING = /^[A-Z][A-Z-]*(?: ?[A-Z()-]+)*(?: {2,}[A-Z][A-Z() -]*)+$/;
/** Rows that come later than their heading, as those of a watch, have at least two gaps. */
const ROW = /\S {2,}\S.* {2,}\S/;

/** Split a text into its tables and what stands between them: [is it a table, lines]. */
function blocks(text) {
  const found = [];
  let isTable = false;
  for (const line of text.split("\n")) {
    if (HEADING.test(line.trimEnd())) isTable = true;
    else if (!line.trim()) isTable = false;
    if (found.at(-1)?.[0] === isTable) found.at(-1)[1].push(line);
    else found.push([isTable, [line]]);
  }
  return found;
}

const widthOf = (line) => Array.from(line).reduce((sum, letter) => sum + cellsOf(letter), 0);

/** Return how many columns the widest table of a text needs; none without a table. */
export function tableWidth(text) {
  const tables = blocks(text).filter(([isTable]) => isTable).flatMap(([, lines]) => lines);
  return Math.min(TABLE_MAX, Math.max(0, ...tables.map((line) => widthOf(line.trimEnd()) + 1)));
}

/** Fold the lines that belong to no table at their last space before a column. */
export function folded(text, columns) {
  return blocks(text).flatMap(([isTable, lines]) => (isTable ? lines : lines.flatMap((line) => (ROW.test(line) ? line : fold(line, columns))))).join("\n");
}

function fold(line, columns) {
  const found = [];
  let rest = line;
  while (widthOf(rest) > columns) {
    const letters = Array.from(rest);
    let end = 0;
    for (let width = 0; (width += cellsOf(letters[end])) <= columns; ) end += 1;
    const space = letters.slice(0, end + 1).lastIndexOf(" ");
    const at = space > 0 && letters.slice(0, space).some((letter) => letter !== " ") ? space : end;
    found.push(letters.slice(0, at).join(""));
    rest = letters.slice(at).join("").trimStart();
  }
  return [...found, rest];
}
