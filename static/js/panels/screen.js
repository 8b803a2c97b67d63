// The screen that the terminal writes on: xterm, fetched when the terminal is first seen. Knows rows,
// colours and the line being typed at the bottom; knows nothing of the lab.
//
// What goes to xterm goes in order, so the screen can be drawn relative to the cursor and never read.

import { ink, onInk } from "../ink.js";
import { t } from "../words.js";
import { folded, tableWidth } from "./columns.js";
import { placeAfter, plain } from "./line.js";

const LINES_MAX = 2_000;
/** What can be read again: as much as those lines at their usual length. */
const REMEMBERED_MAX = 200_000;
/** Letters of Pretendard are narrower than the two cells that xterm gives them. */
const HANGUL = "Hangul Cells";
const HANGUL_WIDER = "118%";
const FONT = '12px "JetBrains Mono Variable"';
/** A slow network must not keep the terminal from a learner; it measures again when the font is there. */
const FONT_WAIT_MS = 1_500;
const PROMPT = "$ ";
const INK = { "": "\x1b[37m", m: "\x1b[90m", r: "\x1b[31m", g: "\x1b[32m" };
const PLAIN = "\x1b[0m";
/** Words of kubectl's tables, in the colours that their pods and nodes have in the picture. */
const STATES = [
  [/(?<=\s)(Running|Completed|Succeeded|Active|Bound|Ready)(?=[\s,]|$)/gm, 32],
  [/(?<=\s)(Pending|ContainerCreating|PodInitializing|SchedulingDisabled|Unknown)(?=\s|$)/gm, 33],
  [/(?<=\s)(CrashLoopBackOff|ErrImagePull|ImagePullBackOff|Error|OOMKilled|Evicted|Failed|NotReady)(?=[\s,]|$)/gm, 31],
  [/(?<=\s)(Terminating)(?=\s|$)/gm, 90],
];
/** Shortcuts of the line; the others stay the browser's. */
const WITH_CONTROL = "abcdefhklnpuwy";

/**
 * Put a screen into a place.
 * @param {HTMLElement} place
 * @param {{data: (sent: string) => void, paste: (text: string) => void, isEmpty: () => boolean}} learner
 */
export async function openScreen(place, learner) {
  adopt(hangul());
  const [{ FitAddon, Terminal, css }] = await Promise.all([import("xterm"), font()]);
  adopt(css);
  Terminal.strings.tooMuchOutput = t("Too much output to read aloud. It stands above the command line.");
  const term = new Terminal({
    fontFamily: getComputedStyle(place).fontFamily, fontSize: 12, lineHeight: 1.18, fontWeightBold: 600,
    theme: theme(), scrollback: LINES_MAX, convertEol: true, screenReaderMode: true, cursorInactiveStyle: "outline",
  });
  const fit = new FitAddon();
  term.loadAddon(fit);
  const log = mirror(place);
  term.open(place);
  term.textarea.setAttribute("aria-label", t("Command line. Tab completes a word; on an empty line, or after Escape, it leaves the terminal."));
  term.attachCustomKeyEventHandler(keys(term, learner));
  term.onData(learner.data);
  letterInputs(term.textarea, learner.data);
  fingers(place, term);
  place.addEventListener("paste", (event) => {
    event.preventDefault();
    event.stopPropagation();
    learner.paste(event.clipboardData?.getData("text/plain") ?? "");
  }, true);
  onInk(() => (term.options.theme = theme()));
  const screen = new Screen(place, term, fit, log);
  document.fonts.addEventListener("loadingdone", () => screen.measure());
  return screen;
}

class Screen {
  constructor(place, term, fit, log) {
    Object.assign(this, { place, term, log });
    /** The line at the bottom, and in which of its rows the cursor stands. */
    this.shown = null;
    /** The line that should stand there; while the rows change it waits. */
    this.latest = null;
    this.resizing = false;
    this.remembered = 0;
    /** Columns that can be seen at once, and those of the widest table: it scrolls sideways instead of wrapping. */
    this.seen = this.cols = term.cols;
    this.widest = 0;
    this.size = () => {
      const { cols, rows } = fit.proposeDimensions() ?? {};
      if (!(cols > 2 && rows > 0)) return null;
      this.seen = cols;
      place.classList.toggle("wide", this.widest > cols);
      return { cols: Math.max(cols, this.widest), rows };
    };
    new ResizeObserver(() => requestAnimationFrame(() => this.fit(this.size()))).observe(place);
    this.fit(this.size());
  }

