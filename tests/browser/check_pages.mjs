// Opens the pages of `pipec graph` in Chromium: there are no console messages, nothing is loaded, search, clicks and keys
// work, no texts overlap, and axe finds nothing. Usage: check_pages.mjs CHROMIUM SCREENSHOTS PAGE...
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { mkdirSync } from "node:fs";
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const { source: axe } = createRequire(import.meta.url)("axe-core");
const [executablePath, screenshots, ...pages] = process.argv.slice(2);
assert.ok(pages.length > 0, "there are pages to open");
mkdirSync(screenshots, { recursive: true });

const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath, args });

/** Overlapping texts of the graph at its natural size. */
const overlaps = () => {
  const svg = document.querySelector("#canvas svg:not([hidden])");
  const seen = svg.getAttribute("viewBox");
  svg.setAttribute("viewBox", `0 0 ${svg.clientWidth} ${svg.clientHeight}`);
  const texts = [...svg.querySelectorAll("text")].map((t) => [t.textContent, t.getBoundingClientRect()]);
  svg.setAttribute("viewBox", seen);
  texts.sort((a, b) => a[1].left - b[1].left);
  const found = [];
  texts.forEach(([name, a], i) => {
    for (const [other, b] of texts.slice(i + 1)) {
      if (b.left >= a.right - 0.5) break;
      if (a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5) found.push(`${name} | ${other}`);
    }
  });
  return found;
};

let checked = 0;
for (const file of pages) {
  const name = basename(file, ".html");
  for (const colorScheme of ["light", "dark"]) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme });
    const said = [];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith("file:")) said.push(`asks for ${request.url()}`);
    });
    await page.goto(pathToFileURL(resolve(file)).href);
    const steps = await page.locator("#steps button").allTextContents();
    assert.ok(steps.length > 0, `${name}: steps are listed`);

    // A click on a task shows its details.
    const key = await page.locator("#canvas svg:not([hidden]) .task").first().getAttribute("data-key");
    await page.locator("#canvas svg:not([hidden]) .task").first().click({ force: true });
    assert.match(await page.locator("#panel h2").textContent(), new RegExp(`^${key}`), `${name}: a click selects`);
    assert.match(await page.locator("#panel pre").first().textContent(), /\d+ {2}\S/, `${name}: its source is shown`);
    assert.match(await page.locator("#panel").textContent(), /"task_key"/, `${name}: its settings are shown`);

    // Search filters and counts the steps, and Enter selects one.
    const wanted = steps[steps.length - 1];
    await page.locator("#search").fill(wanted);
    assert.match(await page.locator("#found").textContent(), new RegExp(` of ${steps.length}$`), `${name}: it counts`);
    await page.locator("#search").press("Enter");
    assert.ok((await page.locator("#panel h2").textContent()).includes(wanted.slice(0, 8)), `${name}: Enter goes there`);
    await page.locator("#search").fill("no such step anywhere");
    assert.equal(await page.locator("#found").textContent(), `0 of ${steps.length}`);
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("#found").textContent(), "");

    // The first arrow key selects the first step, others follow edges; `+` zooms.
    await page.keyboard.press("ArrowRight");
    assert.match(await page.locator("#panel h2").textContent(), new RegExp(`^${steps[0]}`), `${name}: arrows select`);
    const before = await page.locator("#canvas svg:not([hidden])").getAttribute("viewBox");
    await page.keyboard.press("+");
    assert.notEqual(await page.locator("#canvas svg:not([hidden])").getAttribute("viewBox"), before, `${name}: it zooms`);
    await page.locator("#fit").click();
    await page.locator("#critical").check();

    assert.deepEqual(await page.evaluate(overlaps), [], `${name}: texts do not overlap`);
    await page.screenshot({ path: resolve(screenshots, `${name}-${colorScheme}.png`) });
    if (await page.locator("#view").isVisible()) {
      await page.locator("#view").click();
      assert.deepEqual(await page.evaluate(overlaps), [], `${name}: texts of the timeline do not overlap`);
      await page.screenshot({ path: resolve(screenshots, `${name}-timeline-${colorScheme}.png`) });
      await page.locator("#view").click();
    }

    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    const told = violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 120)).join(" ")}`);
    assert.deepEqual(told, [], `${name}, ${colorScheme}: axe`);
    assert.deepEqual(said, [], `${name}, ${colorScheme}: the console is quiet`);
    await page.close();
    checked += 1;
  }
}
await browser.close();
console.log(`${checked} passed, 0 failed`);
