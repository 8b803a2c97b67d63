// What could stand where the learner pressed Tab: verbs, kinds, and names of objects that the page knows.

const KINDS = {
  pods: ["pod", "po"], deployments: ["deployment", "deploy"], services: ["service", "svc"], nodes: ["node", "no"],
  ingresses: ["ingress", "ing"], replicasets: ["replicaset", "rs"], daemonsets: ["daemonset", "ds"],
  statefulsets: ["statefulset", "sts"], jobs: ["job"], cronjobs: ["cronjob", "cj"], namespaces: ["namespace", "ns"],
  configmaps: ["configmap", "cm"], secrets: ["secret"], events: ["event", "ev"], endpoints: ["ep"],
  endpointslices: ["endpointslice"], leases: ["lease"], persistentvolumeclaims: ["persistentvolumeclaim", "pvc"],
  persistentvolumes: ["persistentvolume", "pv"], storageclasses: ["storageclass", "sc"], serviceaccounts: ["serviceaccount", "sa"],
  horizontalpodautoscalers: ["horizontalpodautoscaler", "hpa"], poddisruptionbudgets: ["poddisruptionbudget", "pdb"],
  priorityclasses: ["priorityclass", "pc"], resourcequotas: ["resourcequota", "quota"], limitranges: ["limitrange", "limits"],
};
const WORKLOADS = {
  deployments: "Deployment", replicasets: "ReplicaSet", daemonsets: "DaemonSet", statefulsets: "StatefulSet", jobs: "Job", cronjobs: "CronJob",
};
const canonical = (word) => Object.keys(KINDS).find((kind) => kind === word || KINDS[kind].includes(word));

