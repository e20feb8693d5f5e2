// The page of a sweep: the curve or the map, every point in a table with its runs, and the answer of a search.
"use strict";

(function () {
  const { element, append, command, in_unit, section, table_box, charts } = stalemate;

  /**
   * @typedef {{median: number|null, lowest: number|null, highest: number|null, predicted: number|null,
   *   bounds: {lower: number, upper: number}|null}} PointFigure
   * @typedef {{settings: Record<string, string>, figures: Record<string, PointFigure>, runs: {folder: string, seed: number}[]}} Point
   * @typedef {{name: string, unit: string, spacing: string, values: number[], texts: string[]}} Axis
   * @typedef {{axes: Axis[], figures: {name: string, kind: string}[], points: Point[], command: string,
   *   search: {conditions: string[], bounds: number[], trials: {value: number, holds: boolean}[]}|null}} Sweep as sweep.json has it
   * @typedef {{title: string, heading: string, question: string, sentence: string, tone: string, whole: boolean, paragraphs: string[],
   *   names: string[], sweep: Sweep}} Swept as src/report/page/sweep_page.cpp makes it
   */

  const marks = /** @type {Record<string, string>} */ ({ good: "✓ found", warn: "? not all is known", "": "Measured" });

  /** The unit that charts have for a kind of figure, and what makes a value of it. @param {string} kind @returns {{unit: string, times: number}} */
  function unit_of(kind) {
    if (kind === "nanoseconds") return { unit: "ns", times: 1 };
    if (kind === "seconds") return { unit: "ns", times: 1e9 };
    return { unit: kind === "ratio" ? "share" : "count", times: 1 };
  }

  /** "write_rate (ops a second)". @param {Axis} axis */
  const axis_name = (axis) => axis.name + (axis.unit ? " (" + axis.unit + ")" : "");

  /** @param {number|null} value @param {string} kind */
  function text_of(value, kind) {
    const { unit, times } = unit_of(kind);
    return value === null ? "–" : in_unit(value * times, unit);
  }

  /** One figure over the only axis. @param {Sweep} sweep @param {number} at */
  function curve_of(sweep, at) {
    const { name, kind } = sweep.figures[at];
    const { unit, times } = unit_of(kind);
    const axis = sweep.axes[0];
    const values_of = (/** @type {"median"|"lowest"|"highest"|"predicted"} */ what) =>
      sweep.points.map((point) => { const value = point.figures[name][what]; return value === null ? null : value * times; });
    const is_repeated = sweep.points.some((point) => point.runs.length > 1);
    /** @type {any[]} */
    const series = [{ name: is_repeated ? "measured, median" : "measured", tone: "read", dots: true, values: values_of("median"), low: values_of("lowest"), high: values_of("highest") }];
    if (sweep.points.some((point) => point.figures[name].predicted !== null)) {
      series.push({ name: "the plan predicts", tone: "write", dash: true, values: values_of("predicted") });
    }
    if (sweep.search) {
      const bound = sweep.search.bounds[at] * times;
      series.push({ name: "the bound of " + sweep.search.conditions[at], tone: "grey", dash: true, values: axis.values.map(() => bound) });
    }
    return charts.lines({
      title: name + " over " + axis.name, height: 240,
      x: { values: axis.values, labels: axis.texts, log: axis.spacing === "by ratio", name: axis_name(axis) },
      y: { unit, ...(unit === "share" && !sweep.search ? { min: 0, max: 1 } : {}) }, series,
      note: axis_name(axis) + " from the left to the right" + (axis.spacing === "by ratio" ? ", spaced by equal ratios" : "") + "." +
        (is_repeated ? " The stretch at each point goes from the least to the most of its runs." : ""),
    });
  }

  /** One figure at each pair of values. @param {Sweep} sweep @param {number} at */
  function map_of(sweep, at) {
    const { name, kind } = sweep.figures[at];
    const [down, across] = sweep.axes;
    return charts.heat({
      title: name + " over " + down.name + " and " + across.name,
      rows: { name: axis_name(down), texts: down.texts }, columns: { name: axis_name(across), texts: across.texts },
      cell: (/** @type {number} */ row, /** @type {number} */ column) => {
        const found = sweep.points[row * across.values.length + column].figures[name];
        return found.median === null ? null : { value: found.median, text: text_of(found.median, kind),
          ...(found.predicted === null ? {} : { detail: "plan: " + text_of(found.predicted, kind) }) };
      },
      note: "The stronger the colour, the greater." + (sweep.points.some((point) => point.figures[name].predicted !== null) ? " Below each what the plan alone predicts." : ""),
    });
  }

  /** Columns of one figure that have something to say. @param {Sweep} sweep @param {{name: string, kind: string}} figure */
  function columns_of(sweep, figure) {
    const found = sweep.points.map((point) => point.figures[figure.name]);
    const columns = /** @type {[string, (one: PointFigure) => string][]} */ ([[figure.name, (one) => text_of(one.median, figure.kind)]]);
    if (sweep.points.some((point) => point.runs.length > 1)) {
      columns.push(["least to most", (one) => text_of(one.lowest, figure.kind) + " to " + text_of(one.highest, figure.kind)]);
    }
    if (found.some((one) => one.bounds !== null)) {
      columns.push(["95 % bounds", (one) => (one.bounds === null ? "–" : text_of(one.bounds.lower, figure.kind) + " to " + text_of(one.bounds.upper, figure.kind))]);
    }
    if (found.some((one) => one.predicted !== null)) columns.push(["predicted", (one) => text_of(one.predicted, figure.kind)]);
    return columns.map(([head, cell]) => ({ head, cell: (/** @type {Point} */ point) => cell(point.figures[figure.name]) }));
  }

  /** Whether the conditions held at a point. @param {Sweep} sweep @param {number} place */
  function held(sweep, place) {
    const trial = sweep.search && sweep.search.trials.find((one) => one.value === sweep.axes[0].values[place]);
    return !trial ? "–" : trial.holds ? element("span", { class: "is-good" }, "✓ yes") : element("span", { class: "is-bad" }, "✗ no");
  }

  /** @param {Swept} data */
  function table_of(data) {
    const sweep = data.sweep;
    const columns = sweep.figures.flatMap((figure) => columns_of(sweep, figure));
    return table_box("Every point", ["point", ...columns.map((column) => column.head), ...(sweep.search ? ["holds"] : []), "runs"],
      sweep.points.map((point, i) => [
        data.names[i],
        ...columns.map((column) => column.cell(point)),
        ...(sweep.search ? [held(sweep, i)] : []),
        point.runs.length === 0 ? element("span", { class: "is-warn" }, "none") : point.runs.map((run, k) => [k > 0 && ", ",
          element("a", { href: encodeURI(run.folder) + "/report.html", "aria-label": "the run with seed " + run.seed + " at " + data.names[i] }, "seed " + run.seed)]),
      ]));
  }

  stalemate.pages.sweep = function (/** @type {Swept} */ data, /** @type {HTMLElement} */ main) {
    const sweep = data.sweep;
    append(main, [
      element("header", {}, element("h1", { class: "lead" }, data.title), element("p", { class: "soft" }, data.question)),
      element("section", { class: "verdict " + data.tone, "aria-label": sweep.search ? "Answer" : "What was measured" },
        element("p", { class: "mark" }, marks[data.tone]),
        element("p", { class: "sentence" }, data.sentence),
        element("p", { class: "soft" }, data.heading)),
      data.paragraphs.length > 0 && element("div", { class: data.whole ? "again" : "unjudged", role: "note" },
        data.paragraphs.map((paragraph) => element("p", {}, paragraph))),
      section("pictures", sweep.axes.length === 2 ? "The map" : "The curve", null,
        element("div", { class: sweep.figures.length > 1 ? "pair" : "solo" },
          sweep.figures.map((_, i) => (sweep.axes.length === 2 ? map_of(sweep, i) : curve_of(sweep, i))))),
      section("points", "Every point", "Each run has a page of its own.", table_of(data)),
      element("footer", { class: "again" },
        element("p", {}, "Once more: ", command(sweep.command)),
        element("p", { class: "note" }, "Nothing on this page was fetched: it holds all its data, which are those of sweep.json beside it.")),
    ]);
  };
})();
