"use strict";
const parts = JSON.parse(document.getElementById("data").textContent);
const by = (id) => document.getElementById(id);
const canvas = by("canvas");
const panel = by("panel");
let part = 0;
let timeline = false;
let selected = null;
let box = null; // what of the picture is seen: x, y, width, height

/** An element with properties and children; text is never parsed as HTML. */
function made(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children.filter((c) => c !== null && c !== undefined));
  return element;
}

const picture = () => by(`${timeline ? "time" : "dag"}-${part}`);
const tasks = () => [...by(`dag-${part}`).querySelectorAll(".task")];
const node = (key) => parts[part].nodes.find((n) => n.key === key);

function seen() {
  picture().setAttribute("viewBox", `${box.x} ${box.y} ${box.width} ${box.height}`);
}

/** Shows the whole graph; for a large one, its beginning at a readable size. */
function fit(whole) {
  const svg = picture();
  const [width, height] = [Number(svg.dataset.width), Number(svg.dataset.height)];
  const { clientWidth, clientHeight } = canvas;
  const least = whole ? 0 : 0.4;
  const scale = Math.max(Math.min(clientWidth / width, clientHeight / height, 1.25), least) || 1;
  const [w, h] = [clientWidth / scale, clientHeight / scale];
  box = { x: w > width ? (width - w) / 2 : 0, y: h > height || !least ? (height - h) / 2 : 0, width: w, height: h };
  seen();
}

function zoom(factor, at) {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const [fx, fy] = at ? [(at.x - left) / width, (at.y - top) / height] : [0.5, 0.5];
  const next = box.width * factor;
  if (next < 60 || next > 400000) return;
  box = {
    x: box.x + (box.width - next) * fx,
    y: box.y + box.height * (1 - factor) * fy,
    width: next,
    height: box.height * factor,
  };
  seen();
}

/** Scrolls to a task. */
function bring(key) {
  const task = tasks().find((t) => t.dataset.key === key);
  if (!task || timeline) return;
  const r = task.getBBox();
  const inside = r.x >= box.x && r.y >= box.y && r.x + r.width <= box.x + box.width && r.y + r.height <= box.y + box.height;
  if (inside) return;
  box.x = r.x + r.width / 2 - box.width / 2;
  box.y = r.y + r.height / 2 - box.height / 2;
  seen();
}

function select(key, focus) {
  selected = key;
  for (const task of tasks()) task.classList.toggle("at", task.dataset.key === key);
  for (const edge of by(`dag-${part}`).querySelectorAll(".edge")) {
    edge.classList.toggle("near", key !== null && (edge.dataset.from === key || edge.dataset.to === key));
  }
  for (const button of by("steps").querySelectorAll("button")) {
    const here = button.dataset.key === key;
    button.setAttribute("aria-current", String(here));
    if (here) button.scrollIntoView({ block: "nearest" });
  }
  if (key !== null) bring(key);
  show();
  if (focus) panel.focus({ preventScroll: true });
  const hash = `#${encodeURIComponent(parts[part].name)}${key === null ? "" : `/${encodeURIComponent(key)}`}`;
  if (location.hash !== hash) history.replaceState(null, "", hash);
}

function list(title, entries) {
  if (entries.length === 0) return null;
  return made("div", {}, made("h3", { textContent: title }), made("ul", {}, ...entries));
}

function go(key, before, after) {
  const button = made("button", { type: "button", textContent: key });
  button.addEventListener("click", () => select(key, true));
  return made("li", {}, before ?? "", button, after ?? "");
}

function place(about) {
  const text = `${about.file}:${about.line}`;
  const where = about.link ? made("a", { href: about.link, textContent: text }) : made("code", { textContent: text });
  return made("p", {}, where);
}

/** Makes scrollable elements focusable. */
function block(text, label) {
  const pre = made("pre", { textContent: text, tabIndex: 0 });
  pre.setAttribute("aria-label", label);
  pre.setAttribute("role", "region");
  return pre;
}

function folded(title, text, open) {
  if (!text) return null;
  return made("details", { open }, made("summary", { textContent: title }), block(text, title));
}

function numbered(about) {
  const lines = about.source.replace(/\n$/, "").split("\n");
  const width = String(about.line + lines.length).length;
  return lines.map((l, n) => `${String(about.line + n).padStart(width)}  ${l}`).join("\n");
}

