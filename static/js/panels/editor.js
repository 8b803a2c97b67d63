// The YAML editor: lines with numbers, applied with one key, and a list of what is wrong that leads
// to the line and column.

import { plainly } from "../state/plain.js";
import { because, t } from "../words.js";
import { LEAVE, openSheet } from "./sheet.js";

const EXAMPLE = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: nginx-deployment
  labels:
    app: nginx
spec:
  replicas: 3
  selector:
    matchLabels:
      app: nginx
  template:
    metadata:
      labels:
        app: nginx
    spec:
      containers:
      - name: nginx
        image: nginx:1.14.2
        ports:
        - containerPort: 80
`;
const PLACE = /(?:line\s+(\d+))(?:[,:]?\s*(?:column|col)\s+(\d+))?/i;
const POLL_MS = 250;
const POLLS_MAX = 240;
const PROBLEMS_MAX = 12;

export class Editor {
  /**
   * @param {HTMLElement} place
   * @param {{ask: Function, order: Function, mayCommand: boolean}} lab
   */
  constructor(place, lab) {
    this.lab = lab;
    this.name = "example.yaml";
    this.text = EXAMPLE;
    this.wrong = [];
    place.innerHTML = "";
    this.sheet = make("div", { class: "sheet" });
    const leave = make("span", { class: "leave", id: LEAVE }, t("Esc, then Tab, leaves the editor"));
    this.list = make("ul", { class: "problems", "aria-live": "assertive" });
    this.apply = make("button", { class: "act apply", type: "button" }, t("Apply"));
    this.apply.append(make("code", {}, "Ctrl+Enter"));
    this.title = make("b", { class: "mono" }, this.name);
    this.said = make("output", { class: "said" });
    place.append(make("div", { class: "head" }, this.title, this.said, leave, this.apply), this.sheet, this.list);
    this.apply.disabled = !lab.mayCommand;
    this.apply.onclick = () => this.send();
    // The page's own Escape closes the inspector: here it only lets the next Tab out.
    this.sheet.addEventListener("keydown", (event) => event.key === "Escape" && event.stopPropagation());
    // Loaded after the picture is there: a learner who never opens the editor does not pay for it.
    new IntersectionObserver(([seen], watching) => {
      if (!seen.isIntersecting) return;
      watching.disconnect();
      this.load();
    }).observe(place);
  }

  /** Load the editor once; what was opened meanwhile is shown in it. */
  load() {
    this.loading ??= openSheet(this.sheet, this.text, () => this.send()).then((sheet) => {
      this.view = sheet;
      this.view.write(this.text);
    }).catch(() => {
      this.note(t("The editor could not be loaded. Reload the page."), "bad");
      this.loading = null;
    });
    return this.loading;
  }

  files() {
    return { [this.name]: this.view?.read() ?? this.text };
  }

  async open(name, content) {
    this.name = name;
    this.title.textContent = name;
    this.text = content;
    this.view?.write(content);
    this.clear();
    await this.load();
    this.view?.jump(1, 1);
  }

  clear() {
    this.list.replaceChildren();
    this.wrong = [];
    this.view?.mark([]);
    this.note("");
  }

  /** Two lines have room for it; all of it is in its title. */
  note(sentence, tone = "") {
    this.said.textContent = this.said.title = sentence;
    this.said.className = `said ${tone}`;
  }

  async send() {
    this.clear();
    this.note(t("asked…"));
    try {
      const id = await this.lab.order({ do: "apply", files: this.files() });
      this.tell(await this.outcome(id));
    } catch (problem) {
      this.note(t("refused"), "bad");
      this.problems(problem.reason ? because(problem.reason) : String(problem.message ?? problem), problem.reason?.params);
    }
  }

  /** Fetch what kubectl said about it. */
  async outcome(session) {
    const said = { lines: [], problems: [], status: 0 };
    let from = 0;
    for (let i = 0; i < POLLS_MAX; i += 1) {
      const body = await this.lab.ask({ ask: "session", session, from });
      said.lines.push(...body.lines);
      said.problems = body.problems ?? [];
      said.status = body.exit_code ?? 0;
      from = body.next;
      if (body.done) break;
      if (body.waiting) this.note(because(body.waiting));
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return said;
  }

  tell({ lines, problems, status }) {
    const text = (stream) => lines.filter((each) => (each.stream === "stderr") === stream).map((each) => each.text);
    const bad = status !== 0;
    this.note(bad ? t("refused") : text(false).slice(-3).join(" · ") || t("applied"), bad ? "bad" : "good");
    const placed = problems.filter((each) => each.line);
    for (const each of placed) this.problem(each.text, each.line, each.column || 1);
    if (bad && !placed.length) this.problems(text(true).join("\n"));
    else if (!bad) for (const line of text(true)) this.problem(line, 0, 1);
  }

  /** Lines of kubectl's own that name a place lead there too. */
  problems(content, params = {}) {
    for (const line of content.split("\n").filter((each) => each.trim()).slice(0, PROBLEMS_MAX)) {
      const found = PLACE.exec(line);
      this.problem(line, Number(found?.[1] ?? params.line ?? 0), Number(found?.[2] ?? params.column ?? 1));
    }
  }

  problem(content, line, column) {
    const item = make("li", {});
    const plain = plainly(content);
    const said = plain ? [make("b", {}, plain), ` ${content}`] : [content];
    if (line) {
      const jump = make("button", { class: "link", type: "button" }, `${line}:${column}  `, ...said);
      jump.onclick = () => this.view?.jump(line, column);
      item.append(jump);
      this.wrong.push({ line, column, message: content });
      this.view?.mark(this.wrong);
    } else item.append(...said);
    this.list.append(item);
  }
}

function make(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
