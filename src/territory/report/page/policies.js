// Paired differences between policies: a dot and its 95 % interval against zero.

const policySection = () => {
  const p = DATA.policies, groups = new Map();
  for (const row of p.rows) {
    if (!groups.has(row.measure.name)) groups.set(row.measure.name, []);
    groups.get(row.measure.name).push(row);
  }
  const group = (rows) => {
    const m = rows[0].measure, ends = rows.flatMap((r) => [r.low, r.high, r.difference]).filter((v) => v !== null);
    const low = Math.min(0, ...ends), high = Math.max(0, ...ends), span = high - low || 1;
    const like = Math.max(...ends.map(Math.abs), 0);
    const at = (value) => (4 + (92 * (value - low)) / span).toFixed(2) + "%";
    const plot = (r) => svgEl("svg", { class: "forest", height: 26, role: "img", "aria-label": `${signed(r.difference, m.unit, like)} (${signed(r.low, m.unit, like)} ${w("to")} ${signed(r.high, m.unit, like)})` },
      svgEl("line", { x1: at(0), x2: at(0), y1: 0, y2: 26, class: "zero" }),
      svgEl("line", { x1: at(r.low), x2: at(r.high), y1: 13, y2: 13, class: "range" }),
      [r.low, r.high].map((v) => svgEl("line", { x1: at(v), x2: at(v), y1: 8.5, y2: 17.5, class: "range" })),
      svgEl("circle", { cx: at(r.difference), cy: 13, r: 4.5, class: "mean" }));
    const line = (r) => {
      const known = r.difference !== null && r.low !== null && r.high !== null;
      const kind = !known || !r.decided ? "open" : verdict(r.difference, m.direction) || "plainly";
      return el("tr", { class: kind }, el("th", { scope: "row" }, t(r.policy)), el("td", { class: "plot" }, known ? plot(r) : null),
        el("td", { class: "num strong" }, known ? signed(r.difference, m.unit, like) : DASH),
        el("td", { class: "num soft" }, known ? `${signed(r.low, m.unit, like)} ${w("to")} ${signed(r.high, m.unit, like)}` : DASH),
        el("td", { class: "num" }, r.best === null ? "" : `${whole(100 * r.best)} %`),
        el("td", {}, el("span", { class: "pill " + kind }, known ? t(r.reading) : DASH)));
    };
    return el("tbody", {}, el("tr", { class: "group" }, el("th", { colspan: 2, scope: "rowgroup" }, t(m.label), el("small", {}, unitText(m.unit))),
      el("td", { colspan: 4, class: "soft" }, m.value === null ? "" : `${w("baselineMean")} ${amount(m.value, m.unit)}`)), rows.map(line));
  };
  return el("div", { class: "scroll" }, el("table", { class: "policies" },
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, w("policy")), el("th", { scope: "col", class: "plot" }, el("span", { class: "soft" }, `${w("baseline")}: ${t(p.baseline)} · ${whole(p.replications)} ${w("replications")}`)),
      el("th", { class: "num", scope: "col" }, w("difference")), el("th", { class: "num", scope: "col" }, w("interval")), el("th", { class: "num", scope: "col" }, w("chanceBest")), el("th", { scope: "col" }, w("result")))),
    [...groups.values()].map(group)), moneyTable(p), p.page ? el("p", { class: "soft foot" }, w("policyPage") + " ", el("a", { href: p.page }, p.page)) : null);
};

// What every policy brings and costs beyond the baseline, and when the cost has come back.
const moneyTable = (p) => {
  if (!p.money.length) return null;
  const like = Math.max(...p.money.flatMap((row) => row.amounts.map((part) => Math.abs(part[0] ?? 0))));
  const cell = (part) => el("td", { class: "num" }, part[0] === null ? DASH : [signed(part[0], p.currency, like),
    part[1] === null ? null : el("small", { class: "soft" }, ` ${signed(part[1], p.currency, like)} ${w("to")} ${signed(part[2], p.currency, like)}`)]);
  return el("table", { class: "money" },
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, w("money")), ["extraMargin", "extraCost", "netGain", "returns"].map((name) => el("th", { class: "num", scope: "col" }, w(name))), el("th", { scope: "col" }, w("payback")))),
    el("tbody", {}, p.money.map((row) => el("tr", {}, el("th", { scope: "row" }, t(row.policy)), row.amounts.map(cell),
      el("td", { class: "num" }, row.returns === null ? DASH : signed(row.returns, "", Math.abs(row.returns))), el("td", {}, t(row.payback))))));
};
