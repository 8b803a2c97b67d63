import assert from "node:assert/strict";
import { test } from "node:test";

import { markerOf, split } from "../../static/js/state/glossary.js";

const english = markerOf({
  pod: ["Pod", "", "pods?"], "bare-pod": ["Bare pod", "", "bare pods?"], quorum: ["Quorum", "", "quorum"],
  lease: ["Lease", "", "Leases?"], used: ["Used", "", ""],
});
const korean = markerOf({ pod: ["파드", "", "파드"], kubelet: ["kubelet", "", "kubelet"] });

test("a term is marked at its first place in a sentence, the longest one first", () => {
  assert.deepEqual(split("It is a bare pod: pods like other pods", english),
    ["It is a ", ["bare pod", "bare-pod"], ": ", ["pods", "pod"], " like other pods"]);
});

test("a part of a name is no term", () => {
  assert.deepEqual(split("web-pods and apps/pods in podium", english), ["web-pods and apps/pods in podium"]);
});

test("a term is found at the beginning of a sentence too", () => {
  assert.deepEqual(split("Quorum is lost", english), [["Quorum", "quorum"], " is lost"]);
});

test("a Korean particle follows its term, and a longer word is another word", () => {
  assert.deepEqual(split("kubelet이 파드를", korean), [["kubelet", "kubelet"], "이 ", ["파드", "pod"], "를"]);
  assert.deepEqual(split("스파드", korean), ["스파드"]);
});
