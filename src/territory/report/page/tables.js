// The sortable table of account managers, the moved outlets, the visits not placed, the run card.

const repFigures = () => {
  const n = DATA.reps.id.length, o = DATA.outlets;
  const zeros = () => new Float64Array(n);
  const f = { workBefore: zeros(), workAfter: zeros(), outletsBefore: zeros(), outletsAfter: zeros(), salesBefore: zeros(), salesAfter: zeros(), movedIn: zeros(), movedOut: zeros(), drive: zeros(), paid: zeros() };
  for (let i = 0; i < o.id.length; i++) {
    const from = o.before[i], to = o.after[i];
    if (from >= 0) { f.workBefore[from] += o.work[i]; f.outletsBefore[from]++; f.salesBefore[from] += o.sales[i]; }
    if (to >= 0) { f.workAfter[to] += o.work[i]; f.outletsAfter[to]++; f.salesAfter[to] += o.sales[i]; }
    if (from >= 0 && from !== to) { f.movedOut[from]++; if (to >= 0) f.movedIn[to]++; }
  }
  const r = DATA.routes;
  if (r) {
    r.rep.forEach((rep, k) => { f.drive[rep] += r.drive[k]; });
    r.rRep.forEach((rep, k) => { f.drive[rep] += r.back[k]; f.paid[rep] += r.paid[k]; });
  }
  return DATA.reps.id.map((id, rep) => {
    const target = DATA.reps.target[rep], off = (work) => (target > 0 ? work / target - 1 : null);
    return { rep, id, team: DATA.reps.team[rep], work: f.workAfter[rep], offBefore: off(f.workBefore[rep]), off: off(f.workAfter[rep]),
      outlets: f.outletsAfter[rep], outletsBefore: f.outletsBefore[rep], sales: f.salesAfter[rep], salesBefore: f.salesBefore[rep],
      drive: f.paid[rep] > 0 ? f.drive[rep] / f.paid[rep] : null, movedIn: f.movedIn[rep], movedOut: f.movedOut[rep] };
  });
};

const offBar = (off, before, most) => {
  if (off === null) return DASH;
  const at = (share) => 50 + 46 * Math.max(-1, Math.min(1, share / most));
  const [from, to] = [Math.min(50, at(off)), Math.max(50, at(off))];
  return el("span", { class: "off" }, el("span", { class: "off-text" }, signed(100 * off, "%") + " %"),
    svgEl("svg", { class: "off-bar", width: 96, height: 16, "aria-hidden": "true" },
      svgEl("line", { x1: "50%", x2: "50%", y1: 1, y2: 15, class: "zero" }),
      svgEl("rect", { x: from + "%", width: Math.max(0.6, to - from) + "%", y: 4.5, height: 7, rx: 1, class: "bar" }),
      before === null ? null : svgEl("line", { x1: at(before) + "%", x2: at(before) + "%", y1: 2, y2: 14, class: "was" })));
};

const repTable = (onPick) => {
  const rows = repFigures();
  const most = Math.max(0.05, ...rows.flatMap((r) => [Math.abs(r.off || 0), Math.min(1, Math.abs(r.offBefore || 0))]));
  const pair = (now, was, show = whole) => [show(now), el("small", { class: "was-text" }, show(was))];
  const columns = [
    ["id", w("rep"), (r) => repTag(r.rep), ""],
    ["team", w("team"), (r) => r.team || DASH, ""],
    ["work", w("workload"), (r) => grouped(r.work / 60, 0), "num"],
    ["off", w("deviation"), (r) => offBar(r.off, r.offBefore, most), "num"],
    ["outlets", w("outletCount"), (r) => pair(r.outlets, r.outletsBefore), "num"],
    ["sales", `${w("sales")}, ${DATA.currency}`, (r) => pair(r.sales, r.salesBefore), "num"],
    ["drive", w("driveShare"), (r) => (r.drive === null ? DASH : percent(r.drive)), "num"],
    ["movedIn", w("movedIn"), (r) => whole(r.movedIn), "num"],
    ["movedOut", w("movedOut"), (r) => whole(r.movedOut), "num"],
  ];
  const box = el("div", { class: "scroll" });
  const draw = () => {
    const { key, down } = state.sort;
    const value = (r) => (r[key] === null ? -Infinity : r[key]);
    const order = [...rows].sort((a, b) => (value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : a.rep - b.rep) * (down ? -1 : 1));
    const shown = order.slice(0, state.repsShown);
    box.replaceChildren(el("table", { class: "reps" },
      el("thead", {}, el("tr", {}, columns.map(([name, label, , kind]) => el("th", { class: kind, scope: "col", "aria-sort": name === key ? (down ? "descending" : "ascending") : "none" },
        el("button", { type: "button", onclick: () => {
          state.sort = { key: name, down: state.sort.key === name ? !state.sort.down : kind === "num" };
          draw();
        } }, label, el("i", { "aria-hidden": "true" }, name === key ? (down ? ARROW.down : ARROW.up) : "")))))),
      el("tbody", {}, shown.map((r) => el("tr", { class: r.rep === state.rep ? "picked" : "", onclick: () => onPick(r.rep) },
        columns.map(([, , cell, kind]) => el("td", { class: kind }, cell(r))))))),
    moreButton(shown.length, order.length, () => { state.repsShown += 60; draw(); }));
  };
  draw();
  return { node: box, draw };
};

