// The YAML editor: lines with numbers, applied with one key, and a list of what is wrong that leads
// to the line and column.

import { because, t } from "../words.js";

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
    place.innerHTML = "";
    this.gutter = make("pre", { class: "gutter", "aria-hidden": "true" });
    this.area = make("textarea", { spellcheck: "false", wrap: "off", "aria-label": t("YAML editor"), autocapitalize: "off" });
    this.mark = make("i", { class: "mark", hidden: "" });
    this.sheet = make("div", { class: "sheet" }, this.gutter, this.mark, this.area);
    this.list = make("ul", { class: "problems", "aria-live": "assertive" });
    this.apply = make("button", { class: "act apply", type: "button" }, t("Apply"));
    this.apply.append(make("code", {}, "Ctrl+Enter"));
    this.title = make("b", { class: "mono" }, this.name);
    this.said = make("output", { class: "said" });
    place.append(make("div", { class: "head" }, this.title, this.said, this.apply), this.sheet, this.list);
    this.apply.disabled = !lab.mayCommand;
    this.apply.onclick = () => this.send();
    this.area.oninput = () => this.number();
    this.area.onscroll = () => this.scroll();
    this.area.onkeydown = (event) => this.key(event);
    this.area.value = EXAMPLE;
    this.number();
  }

  files() {
    return { [this.name]: this.area.value };
  }

  open(name, content) {
    this.name = name;
    this.title.textContent = name;
    this.area.value = content;
    this.clear();
    this.number();
    this.area.focus();
    this.area.setSelectionRange(0, 0);
    this.area.scrollTop = 0;
  }

  key(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.send();
    } else if (event.key === "Tab" && !event.shiftKey && !this.leaving) {
      event.preventDefault();
      const { selectionStart, selectionEnd } = this.area;
      this.area.setRangeText("  ", selectionStart, selectionEnd, "end");
      this.number();
    }
    // Escape, then Tab, leaves the editor: the keyboard is never trapped.
    this.leaving = event.key === "Escape";
  }

  number() {
    const count = this.area.value.split("\n").length;
    if (count !== this.count) {
      this.count = count;
      this.gutter.textContent = Array.from({ length: count }, (_, i) => i + 1).join("\n");
    }
    this.scroll();
  }

  scroll() {
    this.gutter.scrollTop = this.area.scrollTop;
    if (!this.mark.hidden) this.place(this.marked);
  }

  clear() {
    this.list.replaceChildren();
    this.mark.hidden = true;
    this.said.textContent = "";
  }

  async send() {
    this.clear();
    this.said.textContent = t("asked…");
    this.said.className = "said";
    try {
      const id = await this.lab.order({ do: "apply", files: this.files() });
      this.tell(await this.outcome(id));
    } catch (problem) {
      this.said.textContent = t("refused");
      this.said.className = "said bad";
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
      if (body.waiting) this.said.textContent = because(body.waiting);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return said;
  }

  tell({ lines, problems, status }) {
    const text = (stream) => lines.filter((each) => (each.stream === "stderr") === stream).map((each) => each.text);
    const bad = status !== 0;
    this.said.textContent = bad ? t("refused") : text(false).slice(-3).join(" · ") || t("applied");
    this.said.className = `said ${bad ? "bad" : "good"}`;
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
    if (line) {
      const jump = make("button", { class: "link", type: "button" }, `${line}:${column}  ${content}`);
      jump.onclick = () => this.jump(line, column);
      item.append(jump);
      if (this.mark.hidden) this.place(line);
    } else item.textContent = content;
    this.list.append(item);
  }

  place(line) {
    this.marked = line;
    this.mark.hidden = false;
    const style = getComputedStyle(this.area);
    const height = Number.parseFloat(style.lineHeight);
    this.mark.style.transform = `translateY(${8 + (line - 1) * height - this.area.scrollTop}px)`;
    this.mark.style.height = `${height}px`;
  }

  jump(line, column) {
    const lines = this.area.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    const at = start + Math.min((lines[line - 1] ?? "").length, Math.max(0, column - 1));
    this.area.focus();
    this.area.setSelectionRange(at, start + (lines[line - 1] ?? "").length);
    this.area.scrollTop = Math.max(0, (line - 4) * Number.parseFloat(getComputedStyle(this.area).lineHeight));
    this.place(line);
  }
}

function make(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
