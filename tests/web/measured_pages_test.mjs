// The pages of `decide` and `sweep`, of what they measured on servers of their own.
//
//   node measured_pages_test.mjs PROGRAM
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, folder, look_at, run_program, skip, text_in, with_browser } from "./browser.mjs";

/** Runs the command into a folder of its own; the folder that it wrote. */
function measured(args, name) {
  const out = join(folder, name);
  try {
    run_program([...args, "--out", out, "--no-live"]);
  } catch (error) {
    if (error.status === 69) skip(`${args[0]} found no servers: ${error.stderr}`);
    if (error.status !== 99) throw error;
  }
  return join(out, { decide: "decide-before", sweep: "before-sweep" }[args[0]], "latest");
}

/** A number that the page may have rounded stands in its text as the C++ code wrote it. */
function check_decision(page_text, name, data, told) {
  expect(page_text.includes(data.verdict.sentence), `${name}: it does not recommend`);
  expect(told.recommendation.startsWith(data.verdict.sentence), `${name}: it recommends otherwise than decision.json`);
  for (const figure of data.figures) {
    for (const [place, alternative] of told.alternatives.entries()) {
      const expected = alternative.figures[figure.name];
      const cell = figure.cells[place];
      expect((cell === null) === (expected === null), `${name}: ${figure.name} of ${alternative.name} is there in one of the two alone`);
      if (cell === null || expected === null) continue;
      expect(cell.told === expected.told, `${name}: ${figure.name} of ${alternative.name} is ${cell.told}, where decision.json has ${expected.told}`);
      expect(page_text.includes(cell.text), `${name}: it does not say that ${figure.name} of ${alternative.name} is ${cell.text}`);
    }
  }
  for (const sentence of [...told.turn, ...data.rules, ...data.open, data.again, data.side_by_side]) {
    expect(page_text.includes(sentence.replace(/\s+/g, " ")), `${name}: it does not say: ${sentence}`);
  }
}

/** Every link leads to a page that is there. */
async function check_links(page, name, base) {
  const links = await page.locator("main a[href$='report.html']").evaluateAll((all) => all.map((link) => link.getAttribute("href")));
  expect(links.length > 0, `${name}: it has no links to its runs`);
  for (const link of links) expect(existsSync(join(base, decodeURI(link))), `${name}: a link leads to ${link}, which is not there`);
}

await with_browser(async (browser) => {
  const decided = measured(["decide", "before", "-d", "1s", "--read-rate", "300", "--write-rate", "40", "--rounds", "1", "--budget", "3m",
    "--want", "stale_reads_per_million<100000", "--want", "read_p99<900ms"], "decided");
  await look_at(browser, "decide", join(decided, "report.html"), async (page, data) => {
    check_decision(await text_in(page.locator("main")), "decide", data, JSON.parse(readFileSync(join(decided, "decision.json"), "utf8")));
    await check_links(page, "decide", decided);
  });
  for (const [name, args] of [
    ["sweep of one", ["--over", "write_rate=10,40,160", "--repeat", "2"]],
    ["sweep of two", ["--over", "write_rate=10,100", "--over", "ttl=100ms,10s"]],
    ["sweep that looks", ["--find", "write_rate=5..200 where hit_ratio>0.5", "--steps", "2"]],
  ]) {
    const swept = measured(["sweep", "before", "-d", "500ms", "--read-rate", "300", ...args], name.replaceAll(" ", "-"));
    await look_at(browser, name, join(swept, "report.html"), async (page, data) => {
      const told = JSON.parse(readFileSync(join(swept, "sweep.json"), "utf8"));
      expect(JSON.stringify(data.sweep) === JSON.stringify(told), `${name}: its data are not those of sweep.json`);
      const text = await text_in(page.locator("main"));
      for (const sentence of [data.sentence, data.heading, ...data.paragraphs, ...data.names, told.command]) {
        expect(text.includes(sentence.replace(/\s+/g, " ")), `${name}: it does not say: ${sentence}`);
      }
      expect((await page.locator("#points tbody tr").count()) === told.points.length, `${name}: not a row for each point`);
      if (told.axes.length === 2) expect((await page.locator(".heat td .value").count()) === told.points.length, `${name}: not a cell for each point`);
      await check_links(page, name, swept);
    });
  }
});
