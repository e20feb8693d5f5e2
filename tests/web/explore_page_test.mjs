// The pages of `explore`: a pattern, a pattern under faults, and the matrix, with witnesses opened by click and by keyboard.
//
//   node explore_page_test.mjs PROGRAM
import { dialog_of, expect, look_at, page_of, run_program, text_in, with_browser } from "./browser.mjs";

/** The steps that a witness has, as the page says them. */
function steps_of(data, place) {
  return data.witnesses[place][0].map((step) => data.parties[step[0]].name);
}

async function check_pattern(page, name, data, told) {
  const findings = new Map(told.findings.map((one) => [one.property, one]));
  const rows = page.locator("main table tbody tr");
  const found = data.groups.flatMap((group) => group.found);
  expect((await rows.count()) === found.length, `${name}: ${await rows.count()} rows of ${found.length} findings`);
  for (const [i, one] of found.entries()) {
    const row = await text_in(rows.nth(i));
    expect(row.includes(one.property) && row.includes(one.verdict), `${name}: row ${i + 1} does not say ${one.property} ${one.verdict}`);
    const finding = one.fault ? null : findings.get(one.property);
    expect(finding === null || finding?.verdict === one.verdict, `${name}: ${one.property} is ${one.verdict}, where the JSON says ${finding?.verdict}`);
    if (one.witness < 0) continue;
    for (const way of ["click", "keyboard"]) {
      const text = await dialog_of(page, name, rows.nth(i).locator("button"), way);
      expect(text.includes("certain from here on"), `${name}: the run of ${one.property}, opened by ${way}, does not mark the step from which it was certain`);
      for (const party of new Set(steps_of(data, one.witness))) expect(text.includes(party), `${name}: the run of ${one.property} does not show ${party}`);
      for (const step of finding?.witness?.steps || []) expect(text.includes(step.act), `${name}: the run of ${one.property} does not say: ${step.act}`);
      expect(text.includes("stalemate replay " + (finding?.witness?.token || "")), `${name}: the run of ${one.property} does not tell how to replay it`);
    }
  }
}

async function check_matrix(page, name, data) {
  const rows = data.matrix.tables[0].rows;
  expect((await page.locator("main table tbody tr").count()) === rows.length, `${name}: not a row for each pattern`);
  const buttons = page.locator(".matrix td button");
  const count = await buttons.count();
  const with_witness = rows.flatMap((row) => row.cells).filter((cell) => cell && cell[0][2] !== undefined).length;
  expect(count === with_witness && count > 0, `${name}: ${count} cells to open, where the data has ${with_witness}`);
  for (const [i, way] of [[0, "click"], [count - 1, "keyboard"]]) {
    const text = await dialog_of(page, name, buttons.nth(i), way);
    expect(text.includes("certain from here on") && text.includes("stalemate replay "), `${name}: a cell opened by ${way} does not show its run`);
  }
  // Another property is chosen by keyboard, and changes the table.
  const choices = page.locator(".choice").first().locator("button");
  const before = await text_in(page.locator(".matrix"));
  await choices.nth(1).focus();
  await page.keyboard.press("Enter");
  expect((await choices.nth(1).getAttribute("aria-pressed")) === "true", `${name}: a chosen property is not pressed`);
  expect((await text_in(page.locator(".matrix"))) !== before, `${name}: another property shows the same`);
}

await with_browser(async (browser) => {
  for (const args of [["cache-aside"], ["cache-aside", "--faults", "lost-request"]]) {
    const name = "explore " + args.join(" ");
    const told = JSON.parse(run_program(["explore", ...args, "--json"]));
    await look_at(browser, name, page_of(name, ["explore", ...args]), (page, data) => check_pattern(page, name, data, told));
  }
  const name = "explore matrix";
  await look_at(browser, name, page_of(name, ["explore", "--matrix"], "--page", 600_000), (page, data) => check_matrix(page, name, data));
});
