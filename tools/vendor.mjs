// Bundles the packages that the page imports by name, each into one file whose name holds a hash of
// its content, and writes which name is which file. `python -m tools.vendor` decides when.

import { build } from "esbuild";
import { rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";

const FOLDER = "static/vendor";
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
};

await rm(FOLDER, { recursive: true, force: true });
const imports = {};
for (const [name, contents] of Object.entries(BUNDLES)) {
  const { metafile } = await build({
    stdin: { contents, resolveDir: ".", sourcefile: `${name}.js` },
    outdir: FOLDER,
    entryNames: `${name}-[hash]`,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    legalComments: "eof",
    metafile: true,
    logLevel: "warning",
  });
  const [file] = Object.keys(metafile.outputs);
  imports[name] = `vendor/${basename(file)}`;
}
await writeFile(`${FOLDER}/imports.json`, `${JSON.stringify(imports, null, 2)}\n`);
