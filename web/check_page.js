// The page of a check: what each check found, and every violation as a timeline of the ops around it.
"use strict";

(function () {
  const { element, fresh_id, thousands, duration, command } = stalemate;

  /**
   * @typedef {{index: number, lane: number, kind: string, value: string, outcome: string, from: number, to: number|null,
   *   proof: boolean}} DrawnOp instants count from the violation's `starts`; `to` null: never answered
   * @typedef {{check: string, key: string, sentence: string, starts: string, lanes: string[], ops: DrawnOp[], of: number,
   *   certain: {at: number, words: string}|null}} DrawnViolation `of`: ops of the key in the history
   * @typedef {{name: string, verdict: string, tone: string, fact: string}} CheckLine
   * @typedef {{title: string, verdict: string, tone: string, sentence: string, headline: string, again: string, timed: boolean, notes: string[],
   *   checks: CheckLine[], violations: DrawnViolation[], violations_of: number}} Checked
   */

  const lane_height = 34;
  const label_width = 120;
  const width = 980;
  const marks = /** @type {Record<string, string>} */ ({ bad: "✗", good: "✓", warn: "?", grey: "–" });

  /** An instant as people read it. @param {number} at @param {boolean} timed */
  function instant(at, timed) {
    return timed ? "+" + duration(at) : "+" + thousands(at) + (at === 1 ? " position" : " positions");
  }

  /** "write of 2 (op 1), ok". @param {DrawnOp} op */
  function words_of(op) {
    return op.kind + " of " + op.value + " (op " + op.index + "), " + (op.to === null ? "never answered" : op.outcome);
  }

  /** Ops of a lane that overlap are drawn in rows of their own. @param {DrawnViolation} violation */
  function rows_of(violation) {
    const ends = /** @type {number[][]} */ (violation.lanes.map(() => []));
    const row_in_lane = violation.ops.map((op) => {
      const rows = ends[op.lane];
      let row = rows.findIndex((end) => end < op.from);
      if (row < 0) row = rows.length;
      rows[row] = op.to === null ? Infinity : op.to;
      return row;
    });
    const tops = /** @type {number[]} */ ([]);
    let top = 0;
    violation.lanes.forEach((_, lane) => { tops.push(top); top += Math.max(1, ends[lane].length); });
    return { count: top, row: (/** @type {number} */ place) => tops[violation.ops[place].lane] + row_in_lane[place], tops };
  }

  /** @param {DrawnViolation} violation @param {boolean} timed @param {string} title */
  function timeline(violation, timed, title) {
    const rows = rows_of(violation);
    const last = Math.max(...violation.ops.map((op) => Math.max(op.from, op.to === null ? op.from : op.to)));
    const x = (/** @type {number} */ at) => label_width + (at / (last || 1)) * (width - label_width - 40);
    const top = 34;
    const bottom = top + rows.count * lane_height;
    const title_id = fresh_id("timeline");
    const certain = violation.certain;
    const bar = (/** @type {DrawnOp} */ op, /** @type {number} */ place) => {
      const y = top + rows.row(place) * lane_height + 6;
      const left = x(op.from);
      const right = op.to === null ? width - 4 : x(op.to);
      const bar_width = Math.max(4, right - left);
      const text = (op.kind === "read" ? "r " : op.kind === "write" ? "w " : op.kind + " ") + op.value;
      const fits = text.length * 6.4 < bar_width - 6;
      return element("g", { class: "op op-" + (op.kind === "read" ? "read" : "write") + (op.proof ? " proof" : "") +
          (op.outcome === "ok" ? "" : " unsure") },
        element("svg:title", {}, violation.lanes[op.lane] + ": " + words_of(op) + ", " + instant(op.from, timed) +
          (op.to === null ? "" : " to " + instant(op.to, timed))),
        element("rect", { x: left.toFixed(1), y, width: bar_width.toFixed(1), height: 20, rx: 3 }),
        (fits || op.proof) && element("text", { x: fits ? left + bar_width / 2 : Math.min(left + bar_width + 4, width - text.length * 6.4),
          y: y + 14, "text-anchor": fits ? "middle" : "start", class: fits ? "in" : "out" },
        text.length > 24 ? text.slice(0, 23) + "…" : text));
    };
    return element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": title },
      element("svg", { viewBox: "0 0 " + width + " " + (bottom + 26), role: "img", "aria-labelledby": title_id, class: "timeline",
        style: "min-width:640px" },
      element("svg:title", { id: title_id }, title),
      violation.lanes.map((lane, i) => element("g", {},
        element("line", { class: "grid", x1: 0, x2: width, y1: top + rows.tops[i] * lane_height, y2: top + rows.tops[i] * lane_height }),
        element("text", { class: "lane-name", x: 4, y: top + rows.tops[i] * lane_height + 20 },
          lane.length > 17 ? lane.slice(0, 16) + "…" : lane, element("svg:title", {}, lane)))),
      violation.ops.map(bar),
      certain && element("g", { class: "certain" },
        element("line", { x1: x(certain.at), x2: x(certain.at), y1: 22, y2: bottom }),
        element("text", { class: "label", x: Math.min(x(certain.at), width - 120), y: 14, "text-anchor": x(certain.at) > width / 2 ? "end" : "start" }, "certain from here on")),
      element("text", { class: "tick", x: label_width, y: bottom + 18 }, violation.starts),
      element("text", { class: "tick", x: width - 40, y: bottom + 18, "text-anchor": "end" }, instant(last, timed))));
  }

  /** @param {DrawnViolation} violation @param {number} place @param {boolean} timed */
  function figure_of(violation, place, timed) {
    const title = violation.check + ", key " + violation.key;
    return element("figure", {},
      element("figcaption", {}, element("h3", { id: "violation-" + (place + 1) }, title)),
      element("p", { class: "conclusion" }, violation.sentence),
      timeline(violation, timed, title),
      violation.certain && element("p", {}, "Certain from " + instant(violation.certain.at, timed) + " on: " + violation.certain.words),
      element("p", { class: "note" }, "Shown: " + thousands(violation.ops.length) + " of the key's " + thousands(violation.of) +
        " ops, those next to the proof; outlined: the ops that prove it."),
      element("details", { class: "figures" }, element("summary", {}, "The ops in words"),
        element("ol", {}, violation.ops.map((op) => element("li", {}, op.proof && element("strong", {}, "proof: "),
          violation.lanes[op.lane] + ": " + words_of(op) + ", " + instant(op.from, timed) +
          (op.to === null ? "" : " to " + instant(op.to, timed)))))));
  }

  /** @param {Checked} data */
  function table_of(data) {
    return element("div", { class: "scroll whole", tabindex: 0, role: "region", "aria-label": "checks" },
      element("table", {},
        element("thead", {}, element("tr", {}, ["check", "verdict", "found"].map((name) =>
          element("th", { scope: "col", class: "words" }, name)))),
        element("tbody", {}, data.checks.map((check) => {
          const shown = data.violations.findIndex((one) => one.check === check.name);
          return element("tr", {},
            element("th", { scope: "row", class: "words" }, check.name),
            element("td", { class: "words is-" + check.tone }, marks[check.tone] + " " + check.verdict),
            element("td", { class: "words" }, check.fact, " ",
              shown >= 0 && element("a", { href: "#violation-" + (shown + 1) }, "the first")));
        }))));
  }

  stalemate.pages.check = function (/** @type {Checked} */ data, /** @type {HTMLElement} */ main) {
    stalemate.append(main, [
      element("h1", {}, data.title),
      element("section", { class: "verdict " + data.tone },
        element("p", { class: "mark" }, marks[data.tone] + " " + data.verdict),
        element("p", { class: "sentence" }, data.sentence),
        element("p", { class: "soft" }, data.headline)),
      data.notes.map((note) => element("p", { class: "soft" }, note)),
      element("h2", {}, "Checks"), table_of(data),
    ]);
    if (data.violations.length) {
      stalemate.append(main, [element("h2", {}, "Violations"),
        element("p", { class: "soft" }, "Shown: " + thousands(data.violations.length) + " of " + thousands(data.violations_of) +
          ", the first of each check by time. A lane is a client, a bar an op from its invocation to its completion."),
        data.violations.map((violation, i) => figure_of(violation, i, data.timed))]);
    }
    stalemate.append(main, element("p", { class: "soft again" }, "Again: ", command(data.again)));
  };
})();
