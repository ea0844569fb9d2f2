// The page from top to bottom; the language switch draws it again.

let liveMaps = [];

const section = (id, title, note, ...kids) => el("section", { id }, el("header", {}, el("h2", {}, title), note ? el("p", { class: "soft" }, note) : null), kids);

const segmented = (choices, current, onPick, label) => el("div", { class: "segmented", role: "group", "aria-label": label }, choices.map(([key, text]) =>
  el("button", { type: "button", "aria-pressed": key === current, onclick: () => onPick(key) }, text)));

const pageHead = () => el("header", { class: "top" },
  el("div", {}, el("p", { class: "eyebrow" }, w("report")), el("h1", {}, DATA.scenario),
    el("p", { class: "soft" }, `${whole(DATA.outlets.id.length)} ${w("outlets")} · ${whole(DATA.reps.id.length)} ${w("reps")} · ${w("cycleFrom")} ${dateText(0)}`)),
  el("div", { class: "tools" }, segmented([["en", "English"], ["zh", "中文"]], state.lang, (lang) => { state.lang = lang; draw(); }, "Language"),
    el("button", { type: "button", class: "plain", onclick: () => window.print() }, w("print"))));

const mapSection = () => {
  const maps = {}, boxes = {};
  for (const which of ["before", "after"]) boxes[which] = el("div", { class: "map" });
  const figures = el("div", { class: "maps" }, [["before", "today"], ["after", "redrawn"]].map(([which, word]) =>
    el("figure", { class: which }, el("figcaption", {}, w(word)), boxes[which])));
  const table = repTable((rep) => pick(rep === state.rep ? -1 : rep, true));
  const legend = el("div", { class: "legend" });
  const bar = el("div", { class: "toolbar" });
  const view = () => ({ rep: state.rep, dots: state.dots, movedOnly: state.movedOnly, names: state.names });
  const repaint = () => Object.values(maps).forEach(({ layer }) => layer.repaint());
  const check = (key, word) => el("label", { class: "check" }, el("input", { type: "checkbox", checked: state[key], onchange: (event) => { state[key] = event.target.checked; repaint(); } }), w(word));
  const drawBar = () => {
    figures.dataset.mode = state.mapMode;
    bar.replaceChildren(segmented([["before", w("today")], ["both", w("sideBySide")], ["after", w("redrawn")]], state.mapMode, (mode) => {
      state.mapMode = mode;
      drawBar();
      Object.values(maps).forEach(({ map }) => map.invalidateSize({ animate: false }));
    }, w("map")), check("dots", "showDots"), check("movedOnly", "showMoved"), check("names", "showNames"));
  };
  const drawLegend = () => legend.replaceChildren(
    ...(state.rep >= 0 ? [el("button", { type: "button", class: "plain", onclick: () => pick(-1, true) }, w("everything"))] : []),
    ...(DATA.reps.id.length <= 80 ? DATA.reps.id.map((_, rep) => el("button", { type: "button", class: "key", "aria-pressed": rep === state.rep, onclick: () => pick(rep === state.rep ? -1 : rep, true) }, chip(rep), repName(rep))) : []));
  const pick = (rep, move) => {
    state.rep = rep;
    drawLegend();
    table.draw();
    repaint();
    if (!move || !maps.after) return;
    const lead = state.mapMode === "before" ? maps.before : maps.after;
    if (rep < 0) lead.map.fitBounds(World.bounds, { padding: [18, 18] });
    else {
      const mine = DATA.outlets.lat.flatMap((lat, i) => (DATA.outlets.after[i] === rep || DATA.outlets.before[i] === rep ? [[lat / 1e5, DATA.outlets.lon[i] / 1e5]] : []));
      lead.map.fitBounds(L.latLngBounds([...mine, [DATA.reps.lat[rep] / 1e5, DATA.reps.lon[rep] / 1e5]]), { padding: [30, 30] });
    }
  };
  const start = () => {
    for (const which of ["before", "after"]) maps[which] = makeMap(boxes[which], { which, view });
    link(maps.before.map, maps.after.map);
    for (const { map, layer } of Object.values(maps)) {
      map.on("click", (event) => {
        const i = layer.nearest(event.containerPoint);
        if (i >= 0) pick(DATA.outlets[layer.options.which][i], false);
      });
    }
    drawBar();
    return Object.values(maps).map(({ map }) => map);
  };
  drawBar();
  drawLegend();
  return { node: [bar, figures, legend], table: table.node, start };
};

const draw = () => {
  liveMaps.forEach((map) => map.remove());
  liveMaps = [];
  document.documentElement.lang = state.lang === "zh" ? "zh-CN" : "en";
  const map = mapSection(), routes = DATA.routes && DATA.routes.rep.length ? routesSection() : null;
  document.getElementById("page").replaceChildren(...[
    pageHead(),
    DATA.headlines.length ? section("numbers", w("numbers"), null, headlineCards()) : null,
    section("map", w("map"), w("mapNote"), map.node),
    DATA.after.length + DATA.before.length ? section("kpi", w("kpi"), null, kpiTable()) : null,
    section("reps", w("repTable"), w("repNote"), map.table),
    routes ? section("routes", w("routes"), null, routes.node) : null,
    DATA.policies ? section("policies", w("policies"), w("policyNote"), policySection()) : null,
    section("moved", `${w("moved")} · ${whole(DATA.moved.total)}`, DATA.moved.reasons.length ? w("movedNote") : null, movedTable()),
    DATA.unplaced ? section("unplaced", w("unplaced"), null, unplacedTable()) : null,
    DATA.standings.length + DATA.card.length ? section("card", w("card"), w("cardNote"), runCard()) : null,
    el("footer", { class: "soft" }, `${w("madeBy")} ${DATA.version}. ${w("offline")}`),
  ].filter(Boolean));
  liveMaps = map.start();
  if (routes) liveMaps.push(routes.start());
};

const begin = async () => {
  if (typeof DecompressionStream === "undefined") {
    document.getElementById("page").append(el("p", { class: "notice" }, WORDS.old[0], " ", WORDS.old[1]));
    return;
  }
  DATA = await unpack();
  state.lang = DATA.lang;
  if (window.innerWidth < 900) state.mapMode = "after";
  prepareWorld();
  draw();
  const printing = (on) => {
    document.documentElement.classList.toggle("printing", on);
    const maps = document.querySelector(".maps");
    if (on) maps.dataset.mode = "both";
    else maps.dataset.mode = state.mapMode;
    liveMaps.forEach((map) => {
      map.invalidateSize({ animate: false });
      map.refit();
    });
  };
  window.addEventListener("beforeprint", () => printing(true));
  window.addEventListener("afterprint", () => printing(false));
  document.documentElement.dataset.ready = "yes";
};
begin();