function show() {
  const p = parts[part];
  panel.replaceChildren();
  if (selected === null) {
    panel.append(
      made("h2", { textContent: p.name }),
      p.about.description ? made("p", { textContent: p.about.description }) : "",
      p.run
        ? made("p", {}, "Run ", p.run.url ? made("a", { href: p.run.url, textContent: p.run.title }) : made("code", { textContent: p.run.title }))
        : "",
      made("p", { className: "dim", textContent: `${p.nodes.length === 1 ? "1 step" : `${p.nodes.length} steps`}. The critical path takes ${p.total}:` }),
      made("ul", {}, ...p.critical.map((key) => go(key))),
      made("h3", { textContent: "Source" }),
      place(p.about),
      block(numbered(p.about), "Source"),
      folded("Settings of the job", p.about.settings, false) ?? "",
    );
    return;
  }
  const n = node(selected);
  panel.append(
    made("h2", { textContent: n.label === n.key ? n.key : `${n.key} › ${n.label}` }),
    made("p", {}, `${n.kind} `, made("code", { textContent: n.what })),
    n.description ? made("p", { textContent: n.description }) : "",
    n.state ? made("p", { className: n.tone === "idle" ? "dim" : n.tone, textContent: n.state }) : "",
    n.groups.length ? made("p", { className: "dim", textContent: n.groups.join(" › ") }) : "",
    made("p", {}, "runs on ", made("code", { textContent: n.on ?? "nothing of its own" })),
    list("Takes", n.takes.map((t) => go(t.from, `${t.name}${t.type ? `: ${t.type}` : ""} from `))) ?? "",
    list("Gives", n.gives.map((g) => made("li", {}, made("code", { textContent: `${g.name}: ${g.type}` })))) ?? "",
    list("Waits for", [...new Set(n.before)].map((k) => go(k))) ?? "",
    list("Waited for by", [...new Set(n.after)].map((k) => go(k))) ?? "",
    made("h3", { textContent: "Source" }),
    place(n),
    block(numbered(n), "Source"),
    folded("Compiled task", n.settings, true) ?? "",
    folded("Compute", n.compute, false) ?? "",
  );
  panel.scrollTop = 0;
}

function search() {
  const words = by("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const hit = (n) => {
    const text = [n.key, n.label, n.kind, n.what, n.on ?? "", n.state ?? "", ...n.groups].join(" ").toLowerCase();
    return words.every((w) => text.includes(w));
  };
  const hits = new Set(parts[part].nodes.filter(hit).map((n) => n.key));
  for (const task of tasks()) task.classList.toggle("other", !hits.has(task.dataset.key));
  for (const item of by("steps").children) item.hidden = !hits.has(item.firstChild.dataset.key);
  by("found").textContent = words.length ? `${hits.size} of ${parts[part].nodes.length}` : "";
  return hits;
}

/** The next step for an arrow key: along edges horizontally, else in drawing order. */
function step(arrow) {
  const n = selected === null ? null : node(selected);
  if (!n) return select(parts[part].nodes[0]?.key ?? null);
  if (arrow === "ArrowLeft" || arrow === "ArrowRight") {
    const [next] = arrow === "ArrowLeft" ? n.before : n.after;
    if (next) select(next);
    return;
  }
  const at = (key) => tasks().find((t) => t.dataset.key === key).getBBox();
  const here = at(n.key);
  const down = arrow === "ArrowDown" ? 1 : -1;
  const others = parts[part].nodes
    .filter((o) => o.key !== n.key)
    .map((o) => [o.key, at(o.key)])
    .filter(([, r]) => (r.y - here.y) * down > 1)
    .map(([key, r]) => [key, Math.abs(r.y - here.y) + 3 * Math.abs(r.x + r.width / 2 - here.x - here.width / 2)])
    .sort((a, b) => a[1] - b[1]);
  if (others.length) select(others[0][0]);
}

function views() {
  parts.forEach((p, i) => {
    by(`dag-${i}`).toggleAttribute("hidden", i !== part || timeline);
    by(`time-${i}`)?.toggleAttribute("hidden", i !== part || !timeline);
  });
  by("view").hidden = !parts[part].run;
  by("view").textContent = timeline ? "Graph" : "Timeline";
  fit(false);
}

