// The pages of runs of many kinds, which this test makes on servers of its own.
//
//   node kinds_of_run_test.mjs PROGRAM
import { cpSync, readFileSync, truncateSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, folder, page_of, run_program, skip, text_in, with_browser } from "./browser.mjs";
import { look_at_runs } from "./run_pages.mjs";

/** Runs a scenario into a folder of its own; the run's folder, where its page lies as well. */
function run(name, scenario, args) {
  const out = join(folder, name.replaceAll(" ", "-"));
  try {
    run_program(["run", ...args, "--out", out, "--no-live", scenario]);
  } catch (error) {
    if (error.status === 69 && name === kinds[0].name) skip(`run found no servers: ${error.stderr}`);
    if (error.status !== 99) throw new Error(`${name}: ${error.stderr}`);
  }
  return join(out, scenario.split("/").pop().replace(/\.toml$/, ""), "latest");
}

const uncached = join(folder, "uncached.toml");
writeFileSync(uncached, 'pattern = "none"\ncache = false\n');
const of = (data) => data.runs[0].results;
const hostile = join(folder, "hostile.toml");
writeFileSync(hostile, `question = '<img src=x onerror="alert(1)"> & "what" </script><script>alert(2)</script>'\npattern = "cache-aside"\n`);

// What each kind is, how it is made, and what makes it that kind: a run of another kind would prove nothing.
const kinds = [
  { name: "hardly a read", args: ["-d", "1s", "-r", "24h", "-w", "5ms"], is: (results) => results.reads.ok <= 1 && results.writes.ok > 50 },
  { name: "one op of each kind", args: ["-d", "100ms", "-r", "24h", "-w", "24h"], is: (results) => results.reads.ok + results.writes.ok <= 2 },
  { name: "thousands of keys", args: ["-d", "2s", "--read-rate", "3000", "--write-rate", "300", "--keys", "5000", "--warm-up", "500ms"], is: (results) => results.asked.keys > 5000 && results.reads.ok > 1000 },
  { name: "hardly an op that does not fail", args: ["-d", "2s", "-r", "10ms", "-w", "20ms", "--no-faults", "--fault", "db: unreachable 100ms..2s", "--fault", "cache: unreachable 100ms..2s"], is: (results) => results.reads.ok + results.writes.ok < (results.reads.fail + results.reads.info + results.writes.fail + results.writes.info) / 2 },
  { name: "no cache", scenario: uncached, args: ["-d", "1s", "-r", "2ms", "-w", "10ms"], is: (results) => results.asked.cache === false },
  { name: "servers that fail", args: ["-d", "3s", "-r", "2ms", "-w", "5ms", "--fault", "cache: stall 500ms..800ms", "--fault", "cache: restart 1s..1500ms", "--fault", "update: delay 20ms"], is: (results) => JSON.stringify(results).includes("restart") },
  { name: "more than it can bear", args: ["-d", "1s", "--read-rate", "200000", "--write-rate", "20000", "--clients", "2", "--drain-limit", "100ms"], is: (results) => results.reads.dropped > 0 },
  { name: "other engines", args: ["-d", "1s", "-r", "2ms", "-w", "10ms", "--db", "mariadb", "--cache", "memcached"], is: (results) => JSON.stringify(results.asked).includes("memcached") },
  { name: "names with markup", scenario: hostile, args: ["-d", "1s", "-r", "5ms", "-w", "20ms"], is: (results) => results.question.includes("<img") },
];

await with_browser(async (browser) => {
  const folders = new Map();
  for (const kind of kinds) {
    const made = run(kind.name, kind.scenario || "before", kind.args);
    folders.set(kind.name, made);
    await look_at_runs(browser, kind.name, join(made, "report.html"), async (page, data) => {
      expect(kind.is(of(data)), `${kind.name}: the run is not of this kind`);
      const told = JSON.parse(readFileSync(join(made, "results.json"), "utf8"));
      expect(JSON.stringify(of(data)) === JSON.stringify(told), `${kind.name}: the page's figures are not those of results.json`);
      expect((await page.locator("main img, main script").count()) === 0, `${kind.name}: a name became markup`);
    });
  }

  // A history that ends in the middle of an op, as a full disk leaves it.
  const cut = join(folder, "cut");
  cpSync(folders.get("servers that fail"), cut, { recursive: true, dereference: true });
  const history = join(cut, "history.stale");
  truncateSync(history, Math.floor(statSync(history).size * 0.6));
  await look_at_runs(browser, "a cut history", page_of("a cut history", ["report", cut], "--out"), async (page) => {
    expect(/cut|truncated|ends early|incomplete/.test(await text_in(page.locator("main"))), "a cut history: the page does not say so");
  });

  // Two runs of which one had no cache and the other other keys: what is unlike is said first.
  const unlike = page_of("unlike runs", ["report", folders.get("no cache"), folders.get("thousands of keys")], "--out");
  await look_at_runs(browser, "unlike runs", unlike, async (page) => {
    expect((await text_in(page.locator("main"))).includes("Not like with like"), "unlike runs: the page does not say what is unlike");
  });
});
