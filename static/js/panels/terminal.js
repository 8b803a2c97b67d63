// The terminal: what a typed line does. The server reads it: what reads is answered, an act upon reality
// comes back as commands, and what takes lab time is a session whose output is fetched until it ends.
// Lines run one after the other, as in a shell: what is typed or pasted meanwhile waits for its turn.

import { because, t } from "../words.js";
import { common, complete } from "./complete.js";
import { empty, entered, keysOf, paste, press, write } from "./line.js";
import { openScreen } from "./screen.js";

const HISTORY = "clusterlab.history";
const OPTIONS_MAX = 60;
const POLL_MS = 300;
/** A session that runs longer than this shows how it is ended. */
const SHORT_MS = 1_500;

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
    this.stop.onclick = () => {
      this.interrupt();
      this.screen.focus();
    };
    place.replaceChildren(this.place, this.stop);
    place.onclick = () => getSelection()?.isCollapsed && this.screen?.focus();
  }

  async load() {
    this.screen = await openScreen(this.place, {
      data: (sent) => this.typed(sent),
      paste: (text) => this.pasted(text),
      isEmpty: () => !this.line.text,
    });
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
    const body = await this.lab.ask({ ask: "line", line });
    if (this.running !== running) return;
    if (body.before) say(body.before, "r");
    if (body.stdout) say(body.stdout);
    if (body.stderr) say(body.stderr, "r");
    if (body.orders) await this.obey(body.orders, say);
    if (body.edit) await this.lab.edit(body.edit.kind, body.edit.key);
    if (body.waits) await this.follow(body.argv, running, say);
  }

  /** Acts upon reality: the server has understood them, the learner's own right to them is asked here. */
  async obey(orders, say) {
    for (const order of orders) await this.lab.order(order);
    say(t("done"), "g");
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
    const isWatch = waiting?.key === "watching";
    const said = isWatch ? [because(waiting), t("Ctrl-C ends it")] : [waiting && `${because(waiting)}, ${t("{n} s", { n: seconds })}`, "Ctrl-C"];
    this.stop.textContent = said.filter(Boolean).join(" · ");
    this.stop.hidden = !waiting && performance.now() - since < SHORT_MS;
  }
}

/** The files of the editor that a command names with -f, or that `cat` prints into a pipe. */
function filesOf(argv, files) {
  const printed = argv[0] === "cat" ? argv.slice(1, argv.indexOf("|")) : [];
  const named = argv.filter((word, i) => argv[i - 1] === "-f" || argv[i - 1] === "--filename").concat(printed);
  return Object.fromEntries(named.filter((name) => name in files).map((name) => [name, files[name]]));
}

function element(tag, name) {
  const made = document.createElement(tag);
  made.className = name;
  return made;
}
