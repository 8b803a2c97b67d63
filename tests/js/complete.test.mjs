import { test } from "node:test";
import assert from "node:assert/strict";
import { common, complete } from "../../static/js/panels/complete.js";

const TABLES = {
  machine: { "cp-1": {}, "worker-1": {}, "worker-2": {} },
  node: { "cp-1": {}, "worker-1": {} },
  pod: { "default/web-x": {}, "default/cart-y": {}, "kube-system/etcd-cp-1": {} },
  service: { "default/web": {} },
  workload: { a: { kind: "Deployment", ns: "default", name: "web" }, b: { kind: "DaemonSet", ns: "kube-system", name: "kindnet" } },
  route: { "shop.local/cart": {} },
};
const WORLD = { table: (name) => TABLES[name] ?? {}, files: ["web.yaml"] };

test("each place of a line has its own words", () => {
  const cases = [
    ["kub", ["kubectl"]], ["power-o", ["power-off", "power-on"]], ["power-off w", ["worker-1", "worker-2"]],
    ["kill-process cp-1 et", ["etcd"]], ["kubectl desc", ["describe"]], ["kubectl get deploy", ["deploy", "deployments"]],
    ["kubectl get po ", ["cart-y", "web-x"]], ["kubectl get po -n kube-system ", ["etcd-cp-1"]],
    ["kubectl -n kube-system get ds k", ["kindnet"]], ["kubectl delete pod web-x c", ["cart-y"]],
    ["kubectl logs w", ["web-x"]], ["kubectl drain ", ["cp-1", "worker-1"]], ["kubectl rollout un", ["undo"]],
    ["kubectl rollout undo deployment/w", ["deployment/web"]], ["kubectl get pods -o w", ["wide"]],
    ["kubectl apply -f ", ["web.yaml"]], ["kubectl get pods -n kube", ["kube-system"]], ["kubectl scale --rep", ["--replicas="]],
    ["kubectl get pods | gr", ["grep"]], ["kubectl get pods | grep w", []], ["watch kubectl top n", ["node"]],
    ["etcdctl member ", ["list"]], ["curl http", ["http://shop.local/cart"]], ["nonsense ", []],
  ];
  for (const [text, options] of cases) assert.deepEqual(complete(text, WORLD).options, options, text);
});

test("the word that is completed begins where it begins", () => {
  assert.equal(complete("kubectl get po we", WORLD).from, "kubectl get po ".length);
});

test("what all have in common is theirs", () => {
  assert.equal(common(["worker-1", "worker-2"]), "worker-");
  assert.equal(common([]), "");
});
