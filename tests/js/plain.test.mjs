import assert from "node:assert/strict";
import { test } from "node:test";

import { plainly } from "../../static/js/state/plain.js";

const words = (given, field, type) => `json: cannot unmarshal ${given} into Go struct field DeploymentSpec.spec.${field} of type ${type}`;

for (const [given, field, type, plain] of [
  ["string", "replicas", "int32", "replicas has to be a number"],
  ["number 2.5", "replicas", "int32", "replicas has to be a whole number"],
  ["string", "paused", "bool", "paused has to be true or false, without quotes"],
  ["number", "template.spec.containers.env.value", "string", "value has to be text: put the value in quotes"],
  ["object", "template.spec.containers", "[]v1.Container", "containers has to be a list: each entry begins with a dash"],
  ["array", "selector.matchLabels", "map[string]string", "matchLabels has to have fields of its own"],
]) {
  test(`"${plain}" is said of a ${given} where ${type} is wanted`, () => assert.equal(plainly(words(given, field, type)), plain));
}

test("what the API server does not say is not guessed", () => {
  assert.equal(plainly(words("number 99999999999", "replicas", "int32")), "");
  assert.equal(plainly("spec.replicas: Invalid value: -1: must be greater than or equal to 0"), "");
});
