// A page that is served: shows what the command that serves it is doing, and becomes the page that it writes.
"use strict";

(function () {
  const { element, append, duration, counted, thousands, percent, charts } = stalemate;

  /**
   * @typedef {{count: number, p50_ns: number, p99_ns: number}} Times
   * @typedef {{planned: number, due: number, sent: number, ok: number, failed: number, late: number, dropped: number,
   *   done_last_second: number, last_second: Times, overall: Times}} Kind
   * @typedef {{title: string, engines: string, phase: string, elapsed_ns: number, duration_ns: number, reads: Kind, writes: Kind,
   *   cache?: {hits: number, misses: number}, samples?: any, backlog: number, in_flight: number, retries: number,
   *   faults: {name: string, count: number}[], errors: {name: string, count: number}[], notes: string[]}} Progress
   *   as report/screen/progress_json.cpp writes it
   */

  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const draw_every_ms = () => (still.matches ? 5000 : 500);

  /** @param {string} name @param {any} value @param {any} [detail] @param {boolean} [is_bad] */
  function tile(name, value, detail, is_bad) {
    return element("dl", { class: "tile" + (is_bad ? " bad" : "") },
      element("dt", {}, name),
      element("dd", {}, element("span", { class: "value" }, value), detail && element("span", { class: "detail" }, detail)));
  }

  /** Value and detail of a tile. @param {Times} times @returns {[string, string?]} */
  function times_of(times) {
    return times.count === 0 ? ["none yet"] : [duration(times.p50_ns), "half of them; 99 % within " + duration(times.p99_ns)];
  }

  /** @param {Progress} now */
  function tiles_of(now) {
    const both = (/** @type {(kind: Kind) => number} */ of) => of(now.reads) + of(now.writes);
    const lookups = now.cache ? now.cache.hits + now.cache.misses : 0;
    const samples = now.samples;
    return element("div", { class: "tiles" },
      tile("Ops in the last second", thousands(both((kind) => kind.done_last_second)),
        counted(both((kind) => kind.ok), "op") + " of " + thousands(both((kind) => kind.planned)) + " done"),
      tile("Reads answered within", ...times_of(now.reads.overall)),
      tile("Writes answered within", ...times_of(now.writes.overall)),
      tile("Failed", thousands(both((kind) => kind.failed)), counted(now.retries, "retry").replace("retrys", "retries"),
        both((kind) => kind.failed) > 0),
      tile("Late", thousands(both((kind) => kind.late)), thousands(both((kind) => kind.dropped)) + " dropped",
        both((kind) => kind.dropped) > 0),
      lookups > 0 && now.cache && tile("Hit ratio", percent(now.cache.hits / lookups), counted(lookups, "lookup")),
      samples && tile("Keys that disagree now", thousands(samples.incoherent_keys_now),
        (samples.oldest_episode_ns > 0 ? "one for " + duration(samples.oldest_episode_ns) : "of " + thousands(samples.keys)) +
          "; some did in " + thousands(samples.taken - samples.correct) + " of " + counted(samples.taken, "sample"),
        samples.incoherent_keys_now > 0));
  }

  /** @param {Progress[]} past */
  function charts_of(past) {
    const last = past[past.length - 1];
    const x = { values: past.map((point) => point.elapsed_ns), unit: "ns", name: "time", min: 0, max: Math.max(last.duration_ns, last.elapsed_ns) };
    const times = (/** @type {(point: Progress) => Times} */ of, /** @type {"p50_ns" | "p99_ns"} */ name) =>
      past.map((point) => (of(point).count > 0 ? of(point)[name] : null));
    const reads = (/** @type {Progress} */ point) => point.reads.last_second;
    const writes = (/** @type {Progress} */ point) => point.writes.last_second;
    return [
      charts.lines({ title: "Ops done in each second", x, y: { unit: "count" }, series: [
        { name: "reads", tone: "read", values: past.map((point) => point.reads.done_last_second) },
        { name: "writes", tone: "write", values: past.map((point) => point.writes.done_last_second) }] }),
      charts.lines({ title: "Response time, second by second", x, y: { unit: "ns", log: true }, series: [
        { name: "reads p50", tone: "read", values: times(reads, "p50_ns"), dash: true },
        { name: "reads p99", tone: "read", values: times(reads, "p99_ns") },
        { name: "writes p50", tone: "write", values: times(writes, "p50_ns"), dash: true },
        { name: "writes p99", tone: "write", values: times(writes, "p99_ns") }] }),
      last.samples && charts.lines({ title: "Keys whose row and entry disagree", x, y: { unit: "count" },
        note: "What samples see now. Which reads were stale is told when the history was checked.", series: [
          { name: "keys", tone: "bad", area: true, values: past.map((point) => (point.samples ? point.samples.incoherent_keys_now : null)) }] }),
      charts.lines({ title: "Due, but not sent yet", x, y: { unit: "count" }, series: [
        { name: "ops", tone: "grey", area: true, values: past.map((point) => point.backlog) }] }),
    ].filter(Boolean);
  }

  /** The page while the command goes on. @param {HTMLElement} main */
  function watch(main) {
    const title = element("h1", {}, document.title);
    const stage = element("p", { class: "lead", role: "status", "aria-live": "polite" }, "connecting");
    const how_far = element("p", { class: "soft" });
    const bar = element("progress", { max: 1, "aria-label": "How much of the run is over", hidden: true });
    const tiles = element("div", {});
    const pictures = element("div", { class: "pair" });
    const notes = element("ul", { class: "is-warn" });
    append(main, [title, stage, bar, how_far, tiles, pictures, notes]);
    /** @type {Progress[]} */
    let past = [];
    let pending = 0;

    const say = (/** @type {any} */ node, /** @type {string} */ words) => { if (node.textContent !== words) node.textContent = words; };
    const draw = () => {
      pending = 0;
      const now = past[past.length - 1];
      if (!now) return;
      say(title, now.title + (now.engines ? " · " + now.engines : ""));
      bar.hidden = false;
      bar.value = now.duration_ns > 0 ? Math.min(1, now.elapsed_ns / now.duration_ns) : 0;
      const left_ns = now.duration_ns - now.elapsed_ns;
      say(how_far, duration(Math.round(now.elapsed_ns / 1e9) * 1e9) + " of " + duration(now.duration_ns) +
        (left_ns > 0 ? ", " + duration(Math.round(left_ns / 1e9) * 1e9) + " left" : ""));
      tiles.replaceChildren(tiles_of(now));
      notes.replaceChildren(...[...now.notes, ...now.errors.map((error) => error.name + ": " + thousands(error.count)),
        ...now.faults.filter((fault) => fault.count > 0).map((fault) => "fault " + fault.name + ": " + thousands(fault.count))]
        .map((words) => element("li", {}, words)));
      // Whoever reads a chart, or its table, finds it as it was.
      if (!pictures.contains(document.activeElement) && !pictures.querySelector("details[open]")) {
        pictures.replaceChildren(...charts_of(past));
      }
    };
    return {
      stage: (/** @type {{phase: string, who: string, what: string, how_far: string}} */ told) => {
        say(stage, (told.who ? told.who + ": " : "") + told.what);
        if (told.phase !== "running") say(how_far, told.how_far);
      },
      progress: (/** @type {Progress} */ now) => {
        const before = past[past.length - 1];
        if (before && (before.title !== now.title || before.elapsed_ns > now.elapsed_ns)) past = [];
        past.push(now);
        if (pending === 0) pending = window.setTimeout(draw, past.length === 1 ? 0 : draw_every_ms());
      },
      again: () => { past = []; },
      lost: (/** @type {string} */ words) => say(stage, words),
      end: () => window.clearTimeout(pending),
    };
  }

  /** Says below the page what became of the command. @param {HTMLElement} main @param {string} words */
  function say_below(main, words) {
    const note = element("p", { class: "soft live-end", role: "status" });
    main.insertAdjacentElement("afterend", element("footer", {}, note));
    note.textContent = words;
  }

  /** Instead of drawing at once what the page carries. @param {string} kind */
  stalemate.start = function (kind) {
    const main = /** @type {HTMLElement} */ (document.getElementById("page"));
    const shown = watch(main);
    const source = new EventSource("/events");
    const on = (/** @type {string} */ name, /** @type {(told: any) => void} */ handle) =>
      source.addEventListener(name, (event) => handle(JSON.parse(/** @type {MessageEvent} */ (event).data)));
    on("stage", shown.stage);
    on("progress", shown.progress);
    on("done", (told) => {
      source.close();
      shown.end();
      main.replaceChildren();
      document.title = told.title;
      stalemate.pages[kind](told.data, main);
      say_below(main, told.file ? "The command has ended. This page is also the file " + told.file + "."
        : "The command has ended. This page was served, and is no file: save it if you want to keep it.");
    });
    on("failed", (told) => {
      source.close();
      shown.end();
      shown.lost(told.why);
    });
    // A new connection is told the past again.
    source.onopen = shown.again;
    source.onerror = () => shown.lost("There is no connection: the command has ended, or was stopped. Its terminal says what it found.");
  };
})();
