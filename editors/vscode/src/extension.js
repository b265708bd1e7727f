// The extension: a client of `pipec lsp`, commands that run pipec in a terminal, and the graph next to the source.
"use strict";

const vscode = require("vscode");
const path = require("node:path");
const { LanguageClient, Trace } = require("vscode-languageclient/node");
const { page } = require("./graph.js");

/** @type {LanguageClient | undefined} */
let client;
/** @type {vscode.WebviewPanel | undefined} */
let panel;
/** What the panel shows. @type {{ uri: vscode.Uri, pipeline: string, nodes: any[] } | undefined} */
let shown;

function program() {
  return vscode.workspace.getConfiguration("pipec").get("path", "pipec");
}

async function start() {
  const command = program();
  client = new LanguageClient(
    "pipec",
    "pipec",
    { command, args: ["lsp"] },
    {
      documentSelector: [{ language: "pipe" }],
      // Commands of code lenses run in a terminal, so that their output is visible.
      initializationOptions: { clientCommands: true },
    },
  );
  try {
    await client.start();
    const trace = vscode.workspace.getConfiguration("pipec").get("trace.server", "off");
    await client.setTrace(Trace.fromString(trace));
  } catch (error) {
    client = undefined;
    const open = "Open the setting";
    const answer = await vscode.window.showErrorMessage(
      `pipec: \`${command} lsp\` cannot be started (${error.message ?? error}). Install pipec, or say where it is.`,
      open,
    );
    if (answer === open) {
      await vscode.commands.executeCommand("workbench.action.openSettings", "pipec.path");
    }
  }
}

async function stop() {
  const old = client;
  client = undefined;
  await old?.stop();
}

/** Runs pipec as the process of a terminal, without a shell that would interpret text of the program. */
function run(args, file) {
  const task = new vscode.Task(
    { type: "pipec" },
    vscode.TaskScope.Workspace,
    args.join(" "),
    "pipec",
    new vscode.ProcessExecution(program(), [...args, file], { cwd: path.dirname(file) }),
  );
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, clear: true };
  return vscode.tasks.executeTask(task);
}

/** A command of a lens, or of the palette for the current file. */
function lens(line) {
  return async (argument) => {
    const editor = vscode.window.activeTextEditor;
    const file = argument?.file ?? editor?.document.uri.fsPath;
    if (!file) {
      return;
    }
    await vscode.workspace.textDocuments.find((d) => d.uri.fsPath === file)?.save();
    const args = [...line];
    if (argument?.pipeline) {
      args.push("--pipeline", argument.pipeline);
    }
    if (argument?.target) {
      args.push("--target", argument.target);
    }
    await run(args, file);
  };
}

async function explain() {
  const editor = vscode.window.activeTextEditor;
  const at = editor?.selection.active;
  const here = editor
    ? vscode.languages
        .getDiagnostics(editor.document.uri)
        .filter((d) => d.source === "pipec" && d.range.contains(at))
        .map((d) => String(d.code))
    : [];
  const code = here[0] ?? (await vscode.window.showInputBox({ prompt: "The code, such as E0102" }));
  if (code && /^[EW][0-9]{4}$/.test(code)) {
    const task = new vscode.Task(
      { type: "pipec" },
      vscode.TaskScope.Workspace,
      `explain ${code}`,
      "pipec",
      new vscode.ProcessExecution(program(), ["explain", code]),
    );
    await vscode.tasks.executeTask(task);
  }
}

/** Requests the graph of the pipeline at the cursor, and shows it. */
async function refresh(editor) {
  if (!panel || !client || editor?.document.languageId !== "pipe") {
    return;
  }
  const position = editor.selection.active;
  const graph = await client.sendRequest("pipec/graph", {
    textDocument: { uri: editor.document.uri.toString() },
    position: { line: position.line, character: position.character },
  });
  if (!panel || !graph) {
    return;
  }
  shown = { uri: editor.document.uri, pipeline: graph.pipeline, nodes: graph.nodes };
  panel.title = graph.pipeline;
  panel.webview.html = page(graph.svg, panel.webview.cspSource, nonce(), under(position));
}

/** The task under a position: the innermost one. */
function under(position) {
  const inside = (shown?.nodes ?? []).filter(({ whole: { start, end } }) => {
    const after = position.line > start.line || (position.line === start.line && position.character >= start.character);
    const before = position.line < end.line || (position.line === end.line && position.character <= end.character);
    return after && before;
  });
  inside.sort((a, b) => b.whole.start.line - a.whole.start.line);
  // All steps of a family have the same position.
  return inside.filter((n) => n.whole.start.line === inside[0].whole.start.line).map((n) => n.key);
}

function nonce() {
  return Array.from({ length: 32 }, () => Math.floor(Math.random() * 36).toString(36)).join("");
}

async function showGraph() {
  const editor = vscode.window.activeTextEditor;
  if (!panel) {
    panel = vscode.window.createWebviewPanel(
      "pipec.graph",
      "Graph",
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      { enableScripts: true, localResourceRoots: [] },
    );
    panel.onDidDispose(() => {
      panel = undefined;
      shown = undefined;
    });
    panel.webview.onDidReceiveMessage(async ({ open }) => {
      const node = shown?.nodes.find((n) => n.key === open);
      if (node && shown) {
        const { start, end } = node.range;
        const selection = new vscode.Range(start.line, start.character, end.line, end.character);
        await vscode.window.showTextDocument(shown.uri, { selection, viewColumn: vscode.ViewColumn.One });
      }
    });
  }
  await refresh(editor);
}

/** Delays a function until it was not called for a while. */
function calm(f, milliseconds) {
  let timer;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => f(...args), milliseconds);
  };
}

exports.activate = async (context) => {
  const typed = calm(refresh, 150);
  context.subscriptions.push(
    vscode.commands.registerCommand("pipec.compile", lens(["compile"])),
    vscode.commands.registerCommand("pipec.runLocal", lens(["run", "--local"])),
    vscode.commands.registerCommand("pipec.plan", lens(["plan"])),
    vscode.commands.registerCommand("pipec.explain", explain),
    vscode.commands.registerCommand("pipec.showGraph", showGraph),
    vscode.commands.registerCommand("pipec.restart", async () => {
      await stop();
      await start();
    }),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      const editor = vscode.window.activeTextEditor;
      if (editor?.document === document) {
        typed(editor);
      }
    }),
    vscode.window.onDidChangeActiveTextEditor((editor) => typed(editor)),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections }) => {
      if (!panel || textEditor.document.languageId !== "pipe") {
        return;
      }
      const keys = shown?.uri.toString() === textEditor.document.uri.toString() ? under(selections[0].active) : [];
      // The cursor moved to another pipeline.
      if (keys.length > 0) {
        panel.webview.postMessage({ at: keys });
      } else {
        typed(textEditor);
      }
    }),
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration("pipec")) {
        await stop();
        await start();
      }
    }),
  );
  await start();
};

exports.deactivate = stop;
