// report.html of runs, as people use it.
//
//   node run_page_test.mjs PROGRAM HISTORY-FOLDER...
//
// First the TypeScript compiler checks the scripts of web/. Then each run has its page looked at, and the first two and
// three side by side. Says what is wrong, one sentence a line. Exit code 0: nothing is; 77: what it needs is not there.
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, given, look_at, page_of, with_browser, wrong } from "./browser.mjs";

const here = dirname(fileURLToPath(import.meta.url));

// Every stale read that the page tells is opened with the keyboard alone, shows its steps, and closes again.
async function check_reads(page, name, data) {
  const count = data.runs.reduce((sum, run) => sum + (run.pictures ? run.pictures.stale_reads.reads.length : 0), 0);
  const buttons = page.locator(".reads button");
  expect((await buttons.count()) === count, `${name}: ${await buttons.count()} stale reads to open, where the data has ${count}`);
  const told = data.runs.flatMap((run) => (run.pictures ? run.pictures.stale_reads.reads : []));
  for (let i = 0; i < count; i += 1) {
    await buttons.nth(i).focus();
    await page.keyboard.press("Enter");
    const text = (await page.locator("dialog[open]").textContent({ timeout: 2000 })) || "";
    for (const part of [`Read ${told[i].read}`, told[i].conclusion, told[i].returned, told[i].command, ...told[i].sequence.steps.map((step) => step.label)]) {
      expect(text.includes(part), `${name}: read ${told[i].read} does not say: ${part}`);
    }
    expect(told[i].cell === null || text.includes(told[i].cell.pattern + " × " + told[i].cell.property), `${name}: read ${told[i].read} does not name its cell`);
    await page.keyboard.press("Escape");
    expect((await page.locator("dialog[open]").count()) === 0, `${name}: Escape does not close read ${told[i].read}`);
  }
}

// What the page says is what results.json says.
async function check_figures(page, name, data) {
  const text = ((await page.locator("main").textContent()) || "").replace(/\s+/g, " ");
  for (const run of data.runs) {
    const results = run.results;
    const said = [run.verdict.sentence, run.heading, ...run.not_judged, results.replay, ...run.paragraphs.map((one) => one.text), ...results.checks.map((one) => one.name)];
    for (const part of said) expect(text.includes(part.replace(/\s+/g, " ")), `${name}: it does not say: ${part}`);
    if (results.stale) {
      const words = results.stale.checked.toString().replace(/\B(?=(\d{3})+(?!\d))/g, ",");
      expect(results.stale.checked === 0 || text.includes(words), `${name}: it does not say how many reads were checked`);
    }
  }
}

await with_browser(async (browser) => {
  try {
    execFileSync(process.execPath, [join(here, "node_modules", "typescript", "bin", "tsc"), "-p", here], { stdio: "pipe" });
  } catch (error) {
    wrong.push(`the scripts of web/: ${error.stdout}`);
  }
  const pages = given.map((run, i) => [`run ${i + 1}`, page_of(`run ${i + 1}`, ["report", run], "--out")]);
  for (const count of [2, 3].filter((some) => some <= given.length)) {
    const name = count + " side by side";
    pages.push([name, page_of(name, ["report", ...given.slice(0, count)], "--out")]);
  }
  for (const [name, path] of pages) {
    await look_at(browser, name, path, async (page, data) => {
      const first = page.locator("main .sentence").first();
      expect((await first.textContent()) === data.runs[0].verdict.sentence, `${name}: it does not begin with the verdict`);
      await check_figures(page, name, data);
      await check_reads(page, name, data);
    });
  }
});
