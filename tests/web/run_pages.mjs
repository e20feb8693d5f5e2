// What the page of any run must be, whatever kind of run it is.
import { expect, look_at } from "./browser.mjs";

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

/** Opens the page of one run or of several and says what is wrong with it. `check(page, data)`: what this kind must be besides. */
export async function look_at_runs(browser, name, path, check = async (_page, _data) => {}) {
  await look_at(browser, name, path, async (page, data) => {
    const first = page.locator("main .sentence").first();
    expect((await first.textContent()) === data.runs[0].verdict.sentence, `${name}: it does not begin with the verdict`);
    await check_figures(page, name, data);
    await check_reads(page, name, data);
    await check(page, data);
  });
}
