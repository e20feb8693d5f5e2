// Sequence diagrams: who called whom, step by step, from the top to the bottom.
"use strict";

(function () {
  const { element, fresh_id } = stalemate;
  const row_height = 44;
  const line_height = 13;
  const lines_max = 4;
  const head_height = 52;
  const time_width = 96;

  /**
   * @typedef {{name: string, note?: string, tone?: string}} Lane a client's op, the cache, the database; `tone` "read",
   *   "write", "store"
   * @typedef {{from: number, to: number, label: string, time?: string, tone?: string, note?: string}} SequenceStep
   *   an arrow between lanes by their numbers, or a note of one lane where both are the same. `tone`: "ok", "lost" (it never
   *   arrived), "unknown" (nobody knows), "bad" (what it did was wrong).
   * @typedef {{after: number, text: string}} Mark a line across the picture behind that step (from 0)
   */

  /** In lines of about so many letters. @param {string} text @param {number} letters */
  function broken(text, letters) {
    const lines = [""];
    for (const word of text.split(" ")) {
      const last = lines[lines.length - 1];
      if (last && last.length + 1 + word.length > letters) lines.push(word);
      else lines[lines.length - 1] = last ? last + " " + word : word;
    }
    return lines.map((line) => (line.length > letters + 12 ? line.slice(0, letters + 11) + "…" : line)).slice(0, lines_max);
  }

  /** @param {SequenceStep} step @param {string[]} label @param {number} y @param {(lane: number) => number} x */
  function arrow(step, label, y, x) {
    const tone = step.tone || "ok";
    const from = x(step.from);
    const to = x(step.to);
    const is_lost = tone === "lost";
    const forward = to >= from ? 1 : -1;
    const end = is_lost ? from + (to - from) * 0.72 : to - forward * 2;
    const middle = (from + to) / 2;
    return element("g", { class: "arrow arrow-" + tone },
      element("svg:title", {}, (step.time ? step.time + ": " : "") + step.label + (step.note ? ". " + step.note : "")),
      step.from === step.to
        ? element("circle", { cx: from, cy: y, r: 4 })
        : [element("line", { x1: from, x2: end, y1: y, y2: y }),
          is_lost
            ? element("path", { d: "M" + (end - 5) + " " + (y - 5) + "l10 10m0 -10l-10 10" })
            : element("path", { class: "head", d: "M" + end + " " + y + "l" + -8 * forward + " -4.5v9z" })],
      label.map((line, i) => element("text", { class: "label", x: middle, y: y - 7 - (label.length - 1 - i) * line_height, "text-anchor": "middle" }, line)));
  }

  /**
   * The diagram, and its steps as a list for those who do not see it.
   * @param {{title: string, lanes: Lane[], steps: SequenceStep[], marks?: Mark[]}} options
   */
  function diagram(options) {
    const lane_width = Math.max(150, Math.min(230, 760 / Math.max(1, options.lanes.length)));
    const width = time_width + lane_width * options.lanes.length;
    const marks = options.marks || [];
    const x = (/** @type {number} */ lane) => time_width + lane_width * (lane + 0.5);
    const labels = options.steps.map((step) =>
      broken(step.label, Math.max(18, Math.floor((Math.abs(x(step.to) - x(step.from)) || lane_width) / 6.6))));
    const heights = labels.map((lines) => row_height + Math.max(0, lines.length - 2) * line_height);
    const bottom = head_height + heights.reduce((sum, height) => sum + height, 0) + marks.length * 28 + 16;
    const title_id = fresh_id("sequence");
    let y = head_height + 4;
    const rows = options.steps.map((step, i) => {
      y += heights[i];
      const row = [
        step.time && element("text", { class: "time", x: 4, y: y + 4 }, step.time),
        arrow(step, labels[i], y, x),
      ];
      const drawn = marks.filter((mark) => mark.after === i).map((mark) => {
        y += 28;
        return element("g", { class: "certain" },
          element("line", { x1: time_width, x2: width - 4, y1: y - 6, y2: y - 6 }),
          element("text", { class: "label", x: time_width + 6, y: y - 11 }, mark.text));
      });
      return [row, drawn];
    });
    const svg = element("svg", { viewBox: "0 0 " + width + " " + bottom, role: "img", "aria-labelledby": title_id, class: "sequence",
      style: "max-width:" + width + "px;min-width:" + Math.min(width, 460) + "px" },
      element("svg:title", { id: title_id }, options.title),
      options.lanes.map((lane, i) => element("g", { class: "lane lane-" + (lane.tone || "store") },
        element("line", { x1: x(i), x2: x(i), y1: head_height - 6, y2: bottom }),
        element("rect", { x: x(i) - lane_width / 2 + 6, y: 4, width: lane_width - 12, height: head_height - 12, rx: 6 }),
        element("text", { class: "label", x: x(i), y: lane.note ? 20 : 28, "text-anchor": "middle" }, lane.name),
        lane.note && element("text", { class: "lane-note", x: x(i), y: 35, "text-anchor": "middle" }, lane.note))),
      rows);
    const words = options.steps.map((step, i) => element("li", {},
      (step.time ? step.time + ", " : "") + options.lanes[step.from].name +
      (options.lanes[step.from].note ? " (" + options.lanes[step.from].note + ")" : "") +
      (step.to === step.from ? "" : " to " + options.lanes[step.to].name) + ": " + step.label,
      marks.filter((mark) => mark.after === i).map((mark) => element("strong", {}, " " + mark.text))));
    return element("div", { class: "sequence-box" },
      element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": options.title }, svg),
      element("details", { class: "figures" }, element("summary", {}, "The steps in words"), element("ol", {}, words)));
  }

  stalemate.sequence = { diagram };
})();
