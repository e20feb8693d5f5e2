// The page of a decision: alternatives side by side, what is recommended and by which rules, and where it would turn.
"use strict";

(function () {
  const { element, append, command, section, table_box, charts } = stalemate;

  /**
   * @typedef {{told: number, text: string, range: string, low: number, high: number}} Cell what is told of the rounds, and their range
   * @typedef {{name: string, label: string, meaning: string, unit: string, cells: (Cell|null)[]}} DecisionFigure a cell for each alternative
   * @typedef {{what: string, folder: string, seed: number, verdict: string}} RunOfRound
   * @typedef {{name: string, measured: string, recommended: boolean, runs: RunOfRound[]}} Alternative
   * @typedef {{text: string, figure: string, bound: number, cells: {verdict: string, settled: boolean, words: string}[]}} Want
   * @typedef {{title: string, lines: {name: string, points: {share: number, value: number|null}[]}[]}} TurnLines
   * @typedef {{title: string, question: string, verdict: {sentence: string, more: string, tone: string}, offered: string, ended: string,
   *   notes: string[], alternatives: Alternative[], wants: Want[], figures: DecisionFigure[], figures_note: string, open: string[],
   *   rules: string[], turn: string[], turn_lines: TurnLines[], again: string, side_by_side: string}} Decided
   *   as src/report/page/decide_page.cpp makes it
   */

  const tones = ["read", "write", "other", "good", "bad", "grey"];
  const marks = /** @type {Record<string, string>} */ ({ good: "✓ decided", warn: "? not settled", bad: "✗ nothing does what is wanted" });
  const verdicts = /** @type {Record<string, string>} */ ({ fulfilled: "✓ fulfilled", missed: "✗ missed", unknown: "? not known" });
  const verdict_tones = /** @type {Record<string, string>} */ ({ fulfilled: "good", missed: "bad", unknown: "warn" });

  /** @param {Alternative} alternative @param {number} place */
  function name_of(alternative, place) {
    return [element("span", { class: "swatch tone-" + tones[place], "aria-hidden": "true" }),
      element("span", alternative.recommended ? { class: "chosen" } : {}, alternative.name, alternative.recommended && " (recommended)")];
  }

  /** @param {Decided} data */
  function wants_of(data) {
    if (data.wants.length === 0) return element("p", {}, "No ", element("code", {}, "--want"), " was given, so what servers cost decides alone.");
    return table_box("What was wanted of each", ["", ...data.alternatives.map(name_of)], data.wants.map((want) => [
      element("code", {}, want.text),
      ...want.cells.map((cell) => [
        element("span", { class: "is-" + verdict_tones[cell.verdict] }, verdicts[cell.verdict] + (cell.settled ? "" : ", not settled")),
        element("br"), cell.words]),
    ]), { words: true });
  }

  /** The percentiles of one kind of op. @param {Decided} data @param {string} kind */
  function latency_of(data, kind) {
    const figures = ["p50", "p90", "p99", "p99_9"].map((name) => data.figures.find((figure) => figure.name === kind + "_" + name))
      .filter((figure) => figure !== undefined);
    return charts.lines({
      title: "Response time of " + kind + "s", height: 210,
      x: { values: figures.map((_, i) => i), labels: figures.map((figure) => figure.label.replace(kind + " ", "")), name: "percentile" },
      y: { unit: "ns", log: true },
      series: data.alternatives.map((alternative, place) => ({
        name: alternative.name, tone: tones[place], dots: true,
        values: figures.map((figure) => figure.cells[place]?.told ?? null),
        low: figures.map((figure) => figure.cells[place]?.low ?? null),
        high: figures.map((figure) => figure.cells[place]?.high ?? null),
      })),
      note: "Medians over the rounds; the stretch at each goes from the least to the most. From the planned start of each op.",
    });
  }

  /** @param {Decided} data @param {string} name */
  function bars_of(data, name) {
    const figure = data.figures.find((one) => one.name === name);
    if (!figure) return null;
    const want = data.wants.find((one) => one.figure === name);
    const rows = data.alternatives.flatMap((alternative, place) => {
      const cell = figure.cells[place];
      return cell === null ? [] : [{ label: alternative.name, value: cell.told, low: cell.low, high: cell.high, tone: tones[place],
        text: cell.text + (cell.range ? " " + cell.range : ""), ...(want ? { mark: want.bound } : {}) }];
    });
    const lacking = data.alternatives.filter((_, place) => figure.cells[place] === null).map((alternative) => alternative.name);
    return charts.bars({ title: figure.label, name: "alternative", rows,
      note: figure.meaning + (want ? " The line: wanted is " + want.text + "." : "") +
        (lacking.length > 0 ? " Not measured of " + lacking.join(", ") + "." : "") });
  }

  const pictured = ["cpu_seconds_per_hour", "stale_reads_per_million", "database_ops_per_second", "worst_staleness", "first_second_read_p99",
    "failed_reads_per_million"];

  /** @param {Decided} data */
  function figures_of(data) {
    const wanted = data.wants.map((want) => want.figure).filter((name) => !pictured.includes(name));
    return [
      element("div", { class: "pair" }, latency_of(data, "read"), latency_of(data, "write"),
        [...pictured, ...new Set(wanted)].map((name) => bars_of(data, name))),
      element("h3", { class: "again" }, "Every figure"),
      table_box("Every figure of each alternative", ["", ...data.alternatives.map(name_of), element("span", { class: "meaning" }, "meaning")], data.figures.map((figure) => [
        figure.label,
        ...figure.cells.map((cell) => (cell === null ? "–" : [cell.text, cell.range && element("span", { class: "range" }, cell.range)])),
        element("span", { class: "meaning" }, figure.meaning),
      ])),
      element("p", { class: "note" }, data.figures_note)];
  }

  /** The two shares of writes, and straight lines between. @param {TurnLines} turn @param {Decided} data */
  function turn_picture(turn, data) {
    const shares = [...new Set(turn.lines.flatMap((line) => line.points.map((point) => point.share)))].sort((left, right) => left - right);
    if (shares.length < 2) return null;
    return charts.lines({
      title: turn.title, x: { values: shares, unit: "share", name: "share of writes" }, y: { unit: "ns" },
      series: turn.lines.map((line) => ({
        name: line.name, tone: tones[data.alternatives.findIndex((alternative) => alternative.name === line.name)], dots: true,
        values: shares.map((share) => line.points.find((point) => point.share === share)?.value ?? null),
      })),
      note: "Measured at the two ends; the straight line between them is the model. Where two lines cross, the order of the two turns.",
    });
  }

  /** @param {Decided} data */
  function runs_of(data) {
    const most = Math.max(...data.alternatives.map((alternative) => alternative.runs.length));
    const rows = Array.from({ length: most }, (_, i) => [
      data.alternatives.map((alternative) => alternative.runs[i]?.what).find((what) => what !== undefined),
      ...data.alternatives.map((alternative) => {
        const run = alternative.runs[i];
        return run ? [element("a", { href: encodeURI(run.folder) + "/report.html" }, run.folder), ", seed " + run.seed +
          (run.verdict ? ", " + run.verdict : "")] : "–";
      })]);
    return table_box("Runs", ["", ...data.alternatives.map(name_of)], rows, { words: true });
  }

  stalemate.pages.decide = function (/** @type {Decided} */ data, /** @type {HTMLElement} */ main) {
    const has_rounds = data.figures.length > 0;
    append(main, [
      element("header", {}, element("h1", { class: "lead" }, data.title), element("p", { class: "soft" }, data.question)),
      element("section", { class: "verdict " + data.verdict.tone, "aria-label": "Recommendation" },
        element("p", { class: "mark" }, marks[data.verdict.tone]),
        element("p", { class: "sentence" }, data.verdict.sentence),
        data.verdict.more && element("p", {}, data.verdict.more),
        element("p", { class: "soft" }, data.offered, " ", data.ended)),
      data.open.length > 0 && element("div", { class: "unjudged", role: "note" },
        element("h2", {}, "What could not be told apart"), element("ul", {}, data.open.map((sentence) => element("li", {}, sentence)))),
      data.notes.map((note) => element("p", { class: "note" }, note)),
      section("wants", "What was wanted", null, wants_of(data)),
      has_rounds && section("figures", "Side by side", data.alternatives.map((one) => one.name + ": " + one.measured).join("; ") + ".", figures_of(data)),
      data.turn.length > 0 && section("turn", "Where it would turn", null,
        element("div", { class: "pair" }, data.turn_lines.map((turn) => turn_picture(turn, data))),
        data.turn.map((sentence) => element("p", {}, sentence))),
      section("rules", "The rules", "The recommendation follows from what was measured by these rules alone.",
        element("ol", { class: "rules" }, data.rules.map((rule) => element("li", {}, rule)))),
      has_rounds && section("runs", "Every run", "Each has a page of its own in its folder.", runs_of(data)),
      element("footer", { class: "again" },
        element("p", {}, "Once more: ", command(data.again)),
        data.side_by_side && element("p", {}, "The last round's runs in full, side by side: ", command(data.side_by_side)),
        element("p", { class: "note" }, "Nothing on this page was fetched: it holds all its data. Every figure of every round is in decision.json beside it.")),
    ]);
  };
})();
