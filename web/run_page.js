// The page of a run, or of several side by side.
"use strict";

(function () {
  const { element, append, duration, thousands, counted, percent, short, command, section, charts } = stalemate;

  /** @typedef {any} Run one of `runs` in the page's data, as src/report/page/run_page.cpp makes it */

  /** One column a run, beside each other. @param {Run[]} runs @param {(run: Run) => any} draw */
  function columns(runs, draw) {
    const width = runs.length === 1 ? "" : runs.length === 2 ? " two" : " three";
    return element("div", { class: "columns" + width }, runs.map((run) =>
      element("div", { class: "column" }, runs.length > 1 && element("p", { class: "who" }, run.name + ", " + run.results.pattern), draw(run))));
  }

  /** What has many words: beside each other where there are two runs, else below each other. @param {Run[]} runs @param {(run: Run) => any} draw */
  function wide(runs, draw) {
    return runs.length <= 2 ? columns(runs, draw) : runs.map((run) => columns([run], draw));
  }

  /** Figures: of one run in two columns, of several a row each, so that one can be held against the other. @param {Run[]} runs @param {((run: Run) => any)[]} draws */
  function figures(runs, draws) {
    return runs.length === 1 ? element("div", { class: "pair" }, draws.map((draw) => draw(runs[0]))) : draws.map((draw) => columns(runs, draw));
  }

  /** The greatest value of all runs, so that pictures beside each other have one scale. @param {Run[]} runs @param {(run: Run) => any[]} values_of */
  function most(runs, values_of) {
    const values = runs.flatMap((run) => (run.pictures ? values_of(run) : [])).filter((value) => value !== null);
    return values.length > 0 ? Math.max(...values) : 0;
  }

  // ---- The verdict ----

  const marks = /** @type {Record<string, string>} */ ({ bad: "Customers would have noticed", warn: "No verdict: not everything is known", good: "Nothing wrong was found" });

  /** @param {Run} run @param {number} count of runs */
  function verdict_of(run, count) {
    const verdict = run.verdict;
    return [
      element("div", { class: "verdict " + verdict.tone },
        element("p", { class: "mark" }, marks[verdict.tone]),
        element(count === 1 ? "h1" : "h2", { class: "sentence" }, verdict.sentence),
        verdict.more && element("p", {}, verdict.more),
        verdict.checks && element("p", { class: "soft" }, verdict.checks)),
      run.not_judged.length > 0 && element("div", { class: "unjudged", role: "note" },
        element("h2", {}, "What could not be judged, and what else to know"),
        element("ul", {}, run.not_judged.map((/** @type {string} */ sentence) => element("li", {}, sentence)))),
      element("dl", { class: "tiles" }, run.tiles.map((/** @type {any} */ tile) =>
        element("div", { class: "tile " + tile.tone },
          element("dt", {}, tile.label),
          element("dd", {}, element("span", { class: "value" }, tile.value), element("span", { class: "detail" }, tile.detail))))),
    ];
  }

  // ---- Over time ----

  /** Bands that say something: what was so nearly all the time is said in words. @param {Run} run */
  function bands_of(run) {
    return run.bands.filter((/** @type {any} */ band) => band.to - band.from < 0.8 * run.pictures.timeline.end_ns);
  }
  /** @param {Run} run */
  function always_of(run) {
    const some = bands_of(run);
    const always = run.bands.filter((/** @type {any} */ band) => !some.includes(band)).map((/** @type {any} */ band) => band.label);
    return always.length > 0 ? " In force nearly all the time: " + always.join(", ") + "." : "";
  }

  /** The middle of each stretch of time. @param {any} timeline */
  function times_of(timeline) {
    return Array.from({ length: timeline.stretches }, (_, i) => Math.min((i + 0.5) * timeline.stretch_ns, timeline.end_ns));
  }

  /** A rate a second; the last stretch may be cut short, and says nothing where little is left of it. @param {any} timeline @param {number[]} counts */
  function rates(timeline, counts) {
    return counts.map((count, i) => {
      const length = Math.min(timeline.stretch_ns, timeline.end_ns - i * timeline.stretch_ns);
      return length < 0.3 * timeline.stretch_ns && timeline.stretches > 1 ? null : count / (length / 1e9);
    });
  }

  /** @param {number[]} left @param {number[]} right */
  const sums = (left, right) => left.map((value, i) => value + right[i]);

  /** A chart over the run's time. @param {Run} run @param {any} options */
  function over_time(run, options) {
    const timeline = run.pictures.timeline;
    return charts.lines({
      ...options, bands: bands_of(run),
      x: { values: times_of(timeline), unit: "ns", name: "after", min: 0, max: timeline.end_ns },
    });
  }

  /** @param {Run} run */
  const stretch = (run) => duration(run.pictures.timeline.stretch_ns);

  // ---- Staleness ----

  /** @param {Run} run @param {any} shared */
  function stale_over_time(run, shared) {
    const timeline = run.pictures.timeline;
    const stale = run.results.stale;
    if (!stale || stale.checked === 0) return charts.nothing("Stale reads over time", "No read could be checked, so nothing is known of stale reads.");
    if (stale.stale === 0) return charts.nothing("Stale reads over time", "None of " + counted(stale.checked, "checked read") + " was stale.");
    return over_time(run, {
      title: "Stale reads a second", y: { max: shared.stale },
      series: [{ name: "stale reads a second", tone: "bad", area: true, values: rates(timeline, timeline.stale) }],
      note: thousands(stale.stale) + " of " + counted(stale.checked, "checked read") + ", counted every " + stretch(run) + "." + always_of(run),
      });
  }

  /** @param {Run} run @param {any} shared */
  function staleness_over_time(run, shared) {
    const stale = run.results.stale;
    if (!stale || stale.stale === 0) return charts.nothing("How old they were", "There is no stale read.");
    return over_time(run, {
      title: "How old they were", y: { unit: "ns", log: true, max: shared.worst || undefined },
      series: [{ name: "the worst of each " + stretch(run) + ": stale by at least", tone: "bad", dots: true, no_line: true, values: run.pictures.timeline.stale_worst_ns }],
      note: "Lower bounds: from the end of the write that was missed to the start of the read. Half of all were stale by " +
        duration(stale.median_staleness_ns) + " or more.",
    });
  }

  /** @param {Run} run */
  function visibility_of(run) {
    const points = run.pictures.visibility;
    const title = "How soon a write is seen";
    if (points.length === 0) return charts.nothing(title, run.pictures.visibility_note || "No read followed a write, so nothing is known.");
    const reads = points.reduce((/** @type {number} */ sum, /** @type {any} */ point) => sum + point.reads, 0);
    const least = Math.min(...points.map((/** @type {any} */ point) => Math.min(point.least, point.visible)));
    return charts.lines({
      title, height: 190,
      x: { values: points.map((/** @type {any} */ _, /** @type {number} */ i) => i), labels: points.map((/** @type {any} */ point) => point.t.replace("t below ", "< ").replace("t from ", "≥ ")), name: "begun after the write" },
      y: { unit: "share", min: Math.max(0, least - (1 - least) * 0.15 - 0.001), max: 1 },
      series: [
        { name: "reads that saw the last write", tone: "read", dots: true, values: points.map((/** @type {any} */ point) => point.visible) },
        { name: "at least, at 95 %", tone: "grey", dash: true, values: points.map((/** @type {any} */ point) => point.least) }],
      note: "t-visibility, of " + counted(reads, "read") + ": the share of reads begun so long after the last write's end that returned it or a newer one.",
      repeat: "stalemate check " + run.run,
    });
  }

  /** @param {Run} run */
  function causes_of(run) {
    const stale = run.results.stale;
    if (!stale || stale.stale === 0) return charts.nothing("Causes", stale ? "There is no stale read to explain." : "The history was not checked.");
    const causes = Object.entries(stale.causes).sort((left, right) => right[1] - left[1]);
    const rows = causes.map(([name, count]) => ({ label: name, value: count, tone: "bad", text: thousands(count) + " of " + thousands(stale.stale) + " (" + percent(count / stale.stale) + ")" }));
    if (stale.unexplained > 0) rows.push({ label: "unexplained", value: stale.unexplained, tone: "grey", text: thousands(stale.unexplained) + " of " + thousands(stale.stale) + ": the steps do not prove why" });
    return charts.bars({ title: "Causes, as the steps prove them", name: "cause", rows, repeat: "stalemate explain " + run.run + " --list" });
  }

  /** @param {Run} run */
  function strips_of(run) {
    const strips = run.pictures.strips;
    const title = "When cache and row disagreed";
    if (!run.results.cache && run.results.pattern !== "application") return charts.nothing(title, "There is no cache: the database holds the only copy, and nothing can differ from it.");
    if (strips.judged === 0) return charts.nothing(title, "The history holds no call that shows an entry, so nothing is known of it.");
    if (strips.keys.length === 0) return charts.nothing(title, "Entry and row of " + counted(strips.judged, "key") + " never disagreed, as far as the steps tell.");
    const end = run.pictures.timeline.end_ns;
    return charts.strips({
      title, name: "key", x: { min: 0, max: end, unit: "ns" }, bands: bands_of(run),
      span_name: "the entry differs from the row", mark_name: "a stale read",
      rows: strips.keys.map((/** @type {any} */ key) => ({
        label: key.key, spans: key.spans_us.map((/** @type {number[]} */ span) => [span[0] * 1e3, span[1] * 1e3]),
        marks: key.stale_us.map((/** @type {number} */ mark) => mark * 1e3),
        text: counted(key.episodes, "time") + ", " + duration(key.total_ns) + " in all; " + counted(key.stale, "stale read"),
      })),
      note: "The " + counted(strips.keys.length, "key") + " with the most stale reads, then the longest disagreement, of " + thousands(strips.disagreeing) +
        " that disagreed; " + counted(strips.judged, "key") + " looked at. From the steps: an update counts from its end, and so does a delete. Gaps shorter than " +
        duration(end / 150) + " are not drawn.",
    });
  }

  // ---- Stale reads, one by one ----

  /** One stale read in full. @param {any} read */
  function told(read) {
    return [
      element("h2", { id: "told-title" }, "Read " + read.read + ": " + read.cause),
      element("p", {}, read.returned, " ", read.missed),
      read.sequence.steps.length > 0 && stalemate.sequence.diagram({ title: "The steps that prove it", ...read.sequence }),
      element("p", { class: "conclusion" }, read.conclusion),
      element("dl", {},
        element("dt", {}, "Stale by"), element("dd", {}, "at least " + duration(read.lower_ns) + ", at most " + duration(read.upper_ns) + ", " + counted(read.versions, "version") + " behind"),
        read.cell && [element("dt", {}, "In the matrix"), element("dd", { class: "cell" }, read.cell.pattern + " × " + read.cell.property + " × " + read.cell.fault + " (docs/guarantees.md). The shortest run that goes wrong there: ", command(read.cell.command))],
        element("dt", {}, "Again"), element("dd", {}, command(read.command)))];
  }

  /** @param {Run} run */
  function reads_of(run) {
    const stale = run.pictures.stale_reads;
    if (stale.of === 0) return charts.nothing("Stale reads, one by one", "There is none to tell.");
    return element("figure", {},
      element("figcaption", {}, element("h3", {}, "Stale reads, one by one")),
      element("p", { class: "note" }, stale.reads.length + " of " + thousands(stale.of) + " are told here; every cause has its share. All others: ", command("stalemate explain " + run.run + " --list")),
      element("ul", { class: "reads" }, stale.reads.map((/** @type {any} */ read, /** @type {number} */ i) => element("li", {},
        element("button", { type: "button", "aria-haspopup": "dialog", onclick: () => stalemate.show_one(stale.reads, i, told) },
          element("span", { class: "when" }, duration(read.begin_ns)),
          element("span", { class: "cause" }, read.cause, element("span", { class: "far" }, " · key " + read.key + ", client " + read.client)),
          element("span", { class: "far" }, "by ≥ " + duration(read.lower_ns)))))));
  }

  // ---- Latency ----

  const percentiles = /** @type {[string, string][]} */ ([["p50", "p50_ns"], ["p90", "p90_ns"], ["p99", "p99_ns"], ["p99.9", "p99_9_ns"], ["max", "max_ns"]]);

  /** @param {Run} run @param {number} max */
  function latency_of(run, max) {
    const latency = run.results.latency;
    const series = [];
    for (const [kind, tone] of [["read", "read"], ["write", "write"]]) {
      for (const time of ["response", "service"]) {
        const figures = latency[kind][time];
        if (figures.count > 0) series.push({ name: kind + "s, " + time + " time", tone, dash: time === "service", dots: true, values: percentiles.map(([, field]) => figures[field]) });
      }
    }
    if (series.length === 0) return charts.nothing("Latency by percentile", "No op ended ok, so there is no latency.");
    return charts.lines({
      title: "Latency by percentile", height: 210,
      x: { values: percentiles.map((_, i) => i), labels: percentiles.map(([name]) => name), name: "percentile" },
      y: { unit: "ns", log: true, max }, series,
      note: "Of " + counted(latency.read.response.count, "read") + " and " + counted(latency.write.response.count, "write") + " that ended ok. Response time counts from the intended start, service time from the invocation.",
    });
  }

  /** The same in figures. @param {Run} run */
  function latency_table_of(run) {
    const fields = [["mean", "mean_ns"], ...percentiles];
    const rows = ["read", "write"].flatMap((kind) => ["response", "service"].map((time) => {
      const figures = run.results.latency[kind][time];
      return [kind + "s, " + time, ...fields.map(([, field]) => (figures.count === 0 ? "–" : duration(figures[field])))];
    }));
    return element("figure", {}, element("figcaption", {}, element("h3", {}, "Latency in figures")),
      element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Latency in figures" }, element("table", {},
        element("thead", {}, element("tr", {}, ["", ...fields.map(([name]) => name)].map((name) => element(name ? "th" : "td", name ? { scope: "col" } : {}, name)))),
        element("tbody", {}, rows.map((row) => element("tr", {}, row.map((cell, i) => element(i === 0 ? "th" : "td", i === 0 ? { scope: "row" } : {}, cell))))))),
      element("p", { class: "note" }, "A histogram holds them: each is right to 0.8 %, the maximum exactly. Again: ", command(run.results.replay)));
  }

  /** @param {Run} run @param {string} kind @param {number} max */
  function latency_over_time(run, kind, max) {
    const ops = run.pictures.timeline[kind];
    return over_time(run, {
      title: "Response time of " + kind + " over time", y: { unit: "ns", log: true, max: max || undefined },
      series: [
        { name: "worst", tone: "grey", values: ops.response_max_ns, dash: true },
        { name: "p99", tone: kind === "reads" ? "read" : "write", values: ops.response_p99_ns },
        { name: "p50", tone: "other", values: ops.response_p50_ns }],
      empty: "No " + kind.slice(0, -1) + " ended ok, so there is no response time.",
      note: "By intended start, every " + stretch(run) + "; minimum and maximum are kept." + always_of(run),
    });
  }

  // ---- Load, cache, database, plan ----

  /** @param {Run} run @param {number} max */
  function throughput_of(run, max) {
    const timeline = run.pictures.timeline;
    return over_time(run, {
      title: "Throughput: done and planned", y: { max: max * 1.06 || undefined },
      series: [
        { name: "reads ok a second", tone: "read", values: rates(timeline, timeline.reads.ok) },
        { name: "reads sent, by plan", tone: "read", dash: true, values: rates(timeline, timeline.reads.planned) },
        { name: "writes ok a second", tone: "write", values: rates(timeline, timeline.writes.ok) },
        { name: "writes sent, by plan", tone: "write", dash: true, values: rates(timeline, timeline.writes.planned) }],
      note: thousands(run.results.reads.ok) + " of " + counted(run.results.reads.planned, "planned read") + " and " + thousands(run.results.writes.ok) + " of " +
        counted(run.results.writes.planned, "planned write") + " ended ok. Ops that were never sent are not in the history: they show only in these counts.",
    });
  }

  /** @param {Run} run */
  function errors_of(run) {
    const timeline = run.pictures.timeline;
    const failed = sums(sums(timeline.reads.fail, timeline.reads.info), sums(timeline.writes.fail, timeline.writes.info));
    const [total, retries, faulted] = [failed, timeline.retries, timeline.faulted].map((counts) => counts.reduce((/** @type {number} */ sum, /** @type {number} */ value) => sum + value, 0));
    const dropped = run.results.reads.dropped + run.results.writes.dropped;
    const never_sent = dropped > 0 ? " " + counted(dropped, "op") + " " + (dropped === 1 ? "was" : "were") + " never sent, and of these no time is known." : "";
    if (total + retries + faulted === 0) return charts.nothing("Errors, retries, faults", "No op that was sent failed, nothing was tried again, and no fault hit a call." + never_sent);
    const errors = Object.entries(run.results.errors).map(([name, count]) => name + " " + thousands(/** @type {number} */ (count))).join(", ");
    return over_time(run, {
      title: "Errors, retries, faults", y: {},
      series: [
        { name: "ops that failed or got no answer, a second", tone: "bad", values: rates(timeline, failed) },
        { name: "attempts repeated, a second", tone: "warn", values: rates(timeline, timeline.retries) },
        { name: "calls hit by a fault, a second", tone: "other", values: rates(timeline, timeline.faulted) }],
      note: thousands(total) + " ops did not end ok" + (errors ? " (" + errors + ")" : "") + "; " + thousands(retries) + " attempts repeated; " + thousands(faulted) + " calls hit by a fault." + never_sent,
    });
  }

  /** @param {Run} run */
  function hits_of(run) {
    const timeline = run.pictures.timeline;
    const cache = run.results.cache;
    if (!cache) return charts.nothing("Hit ratio", run.results.pattern === "application" ? "What is a lookup is known to the application alone." : "There is no cache.");
    const ratios = timeline.hits.map((/** @type {number} */ hits, /** @type {number} */ i) => (hits + timeline.misses[i] === 0 ? null : hits / (hits + timeline.misses[i])));
    const series = [{ name: "measured", tone: "read", values: ratios, dash: false }];
    if (cache.predicted_hit_ratio !== null && cache.predicted_hit_ratio !== undefined) series.push({ name: "predicted from the plan", tone: "grey", dash: true, values: ratios.map(() => cache.predicted_hit_ratio) });
    const lookups = cache.hits + cache.misses;
    return over_time(run, {
      title: "Hit ratio", y: { unit: "share", min: 0, max: 1 }, series,
      note: lookups === 0 ? "The cache was never asked." : thousands(cache.hits) + " of " + counted(lookups, "lookup") + " hit (" + percent(cache.hits / lookups) + "); " +
        (series.length > 1 ? "the plan predicts " + percent(cache.predicted_hit_ratio) + "." : "none is predicted" + (cache.not_predicted ? ", since " + cache.not_predicted : "") + "."),
    });
  }

  /** @param {Run} run @param {number} max */
  function loads_of(run, max) {
    const loads = run.results.loads;
    if (!loads) return charts.nothing("Rows read from the database", "The history does not hold all steps, so it does not tell how often the database was asked.");
    const timeline = run.pictures.timeline;
    return over_time(run, {
      title: "Rows read from the database", y: { max: max * 1.06 || undefined },
      series: [{ name: "loads a second", tone: "write", area: true, values: rates(timeline, timeline.loads) }],
      note: counted(loads.count, "load") + (loads.share === null ? "" : ", " + short(loads.share) + " for each read") + "; at most " + thousands(loads.most_in_one_second) + " began in one second. " +
        (loads.while_loading === 0 ? "None began while its key was being loaded." : thousands(loads.while_loading) + " (" + percent(loads.while_loading / loads.count) + ") began while the same key was being loaded already: a stampede.") +
        (loads.refused_fills > 0 ? " The cache refused " + counted(loads.refused_fills, "fill") + "." : ""),
    });
  }

  /** @param {Run} run */
  function drift_of(run) {
    const drift = run.results.drift;
    const rows = [];
    for (const kind of ["reads", "writes"]) {
      const ops = run.results[kind];
      if (ops.planned === 0) continue;
      const lost = [["failed", ops.fail], ["no reply", ops.info], ["never sent", ops.dropped], ["not reached", ops.not_reached]]
        .filter(([, count]) => Number(count) > 0).map(([name, count]) => name + " " + thousands(Number(count))).join(", ");
      rows.push({ label: kind, value: ops.ok, mark: ops.planned, tone: kind === "reads" ? "read" : "write",
        text: thousands(ops.ok) + " of " + thousands(ops.planned) + " planned (the line)" + (lost ? "; " + lost : "") + (ops.late > 0 ? "; late " + thousands(ops.late) : "") });
    }
    if (rows.length === 0) return charts.nothing("Planned against done", "No op was planned.");
    const ratio = (/** @type {number|null} */ value) => (value === null ? "no" : value.toFixed(2));
    return charts.bars({
      title: "Planned against done", name: "ops", rows,
      note: [ratio(drift.done_ratio) + " reads for each write, where " + ratio(drift.wanted_ratio) + " were planned. ",
        drift.causes.length > 0 && element("span", {}, "Why: " + drift.causes.join("; ") + ".")],
      repeat: run.results.replay,
    });
  }

  /** @param {Run} run */
  function checks_of(run) {
    const title = "Checks of " + run.name + ", " + run.results.pattern;
    const tones = /** @type {Record<string, string>} */ ({ invalid: "is-bad", unknown: "is-warn", valid: "is-good" });
    const words = /** @type {Record<string, string>} */ ({ invalid: "✗ invalid", unknown: "? not judged", valid: "✓ valid" });
    if (run.results.checks.length === 0) return charts.nothing(title, "The history was not checked.");
    return element("figure", {}, element("figcaption", {}, element("h3", {}, title)),
      element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "What every check found" }, element("table", {},
        element("thead", {}, element("tr", {}, ["check", "verdict", "found", "of"].map((name) => element("th", { scope: "col" }, name)), element("th", { scope: "col", class: "words" }, "the first, or what to know"))),
        element("tbody", {}, run.results.checks.map((/** @type {any} */ check) => element("tr", {},
          element("th", { scope: "row" }, check.name + (check.decides ? "" : " (a measurement)")),
          element("td", {}, check.decides ? element("span", { class: tones[check.verdict] }, words[check.verdict]) : check.verdict === "unknown" ? words.unknown : "–"),
          element("td", {}, thousands(check.count)),
          element("td", {}, thousands(check.sample) + " " + check.sample_of + (check.unjudged > 0 ? ", " + thousands(check.unjudged) + " not judged" : "")),
          element("td", { class: "words" }, [check.first, check.note].filter(Boolean).join(" "))))))),
      element("p", { class: "note" }, "Again: ", command("stalemate check " + run.run)));
  }

  /** @param {Run} run */
  function words_of(run) {
    return element("figure", {},
      element("figcaption", {}, element("h3", {}, run.heading)),
      element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "In words" }, element("table", {}, element("tbody", {}, run.paragraphs.map((/** @type {any} */ paragraph) =>
        element("tr", {}, element("th", { scope: "row" }, paragraph.label), element("td", { class: "words" }, paragraph.label === "Again" ? command(paragraph.text) : paragraph.text)))))));
  }

  // ---- The page ----

  /** Draws where there is a history; else says that there is none. @param {(run: Run) => any} draw */
  const drawn = (draw) => (/** @type {Run} */ run) => (run.pictures ? draw(run) : charts.nothing("Not known", "The history of this run could not be read: see above."));

  stalemate.pages.run = function (/** @type {any} */ data, /** @type {HTMLElement} */ main) {
    const runs = /** @type {Run[]} */ (data.runs);
    const shared = {
      stale: most(runs, (run) => rates(run.pictures.timeline, run.pictures.timeline.stale)) * 1.06,
      worst: most(runs, (run) => run.pictures.timeline.stale_worst_ns),
      latency: Math.max(...runs.map((run) => Math.max(run.results.latency.read.response.max_ns, run.results.latency.write.response.max_ns, run.results.latency.read.service.max_ns))),
      reads: most(runs, (run) => run.pictures.timeline.reads.response_max_ns),
      writes: most(runs, (run) => run.pictures.timeline.writes.response_max_ns),
      rate: most(runs, (run) => [...rates(run.pictures.timeline, run.pictures.timeline.reads.planned), ...rates(run.pictures.timeline, run.pictures.timeline.reads.ok),
        ...rates(run.pictures.timeline, run.pictures.timeline.writes.ok), ...rates(run.pictures.timeline, run.pictures.timeline.writes.planned)]),
      loads: most(runs, (run) => rates(run.pictures.timeline, run.pictures.timeline.loads)),
    };
    append(main, [
      element("header", {},
        element(runs.length === 1 ? "p" : "h1", { class: "lead" }, runs.length === 1 ? runs[0].heading : runs.map((run) => run.name).join(" beside ")),
        runs.length === 1 && element("p", { class: "soft" }, runs[0].question + " Begun at " + runs[0].results.started_at.replace("T", " ").replace("Z", " UTC") + ".")),
      columns(runs, (run) => [runs.length > 1 && element("p", { class: "soft" }, run.heading), verdict_of(run, runs.length)]),
      data.not_alike && element("div", { class: "unjudged", role: "note" }, element("h2", {}, "What else differs between these runs"), element("p", {}, data.not_alike)),
      section("staleness", "Stale reads", "A read is stale if it returns an older value than one already acknowledged when it began.", figures(runs, [
        drawn((run) => stale_over_time(run, shared)), drawn((run) => staleness_over_time(run, shared)), causes_of, drawn(visibility_of), drawn(strips_of), drawn(reads_of)])),
      section("latency", "Latency", null, figures(runs, [
        (run) => latency_of(run, shared.latency), latency_table_of,
        drawn((run) => latency_over_time(run, "reads", shared.reads)), drawn((run) => latency_over_time(run, "writes", shared.writes))])),
      section("load", "Throughput and errors", null, figures(runs, [drawn((run) => throughput_of(run, shared.rate)), drawn(errors_of)])),
      section("stores", "Cache and database", null, figures(runs, [drawn(hits_of), drawn((run) => loads_of(run, shared.loads))])),
      section("plan", "Planned against done", null, columns(runs, drift_of)),
      section("checks", "What the checks found", null, wide(runs, checks_of)),
      section("words", "In words, as the terminal says it", null, wide(runs, words_of)),
      element("footer", {}, element("p", { class: "note", style: "margin-top:32px" }, "Nothing on this page was fetched: it holds all its data. Every figure is in results.json beside it; the page is written again by ",
        command("stalemate report " + runs.map((run) => run.run).join(" ")))),
    ]);
  };
})();
