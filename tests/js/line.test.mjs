import { test } from "node:test";
import assert from "node:assert/strict";
import { LINE_MAX, cellsOf, empty, entered, keysOf, paste, placeAfter, plain, press } from "../../static/js/panels/line.js";

/** A line where `|` is the cursor. */
const at = (marked, history = []) => ({ ...empty(history), text: marked.replace("|", ""), at: marked.indexOf("|") });
const shown = ({ text, at }) => `${text.slice(0, at)}|${text.slice(at)}`;
const typed = (line, data) => keysOf(data).reduce(press, line);

test("each key does to the line what a shell's would", () => {
  const cases = [
    ["get |pods", "\x1b[D", "get| pods"], ["get |pods", "\x1b[C", "get p|ods"],
    ["get |pods", "\x1b[H", "|get pods"], ["get |pods", "\x05", "get pods|"],
    ["get pods|", "\x1b[1;5D", "get |pods"], ["|get pods", "\x1bf", "get| pods"],
    ["get |pods", "\x7f", "get|pods"], ["get |pods", "\x1b[3~", "get |ods"],
    ["get |pods", "\x15", "|pods"], ["get |pods", "\x0b", "get |"],
    ["get deployment/web|", "\x17", "get |"], ["get deployment/web|", "\x1b\x7f", "get deployment/|"],
    ["|get pods", "\x1bd", "| pods"], ["|", "\x7f", "|"], ["|", "\x1b[3~", "|"],
  ];
  for (const [before, data, after] of cases) assert.equal(shown(typed(at(before), data)), after, JSON.stringify(data));
});

test("what was cut comes back where the cursor is", () => {
  assert.equal(shown(typed(at("web |pods"), "\x0b\x01\x19")), "pods|web ");
});

test("a letter of several code points is one letter", () => {
  assert.equal(shown(typed(at("e\u0301👩‍💻|"), "\x7f")), "e\u0301|");
  assert.equal(shown(typed(at("e\u0301|"), "\x1b[D")), "|e\u0301");
});

test("earlier lines are found, and the one that was begun is kept", () => {
  const line = typed(at("beg|", ["one", "two"]), "\x1b[A\x1b[A\x1b[A");
  assert.equal(shown(line), "one|");
  assert.equal(shown(typed(line, "\x1b[B\x1b[B")), "beg|");
});

test("a line is remembered once, and an empty one never", () => {
  assert.deepEqual(entered(at("two|", ["one", "two"])).history, ["one", "two"]);
  assert.deepEqual(entered(at("  |", ["one"])).history, ["one"]);
  assert.deepEqual(entered(at("three|", ["one"])).history, ["one", "three"]);
});

test("pasted lines are entered but the last, and a backslash joins two", () => {
  const [line, whole] = paste(at("kubectl | -A"), "get \\\r\n  pods\nclear\ntail");
  assert.deepEqual(whole, ["kubectl get   pods -A", "clear"]);
  assert.equal(shown(line), "tail|");
});

test("nothing that a terminal obeys is left in a text", () => {
  assert.equal(plain("a\x1b[2Jb\x9bc\x07d\te\r\nf\x00"), "a[2Jbcd\te\nf");
  assert.equal(paste(empty(), "a\x1b[201~b\tc")[0].text, "a[201~b c");
});

test("a line has a bound", () => {
  assert.equal(typed(empty(), "x".repeat(LINE_MAX + 50)).text.length, LINE_MAX);
});

test("keys that are not known type nothing", () => {
  assert.deepEqual(keysOf("\x1b[15~\x1b[1;2P\x00\x1ba"), []);
});

test("Korean takes two cells, and one that does not fit goes to the next row whole", () => {
  assert.deepEqual(["a", "가", "ｱ", "́"].map(cellsOf), [1, 2, 1, 0]);
  assert.deepEqual(placeAfter("파드", 3), { row: 1, column: 2 });
  assert.deepEqual(placeAfter("abc", 3), { row: 1, column: 0 });
  assert.deepEqual(placeAfter("$ 파드", 80), { row: 0, column: 6 });
});
