// The headline cards and the table of measures before and after.

const ARROW = { up: "\u25b2", down: "\u25bc" };

const changeMark = (change, unit, direction, like) => {
  if (change === null) return el("span", { class: "change" }, DASH);
  const text = signed(change, unit, like);
  if (!/[1-9]/.test(text)) return el("span", { class: "change" }, w("same"));
  const kind = verdict(change, direction);
  return el("span", { class: `change ${kind}` }, el("i", { "aria-hidden": "true" }, change > 0 ? ARROW.up : ARROW.down), text,
    unit === "%" ? [" ", state.lang === "zh" ? "个百分点" : "pts"] : null, kind ? el("small", {}, w(kind)) : null);
};

const headlineCards = () => el("div", { class: "cards" }, DATA.headlines.map((h) => {
  const m = h.measure, unit = m.unit;
  const value = m.value === null ? DASH : h.interval ? signed(m.value, unit) : amount(m.value, unit);
  const change = h.before === null || m.value === null ? null : m.value - h.before;
  let below = h.note && !h.interval && h.before === null ? el("span", { class: "soft" }, t(h.note)) : null;
  if (h.interval) {
    const [low, high] = h.interval, open = low <= 0 && high >= 0;
    below = [el("span", { class: "soft" }, `${w("interval")} ${signed(low, unit, m.value)} ${w("to")} ${signed(high, unit, m.value)}`),
      open ? el("span", { class: "pill" }, w("undecided")) : h.note ? el("span", { class: "soft line" }, t(h.note)) : null];
  } else if (h.before !== null) {
    below = [el("span", { class: "soft" }, `${w("before")} ${amount(h.before, unit)}`), changeMark(change, unit, m.direction, m.value)];
  }
  return el("div", { class: "card" }, el("div", { class: "card-label" }, t(m.label)),
    el("div", { class: "card-value" }, value, el("small", {}, unitText(unit))), el("div", { class: "card-below" }, below));
}));

const kpiTable = () => {
  const before = new Map(DATA.before.map((m) => [m.name, m])), after = new Map(DATA.after.map((m) => [m.name, m]));
  const names = [...after.keys(), ...[...before.keys()].filter((name) => !after.has(name))];
  const row = (name) => {
    const one = before.get(name), two = after.get(name), m = two || one;
    const both = one && two && one.value !== null && two.value !== null;
    const like = both && Number.isInteger(m.value) ? two.value - one.value || m.value : m.value;
    return el("tr", {}, el("th", { scope: "row" }, t(m.label), el("small", {}, unitText(m.unit))),
      el("td", { class: "num" }, one ? amount(one.value, m.unit) : DASH),
      el("td", { class: "num strong" }, two ? amount(two.value, m.unit) : DASH),
      el("td", { class: "num" }, both ? changeMark(two.value - one.value, m.unit, m.direction, like) : DASH));
  };
  return el("div", { class: "scroll" }, el("table", { class: "kpi" },
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, w("measure")), el("th", { class: "num", scope: "col" }, w("today")),
      el("th", { class: "num", scope: "col" }, w("redrawn")), el("th", { class: "num", scope: "col" }, w("change")))),
    el("tbody", {}, names.map(row))));
};