  /** Letters of a font that has just come are as wide as they are, not as those that stood in for them. */
  measure() {
    const family = this.term.options.fontFamily;
    // xterm measures when the name changes.
    this.term.options.fontFamily = family.endsWith(" ") ? family.trimEnd() : `${family} `;
    this.fit(this.size());
  }

  /** Take the line away before the rows change, and draw it anew for the new ones. */
  fit(size) {
    const { term } = this;
    if (!size || (size.cols === this.cols && size.rows === term.rows) || this.resizing) return;
    this.resizing = true;
    this.cols = size.cols;
    this.erase();
    term.write("", () => {
      term.resize(size.cols, size.rows);
      this.resizing = false;
      if (this.latest) this.prompt(this.latest);
    });
  }

  erase() {
    if (!this.shown) return;
    this.term.write(`${up(this.shown.row)}\r\x1b[J`);
    this.shown = null;
  }

  /** Show the line that is being typed. */
  prompt(line) {
    this.latest = line;
    if (this.resizing) return;
    const { cols } = this;
    const before = this.shown?.line;
    const end = placeAfter(PROMPT + line.text, cols);
    const added = before && before.at === before.text.length && line.at === line.text.length && line.text.startsWith(before.text)
      ? line.text.slice(before.text.length) : null;
    // Whoever types at the end sees and hears that letter only, not the whole line again.
    if (added && end.row === this.shown.row) this.term.write(added);
    else if (added !== "") {
      this.erase();
      const cursor = placeAfter(PROMPT + line.text.slice(0, line.at), cols);
      // A full row ends before the next one begins: a blank opens it.
      const open = end.column === 0 && end.row > 0 ? " \r" : "";
      this.term.write(`\x1b[32m${PROMPT}${PLAIN}${line.text}${open}${up(end.row - cursor.row)}\x1b[${cursor.column + 1}G`);
    }
    const { row, column } = placeAfter(PROMPT + line.text.slice(0, line.at), cols);
    this.shown = { line, row };
    this.reveal(column / cols);
  }

  /** Scroll sideways to the cursor where the pane is narrower than the rows. */
  reveal(share) {
    const { clientWidth, scrollWidth, scrollLeft } = this.place;
    if (scrollWidth <= clientWidth) return;
    const x = share * scrollWidth;
    if (x < scrollLeft || x > scrollLeft + clientWidth * 0.9) this.place.scrollLeft = x - clientWidth * 0.6;
  }

  /** Let the line stand as it is, and go on below it. */
  commit(line, more = "") {
    this.prompt({ ...line, at: line.text.length });
    this.term.write(`${more}\n`);
    this.shown = this.latest = null;
    this.remember(`${PROMPT}${line.text}${more}\n`);
    this.term.scrollToBottom();
  }

  print(content, tone = "") {
    const text = plain(content.endsWith("\n") ? content : `${content}\n`);
    const { line } = this.shown ?? {};
    this.erase();
    this.widen(tableWidth(text));
    const lines = this.cols > this.seen ? folded(text, this.seen) : text;
    this.term.write(INK[tone] + (tone ? lines : painted(lines)) + PLAIN);
    this.remember(text);
    if (line) this.prompt(line);
  }

  /** Give a table the columns that it needs; what was written before it keeps its place. */
  widen(columns) {
    if (columns <= this.cols) return;
    this.widest = this.cols = columns;
    this.term.write("", () => this.term.resize(columns, this.term.rows));
    requestAnimationFrame(() => this.fit(this.size()));
  }

  clear() {
    this.shown = null;
    this.widest = 0;
    requestAnimationFrame(() => this.fit(this.size()));
    this.term.write("\x1b[H\x1b[2J\x1b[3J");
    this.log.textContent = "";
    this.remembered = 0;
  }

  focus() {
    this.term.focus();
  }

  remember(text) {
    this.log.append(text);
    this.remembered += text.length;
    while (this.remembered > REMEMBERED_MAX && this.log.firstChild !== this.log.lastChild) {
      this.remembered -= this.log.firstChild.length;
      this.log.firstChild.remove();
    }
  }
}

const up = (rows) => (rows > 0 ? `\x1b[${rows}A` : "");

function painted(text) {
  const lines = text.replace(/^(NAMESPACE|NAME|LAST SEEN)\b.*$/gm, "\x1b[90m$&\x1b[37m");
  return STATES.reduce((all, [words, colour]) => all.replace(words, `\x1b[${colour}m$1\x1b[37m`), lines);
}

