import assert from "node:assert/strict";
import { test } from "node:test";

import { folded, tableWidth } from "../../static/js/panels/columns.js";

const TABLE = "NAME   READY   NOMINATED NODE\nweb-1  1/1     <none>-and-a-long-name\n";

test("a table has a width, and other lines have none", () => {
  assert.equal(tableWidth(TABLE), 38);
  assert.equal(tableWidth("Error from server (NotFound): pods \"x\" not found\n"), 0);
});

test("what stands beside a table is folded at its spaces, the table is not", () => {
  assert.equal(folded(`${TABLE}\none two three\n`, 8), `${TABLE}\none two\nthree\n`);
});

test("a word that is too long is cut, and Korean counts two cells a letter", () => {
  assert.equal(folded("abcdefghij", 4), "abcd\nefgh\nij");
  assert.equal(folded("파드 목록", 5), "파드\n목록");
});
