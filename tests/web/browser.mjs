// What the tests of this folder share: a browser without network, and what is wrong of any page in it.
//
// A test makes pages with the program (page_of), has them looked at (look_at) with checks of its own, and ends with finish.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const test_name = basename(process.argv[1]);
const chromium_path = process.env.STALEMATE_CHROMIUM || "/usr/bin/chromium";
const page_bytes_max = 300_000;

/** Ends the test as one that could not be done. */
export function skip(reason) {
  console.log(`${test_name}: Skipped\n${reason}`);
  rmSync(folder, { recursive: true });
  process.exit(77);
}

/** A folder of its own, which goes when the test ends. */
export const folder = mkdtempSync(join(tmpdir(), "stalemate-web-"));
for (const name of ["playwright-core", "axe-core", "typescript"]) {
  if (!existsSync(join(here, "node_modules", name))) skip("the packages of tests/web/package-lock.json are not there; ./dev test fetches them");
}
if (!existsSync(chromium_path)) skip(`there is no ${chromium_path}; ./dev test installs the package chromium`);
const { chromium } = await import("playwright-core");
const axe_source = readFileSync(join(here, "node_modules", "axe-core", "axe.min.js"), "utf8");

/** The program, and what else stands on the command line. */
export const [program, ...given] = process.argv.slice(2);

/** @type {string[]} What is wrong, one sentence each. */
export const wrong = [];

export function expect(is_right, sentence) {
  if (!is_right) wrong.push(sentence);
}

/** What the program prints; whatever its verdict, which may be an exit code of 1 or 2. */
export function run_program(args) {
  try {
    return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 28 });
  } catch (error) {
    if (error.status === 1 || error.status === 2) return error.stdout;
    throw error;
  }
}

/** The page that the program writes, as a file of that name. `flag`: what names the file. */
export function page_of(name, args, flag = "--page", bytes_max = page_bytes_max) {
  const path = join(folder, name.replaceAll(" ", "-") + ".html");
  run_program([...args, flag, path]);
  expect(readFileSync(path).length <= bytes_max, `${name}: the page has ${readFileSync(path).length} bytes, more than ${bytes_max}`);
  return path;
}

/** The text of an element, with every white space as one space. */
export async function text_in(locator) {
  return ((await locator.textContent()) || "").replace(/\s+/g, " ");
}

/** Opens a button's dialog, by a click or by keyboard alone, gives its text, and closes it by keyboard. */
export async function dialog_of(page, name, button, way) {
  if (way === "click") await button.click();
  else {
    await button.focus();
    await page.keyboard.press("Enter");
  }
  const text = await text_in(page.locator("dialog[open]"));
  await page.keyboard.press("Escape");
  expect((await page.locator("dialog[open]").count()) === 0, `${name}: Escape does not close what a ${way} opened`);
  return text;
}

// What a screen reader needs, as far as it can be seen without one.
async function check_names(page, name) {
  const found = await page.evaluate(() => {
    const bad = [];
    for (const svg of document.querySelectorAll("svg")) {
      const id = svg.getAttribute("aria-labelledby");
      const title = id && document.getElementById(id);
      if (svg.getAttribute("role") !== "img" || !title || !title.textContent) bad.push("an svg without a title");
    }
    for (const button of document.querySelectorAll("button, summary")) {
      if (!(button.getAttribute("aria-label") || button.textContent || "").trim()) bad.push("a button without a name");
    }
    const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
    if (new Set(ids).size !== ids.length) bad.push("an id that two elements have");
    let level = 0;
    for (const heading of document.querySelectorAll("h1, h2, h3")) {
      const next = Number(heading.tagName[1]);
      if (next > level + 1) bad.push(`a heading of level ${next} behind one of level ${level}: ${heading.textContent}`);
      level = next;
    }
    if (document.querySelectorAll("h1").length !== 1) bad.push("not exactly one h1");
    if (!document.documentElement.lang || !document.querySelector("main")) bad.push("no language or no main part");
    return bad;
  });
  for (const what of found) wrong.push(`${name}: ${what}`);
}

