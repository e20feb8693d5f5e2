// The page of an exploration: a pattern's or a service's properties, or the matrix, each violation with its shortest run.
"use strict";

(function () {
  const { element, fresh_id, command } = stalemate;

  /**
   * @typedef {[number[][], number[], string]} Witness steps, then sentences (places in `texts`), then the token. A step: actor,
   *   target or -1, words (a place in `texts`); where it did not go as it should, 1 if the request does not arrive, and the
   *   fault (a place in `texts`) or -1
   * @typedef {{property: string, verdict: string, words: string, witness: number, fault?: string}} Found `witness`: a place in
   *   `witnesses`, or -1
   * @typedef {[string, string, number?]} Mark the mark, the verdict, the witness where there is one
   * @typedef {{pattern: string, cells: (Mark[]|null)[]}} Row
   * @typedef {{title: string, again: string, about: string[], file: string, texts: string[],
   *   parties: {name: string, store: boolean}[], witnesses: Witness[], groups: {name: string, found: Found[]}[],
   *   matrix: {properties: {name: string, summary: string}[], scope: string,
   *     tables: {name: string, about: string, faults: string[], rows: Row[]}[]}|null}} Exploration
   */

  const tones = /** @type {Record<string, string>} */ ({ violated: "bad", holds: "good", unknown: "warn", vacuous: "grey" });
  const marks = /** @type {Record<string, string>} */ ({ violated: "✗", holds: "✓", unknown: "?", vacuous: "–" });

  /** The parties of a run: processes in the order in which they come, then stores. @param {Exploration} data @param {number[][]} steps */
  function lanes_of(data, steps) {
    const used = [...new Set(steps.flatMap((step) => [step[0], step[1]]).filter((party) => party >= 0))];
    const is_store = (/** @type {number} */ party) => data.parties[party].store;
    return [...used.filter((party) => !is_store(party)), ...used.filter(is_store)];
  }

  /** A run as a diagram and in words. @param {Exploration} data @param {Witness} witness @param {string} title */
  function witness_view(data, witness, title) {
    const [told, sentences, token] = witness;
    const last = told.length - 1;
    const lanes = lanes_of(data, told);
    const steps = told.map(([actor, target, words, lost, fault], i) => {
      const hit = fault >= 0 ? data.texts[fault] : "";
      return {
        from: lanes.indexOf(actor), to: lanes.indexOf(target < 0 ? actor : target), time: String(i + 1),
        label: data.texts[words] + (hit ? " [" + hit + "]" : ""), tone: lost ? "lost" : hit || i === last ? "bad" : "ok",
      };
    });
    return [
      stalemate.sequence.diagram({
        title, steps,
        lanes: lanes.map((party) => ({ name: data.parties[party].name, tone: data.parties[party].store ? "store" : "write" })),
        marks: [{ after: last, text: "certain from here on, and not a step earlier" }],
      }),
      sentences.map((place, i) => element("p", { class: i === 0 ? "conclusion" : "soft" }, data.texts[place])),
      element("p", {}, "Again: ", command("stalemate replay " + token + (data.file ? " " + data.file : ""))),
    ];
  }

  /** One dialog for all runs, opened by buttons that it gives the focus back to. @param {Exploration} data */
  function opener(data) {
    const body = element("div", {});
    const heading = element("h2", { id: fresh_id("run") });
    const close = element("button", { type: "button", onclick: () => dialog.close() }, "Close");
    const dialog = element("dialog", { "aria-labelledby": heading.id },
      element("div", { class: "bar-of-buttons" }, close), heading, body);
    document.body.appendChild(dialog);
    return (/** @type {number} */ place, /** @type {string} */ title) => {
      heading.textContent = title;
      body.textContent = "";
      stalemate.append(body, witness_view(data, data.witnesses[place], title));
      dialog.showModal();
    };
  }

  /** How many of each verdict, in a sentence. @param {Found[]} all */
  function verdict_of(all) {
    const names = (/** @type {string} */ verdict) => all.filter((one) => one.verdict === verdict).map((one) => one.property);
    const violated = names("violated");
    const unknown = names("unknown");
    const held = names("holds");
    const parts = [];
    if (violated.length) parts.push("violated: " + violated.join(", "));
    if (unknown.length) parts.push("not decided: " + unknown.join(", "));
    if (held.length) parts.push("holds: " + held.join(", "));
    const tone = violated.length ? "bad" : unknown.length ? "warn" : "good";
    return { tone, text: (parts.join("; ") || "nothing in this scope could violate a property") + "." };
  }

  /** @param {Exploration} data @param {Found[]} found @param {(place: number, title: string) => void} open */
  function table_of(data, found, open) {
    return element("div", { class: "scroll whole", tabindex: 0, role: "region", "aria-label": "properties" },
      element("table", {},
        element("thead", {}, element("tr", {}, ["property", "verdict", "found"].map((name) =>
          element("th", { scope: "col", class: "words" }, name)))),
        element("tbody", {}, found.map((one) => {
          const title = one.property + (one.fault ? ": what " + one.fault + " does by itself" : "");
          return element("tr", {},
            element("th", { scope: "row", class: "words" }, title),
            element("td", { class: "words is-" + tones[one.verdict] }, marks[one.verdict] + " " + one.verdict),
            element("td", { class: "words" }, one.words, " ", one.witness >= 0 &&
              element("button", { type: "button", "aria-haspopup": "dialog", onclick: () => open(one.witness, title) }, "show the run")));
        }))));
  }

  /** @param {Exploration} data @param {HTMLElement} main @param {(place: number, title: string) => void} open */
  function draw_groups(data, main, open) {
    const all = data.groups.flatMap((group) => group.found).filter((one) => !one.fault);
    const verdict = verdict_of(all);
    stalemate.append(main, element("section", { class: "verdict " + verdict.tone },
      element("p", { class: "mark" }, verdict.tone === "bad" ? "✗ violated" : verdict.tone === "good" ? "✓ holds" : "? not decided"),
      element("p", { class: "sentence" }, verdict.text)));
    stalemate.append(main, data.about.map((sentence) => element("p", { class: "soft" }, sentence)));
    for (const group of data.groups) {
      stalemate.append(main, [element("h2", {}, group.name), table_of(data, group.found, open)]);
    }
    const first = all.find((one) => one.witness >= 0);
    if (first) {
      stalemate.append(main, [element("h2", {}, "The shortest run that violates " + first.property),
        witness_view(data, data.witnesses[first.witness], first.property)]);
    }
  }

  /**
   * A choice of one, as buttons. @param {string} label @param {string[]} names @param {(place: number) => void} choose
   */
  function choice(label, names, choose) {
    const buttons = names.map((name, i) => element("button", { type: "button", "aria-pressed": i === 0 ? "true" : "false", onclick: () => {
      buttons.forEach((button, k) => button.setAttribute("aria-pressed", k === i ? "true" : "false"));
      choose(i);
    } }, name));
    return element("div", { class: "choice", role: "group", "aria-label": label }, element("span", { class: "soft" }, label + " "), buttons);
  }

  /** @param {Exploration} data @param {HTMLElement} main @param {(place: number, title: string) => void} open */
  function draw_matrix(data, main, open) {
    const matrix = /** @type {NonNullable<Exploration["matrix"]>} */ (data.matrix);
    const about = element("p", { class: "soft", role: "status" });
    const place = element("div", { class: "scroll whole matrix", tabindex: 0, role: "region", "aria-label": "the matrix" });
    let table = 0;
    let property = 0;
    const draw = () => {
      const shown = matrix.tables[table];
      const judged = matrix.properties[property];
      about.textContent = judged.name + ": " + judged.summary + ". " + shown.about;
      place.textContent = "";
      stalemate.append(place, element("table", {},
        element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "pattern"),
          shown.faults.map((fault) => element("th", { scope: "col" }, fault)))),
        element("tbody", {}, shown.rows.map((row) => element("tr", {},
          element("th", { scope: "row" }, row.pattern),
          row.cells.map((cell, i) => {
            if (!cell) return element("td", { class: "cannot", "aria-label": "the fault cannot hit it" });
            const [mark, verdict, witness] = cell[property];
            const title = row.pattern + ", " + shown.faults[i] + ": " + judged.name;
            return element("td", { class: "cell cell-" + tones[verdict] }, witness === undefined
              ? element("span", { "aria-label": title + " " + verdict }, mark)
              : element("button", { type: "button", "aria-haspopup": "dialog", "aria-label": title + " is violated, " + mark + " steps: show the run",
                onclick: () => open(witness, title) }, mark));
          }))))));
    };
    stalemate.append(main, [
      data.about.map((sentence) => element("p", { class: "soft" }, sentence)),
      choice("property", matrix.properties.map((one) => one.name), (i) => { property = i; draw(); }),
      choice("table", matrix.tables.map((one) => one.name), (i) => { table = i; draw(); }),
      about, place,
      element("p", { class: "note" }, "✓: holds on every interleaving. A number: violated, and no run that does so has fewer steps; ",
        "with !: that run has the fault in it; click it for its steps. >12: not decided, but no run of up to 12 steps violates it. ",
        "An empty cell: the fault cannot hit the pattern."),
    ]);
    draw();
  }

  stalemate.pages.explore = function (/** @type {Exploration} */ data, /** @type {HTMLElement} */ main) {
    const open = opener(data);
    stalemate.append(main, element("h1", {}, data.title));
    if (data.matrix) draw_matrix(data, main, open);
    else draw_groups(data, main, open);
    stalemate.append(main, element("p", { class: "soft again" }, "The whole again: ", command(data.again)));
  };
})();
