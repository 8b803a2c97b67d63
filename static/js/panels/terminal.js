// The terminal: what a typed line does. What reads is asked, what changes is commanded, and a command that
// takes lab time is a session whose output is fetched until it ends. Lines run one after the other, as in
// a shell: what is typed or pasted meanwhile waits for its turn.

import { because, t } from "../words.js";
import { common, complete } from "./complete.js";
import { empty, entered, keysOf, paste, press, write } from "./line.js";
import { openScreen } from "./screen.js";
import { words as split } from "./shell.js";

const HISTORY = "clusterlab.history";
const OPTIONS_MAX = 60;
const POLL_MS = 300;
/** A session that runs longer than this shows how it is ended. */
const SHORT_MS = 1_500;
const MACHINE = new Set(["power-on", "power-off", "cut", "heal", "load", "kill-container", "add-worker", "remove-worker",
  "add-control-plane", "remove-control-plane", "kill-process", "start-process", "shut-down", "fill-disk"]);

export class Terminal {
  /**
   * @param {HTMLElement} place
   * @param {{ask: Function, order: Function, table: Function, files: () => Object<string, string>}} lab
   */
  constructor(place, lab) {
    this.lab = lab;
    this.line = empty(JSON.parse(sessionStorage.getItem(HISTORY) ?? "[]"));
    this.waitingLines = [];
    /** What runs now: {session, since}, or null. What an interrupted one still says is not heard. */
    this.running = null;
    this.place = element("div", "screen");
    this.stop = element("button", "waiting");
    this.stop.type = "button";
    this.stop.hidden = true;
    this.stop.onclick = () => this.interrupt();
    place.replaceChildren(this.place, this.stop);
    place.onclick = () => getSelection()?.isCollapsed && this.screen?.focus();
  }

  async load() {
    this.screen = await openScreen(this.place, {
      data: (sent) => this.typed(sent),
      paste: (text) => this.pasted(text),
      isEmpty: () => !this.line.text,
    });
    this.screen.print(t("Type kubectl as you would anywhere. Try: kubectl get pods -o wide"), "m");
    this.screen.prompt(this.line);
  }

  typed(sent) {
    for (const key of keysOf(sent)) {
      if (key.name === "enter") this.enter(this.line.text);
      else if (key.name === "interrupt") this.interrupt();
      else if (key.name === "clear") this.screen.clear();
      else if (key.name === "complete") this.complete();
      else this.line = press(this.line, key);
    }
    if (!this.running) this.screen.prompt(this.line);
  }

  pasted(text) {
    const [line, whole] = paste(this.line, text);
    this.line = line;
    this.keep(whole);
    if (!this.running) this.screen.prompt(this.line);
  }

  enter(text) {
    this.line = entered(this.line);
    this.keep([text]);
  }

  keep(lines) {
    if (lines.length) sessionStorage.setItem(HISTORY, JSON.stringify(this.line.history));
    this.waitingLines.push(...lines);
    if (!this.running) this.next();
  }

  /** Run the lines that wait, one after the other. */
  async next() {
    while (!this.running && this.waitingLines.length) {
      const text = this.waitingLines.shift();
      this.screen.commit({ ...this.line, text });
      const running = { session: null, since: performance.now() };
      this.running = running;
      const say = (content, tone) => this.running === running && this.screen.print(content, tone);
      try {
        await this.execute(text.trim(), running, say);
      } catch (problem) {
        say(problem.reason ? because(problem.reason) : String(problem.message ?? problem), "r");
      }
      if (this.running !== running) return;
      this.running = null;
      this.stop.hidden = true;
    }
    this.screen.prompt(this.line);
  }

  interrupt() {
    const { running } = this;
    this.waitingLines = [];
    if (running) this.screen.print("^C", "m");
    else this.screen.commit(this.line, "^C");
    this.running = null;
    this.stop.hidden = true;
    this.line = { ...empty(this.line.history), cut: this.line.cut };
    this.screen.prompt(this.line);
    if (running?.session) this.lab.order({ do: "cancel", session: running.session }).catch(() => {});
  }

  /** Complete the word before the cursor as far as there is one way only; else say which ways there are. */
  complete() {
    const { text, at } = this.line;
    const world = { table: this.lab.table, files: Object.keys(this.lab.files()) };
    const { from, options } = complete(text.slice(0, at), world);
    const shared = common(options);
    if (options.length === 1) this.line = write(this.line, /[=/]$/.test(shared) ? shared : `${shared} `, from);
    else if (shared.length > at - from) this.line = write(this.line, shared, from);
    else if (options.length && !this.running) this.offer(options);
  }

  offer(options) {
    const rest = options.length - OPTIONS_MAX;
    this.screen.commit(this.line);
    this.screen.print(options.slice(0, OPTIONS_MAX).join("  ") + (rest > 0 ? `  … +${rest}` : ""), "m");
  }

  async execute(line, running, say) {
    if (!line || line.startsWith("#")) return;
    if (line === "clear") {
      this.screen.clear();
      return;
    }
    const argv = split(line);
    if (MACHINE.has(argv[0])) {
      await this.lab.order(machineCommand(argv));
      say(t("done"), "g");
      return;
    }
    if (argv[0] === "help") {
      say(t("kubectl …, curl URL, etcdctl endpoint status -w table, power-off NODE, power-on NODE, shut-down NODE, cut NODE [NODE], heal NODE [NODE], kill-process NODE PROCESS, start-process NODE PROCESS, fill-disk NODE PERCENT, add-worker, add-control-plane, load ROUTE RPS, clear"), "m");
      return;
    }
    const edited = editOf(argv);
    if (edited) {
      await this.lab.edit(...edited);
      return;
    }
    if (argv[0] !== "watch") {
      const body = await this.lab.ask({ ask: "kubectl", argv });
      if (body.stdout) say(body.stdout);
      if (body.stderr) say(body.stderr, "r");
      if (!body.waits || this.running !== running) return;
    }
    await this.follow(argv, running, say);
  }

  /** What changes something or takes lab time is a session: its lines are fetched until it ends. */
  async follow(argv, running, say) {
    const session = await this.lab.order({ do: "kubectl", argv, files: filesOf(argv, this.lab.files()) });
    if (this.running !== running) {
      this.lab.order({ do: "cancel", session }).catch(() => {});
      return;
    }
    running.session = session;
    for (let from = 0, done = false; this.running === running && !done;) {
      const body = await this.lab.ask({ ask: "session", session, from });
      for (const each of body.lines) say(each.text, each.stream === "stderr" ? "r" : "");
      ({ next: from, done } = body);
      if (done || this.running !== running) return;
      this.wait(body, running);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Say what a command waits for, or a learner thinks that the page froze; pressed, it ends the command. */
  wait({ waiting, started }, { since }) {
    const seconds = Math.max(0, Math.round((this.lab.now() - started) / 1000));
    this.stop.textContent = waiting ? `${because(waiting)}, ${t("{n} s", { n: seconds })} · Ctrl-C` : "Ctrl-C";
    this.stop.hidden = !waiting && performance.now() - since < SHORT_MS;
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

function element(tag, name) {
  const made = document.createElement(tag);
  made.className = name;
  return made;
}