// The contrast of every text with what is behind it, as WCAG 2.1 counts it (AA: 4.5, 3 for large text).
async function check_contrast(page, name, scheme) {
  const found = await page.evaluate(() => {
    const channels = (color) => (color.match(/[\d.]+/g) || []).map(Number);
    const light = (color) => {
      const [r, g, b] = channels(color).map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (node) => {
      for (let at = node; at; at = at.parentElement) {
        const color = getComputedStyle(at).backgroundColor;
        const alpha = channels(color)[3];
        if (alpha === undefined || alpha === 1) return color;
      }
      return "rgb(255, 255, 255)";
    };
    const bad = new Set();
    for (const node of document.querySelectorAll("p, dt, dd span, th, td, h1, h2, h3, li, summary, button, code, svg text")) {
      const style = getComputedStyle(node);
      if (!node.textContent.trim() || !node.getClientRects().length) continue;
      const color = node.closest("svg") ? style.fill : style.color;
      const [one, other] = [light(color), light(behind(node.closest("svg") ? node.closest("svg").parentElement : node))];
      const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      const is_large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.6 && Number(style.fontWeight) >= 700);
      if (contrast < (is_large ? 3 : 4.5)) bad.add(`${node.tagName} .${node.getAttribute("class") || ""} ${contrast.toFixed(2)}`);
    }
    return [...bad];
  });
  for (const what of found) wrong.push(`${name}, ${scheme}: too little contrast: ${what}`);
}

// What the rules of axe find that keeps people out.
async function check_rules(page, name, scheme) {
  const found = await page.evaluate(async (source) => {
    if (!window.axe) (0, eval)(source);
    const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
    return violations.filter((one) => one.impact === "serious" || one.impact === "critical")
      .map((one) => `${one.id}: ${one.help} (${one.nodes.slice(0, 3).map((node) => node.target.join(" ")).join("; ")})`);
  }, axe_source);
  for (const what of found) wrong.push(`${name}, ${scheme}: ${what}`);
}

async function check_any_page(page, name) {
  await check_names(page, name);
  const size = await page.locator("main .sentence").first().evaluate((node) => parseFloat(getComputedStyle(node).fontSize)).catch(() => null);
  const others = await page.evaluate(() => Math.max(0, ...[...document.querySelectorAll("h2:not(.sentence), h3, p:not(.sentence)")].map((node) => parseFloat(getComputedStyle(node).fontSize))));
  expect(size === null || size >= others, `${name}: the verdict is not the biggest`);
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme });
    await check_contrast(page, name, scheme);
    await check_rules(page, name, scheme);
  }
  await page.emulateMedia({ media: "print" });
  expect((await page.locator("button.copy:visible").count()) === 0, `${name}: buttons are printed`);
  await page.emulateMedia({ media: "screen" });
  await page.setViewportSize({ width: 380, height: 800 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wide <= 0, `${name}: on a narrow screen it is ${wide} pixels too wide`);
  // The arrow keys read a chart's values.
  const chart = page.locator("svg.chart[tabindex]").first();
  if ((await chart.count()) > 0) {
    await chart.focus();
    await page.keyboard.press("ArrowRight");
    expect((await page.locator("output.readout").first().textContent()) !== "", `${name}: arrow keys read no values`);
  }
}

/** Opens the page from the file system and says what is wrong with it. `check(page, data)`: what this kind of page must be. */
export async function look_at(browser, name, path, check) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, offline: true });
  const page = await context.newPage();
  page.on("console", (message) => wrong.push(`${name}: the console says: ${message.text()}`));
  page.on("pageerror", (error) => wrong.push(`${name}: ${error.message}`));
  const url = pathToFileURL(path).href;
  page.on("request", (request) => expect(request.url() === url, `${name}: it asks for ${request.url()}`));
  await page.goto(url);
  await check(page, JSON.parse((await page.locator("#data").textContent()) || "null"));
  await check_any_page(page, name);
  if (process.env.STALEMATE_SCREENSHOTS) await take_pictures(page, name);
  await context.close();
}

// For eyes: light, dark and on paper, into the folder STALEMATE_SCREENSHOTS.
async function take_pictures(page, name) {
  const file = (what) => join(process.env.STALEMATE_SCREENSHOTS, `${name.replaceAll(" ", "-")}-${what}.png`);
  await page.setViewportSize({ width: 1280, height: 900 });
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ media: "screen", colorScheme: scheme });
    await page.screenshot({ path: file(scheme), fullPage: true });
  }
  await page.emulateMedia({ media: "print", colorScheme: "light" });
  await page.setViewportSize({ width: 794, height: 1123 });
  await page.screenshot({ path: file("print"), fullPage: true });
}

/** Does `test` with a browser, tells what is wrong, and ends. */
export async function with_browser(test) {
  try {
    const browser = await chromium.launch({
      executablePath: chromium_path,
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    });
    try {
      await test(browser);
    } finally {
      await browser.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  for (const sentence of wrong) console.log(sentence);
  console.log(`${test_name}: ${wrong.length} things wrong`);
  process.exit(wrong.length === 0 ? 0 : 1);
}
