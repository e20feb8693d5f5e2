// Charts as inline SVG: lines over time, bars, strips. Each has a title, a note on its sample, and its figures as a table.
"use strict";

(function () {
  const { element, duration, in_unit, fresh_id } = stalemate;
  const width = 640;
  const margin = { left: 58, right: 14, top: 10, bottom: 26 };
  const table_rows_max = 60;

  /**
   * @typedef {{from: number, to: number, label: string}} Band a stretch of time in which something was different
   * @typedef {{name: string, tone: string, values: (number|null)[], dash?: boolean, area?: boolean, dots?: boolean, no_line?: boolean,
   *   low?: (number|null)[], high?: (number|null)[]}} Series
   *   values at the places of `x`; null: none there. `low` to `high`: a stretch drawn at each place. `tone` names a colour of page.css: "read", "write", "bad", ...
   * @typedef {{head: string[], rows: (string|number)[][]}} Table
   */

  /** Borders that people like: 1, 2 or 5 times a power of ten. @param {number} least @param {number} most @param {number} wanted */
  function ticks(least, most, wanted) {
    const range = most - least || 1;
    const power = Math.pow(10, Math.floor(Math.log10(range / wanted)));
    const step = [1, 2, 5, 10].map((times) => times * power).find((size) => range / size <= wanted) || range;
    const found = [];
    for (let tick = Math.ceil(least / step) * step; tick <= most + step * 1e-9; tick += step) found.push(tick);
    return found;
  }

  /** The powers of ten between. @param {number} least @param {number} most */
  function powers(least, most) {
    const found = [];
    for (let power = Math.ceil(Math.log10(least) - 1e-9); power <= Math.floor(Math.log10(most) + 1e-9); power += 1) {
      found.push(Math.pow(10, power));
    }
    return found;
  }

  /** A scale from data to the picture. @param {number} least @param {number} most @param {number} from @param {number} to @param {boolean} [is_log] */
  function scale(least, most, from, to, is_log) {
    if (is_log) {
      const low = Math.log10(least);
      const range = Math.log10(most) - low || 1;
      return (/** @type {number} */ value) => from + ((Math.log10(Math.max(value, least)) - low) / range) * (to - from);
    }
    const range = most - least || 1;
    return (/** @type {number} */ value) => from + ((value - least) / range) * (to - from);
  }

  /** The figures in a table that can be opened. @param {Table} table @param {string} title */
  function table_of(table, title) {
    return element("details", { class: "figures" },
      element("summary", {}, "The figures as a table"),
      element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": title + ": the figures" },
        element("table", {},
          element("thead", {}, element("tr", {}, table.head.map((name) => element("th", { scope: "col" }, name)))),
          element("tbody", {}, table.rows.map((row) =>
            element("tr", {}, row.map((cell, i) =>
              i === 0 ? element("th", { scope: "row" }, cell) : element("td", {}, cell))))))));
  }

  /**
   * A figure: title, picture, legend, note, table.
   * @param {{title: string, note?: any, repeat?: string}} options @param {any} picture @param {any} legend @param {Table|null} table
   */
  function figure(options, picture, legend, table) {
    return element("figure", {},
      element("figcaption", {}, element("h3", {}, options.title)),
      picture, legend,
      options.note && element("p", { class: "note" }, options.note),
      options.repeat && element("p", { class: "note" }, "Again: ", stalemate.command(options.repeat)),
      table && table_of(table, options.title));
  }

  /** In place of a figure: what is not known, and why. @param {string} title @param {any} why */
  function nothing(title, why) {
    return element("figure", { class: "empty" }, element("figcaption", {}, element("h3", {}, title)), element("p", {}, why));
  }

  /** @param {{name: string, tone: string, dash?: boolean}[]} entries */
  function legend_of(entries) {
    return element("ul", { class: "legend" }, entries.map((entry) =>
      element("li", {}, element("span", { class: "key tone-" + entry.tone + (entry.dash ? " dash" : ""), "aria-hidden": "true" }), entry.name)));
  }

  /** Bands behind a chart. @param {Band[]} bands @param {(v: number) => number} x @param {number} top @param {number} bottom */
  function bands_of(bands, x, top, bottom) {
    return bands.map((band) => {
      const left = x(band.from);
      return element("g", { class: "band" },
        element("rect", { x: left, y: top, width: Math.max(1.5, x(band.to) - left), height: bottom - top }, element("svg:title", {}, band.label)));
    });
  }

  /** @param {Band[]} bands */
  function bands_note(bands) {
    if (bands.length === 0) return null;
    const shown = bands.slice(0, 6).map((band) =>
      band.label + " (" + duration(band.from) + " to " + duration(band.to) + ")").join("; ");
    return element("p", { class: "bands" }, element("span", { class: "key band-key", "aria-hidden": "true" }), shown,
      bands.length > 6 ? "; and " + (bands.length - 6) + " more" : "");
  }

  /** The path of a series; where a value is missing, it is broken. @param {Series} series @param {number[]} xs @param {(v: number) => number} x @param {(v: number) => number} y */
  function path_of(series, xs, x, y) {
    let path = "";
    let pen_down = false;
    series.values.forEach((value, i) => {
      if (value === null || value === undefined) { pen_down = false; return; }
      path += (pen_down ? "L" : "M") + x(xs[i]).toFixed(1) + " " + y(value).toFixed(1);
      pen_down = true;
    });
    return path;
  }

  /** Under a line, down to the axis. @param {Series} series @param {number[]} xs @param {(v: number) => number} x @param {(v: number) => number} y @param {number} base */
  function area_of(series, xs, x, y, base) {
    let path = "";
    let run = /** @type {string[]} */ ([]);
    let from = 0;
    let to = 0;
    const close = () => {
      if (run.length > 0) path += "M" + from.toFixed(1) + " " + base + "L" + run.join("L") + "L" + to.toFixed(1) + " " + base + "Z";
      run = [];
    };
    series.values.forEach((value, i) => {
      if (value === null || value === undefined) { close(); return; }
      to = x(xs[i]);
      if (run.length === 0) from = to;
      run.push(to.toFixed(1) + " " + y(value).toFixed(1));
    });
    close();
    return path;
  }

  /** Points that stand alone, and those of series that want them. @param {Series} series @param {number[]} xs @param {(v: number) => number} x @param {(v: number) => number} y */
  function dots_of(series, xs, x, y) {
    const has = (/** @type {number} */ i) => series.values[i] !== null && series.values[i] !== undefined;
    return series.values.map((value, i) =>
      has(i) && (series.dots || (!has(i - 1) && !has(i + 1))) &&
      element("circle", { cx: x(xs[i]).toFixed(1), cy: y(/** @type {number} */ (value)).toFixed(1), r: series.dots ? 2.4 : 1.8, class: "dot tone-" + series.tone }));
  }

  /** The stretch from low to high at each place. @param {Series} series @param {number[]} xs @param {(v: number) => number} x @param {(v: number) => number} y */
  function whiskers_of(series, xs, x, y) {
    const low = series.low || [];
    const high = series.high || [];
    return xs.map((value, i) => (low[i] === null || high[i] === null || low[i] === undefined || high[i] === undefined || low[i] === high[i] ? null
      : element("line", { class: "whisker tone-" + series.tone, x1: x(value).toFixed(1), x2: x(value).toFixed(1), y1: y(low[i]).toFixed(1), y2: y(high[i]).toFixed(1) })));
  }

  /** Those that have room beside the one before. @param {number[]} xs @param {(v: number) => number} x */
  function with_room(xs, x) {
    const least = 46;
    let last = -least;
    return xs.map((value) => {
      const fits = x(value) - last >= least;
      if (fits) last = x(value);
      return fits;
    });
  }

  /** Grid and labels. @param {any} axes */
  function grid({ x, y, xs, ys, bottom, x_unit, y_unit, x_labels }) {
    const is_shown = with_room(xs, x);
    return [
      ys.map((/** @type {number} */ tick) => [
        element("line", { class: "grid", x1: margin.left, x2: width - margin.right, y1: y(tick), y2: y(tick) }),
        element("text", { class: "tick", x: margin.left - 6, y: y(tick) + 4, "text-anchor": "end" }, in_unit(tick, y_unit))]),
      xs.map((/** @type {number} */ tick, /** @type {number} */ i) => is_shown[i] && element("text", {
        class: "tick", x: x(tick), y: bottom + 17,
        "text-anchor": x(tick) > width - 40 ? "end" : "middle" }, x_labels ? x_labels[i] : in_unit(tick, x_unit))),
      element("line", { class: "axis", x1: margin.left, x2: width - margin.right, y1: bottom, y2: bottom }),
    ];
  }

  /** Says the values under the pointer, or where the arrow keys have gone. @param {any} svg @param {any} chart */
  function readable(svg, { options, xs, x, bottom }) {
    const output = element("output", { class: "readout", "aria-live": "polite" });
    const cursor = element("line", { class: "cursor", y1: margin.top, y2: bottom, visibility: "hidden" });
    svg.appendChild(cursor);
    let at = -1;
    const show = (/** @type {number} */ place) => {
      at = Math.max(0, Math.min(xs.length - 1, place));
      cursor.setAttribute("x1", x(xs[at]));
      cursor.setAttribute("x2", x(xs[at]));
      cursor.setAttribute("visibility", "visible");
      const parts = options.series.map((/** @type {Series} */ series) => {
        const value = series.values[at];
        return series.name + " " + (value === null || value === undefined ? "–" : in_unit(value, options.y.unit));
      });
      output.textContent = (options.x.labels ? options.x.labels[at] : in_unit(xs[at], options.x.unit)) + ": " + parts.join(" · ");
    };
    const hide = () => { cursor.setAttribute("visibility", "hidden"); output.textContent = ""; };
    svg.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
      const box = svg.getBoundingClientRect();
      const wanted = ((event.clientX - box.left) / box.width) * width;
      let nearest = 0;
      xs.forEach((/** @type {number} */ value, /** @type {number} */ i) => {
        if (Math.abs(x(value) - wanted) < Math.abs(x(xs[nearest]) - wanted)) nearest = i;
      });
      show(nearest);
    });
    svg.addEventListener("pointerleave", hide);
    svg.addEventListener("blur", hide);
    svg.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      const moves = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: xs.length - 1 };
      if (event.key in moves) {
        event.preventDefault();
        show(moves[/** @type {keyof typeof moves} */ (event.key)]);
      }
    });
    return output;
  }

  /** At most so many rows, evenly spread. @param {any[]} rows */
  function thinned(rows) {
    if (rows.length <= table_rows_max) return rows;
    const step = rows.length / table_rows_max;
    return Array.from({ length: table_rows_max }, (_, i) => rows[Math.floor(i * step)]);
  }

  /**
   * Lines over x.
   * @param {{title: string, note?: any, empty?: any, repeat?: string, height?: number, bands?: Band[],
   *   x: {values: number[], unit?: string, labels?: string[], log?: boolean, name: string, min?: number, max?: number},
   *   y: {unit?: string, log?: boolean, min?: number, max?: number}, series: Series[]}} options
   */
  function lines(options) {
    const xs = options.x.values;
    const values = /** @type {number[]} */ (options.series.flatMap((one) => [...one.values, ...(one.low || []), ...(one.high || [])]).filter((value) => value !== null && value !== undefined));
    if (xs.length === 0 || values.length === 0) return nothing(options.title, options.empty || options.note || "There is nothing to show.");
    const height = options.height || 190;
    const bottom = height - margin.bottom;
    const is_log = Boolean(options.y.log) && values.some((value) => value > 0);
    const positive = values.filter((value) => value > 0);
    const y_min = options.y.min ?? (is_log ? Math.pow(10, Math.floor(Math.log10(Math.min(...positive)))) : 0);
    let y_max = options.y.max ?? Math.max(...values);
    if (is_log) y_max = Math.max(y_min * 10, Math.pow(10, Math.ceil(Math.log10(y_max) - 1e-9)));
    else if (y_max <= y_min) y_max = y_min + 1;
    else if (options.y.max === undefined) y_max *= 1.06;
    const x_min = options.x.min ?? xs[0];
    const x_max = options.x.max ?? xs[xs.length - 1];
    const x = scale(x_min, x_max, margin.left, width - margin.right, options.x.log);
    const y = scale(y_min, y_max, bottom, margin.top, is_log);
    const bands = options.bands || [];
    const title_id = fresh_id("chart");
    const svg = element("svg", { viewBox: "0 0 " + width + " " + height, role: "img", tabindex: 0, "aria-labelledby": title_id, class: "chart" },
      element("svg:title", { id: title_id }, options.title + ". " + options.series.map((one) => one.name).join(", ") +
        ". Left and right arrow keys read the values."),
      bands_of(bands, x, margin.top, bottom),
      grid({ x, y, bottom, y_unit: options.y.unit, x_unit: options.x.unit, x_labels: options.x.labels,
        xs: options.x.labels ? xs : options.x.log ? powers(x_min, x_max) : ticks(x_min, x_max, 7),
        ys: is_log ? powers(y_min, y_max) : ticks(y_min, y_max, 4) }),
      options.series.map((series) => [
        series.area && element("path", { class: "area tone-" + series.tone, d: area_of(series, xs, x, y, bottom) }),
        !series.no_line && element("path", { class: "line tone-" + series.tone + (series.dash ? " dash" : ""), d: path_of(series, xs, x, y) }),
        whiskers_of(series, xs, x, y),
        dots_of(series, xs, x, y)]));
    const readout = readable(svg, { options, xs, x, bottom });
    const rows = thinned(xs.map((value, i) => [
      options.x.labels ? options.x.labels[i] : in_unit(value, options.x.unit),
      ...options.series.map((series) => {
        const found = series.values[i];
        return found === null || found === undefined ? "–" : in_unit(found, options.y.unit);
      })]));
    const head = [options.x.name + (rows.length < xs.length ? " (" + rows.length + " of " + xs.length + " points)" : ""), ...options.series.map((series) => series.name)];
    return figure(options, element("div", { class: "plot" }, svg, readout),
      [options.series.length > 1 || bands.length > 0 ? legend_of(options.series) : null, bands_note(bands)], { head, rows });
  }

  /**
   * Bars, one a row, each with its figure in words. `low` and `high` draw an interval.
   * @param {{title: string, note?: any, repeat?: string, name: string, max?: number, log?: boolean, min?: number,
   *   rows: {label: string, value: number, text: string, tone?: string, low?: number, high?: number, mark?: number, mark_text?: string}[]}} options
   */
  function bars(options) {
    if (options.rows.length === 0) return nothing(options.title, options.note || "There is nothing to show.");
    const most = options.max || Math.max(...options.rows.map((row) => Math.max(row.value, row.high || 0, row.mark || 0)), 1e-12);
    const least = options.log ? options.min || Math.min(...options.rows.map((row) => row.value).filter((v) => v > 0)) / 2 : 0;
    const to = scale(least, most, 0, 100, options.log);
    const share = (/** @type {number} */ value) => (value <= 0 ? 0 : Math.max(0.4, Math.min(100, to(value)))).toFixed(2) + "%";
    const picture = element("div", { class: "bars", role: "list", "aria-label": options.title }, options.rows.map((row) =>
      element("div", { class: "bar-row", role: "listitem" },
        element("span", { class: "bar-label" }, row.label),
        element("span", { class: "bar-track", "aria-hidden": "true" },
          element("span", { class: "bar tone-" + (row.tone || "read"), style: "width:" + share(row.value) }),
          row.high !== undefined && row.low !== undefined && element("span", { class: "interval",
            style: "left:" + share(row.low) + ";width:calc(" + share(row.high) + " - " + share(row.low) + ")" }),
          row.mark !== undefined && element("span", { class: "bar-mark", style: "left:" + share(row.mark) })),
        element("span", { class: "bar-text" }, row.text))));
    return figure(options, picture, null, null);
  }

  /**
   * A strip a row, over one axis of x: spans in which something held, and marks at instants.
   * @param {{title: string, note?: any, repeat?: string, x: {min: number, max: number, unit?: string}, bands?: Band[], name: string,
   *   span_name: string, mark_name: string, span_tone?: string, mark_tone?: string,
   *   rows: {label: string, text: string, spans: number[][], marks?: number[], onclick?: () => void}[]}} options
   *   A span is [from, to] or [from, to, tone index]; `text` says the row in words.
   */
  function strips(options) {
    if (options.rows.length === 0) return nothing(options.title, options.note || "There is nothing to show.");
    const row_height = 18;
    const bottom = margin.top + options.rows.length * row_height + 2;
    const height = bottom + margin.bottom;
    const x = scale(options.x.min, options.x.max, margin.left + 30, width - margin.right);
    const bands = options.bands || [];
    const title_id = fresh_id("strips");
    const span_tone = options.span_tone || "warn";
    const mark_tone = options.mark_tone || "bad";
    const svg = element("svg", { viewBox: "0 0 " + width + " " + height, role: "img", "aria-labelledby": title_id, class: "chart" },
      element("svg:title", { id: title_id }, options.title),
      bands_of(bands, x, margin.top, bottom),
      options.rows.map((row, i) => {
        const y = margin.top + i * row_height;
        return element("g", { class: "strip" },
          element("svg:title", {}, row.label + ": " + row.text),
          element("text", { class: "tick", x: margin.left + 22, y: y + 13, "text-anchor": "end" }, row.label.length > 12 ? row.label.slice(0, 9) + "…" : row.label),
          element("rect", { class: "strip-ground", x: margin.left + 30, y: y + 3, width: width - margin.left - margin.right - 30, height: row_height - 6 }),
          row.spans.map((span) => element("rect", { class: "span tone-" + span_tone, x: x(span[0]).toFixed(1), y: y + 3,
            width: Math.max(0.8, x(span[1]) - x(span[0])).toFixed(1), height: row_height - 6 })),
          (row.marks || []).map((mark) => element("line", { class: "mark tone-" + mark_tone, x1: x(mark).toFixed(1), x2: x(mark).toFixed(1), y1: y + 1, y2: y + row_height - 1 })));
      }),
      ticks(options.x.min, options.x.max, 7).map((tick) => element("text", { class: "tick", x: x(tick), y: bottom + 17,
        "text-anchor": x(tick) > width - 40 ? "end" : "middle" }, in_unit(tick, options.x.unit))),
      element("line", { class: "axis", x1: margin.left + 30, x2: width - margin.right, y1: bottom, y2: bottom }));
    const table = { head: [options.name, "in words"], rows: options.rows.map((row) => [row.label, row.text]) };
    return figure(options, element("div", { class: "plot" }, svg),
      [legend_of([{ name: options.span_name, tone: span_tone }, { name: options.mark_name, tone: mark_tone }]), bands_note(bands)], table);
  }

  /**
   * A value for each pair, in a stronger colour the greater it is.
   * @param {{title: string, note?: any, repeat?: string, rows: {name: string, texts: string[]}, columns: {name: string, texts: string[]},
   *   cell: (row: number, column: number) => {value: number, text: string, detail?: string}|null}} options null: not known
   */
  function heat(options) {
    const cells = options.rows.texts.map((_, row) => options.columns.texts.map((_, column) => options.cell(row, column)));
    const known = cells.flat().filter((cell) => cell !== null).map((cell) => /** @type {any} */ (cell).value);
    if (known.length === 0) return nothing(options.title, options.note || "There is nothing to show.");
    const least = Math.min(...known);
    const range = Math.max(...known) - least || 1;
    const picture = element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": options.title },
      element("table", { class: "heat" },
        element("thead", {},
          element("tr", {}, element("td", {}), element("th", { scope: "colgroup", colspan: options.columns.texts.length }, options.columns.name)),
          element("tr", {}, element("th", { scope: "col" }, options.rows.name), options.columns.texts.map((text) => element("th", { scope: "col" }, text)))),
        element("tbody", {}, cells.map((row, i) => element("tr", {},
          element("th", { scope: "row" }, options.rows.texts[i]),
          row.map((cell) => (cell === null ? element("td", { class: "cannot" }, "not measured")
            : element("td", { style: "--heat:" + (0.06 + 0.4 * ((cell.value - least) / range)).toFixed(3) },
              element("span", { class: "value" }, cell.text), cell.detail && element("span", { class: "detail" }, cell.detail)))))))));
    return figure(options, picture, null, null);
  }

  stalemate.charts = { lines, bars, strips, heat, nothing, figure, table_of, ticks, scale, legend_of };
})();
