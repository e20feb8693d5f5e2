// The page of `check`: verdicts as its JSON has them, and every violation as a timeline with its proof.
//
//   node check_page_test.mjs PROGRAM HISTORY...
//
// The last history is looked at once more under a name that no line of a narrow screen holds.
import { copyFileSync } from "node:fs";
import { extname, join } from "node:path";
import { expect, folder, given, look_at, page_of, run_program, text_in, with_browser } from "./browser.mjs";

const last = given[given.length - 1];
const long_named = join(folder, "averylongname".repeat(12) + extname(last));
copyFileSync(last, long_named);

await with_browser(async (browser) => {
  for (const history of [...given, long_named]) {
    const name = "check of " + (history === long_named ? "a long name" : history.split("/").slice(-2).join(" "));
    const told = JSON.parse(run_program(["check", history, "--json"]));
    await look_at(browser, name, page_of(name, ["check", history]), async (page, data) => {
      const text = await text_in(page.locator("main"));
      expect(data.verdict === told.verdict, `${name}: it is ${data.verdict}, where the JSON says ${told.verdict}`);
      for (const check of told.checks.filter((one) => one.decides)) {
        expect(data.checks.some((one) => one.name === check.name), `${name}: it leaves ${check.name} out`);
      }
      const rows = page.locator("main table").first().locator("tbody tr");
      expect((await rows.count()) === data.checks.length, `${name}: ${await rows.count()} rows of ${data.checks.length} checks`);
      for (const [i, line] of data.checks.entries()) {
        const row = await text_in(rows.nth(i));
        const check = told.checks.find((one) => one.name === line.name);
        expect(row.includes(line.name) && row.includes(line.verdict), `${name}: row ${i + 1} does not say ${line.name} ${line.verdict}`);
        const count = check.count.toString().replace(/\B(?=(\d{3})+(?!\d))/g, ",");
        expect(check.verdict !== "invalid" || row.includes(count), `${name}: the row of ${line.name} does not tell ${count}`);
      }
      const figures = page.locator("main figure");
      expect((await figures.count()) === data.violations.length, `${name}: ${await figures.count()} timelines of ${data.violations.length} violations`);
      for (const [i, violation] of data.violations.entries()) {
        const figure = figures.nth(i);
        expect((await figure.locator("g.op.proof").count()) === violation.ops.filter((op) => op.proof).length, `${name}: violation ${i + 1} does not outline its proof`);
        expect((await figure.locator("g.certain").count()) === (violation.certain ? 1 : 0), `${name}: violation ${i + 1} does not mark when it was certain`);
        // By keyboard alone: the ops in words.
        await figure.locator("summary").focus();
        await page.keyboard.press("Enter");
        const words = await text_in(figure.locator("ol"));
        for (const op of violation.ops) expect(words.includes(`(op ${op.index})`) && words.includes(violation.lanes[op.lane]), `${name}: violation ${i + 1} does not tell op ${op.index}`);
      }
      expect(text.includes(data.again), `${name}: it does not tell the command`);
    });
  }
});
