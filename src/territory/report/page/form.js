"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const boxes = new Map([...document.querySelectorAll("[data-key]")].map((box) => [box.dataset.key, box]));
  const root = "territory-sheet/" + data.store + "/";
  const place = root + data.head.form;
  const status = document.getElementById("status");
  const notice = document.getElementById("notice");
  let lang = data.head.lang;
  let canKeep = storageWorks();
  let isExported = true;
  let last = ["empty", {}];

  // -- words
  function words(text) {
    const en = text[0], zh = text[1];
    if (lang === "both") return en === zh ? zh : zh + " " + en;
    return lang === "zh" ? zh : en;
  }
  function say(name, blanks) {
    return words(data.words[name]).replace(/\{(\w+)\}/g, (all, key) => (key in blanks ? String(blanks[key]) : all));
  }
  function tell(name, blanks) {
    last = [name, blanks || {}];
    status.textContent = say(...last);
  }
  function warn(text) {
    notice.hidden = false;
    notice.querySelector("span").textContent = text;
  }
  function showLanguage(chosen) {
    lang = chosen;
    document.documentElement.lang = lang === "en" ? "en" : "zh-CN";
    for (const element of document.querySelectorAll("[data-en]")) {
      const text = words([element.dataset.en, element.dataset.zh]);
      if (element.dataset.at) element.setAttribute(element.dataset.at, text);
      else element.textContent = text;
    }
    for (const box of document.querySelectorAll("[data-hint-en]")) {
      box.placeholder = words([box.dataset.hintEn, box.dataset.hintZh]);
    }
    for (const button of document.querySelectorAll("[data-lang]")) {
      button.setAttribute("aria-pressed", String(button.dataset.lang === lang));
    }
    status.textContent = say(...last);
    count();
  }

  // -- what stands in the boxes
  function valueOf(box) {
    return box.dataset.kind === "tick" ? (box.checked ? "yes" : "") : box.value;
  }
  function setValue(box, value) {
    if (box.dataset.kind === "tick") box.checked = value === "yes";
    else box.value = value;
    return valueOf(box) === value;
  }
  function entries() {
    const values = {};
    for (const [key, box] of boxes) values[key] = valueOf(box);
    return { head: data.head, fixed: data.fixed, values, saved: new Date().toISOString() };
  }
  function isEmpty() {
    return [...boxes.values()].every((box) => valueOf(box) === "");
  }
  function time() {
    return new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  }
  function number(text) {
    const bare = String(text).normalize("NFKC").replace(/[\s,]/g, "");
    return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(bare) ? Number(bare) : null;
  }
  function count() {
    for (const box of boxes.values()) box.toggleAttribute("data-empty", valueOf(box) === "");
    const outcomes = [...boxes].filter(([key]) => /^visit\..*\.outcome$/.test(key));
    const done = outcomes.filter(([, box]) => box.value !== "").length;
    document.getElementById("filled").textContent = outcomes.length ? say("filled", { done, all: outcomes.length }) : "";
    for (const cell of document.querySelectorAll("[data-done]")) {
      const some = outcomes.filter(([key]) => key.startsWith(cell.dataset.done));
      cell.textContent = some.length ? some.filter(([, box]) => box.value === "done").length : "";
    }
    for (const cell of document.querySelectorAll("[data-gap]")) {
      const key = cell.dataset.gap;
      const goalBox = boxes.get(key + ".goal");
      const goal = number(goalBox ? goalBox.value : data.fixed[key + ".goal"]);
      const actual = number(boxes.get(key + ".actual").value);
      const gap = goal === null || actual === null ? null : Math.round((actual - goal) * 100) / 100;
      cell.textContent = gap === null ? "" : (gap > 0 ? "+" : "") + gap.toLocaleString("en-US");
    }
  }

  // -- kept in the browser
  function storageWorks() {
    try {
      const probe = root + "probe";
      localStorage.setItem(probe, "1");
      localStorage.removeItem(probe);
      return true;
    } catch {
      return false;
    }
  }
  function keep() {
    if (!canKeep) return warn(say("no_storage", {}));
    try {
      if (isEmpty()) localStorage.removeItem(place);
      else localStorage.setItem(place, JSON.stringify(entries()));
      tell(isEmpty() ? "empty" : "saved", { time: time() });
    } catch {
      warn(say("storage_full", {}));
    }
  }
  let waiting = 0, counting = 0;
  function changed() {
    isExported = false;
    counting = counting || requestAnimationFrame(() => {
      counting = 0;
      count();
    });
    clearTimeout(waiting);
    waiting = setTimeout(keepNow, 250);
  }
  function keepNow() {
    if (!waiting) return;
    clearTimeout(waiting);
    waiting = 0;
    keep();
  }
  function fill(values) {
    const homeless = [];
    for (const [key, value] of Object.entries(values)) {
      const box = boxes.get(key);
      const text = value === null || value === undefined ? "" : String(value);
      if (!box ? text !== "" : !setValue(box, text)) homeless.push(key);
    }
    for (const part of document.querySelectorAll("details")) {
      if ([...part.querySelectorAll("[data-key]")].some((box) => valueOf(box) !== "")) part.open = true;
    }
    grow(document.querySelectorAll("textarea"));
    count();
    return homeless;
  }
  function restore() {
    if (!canKeep) return warn(say("no_storage", {}));
    const stored = localStorage.getItem(place);
    if (stored !== null) {
      try {
        const kept = JSON.parse(stored);
        fill(kept.values);
        isExported = false;
        tell("saved", { time: new Date(kept.saved).toLocaleString([], { dateStyle: "short", timeStyle: "short" }) });
      } catch {
        warn(say("import_wrong", { file: place }));
      }
    }
    offerOlder();
  }
  function offerOlder() {
    const older = Object.keys(localStorage).filter((key) => key.startsWith(root) && key !== place);
    if (!older.length) return;
    warn(say("older", {}));
    const button = document.getElementById("older");
    button.hidden = false;
    button.textContent = say("export_older", {});
    button.addEventListener("click", () => {
      older.forEach((key, n) => save(localStorage.getItem(key), data.file + "_older_" + (n + 1) + ".json", "application/json"));
    });
  }

  // -- files
  function save(text, name, type) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }
  function exportJson() {
    keepNow();
    const name = data.file + ".json";
    save(JSON.stringify(entries(), null, 1), name, "application/json");
    isExported = true;
    tell("exported", { time: time(), file: name });
  }
  function cell(text) {
    const isFormula = /^'*[=+\-@\t\r]/.test(text) && !/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text);
    return '"' + ((isFormula ? "'" : "") + text).replace(/"/g, '""') + '"';
  }
  function guarded(text) {
    return /^[#0-9+\-.=@]/.test(text) ? "#" + text : text;
  }
  function exportCsv() {
    keepNow();
    const name = data.file + ".csv";
    const rows = [["sheet_id", "key", "kind", "what", "choices", "value"]];
    for (const [key, value] of Object.entries(data.head)) rows.push(["", "head." + key, "fixed", "", "", guarded(value)]);
    for (const key of data.order) {
      const box = boxes.get(key);
      if (!box) {
        rows.push(["", key, "fixed", "", "", guarded(data.fixed[key])]);
        continue;
      }
      const choices = [...(box.options || [])].slice(1).map((option) => option.textContent).join(" / ");
      rows.push(["", key, box.dataset.kind, box.getAttribute("aria-label"), choices, valueOf(box)]);
    }
    for (const row of rows.slice(1)) row[0] = data.head.sheet_id;
    save("\ufeff" + rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n", name, "text/csv");
    isExported = true;
    tell("exported", { time: time(), file: name });
  }
  async function importJson(file) {
    let kept = null;
    try {
      kept = JSON.parse((await file.text()).replace(/^\ufeff/, ""));
    } catch {
      return warn(say("import_wrong", { file: file.name }));
    }
    if (!kept || typeof kept.head !== "object" || !kept.head || typeof kept.values !== "object" || !kept.values) {
      return warn(say("import_wrong", { file: file.name }));
    }
    if (kept.head.sheet_id !== data.head.sheet_id) {
      return warn(say("import_other", { file: file.name, sheet: kept.head.sheet_id }));
    }
    if (kept.head.form !== data.head.form) return warn(say("import_print", { file: file.name }));
    const given = Object.fromEntries(Object.entries(kept.values).filter(([, value]) => value !== "" && value !== null));
    const other = Object.keys(given).filter((key) => {
      const now = boxes.has(key) ? valueOf(boxes.get(key)) : "";
      return now !== "" && now !== String(given[key]);
    });
    if (other.length && !confirm(say("overwrite", { count: other.length }))) return;
    const homeless = fill(given);
    changed();
    keepNow();
    tell("imported", { count: Object.keys(given).length - homeless.length, file: file.name });
    if (homeless.length) warn(say("unknown", { count: homeless.length, keys: homeless.join(", ") }));
  }

  // -- looks
  function grow(some) {
    const full = [...some].filter((box) => box.value !== "");
    for (const box of full) box.style.height = "auto";
    const heights = full.map((box) => box.scrollHeight + 2); // all read before any is set: one layout, not one each
    full.forEach((box, n) => (box.style.height = heights[n] + "px"));
  }

  // -- listening
  for (const box of boxes.values()) {
    box.addEventListener("input", changed);
    box.addEventListener("change", changed);
  }
  document.addEventListener("input", (event) => {
    if (event.target.tagName === "TEXTAREA") grow([event.target]);
  });
  for (const button of document.querySelectorAll("[data-lang]")) {
    button.addEventListener("click", () => showLanguage(button.dataset.lang));
  }
  const file = document.getElementById("file");
  document.getElementById("export").addEventListener("click", exportJson);
  document.getElementById("export-csv").addEventListener("click", exportCsv);
  document.getElementById("import").addEventListener("click", () => file.click());
  file.addEventListener("change", () => {
    if (file.files.length) importJson(file.files[0]).finally(() => (file.value = ""));
  });
  document.getElementById("print").addEventListener("click", () => print());
  document.getElementById("clear").addEventListener("click", () => {
    if (!confirm(say("clear", {}))) return;
    for (const box of boxes.values()) setValue(box, "");
    changed();
    keepNow();
    isExported = true;
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      exportJson();
    }
  });
  addEventListener("storage", (event) => {
    if (event.key !== place || event.newValue === null) return;
    try {
      const values = JSON.parse(event.newValue).values;
      if (document.activeElement && document.activeElement.dataset.key) delete values[document.activeElement.dataset.key];
      fill(values);
    } catch {
      return;
    }
  });
  addEventListener("beforeprint", count);
  addEventListener("pagehide", keepNow);
  document.addEventListener("visibilitychange", keepNow);
  addEventListener("beforeunload", (event) => {
    keepNow();
    if (!canKeep && !isExported && !isEmpty()) event.preventDefault();
  });

  tell("empty");
  restore();
  count();
})();
