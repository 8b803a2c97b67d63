import { test } from "node:test";
import assert from "node:assert/strict";
import { words } from "../../static/js/panels/shell.js";

test("words are split at blanks, and quotes keep them together", () => {
  assert.deepEqual(words("kubectl get  pods -l 'app in (web, cart)'"), ["kubectl", "get", "pods", "-l", "app in (web, cart)"]);
});

test("a double quote understands backslashes, a single one does not", () => {
  assert.deepEqual(words(`patch -p "{\\"a\\": 1}" '\\n'`), ["patch", "-p", '{"a": 1}', "\\n"]);
});

test("an empty quote is a word", () => {
  assert.deepEqual(words("run x --image ''"), ["run", "x", "--image", ""]);
});

test("a pipe is a word of its own, unless it is quoted", () => {
  assert.deepEqual(words("k get po|grep web"), ["k", "get", "po", "|", "grep", "web"]);
  assert.deepEqual(words("echo 'a|b'"), ["echo", "a|b"]);
});
