// Bundles the packages that the page imports by name and the fonts, each into one file whose name holds
// a hash of its content, and writes which name is which file. `python -m tools.vendor` decides when.

import { build } from "esbuild";
import { copyFile, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";

const FOLDER = "static/vendor";
const LICENCE = "node_modules/@fontsource-variable/jetbrains-mono/LICENSE";
// Pretendard comes in 92 parts by the letters they hold: a page fetches those that it shows.
const FONTS = `/*! Pretendard, Copyright (c) 2021 Kil Hyung-jin, with Reserved Font Name Pretendard, and
JetBrains Mono, Copyright 2020 The JetBrains Mono Project Authors: SIL Open Font License 1.1, OFL.txt. */
@import "pretendard/dist/web/variable/pretendardvariable-dynamic-subset.css";
@import "@fontsource-variable/jetbrains-mono";`;
// CodeMirror's parts compare their classes by identity, so they must be bundled together, once.
const BUNDLES = {
  codemirror: `
    export { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
    export { yaml } from "@codemirror/lang-yaml";
    export { HighlightStyle, bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
    export { lintGutter, setDiagnostics } from "@codemirror/lint";
    export { EditorState } from "@codemirror/state";
    export { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
    export { tags } from "@lezer/highlight";`,
  preact: 'export { Component, h, render } from "preact";',
  uplot: `
    export { default } from "uplot";
    export { default as css } from "uplot/dist/uPlot.min.css";`,
  xterm: `
    export { FitAddon } from "@xterm/addon-fit";
    export { Terminal } from "@xterm/xterm";
    export { default as css } from "@xterm/xterm/css/xterm.css";`,
};

// A package's style sheet travels with its code: whoever loads the one adopts the other.
const SHEETS_AS_TEXT = { ".css": "text" };

/** Bundle one source, and return the address of what came of it. */
async function bundle(name, contents, loader, others) {
  const { metafile } = await build({
    stdin: { contents, resolveDir: ".", sourcefile: `${name}.${loader}`, loader },
    outdir: FOLDER,
    entryNames: `${name}-[hash]`,
    assetNames: "[name]-[hash]",
    loader: others,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    legalComments: "eof",
    metafile: true,
    logLevel: "warning",
  });
  const [file] = Object.keys(metafile.outputs).filter((each) => each.endsWith(loader));
  return `vendor/${basename(file)}`;
}

await rm(FOLDER, { recursive: true, force: true });
const imports = {};
for (const [name, contents] of Object.entries(BUNDLES)) imports[name] = await bundle(name, contents, "js", SHEETS_AS_TEXT);
const fonts = await bundle("fonts", FONTS, "css", { ".woff2": "file" });
await copyFile(LICENCE, `${FOLDER}/OFL.txt`);
await writeFile(`${FOLDER}/built.json`, `${JSON.stringify({ imports, fonts }, null, 2)}\n`);