function open(which) {
  part = which;
  timeline = false;
  by("pipeline").value = String(which);
  by("steps").replaceChildren(
    ...parts[part].nodes.map((n) => {
      const button = made("button", { type: "button", textContent: n.key, title: n.key, className: n.tone ?? "" });
      button.dataset.key = n.key;
      button.addEventListener("click", () => select(n.key));
      return made("li", {}, button);
    }),
  );
  by("legend").replaceChildren(
    ...parts[part].computes.map((c, i) => {
      const item = made("li", { textContent: c });
      item.style.setProperty("--colour", `var(--c${i % 8})`);
      return item;
    }),
    ...parts[part].lines.map(([kind, text]) => made("li", { className: `line ${kind}`, textContent: text })),
  );
  by("legend").hidden = by("legend").children.length === 0;
  views();
  search();
  select(null);
  // A graph that is larger than the window starts at its first step.
  if (parts[part].nodes.length) bring(parts[part].nodes[0].key);
}

parts.forEach((p, i) => by("pipeline").append(made("option", { value: String(i), textContent: p.name })));
by("which").hidden = parts.length < 2;
by("pipeline").addEventListener("change", () => open(Number(by("pipeline").value)));
by("search").addEventListener("input", search);
by("search").addEventListener("keydown", (event) => {
  if (event.key === "Enter") {
    const [first] = search();
    if (first) select(first);
  }
});
by("view").addEventListener("click", () => {
  timeline = !timeline;
  views();
});
by("critical").addEventListener("change", () => {
  parts.forEach((_, i) => by(`dag-${i}`).classList.toggle("show-critical", by("critical").checked));
});
by("in").addEventListener("click", () => zoom(1 / 1.3));
by("out").addEventListener("click", () => zoom(1.3));
by("fit").addEventListener("click", () => fit(true));
canvas.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoom(event.deltaY > 0 ? 1.15 : 1 / 1.15, event);
}, { passive: false });

// One pointer moves the graph, two zoom it; a pointer that hardly moved is a click.
const pointers = new Map();
let moved = 0;
canvas.addEventListener("pointerdown", (event) => {
  pointers.set(event.pointerId, event);
  moved = 0;
});
canvas.addEventListener("pointermove", (event) => {
  const last = pointers.get(event.pointerId);
  if (!last) return;
  moved += Math.abs(event.clientX - last.clientX) + Math.abs(event.clientY - last.clientY);
  if (moved > 4 && !canvas.hasPointerCapture(event.pointerId)) {
    canvas.setPointerCapture(event.pointerId);
    canvas.classList.add("moving");
  }
  const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
  if (other) {
    const apart = (e) => Math.hypot(e.clientX - other.clientX, e.clientY - other.clientY);
    const middle = { x: (event.clientX + other.clientX) / 2, y: (event.clientY + other.clientY) / 2 };
    if (apart(event) > 0) zoom(apart(last) / apart(event), middle);
  } else {
    const scale = box.width / canvas.clientWidth;
    box.x -= (event.clientX - last.clientX) * scale;
    box.y -= (event.clientY - last.clientY) * scale;
    seen();
  }
  pointers.set(event.pointerId, event);
});
for (const end of ["pointerup", "pointercancel"]) {
  canvas.addEventListener(end, (event) => {
    pointers.delete(event.pointerId);
    canvas.classList.remove("moving");
  });
}
canvas.addEventListener("click", (event) => {
  if (moved > 4) return;
  const task = event.target.closest(".task");
  select(task ? task.dataset.key : null);
});
canvas.addEventListener("keydown", (event) => {
  if (event.key.startsWith("Arrow")) step(event.key);
  else if (event.key === "+" || event.key === "=") zoom(1 / 1.3);
  else if (event.key === "-") zoom(1.3);
  else if (event.key === "0") fit(true);
  else if (event.key === "Enter" && selected !== null) panel.focus();
  else return;
  event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== by("search")) {
    event.preventDefault();
    by("search").focus();
  } else if (event.key === "Escape") {
    by("search").value = "";
    search();
    select(null);
    canvas.focus();
  }
});
window.addEventListener("resize", () => {
  const wide = box.width / canvas.clientWidth;
  box.height = canvas.clientHeight * wide;
  seen();
});

function follow() {
  let [name, key] = ["", ""];
  try {
    [name, key] = location.hash.slice(1).split("/").map(decodeURIComponent);
  } catch {
    // An invalid URL shows the first pipeline.
  }
  const which = parts.findIndex((p) => p.name === name);
  open(Math.max(which, 0));
  if (key && node(key)) select(key);
}
window.addEventListener("hashchange", follow);
follow();