/** What was printed, as text of the page: a reader's eyes or voice may go through all of it. */
function mirror(place) {
  const log = document.createElement("pre");
  log.className = "unseen log";
  log.setAttribute("role", "log");
  // xterm speaks what comes; this is for reading it again.
  log.setAttribute("aria-live", "off");
  log.setAttribute("aria-label", t("Terminal output"));
  place.before(log);
  return log;
}

function keys(term, learner) {
  let leaving = false;
  return (event) => {
    if (event.type !== "keydown") return true;
    const { key, ctrlKey, metaKey, shiftKey, altKey } = event;
    if (key === "Tab") return !(leaving || shiftKey || learner.isEmpty());
    leaving = key === "Escape" || (leaving && ["Shift", "Control", "Alt", "Meta"].includes(key));
    if (key === "PageUp" || key === "PageDown") {
      term.scrollPages(key === "PageUp" ? -1 : 1);
      event.preventDefault();
      return false;
    }
    if (/^F\d+$/.test(key) || metaKey) return false;
    if (!ctrlKey || altKey || key.length > 1) return true;
    if (key.toLowerCase() === "c" && (term.hasSelection() || shiftKey)) {
      // The browser copies; after that Ctrl-C interrupts again.
      setTimeout(() => term.clearSelection());
      if (shiftKey && document.execCommand("copy")) event.preventDefault();
      return false;
    }
    return key.toLowerCase() === "c" || WITH_CONTROL.includes(key);
  };
}

/** xterm 6 knows wheels and no fingers: what it cannot scroll any further scrolls the page. */
function fingers(place, term) {
  let from = 0;
  place.addEventListener("touchstart", (event) => (from = event.touches[0].clientY), { passive: true });
  place.addEventListener("touchmove", (event) => {
    const row = place.clientHeight / term.rows;
    const lines = Math.trunc((from - event.touches[0].clientY) / row);
    const { viewportY, baseY } = term.buffer.active;
    const left = lines < 0 ? viewportY : baseY - viewportY;
    if (!left && lines) from = event.touches[0].clientY;
    if (!left || !event.cancelable) return;
    event.preventDefault();
    from -= lines * row;
    term.scrollLines(lines);
  }, { passive: false });
}

/** For readers of the screen xterm leaves out letters without a key: dictated ones, and those of a picker. */
function letterInputs(textarea, data) {
  let pressed = false;
  textarea.addEventListener("keydown", () => (pressed = true));
  textarea.addEventListener("keyup", () => (pressed = false));
  textarea.addEventListener("input", (event) => {
    if (pressed || event.inputType !== "insertText" || !event.data) return;
    data(event.data);
    textarea.value = "";
  });
}

function theme() {
  const [text, muted] = [ink("text"), ink("muted")];
  return {
    background: ink("code-bg"), foreground: text, cursor: text, cursorAccent: ink("code-bg"),
    selectionBackground: ink("accent", 0.35), selectionInactiveBackground: ink("accent", 0.25),
    red: ink("bad"), green: ink("ok"), yellow: ink("warn-text"), white: ink("text2"), brightBlack: muted,
    scrollbarSliderBackground: ink("muted", 0.35), scrollbarSliderHoverBackground: ink("muted", 0.55),
    scrollbarSliderActiveBackground: ink("muted", 0.7),
  };
}

function font() {
  return Promise.race([document.fonts.load(FONT).catch(() => []), new Promise((resolve) => setTimeout(resolve, FONT_WAIT_MS))]);
}

/**
 * Return rules for Korean letters of the page's own font, as wide as their cells: a machine without a
 * monospaced Korean font would tear its words apart. They name the files that the page has anyway.
 */
function hangul() {
  const own = [];
  for (const sheet of document.styleSheets) {
    for (const { style, constructor } of sheet.cssRules) {
      if (constructor !== CSSFontFaceRule || !style.getPropertyValue("font-family").includes("Pretendard")) continue;
      const src = style.getPropertyValue("src").replace(/url\("([^"]+)"\)/g, (_, file) => `url("${new URL(file, sheet.href)}")`);
      own.push(`@font-face{font-family:"${HANGUL}";src:${src};unicode-range:${style.getPropertyValue("unicode-range")};`
        + `font-weight:${style.getPropertyValue("font-weight")};size-adjust:${HANGUL_WIDER}}`);
    }
  }
  return own.join("");
}

function adopt(css) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets.push(sheet);
}
