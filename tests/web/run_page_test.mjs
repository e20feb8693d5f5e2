// report.html of runs, as people use it.
//
//   node run_page_test.mjs PROGRAM HISTORY-FOLDER...
//
// First the TypeScript compiler checks the scripts of web/. Then each run has its page looked at, and the first two and
// three side by side. Says what is wrong, one sentence a line. Exit code 0: nothing is; 77: what it needs is not there.
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { given, page_of, with_browser, wrong } from "./browser.mjs";
import { look_at_runs } from "./run_pages.mjs";

const here = dirname(fileURLToPath(import.meta.url));

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
    await look_at_runs(browser, name, path);
  }
});
