// Elements, numbers and times: what every page is built with.
"use strict";

/** @type {any} The one name that the page's scripts share. */
var stalemate = {};

(function () {
  const svg_namespace = "http://www.w3.org/2000/svg";
  const svg_names = new Set([
    "svg", "g", "path", "line", "rect", "circle", "text", "tspan", "title", "desc", "polyline", "polygon", "clipPath", "defs",
  ]);
  let last_id = 0;

  /**
   * An element. Texts become text nodes, so that no text of a history can become markup.
   * A key of `attributes` that begins with "on" is an event; null, undefined and false leave the attribute out.
   * @param {string} name of the element; of SVG where only SVG has it, else "svg:title" and the like
   * @param {Record<string, any>} [attributes]
   * @param {...any} children nodes, texts, numbers, lists of them; null and false are left out
   * @returns {any}
   */
  function element(name, attributes, ...children) {
    const is_svg = name.startsWith("svg:") || svg_names.has(name);
    const node = is_svg
      ? document.createElementNS(svg_namespace, name.replace("svg:", ""))
      : document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
      else node.setAttribute(key, value === true ? "" : String(value));
    }
    append(node, children);
    return node;
  }

  /** @param {Node} node @param {any} child */
  function append(node, child) {
    if (child === null || child === undefined || child === false) return;
    if (Array.isArray(child)) child.forEach((one) => append(node, one));
    else node.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
  }

  /** An id that no other element has. @param {string} stem */
  function fresh_id(stem) {
    last_id += 1;
    return stem + "-" + last_id;
  }

  /** "12,345". @param {number} count */
  function thousands(count) {
    return Math.round(count).toString().replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  }

  /** Three significant digits: "0.0123", "1.5", "12,300". @param {number} number */
  function short(number) {
    if (number === 0) return "0";
    const size = Math.abs(number);
    if (size >= 100) return thousands(number);
    const digits = Math.max(0, 2 - Math.floor(Math.log10(size)));
    return String(Number(number.toFixed(Math.min(digits, 9))));
  }

  /** "3 ns", "12.5 µs", "3.25 ms", "1.5 s", "12 min 5 s". @param {number} duration_ns */
  function duration(duration_ns) {
    const size = Math.abs(duration_ns);
    if (size === 0) return "0";
    if (size < 1e3) return short(duration_ns) + " ns";
    if (size < 1e6) return short(duration_ns / 1e3) + " µs";
    if (size < 1e9) return short(duration_ns / 1e6) + " ms";
    if (size < 120e9) return short(duration_ns / 1e9) + " s";
    const seconds = Math.round(duration_ns / 1e9);
    if (seconds < 7200) return Math.floor(seconds / 60) + " min" + (seconds % 60 ? " " + (seconds % 60) + " s" : "");
    const minutes = Math.round(seconds / 60);
    return Math.floor(minutes / 60) + " h" + (minutes % 60 ? " " + (minutes % 60) + " min" : "");
  }

  /** "3.34 %"; never rounded to 0 or 100. @param {number} share from 0 to 1 */
  function percent(share) {
    if (share > 0 && share < 0.0001) return "under 0.01 %";
    if (share < 1 && share > 0.9999) return "over 99.99 %";
    return short(share * 100) + " %";
  }

  /** "1 read", "2,310 reads". @param {number} count @param {string} noun */
  function counted(count, noun) {
    return thousands(count) + " " + noun + (count === 1 ? "" : "s");
  }

  /** A number in words of its unit. @param {number} value @param {string} [unit] "ns", "share", "count" or what to put behind */
  function in_unit(value, unit) {
    if (unit === "ns") return duration(value);
    if (unit === "share") return percent(value);
    if (!unit || unit === "count") return Number.isInteger(value) ? thousands(value) : short(value);
    return short(value) + " " + unit;
  }

  /** A command that can be copied. @param {string} text */
  function command(text) {
    const status = element("span", { class: "copied", role: "status" });
    const button = element("button", {
      type: "button", class: "copy", "aria-label": "Copy: " + text,
      onclick: () => {
        const done = () => { status.textContent = "copied"; setTimeout(() => { status.textContent = ""; }, 2000); };
        const range = document.createRange();
        range.selectNodeContents(code);
        const selection = window.getSelection();
        if (selection) { selection.removeAllRanges(); selection.addRange(range); }
        if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, () => {});
      },
    }, "copy");
    const code = element("code", {}, text);
    return element("span", { class: "command" }, code, button, status);
  }

  /** A part of a page. @param {string} id @param {string} title @param {any} lead @param {...any} content */
  function section(id, title, lead, ...content) {
    return element("section", { id, "aria-labelledby": id + "-title" },
      element("h2", { id: id + "-title" }, title), lead && element("p", { class: "lead" }, lead), content);
  }

  /**
   * A table that may be wider than the page. @param {string} label what it holds
   * @param {any[]} head @param {any[][]} rows of which each begins with its name @param {{words?: boolean}} [options]
   *   `words`: its cells are sentences, and not numbers
   */
  function table_box(label, head, rows, options) {
    const kind = options && options.words ? { class: "words" } : {};
    return element("div", { class: "scroll whole", tabindex: 0, role: "region", "aria-label": label },
      element("table", {},
        element("thead", {}, element("tr", {}, head.map((name, i) =>
          element(name === "" ? "td" : "th", i === 0 || name === "" ? {} : { scope: "col", ...kind }, name)))),
        element("tbody", {}, rows.map((row) => element("tr", {}, row.map((cell, i) =>
          (i === 0 ? element("th", { scope: "row" }, cell) : element("td", kind, cell))))))));
  }

  /** @type {any} The dialog that shows one of many; made when first needed. */
  let dialog = null;

  /**
   * Shows one of `items` in a dialog, from which the arrow keys and two buttons lead to its neighbours.
   * @template T
   * @param {T[]} items @param {number} at @param {(item: T) => any} draw what it shows, with a heading of id "told-title"
   */
  function show_one(items, at, draw) {
    if (!dialog) {
      dialog = element("dialog", { "aria-labelledby": "told-title" });
      document.body.appendChild(dialog);
    }
    const go = (/** @type {number} */ to) => { if (to >= 0 && to < items.length) show_one(items, to, draw); };
    const button = (/** @type {string} */ words, /** @type {number} */ to) =>
      element("button", { type: "button", disabled: to < 0 || to >= items.length, onclick: () => go(to) }, words);
    dialog.onkeydown = (/** @type {KeyboardEvent} */ event) => {
      const scrolls = event.target instanceof Element && event.target.closest(".scroll");
      if (event.altKey || event.ctrlKey || event.metaKey || scrolls) return;
      if (event.key === "ArrowLeft") go(at - 1);
      if (event.key === "ArrowRight") go(at + 1);
    };
    const close = element("button", { type: "button", onclick: () => dialog.close() }, "close");
    dialog.replaceChildren();
    append(dialog, [
      element("div", { class: "bar-of-buttons" }, element("span", { class: "soft" }, at + 1 + " of " + items.length), button("← earlier", at - 1), button("later →", at + 1), close),
      draw(items[at])]);
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    close.focus();
  }

  /** @type {Record<string, (data: any, main: HTMLElement) => void>} What draws each kind of page. */
  const pages = {};

  /** Draws the page of that kind from the data that it carries. @param {string} kind */
  function start(kind) {
    const main = /** @type {HTMLElement} */ (document.getElementById("page"));
    const data = JSON.parse(/** @type {HTMLElement} */ (document.getElementById("data")).textContent || "null");
    pages[kind](data, main);
  }

  Object.assign(stalemate, {
    element, append, fresh_id, thousands, short, duration, percent, counted, in_unit, command, section, table_box, show_one, pages, start,
  });
})();
