// The line that is being typed: (line, key) → line, and what the key asks for. Knows letters, words, what
// was typed before and how many cells a letter takes; knows neither the screen nor the lab.
//
// xterm has no line editor. xterm-readline 1.2 was looked at: it moves letter by letter and has no words,
// no completion and nothing to bring back what was cut.

/** As many characters as the simulated shell takes. */
export const LINE_MAX = 8_000;
const HISTORY_MAX = 200;

/**
 * @typedef {{text: string, at: number, cut: string, history: string[], recalled: number, draft: string}} Line
 * text and the place in it (in code units); cut, what Ctrl-Y brings back; recalled, which line of the
 * history is shown, and draft, what stood here before.
 */

/** @returns {Line} */
export function empty(history = []) {
  return { text: "", at: 0, cut: "", history, recalled: history.length, draft: "" };
}

/** What xterm sends for a key, by its name here. */
const NAMES = {
  "\r": "enter", "\t": "complete", "\x03": "interrupt", "\x0c": "clear",
  "\x1b[D": "left", "\x1bOD": "left", "\x02": "left", "\x1b[C": "right", "\x1bOC": "right", "\x06": "right",
  "\x1b[A": "earlier", "\x1bOA": "earlier", "\x10": "earlier", "\x1b[B": "later", "\x1bOB": "later", "\x0e": "later",
  "\x1b[H": "home", "\x1bOH": "home", "\x01": "home", "\x1b[F": "end", "\x1bOF": "end", "\x05": "end",
  "\x1b[1;5D": "word-left", "\x1b[1;3D": "word-left", "\x1bb": "word-left",
  "\x1b[1;5C": "word-right", "\x1b[1;3C": "word-right", "\x1bf": "word-right",
  "\x7f": "backspace", "\x1b[3~": "delete", "\x04": "delete",
  "\x08": "cut-word-left", "\x1b\x7f": "cut-word-left", "\x1bd": "cut-word-right", "\x1b[3;5~": "cut-word-right",
  "\x17": "cut-argument", "\x15": "cut-left", "\x0b": "cut-right", "\x19": "bring-back",
};
const SEQUENCE = /\x1b(?:\[[0-9;]*[A-Za-z~]|O[A-Za-z]|[^[O])?|[\x00-\x1f\x7f]|[^\x00-\x1f\x7f]+/g;

/** Split what xterm sends into keys: {name} for those that have one, {text} for letters. */
export function keysOf(data) {
  const keys = [];
  for (const [each] of data.matchAll(SEQUENCE)) {
    if (NAMES[each]) keys.push({ name: NAMES[each] });
    else if (each >= " " && each !== "\x7f") keys.push({ text: each });
  }
  return keys;
}

const LETTERS = new Intl.Segmenter();
const WORD = /[\p{L}\p{N}_]/u;

function letterBefore(text, at) {
  let start = 0;
  for (const { index } of LETTERS.segment(text)) if (index < at) start = index;
  return start;
}

function letterAfter(text, at) {
  for (const { index, segment } of LETTERS.segment(text)) if (index + segment.length > at) return index + segment.length;
  return text.length;
}

function wordBefore(text, at, isWord = (letter) => WORD.test(letter)) {
  while (at > 0 && !isWord(text[at - 1])) at -= 1;
  while (at > 0 && isWord(text[at - 1])) at -= 1;
  return at;
}

function wordAfter(text, at) {
  while (at < text.length && !WORD.test(text[at])) at += 1;
  while (at < text.length && WORD.test(text[at])) at += 1;
  return at;
}

const argumentBefore = (text, at) => wordBefore(text, at, (letter) => letter !== " ");

const replace = (line, from, to, put) => {
  const text = (line.text.slice(0, from) + put + line.text.slice(to)).slice(0, LINE_MAX);
  return { ...line, text, at: Math.min(text.length, from + put.length) };
};
const cut = (line, from, to) =>
  from === to ? line : { ...replace(line, from, to, ""), cut: line.text.slice(from, to) };

/** Write something at the cursor, or in place of what stands there from an earlier place on. */
export const write = (line, text, from = line.at) => replace(line, from, line.at, text);

function recall(line, to) {
  const recalled = Math.max(0, Math.min(line.history.length, to));
  if (recalled === line.recalled) return line;
  const draft = line.recalled === line.history.length ? line.text : line.draft;
  const text = line.history[recalled] ?? draft;
  return { ...line, recalled, draft, text, at: text.length };
}

/** Return the line after it was entered: empty, and remembered unless it says the same as the one before. */
export function entered(line) {
  const text = line.text.trim();
  const isNew = text && line.history.at(-1) !== text;
  const history = (isNew ? [...line.history, text] : line.history).slice(-HISTORY_MAX);
  return { ...empty(history), cut: line.cut };
}

const MOVES = {
  left: ({ text, at }) => letterBefore(text, at),
  right: ({ text, at }) => letterAfter(text, at),
  home: () => 0,
  end: ({ text }) => text.length,
  "word-left": ({ text, at }) => wordBefore(text, at),
  "word-right": ({ text, at }) => wordAfter(text, at),
};
const EDITS = {
  backspace: (line) => replace(line, letterBefore(line.text, line.at), line.at, ""),
  delete: (line) => ({ ...replace(line, line.at, letterAfter(line.text, line.at), ""), at: line.at }),
  "cut-word-left": (line) => cut(line, wordBefore(line.text, line.at), line.at),
  "cut-argument": (line) => cut(line, argumentBefore(line.text, line.at), line.at),
  "cut-word-right": (line) => cut(line, line.at, wordAfter(line.text, line.at)),
  "cut-left": (line) => cut(line, 0, line.at),
  "cut-right": (line) => cut(line, line.at, line.text.length),
  "bring-back": (line) => write(line, line.cut),
  earlier: (line) => recall(line, line.recalled - 1),
  later: (line) => recall(line, line.recalled + 1),
};

/**
 * Press a key.
 * @param {Line} line
 * @param {{name?: string, text?: string}} key
 * @returns {Line} the line after it; "enter", "interrupt", "clear" and "complete" leave it as it is
 */
export function press(line, { name, text }) {
  if (text !== undefined) return write(line, text);
  if (MOVES[name]) return { ...line, at: MOVES[name](line) };
  return EDITS[name]?.(line) ?? line;
}

/**
 * Paste: every line but the last is entered, in order. A backslash at an end joins two lines.
 * @returns {[Line, string[]]} the line after it, and the lines that were entered
 */
export function paste(line, text) {
  const [first, ...rest] = plain(text).replace(/\\\n/g, "").replaceAll("\t", " ").split("\n");
  let now = write(line, first);
  const whole = [];
  for (const each of rest) {
    whole.push(now.text);
    now = write(entered(now), each);
  }
  return [now, whole];
}

/** Return a text without what a terminal would obey: only letters, tabs and ends of lines are left. */
export function plain(text) {
  return text.replace(/\r\n?/g, "\n").replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, "");
}

const NOTHING = /[\p{M}\u1160-\u11ff\u200b-\u200f\ufeff]/u;
// As xterm counts them: Hangul, Chinese, Japanese and full-width letters take two.
const TWO = /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3040-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{2fffd}\u{30000}-\u{3fffd}]/u;

/** Return how many cells a letter takes. */
export const cellsOf = (letter) => (NOTHING.test(letter) ? 0 : TWO.test(letter) ? 2 : 1);

/** Return where the next letter goes after a text that begins in the first cell of a row. */
export function placeAfter(text, columns) {
  let [row, column] = [0, 0];
  for (const letter of text) {
    const cells = cellsOf(letter);
    if (column + cells > columns) [row, column] = [row + 1, 0];
    column += cells;
  }
  return column >= columns ? { row: row + 1, column: 0 } : { row, column };
}
