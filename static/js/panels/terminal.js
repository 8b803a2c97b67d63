// The terminal: a log and a line with history. What reads is asked, what changes is commanded, and
// a command that takes lab time is a session whose output is fetched until it ends.

import { because, t } from "../words.js";
import { words as split } from "./shell.js";

const HISTORY_MAX = 200;
const LINES_MAX = 2_000;
const POLL_MS = 300;
const MACHINE = new Set(["power-on", "power-off", "cut", "heal", "load", "kill-container", "add-worker", "remove-worker",
  "add-control-plane", "remove-control-plane", "kill-process", "start-process", "shut-down", "fill-disk"]);

export class Terminal {
  /**
   * @param {HTMLElement} place
   * @param {{ask: Function, order: Function, mayCommand: boolean, files: () => Object<string, string>}} lab
   */
  constructor(place, lab) {
    this.lab = lab;
    this.history = JSON.parse(sessionStorage.getItem("clusterlab.history") ?? "[]");
    this.at = this.history.length;
    this.session = null;
    place.innerHTML = "";
    this.log = element("pre", { class: "log", role: "log", "aria-live": "polite", "aria-label": t("Terminal output"), tabindex: "0" });
    this.form = element("form", { class: "prompt" });
    this.input = element("input", {
      type: "text", "aria-label": t("Command line"), autocomplete: "off", autocapitalize: "off", spellcheck: "false",
      placeholder: "kubectl get pods -o wide",
    });
    this.form.append(element("span", { class: "a", "aria-hidden": "true" }, "$"), this.input);
    place.append(this.log, this.form);
    this.form.onsubmit = (event) => {
      event.preventDefault();
      this.run(this.input.value.trim());
    };
    this.input.onkeydown = (event) => this.key(event);
    place.onclick = () => getSelection()?.isCollapsed && this.input.focus({ preventScroll: true });
    this.print(t("Type kubectl as you would anywhere. Try: kubectl get pods -o wide"), "m");
  }

  key(event) {
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      this.at = Math.max(0, Math.min(this.history.length, this.at + (event.key === "ArrowUp" ? -1 : 1)));
      this.input.value = this.history[this.at] ?? "";
    } else if (event.key === "c" && event.ctrlKey && getSelection()?.isCollapsed) {
      event.preventDefault();
      this.interrupt();
    } else if (event.key === "l" && event.ctrlKey) {
      event.preventDefault();
      this.log.textContent = "";
    }
  }

  async interrupt() {
    this.print(`${this.input.value}^C`, "m");
    this.input.value = "";
    const { session } = this;
    this.session = null;
    if (session) await this.lab.order({ do: "cancel", session }).catch(() => {});
  }

  print(content, tone = "") {
    const lines = element("span", tone ? { class: tone } : {}, content.endsWith("\n") ? content : `${content}\n`);
    this.log.append(lines);
    while (this.log.childNodes.length > LINES_MAX) this.log.firstChild.remove();
    this.log.scrollTop = this.log.scrollHeight;
  }

  async run(line) {
    this.print(`$ ${line}`, "w");
    this.input.value = "";
    if (!line) return;
    if (this.history.at(-1) !== line) this.history.push(line);
    this.history = this.history.slice(-HISTORY_MAX);
    this.at = this.history.length;
    sessionStorage.setItem("clusterlab.history", JSON.stringify(this.history));
    if (line === "clear") {
      this.log.textContent = "";
      return;
    }
    try {
      await this.execute(line);
    } catch (problem) {
      this.print(problem.reason ? because(problem.reason) : String(problem.message ?? problem), "r");
    }
  }

  async execute(line) {
    const argv = split(line);
    if (MACHINE.has(argv[0])) {
      await this.lab.order(machineCommand(argv));
      this.print(t("done"), "g");
      return;
    }
    if (argv[0] === "help") {
      this.print(t("kubectl …, curl URL, etcdctl endpoint status -w table, power-off NODE, power-on NODE, shut-down NODE, cut NODE [NODE], heal NODE [NODE], kill-process NODE PROCESS, start-process NODE PROCESS, fill-disk NODE PERCENT, add-worker, add-control-plane, load ROUTE RPS, clear"), "m");
      return;
    }
    const edited = editOf(argv);
    if (edited) {
      await this.lab.edit(...edited);
      return;
    }
    if (argv[0] !== "watch") {
      const body = await this.lab.ask({ ask: "kubectl", argv });
      if (body.stdout) this.print(body.stdout);
      if (body.stderr) this.print(body.stderr, "r");
      if (!body.waits) return;
    }
    await this.follow(argv);
  }

  /** What changes something or takes lab time is a session: its lines are fetched until it ends. */
  async follow(argv) {
    const files = filesOf(argv, this.lab.files());
    const id = await this.lab.order({ do: "kubectl", argv, files });
    this.session = id;
    let from = 0;
    while (this.session === id) {
      const body = await this.lab.ask({ ask: "session", session: id, from });
      for (const each of body.lines) this.print(each.text, each.stream === "stderr" ? "r" : "");
      from = body.next;
      this.wait(body);
      if (body.done) this.session = null;
      else await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    this.wait({});
  }

  /** Say what a command waits for, or a learner thinks that the page froze. */
  wait({ waiting, started, done }) {
    const seconds = Math.max(0, Math.round((this.lab.now() - started) / 1000));
    this.form.dataset.waiting =
      waiting && !done ? `${because(waiting)}, ${t("{n} s", { n: seconds })} · Ctrl-C` : "";
  }
}

const EDITED = {
  deployment: "Deployment", deployments: "Deployment", deploy: "Deployment", service: "Service", services: "Service", svc: "Service",
  pod: "Pod", pods: "Pod", po: "Pod", ingress: "Ingress", ing: "Ingress", configmap: "ConfigMap", cm: "ConfigMap", node: "Node", no: "Node",
};

/** `kubectl edit` opens the editor of the page. */
function editOf(argv) {
  if (!["kubectl", "k"].includes(argv[0]) || argv[1] !== "edit") return null;
  const at = argv.findIndex((word) => word === "-n" || word === "--namespace");
  const ns = at > 0 ? argv[at + 1] : "default";
  const words = argv.slice(2).filter((word, i) => !word.startsWith("-") && (at < 0 || i + 2 !== at + 1));
  const [type, name] = words.length > 1 ? words : (words[0] ?? "").split("/");
  const kind = EDITED[type];
  if (!kind || !name) return null;
  return [kind, kind === "Node" ? name : `${ns}/${name}`];
}

function machineCommand([verb, a = "", b = ""]) {
  const bodies = {
    cut: { do: "cut", a, b }, heal: { do: "heal", a, b }, load: { do: "load", route: a, rps: Number(b) },
    "kill-container": { do: "kill-container", pod: a.includes("/") ? a : `default/${a}`, container: b },
    "add-worker": { do: "add-worker" },
    "add-control-plane": { do: "add-control-plane" },
    "kill-process": { do: "kill-process", node: a, process: b },
    "start-process": { do: "start-process", node: a, process: b },
    "fill-disk": { do: "fill-disk", node: a, percent: Number(b) },
  };
  return bodies[verb] ?? { do: verb, node: a };
}

/** The files of the editor that a command names with -f. */
function filesOf(argv, files) {
  const named = argv.filter((word, i) => argv[i - 1] === "-f" || argv[i - 1] === "--filename");
  return Object.fromEntries(named.filter((name) => name in files).map((name) => [name, files[name]]));
}

function element(tag, attributes, content) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (content) made.textContent = content;
  return made;
}