const PROCESSES = ["kubelet", "containerd", "kube-proxy", "etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];
/** Verbs of machines, and what each word after them names. */
const MACHINE = {
  "power-on": ["machine"], "power-off": ["machine"], "shut-down": ["machine"], cut: ["machine", "machine"],
  heal: ["machine", "machine"], "remove-worker": ["machine"], "remove-control-plane": ["machine"],
  "kill-process": ["machine", "process"], "start-process": ["machine", "process"], "fill-disk": ["machine"],
  "kill-container": ["pod"], load: ["route"], "add-worker": [], "add-control-plane": [], delay: ["machine", "machine"],
  loss: ["machine", "machine"], hold: ["machine", "machine"], release: ["machine", "machine"], leak: ["pod"],
  slow: ["machine", "machine"], "slow-disk": ["machine"], "provoke-split-vote": [], request: ["route"],
};
const FIRST = ["kubectl", "curl", "etcdctl", "watch", "help", "clear", ...Object.keys(MACHINE)];
const FILTERS = ["grep", "head", "tail", "wc", "sort", "uniq", "awk", "less"];
const VERBS = [
  "annotate", "api-resources", "apply", "attach", "auth", "autoscale", "cluster-info", "config", "cordon", "cp", "create",
  "debug", "delete", "describe", "diff", "drain", "edit", "events", "exec", "explain", "expose", "get", "label", "logs",
  "patch", "port-forward", "replace", "rollout", "run", "scale", "set", "taint", "top", "uncordon", "version", "wait",
];
const SECOND = {
  rollout: ["history", "pause", "restart", "resume", "status", "undo"], set: ["env", "image", "resources"], top: ["node", "pod"],
  auth: ["can-i", "whoami"], config: ["current-context", "get-contexts", "set-context", "use-context", "view"],
  create: ["configmap", "cronjob", "deployment", "ingress", "job", "namespace", "poddisruptionbudget", "priorityclass",
    "quota", "secret", "service", "serviceaccount"],
};
const OF_PODS = new Set(["attach", "cp", "debug", "exec", "logs", "port-forward"]);
const OF_NODES = new Set(["cordon", "drain", "uncordon"]);
const OF_NOTHING = new Set(["api-resources", "apply", "auth", "cluster-info", "config", "create", "diff", "events", "replace", "run", "version"]);
const ETCDCTL = { "": ["endpoint", "member"], endpoint: ["health", "status"], member: ["list"] };
const FLAGS = ["--all-namespaces", "--filename", "--namespace", "--output", "--selector", "--watch"];
const FLAGS_OF = {
  scale: ["--replicas="], logs: ["--follow", "--previous", "--tail="], drain: ["--delete-emptydir-data", "--force", "--ignore-daemonsets"],
  delete: ["--force", "--grace-period=0", "--now"], get: ["--show-labels", "--sort-by="], rollout: ["--to-revision="], create: ["--image=", "--replicas="],
  run: ["--image="], wait: ["--for=", "--timeout="], expose: ["--port=", "--target-port="], autoscale: ["--max=", "--min="],
};
const VALUES = { "-o": () => ["json", "name", "wide", "yaml"], "-n": namespaces, "-f": (world) => world.files };
const LONG = { "--output": "-o", "--namespace": "-n", "--filename": "-f" };

/**
 * Return what could stand at the end of a text, and where that begins.
 * @param {string} text the line up to the cursor
 * @param {{table: (name: string) => Object<string, any>, files: string[]}} world
 * @returns {{from: number, options: string[]}}
 */
export function complete(text, world) {
  const command = text.slice(text.lastIndexOf("|") + 1);
  const words = command.split(/\s+/);
  if (words[0] === "" && words.length > 1) words.shift();
  const last = words.pop();
  const offered = text.includes("|") ? (words.length ? [] : FILTERS) : after(words, last, world);
  const options = [...new Set(offered)].filter((each) => each.startsWith(last)).sort();
  return { from: text.length - last.length, options };
}

function after(words, last, world) {
  if (words[0] === "watch") return words.length === 1 ? ["kubectl"] : after(words.slice(1), last, world);
  if (words.length === 0) return FIRST;
  const [program, ...rest] = words;
  if (program === "kubectl" || program === "k") return ofKubectl(rest, last, world);
  if (program === "etcdctl") return ETCDCTL[rest.join(" ")] ?? [];
  if (program === "curl") return Object.keys(world.table("route")).map((route) => `http://${route}`);
  return MACHINE[program] ? ofMachine(MACHINE[program][rest.length], world) : [];
}

function ofMachine(what, world) {
  if (what === "machine") return Object.keys(world.table("machine"));
  if (what === "process") return PROCESSES;
  if (what === "pod") return names("pods", "default", world);
  return what === "route" ? Object.keys(world.table("route")) : [];
}

function ofKubectl(words, last, world) {
  const before = words.at(-1) ?? "";
  const value = VALUES[LONG[before] ?? before];
  if (value) return value(world);
  const said = words.filter((word, i) => !word.startsWith("-") && !VALUES[LONG[words[i - 1]] ?? words[i - 1]]);
  const [verb, second] = said;
  if (last.startsWith("-")) return [...FLAGS, ...(FLAGS_OF[verb] ?? [])];
  if (!verb) return VERBS;
  if (SECOND[verb] && said.length === 1) return SECOND[verb];
  if (OF_NOTHING.has(verb)) return [];
  const ns = namespaceOf(words);
  if (verb === "top") return names(canonical(second), ns, world);
  if (OF_NODES.has(verb)) return names("nodes", ns, world);
  if (OF_PODS.has(verb)) return [...names("pods", ns, world), ...slashed(last, ns, world)];
  const objects = SECOND[verb] ? said.slice(2) : said.slice(1);
  return ofObjects(objects, last, ns, world);
}

/** A kind and then names, or kind/name in one word. */
function ofObjects(objects, last, ns, world) {
  if (last.includes("/")) return slashed(last, ns, world);
  if (objects.length === 0) return [...Object.keys(KINDS), ...Object.values(KINDS).flat().filter((each) => last && each === last)];
  return objects[0].includes("/") ? [] : names(canonical(objects[0]), ns, world);
}

function slashed(last, ns, world) {
  const [kind, name] = last.split("/");
  return name === undefined ? [] : names(canonical(kind), ns, world).map((each) => `${kind}/${each}`);
}

function namespaceOf(words) {
  const at = words.findIndex((word) => word === "-n" || word === "--namespace");
  return at >= 0 ? words[at + 1] : words.find((word) => word.startsWith("--namespace="))?.split("=")[1] ?? "default";
}

const TABLES = { pods: "pod", services: "service", ingresses: "ingress" };

function names(kind, ns, world) {
  if (kind === "nodes") return Object.keys(world.table("node"));
  if (kind === "namespaces") return namespaces(world);
  if (WORKLOADS[kind]) {
    return Object.values(world.table("workload")).filter((row) => row.kind === WORKLOADS[kind] && row.ns === ns).map((row) => row.name);
  }
  const keys = Object.keys(world.table(TABLES[kind] ?? ""));
  return keys.filter((key) => key.startsWith(`${ns}/`)).map((key) => key.slice(ns.length + 1));
}

function namespaces(world) {
  const found = ["pod", "service", "ingress"].flatMap((name) => Object.keys(world.table(name)).map((key) => key.split("/")[0]));
  return [...new Set(["default", "kube-system", ...found])];
}

/** Return the letters that all options begin with. */
export function common(options) {
  let shared = options[0] ?? "";
  for (const each of options) while (!each.startsWith(shared)) shared = shared.slice(0, -1);
  return shared;
}
