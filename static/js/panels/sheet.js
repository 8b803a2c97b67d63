// The sheet that the YAML editor writes on: CodeMirror, fetched when the editor is first seen. Knows
// text, lines and marks; knows nothing of the lab.

import { t } from "../words.js";

/** The sentence on how the keyboard gets out of it. */
export const LEAVE = "leave-editor";
/** What stands above a wrong line says where it is. */
const ROWS_ABOVE = 2;

/**
 * Put a sheet into a place.
 * @param {HTMLElement} place
 * @param {string} text
 * @param {() => void} onApply
 */
export async function openSheet(place, text, onApply) {
  const mirror = await import("codemirror");
  const { EditorState, EditorView, setDiagnostics } = mirror;
  /** Who only walks through the page with Tab is led on; who has begun to write indents. */
  const hand = { writes: false };
  const extensions = parts(mirror, onApply, hand);
  const view = new EditorView({ parent: place, state: EditorState.create({ doc: text, extensions }) });
  view.contentDOM.addEventListener("blur", () => (hand.writes = false));
  for (const sign of ["pointerdown", "input"]) view.contentDOM.addEventListener(sign, () => (hand.writes = true));
  const line = (number) => view.state.doc.line(Math.max(1, Math.min(view.state.doc.lines, number)));
  const range = (each) => {
    const { from, to } = line(each.line);
    return { from: Math.min(to, from + Math.max(0, each.column - 1)), to };
  };
  /** Bring a line into sight, below whole rows. */
  const show = (each) => (view.scrollDOM.scrollTop = view.lineBlockAt(range(each).from).top - ROWS_ABOVE * view.defaultLineHeight);
  return {
    read: () => view.state.doc.toString(),
    write: (content) => view.setState(EditorState.create({ doc: content, extensions })),
    /** Mark what is wrong, each at its line, and bring the first of them into sight. */
    mark(wrong) {
      view.dispatch(setDiagnostics(view.state, wrong.map((each) => ({ ...range(each), severity: "error", message: each.message }))));
      const first = wrong.reduce((best, each) => (each.line < (best?.line ?? Infinity) ? each : best), null);
      if (first) show(first);
    },
    jump(number, column) {
      const { from, to } = range({ line: number, column });
      view.dispatch({ selection: { anchor: from, head: number === 1 ? from : to } });
      show({ line: number, column });
      view.focus();
    },
  };
}

function parts(mirror, onApply, hand) {
  const { EditorView, HighlightStyle, keymap, syntaxHighlighting, tags } = mirror;
  const apply = { key: "Mod-Enter", run: () => (onApply(), true) };
  // On a Mac people press either of the two.
  const applyAnywhere = { ...apply, key: "Ctrl-Enter" };
  const { run, shift, ...tab } = mirror.indentWithTab;
  const indents = { ...tab, run: (view) => hand.writes && run(view), shift: (view) => hand.writes && shift(view) };
  return [
    mirror.lineNumbers(), mirror.history(), mirror.drawSelection(), mirror.highlightActiveLine(),
    mirror.indentOnInput(), mirror.bracketMatching(), mirror.lintGutter(), mirror.yaml(),
    syntaxHighlighting(HighlightStyle.define(ink(tags))),
    // CodeMirror lets the Tab after an Escape leave the sheet: the keyboard is never trapped.
    keymap.of([apply, applyAnywhere, indents, ...mirror.defaultKeymap, ...mirror.historyKeymap]),
    EditorView.contentAttributes.of({ "aria-label": t("YAML editor"), "aria-describedby": LEAVE, tabindex: "0", spellcheck: "false", autocapitalize: "off" }),
  ];
}

function ink(tags) {
  return [
    { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent)" },
    { tag: [tags.string, tags.special(tags.string)], color: "var(--ok)" },
    { tag: [tags.number, tags.bool, tags.null], color: "var(--raft)" },
    { tag: tags.comment, color: "var(--muted)" },
    { tag: [tags.punctuation, tags.separator, tags.meta], color: "var(--text2)" },
  ];
}
