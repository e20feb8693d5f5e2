// The README's pictures of pages: a run's, and the matrix.
//
//   node pictures.mjs PROGRAM RUN FOLDER
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { given, page_of, with_browser } from "./browser.mjs";

const [run, pictures] = given;

await with_browser(async (browser) => {
  for (const [name, path, height] of [
    ["page", page_of("page", ["report", run], "--out"), 1240],
    ["matrix", page_of("matrix", ["explore", "--matrix"], "--page", 1_000_000), 900],
  ]) {
    const page = await browser.newPage({ viewport: { width: 1280, height }, colorScheme: "light" });
    await page.goto(pathToFileURL(path).href);
    await page.screenshot({ path: join(pictures, name + ".png") });
    await page.close();
  }
});