const moreButton = (shown, total, onMore) => (shown >= total ? "" : el("p", { class: "more" },
  el("button", { type: "button", class: "plain", onclick: onMore }, w("more")), el("span", { class: "soft" }, `${whole(shown)} ${w("ofAll")} ${whole(total)}`)));

const outletCell = (i) => el("span", { class: "outlet" }, outletName(i), el("small", {}, DATA.outlets.id[i]));

const movedTable = () => {
  const m = DATA.moved, box = el("div", { class: "scroll" });
  if (!m.total) return el("p", { class: "soft" }, w("noneMoved"));
  const draw = () => {
    const shown = m.outlet.slice(0, state.movedShown);
    box.replaceChildren(el("table", { class: "moved" },
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, w("outlet")), el("th", { scope: "col" }, w("from")), el("th", { scope: "col" }, w("toRep")),
        el("th", { class: "num", scope: "col" }, `${w("sales")}, ${DATA.currency}`),
        m.reasons.map((r) => el("th", { class: "num", scope: "col" }, t(r.label), el("small", {}, unitText(r.unit)))))),
      el("tbody", {}, shown.map((i, k) => el("tr", {}, el("td", {}, outletCell(i)), el("td", {}, repTag(DATA.outlets.before[i])), el("td", {}, repTag(DATA.outlets.after[i])),
        el("td", { class: "num" }, whole(DATA.outlets.sales[i])),
        m.reasons.map((r) => el("td", { class: "num " + verdict(r.values[k], r.direction) }, r.values[k] === null ? DASH : signed(r.values[k], r.unit))))))),
    moreButton(shown.length, m.outlet.length, () => { state.movedShown += 100; draw(); }),
    m.outlet.length < m.total ? el("p", { class: "soft" }, `${whole(m.outlet.length)} ${w("ofAll")} ${whole(m.total)}`) : "");
  };
  draw();
  return box;
};

const unplacedTable = () => {
  const u = DATA.unplaced;
  if (!u) return null;
  if (!u.outlet.length) return el("p", { class: "soft" }, w("nonePlaced"));
  const shown = u.outlet.slice(0, 200);
  return el("div", { class: "scroll" }, el("table", {},
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, w("outlet")), el("th", { scope: "col" }, w("rep")), el("th", { class: "num", scope: "col" }, w("count")), el("th", { scope: "col" }, w("reason")))),
    el("tbody", {}, shown.map((i, k) => el("tr", {}, el("td", {}, outletCell(i)), el("td", {}, repTag(DATA.outlets.after[i])), el("td", { class: "num" }, whole(u.visits[k])), el("td", {}, t(u.reason[k])))))),
  shown.length < u.outlet.length ? el("p", { class: "soft" }, `${whole(shown.length)} ${w("ofAll")} ${whole(u.outlet.length)}`) : null);
};

const runCard = () => {
  const status = (name) => (name in STATUSES ? t(STATUSES[name]) : name);
  return el("div", { class: "card-columns" },
    DATA.standings.length ? el("div", { class: "scroll" }, el("table", {},
      el("thead", {}, el("tr", {}, ["job", "status", "stopped"].map((key) => el("th", { scope: "col" }, w(key))), ["objective", "bound", "gap"].map((key) => el("th", { class: "num", scope: "col" }, w(key))))),
      el("tbody", {}, DATA.standings.map((s) => el("tr", {}, el("th", { scope: "row" }, t(s.job)), el("td", {}, status(s.status)), el("td", {}, status(s.stopped)),
        el("td", { class: "num" }, amount(s.objective, "")), el("td", { class: "num" }, amount(s.bound, "")), el("td", { class: "num" }, s.gap === null ? DASH : percent(s.gap, 1))))))) : null,
    el("dl", { class: "facts" }, DATA.card.map(([label, value]) => el("div", {}, el("dt", {}, t(label)), el("dd", {}, value)))));
};
