// The page of a graph: colors of the editor, a mark at the task at the cursor, and clicks that open source.
"use strict";

/** The colors of the graph, from the theme of the editor. */
const STYLE = `
  body { margin: 0; background: var(--vscode-editor-background); }
  svg.pipec { --ink: var(--vscode-editor-foreground); --dim: var(--vscode-descriptionForeground);
        --line: var(--vscode-editorIndentGuide-activeBackground1, #888); --box: var(--vscode-sideBar-background);
        --edge: var(--vscode-charts-blue); --yes: var(--vscode-charts-green); --no: var(--vscode-charts-red);
        --paper: var(--vscode-editor-background); --group: var(--vscode-sideBar-background);
        display: block; margin: 12px auto; max-width: none; }
  .task { cursor: pointer; }
  svg.pipec .task.at .box { stroke: var(--vscode-focusBorder); stroke-width: 2.5; }
`;

/**
 * The page.
 * @param {string} svg The drawing of the server, in which all text of a program is escaped.
 * @param {string} source The allowed source of styles.
 * @param {string} nonce The nonce of the page's only script.
 * @param {string[]} at The tasks at the cursor.
 */
function page(svg, source, nonce, at) {
  const keys = JSON.stringify(at).replace(/</g, "\\u003c");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${source} 'unsafe-inline'; script-src 'nonce-${nonce}'">
</head>
<body>
${svg}
<style>${STYLE}</style>
<script nonce="${nonce}">
const vscode = acquireVsCodeApi();
const tasks = [...document.querySelectorAll(".task")];
function mark(keys) {
  let first;
  for (const task of tasks) {
    const here = keys.includes(task.dataset.key);
    task.classList.toggle("at", here);
    first ??= here ? task : undefined;
  }
  first?.scrollIntoView({ block: "nearest", inline: "nearest" });
}
mark(${keys});
window.addEventListener("message", (event) => mark(event.data.at));
for (const task of tasks) {
  task.addEventListener("click", () => vscode.postMessage({ open: task.dataset.key }));
}
</script>
</body>
</html>`;
}

exports.page = page;
