// One account manager's day on the map, and its list of stops.

const routeOf = (rep, day) => {
  const r = DATA.routes, stops = [];
  r.rep.forEach((who, k) => { if (who === rep && r.day[k] === day) stops.push(k); });
  const at = r.rRep.findIndex((who, k) => who === rep && r.rDay[k] === day);
  return { rep, stops, outlets: stops.map((k) => r.outlet[k]), at };
};

const routesSection = () => {
  const r = DATA.routes;
  const counts = new Map();
  r.rep.forEach((rep, k) => { const key = rep * 28 + r.day[k]; counts.set(key, (counts.get(key) || 0) + 1); });
  const has = (rep, day) => counts.get(rep * 28 + day) || 0;
  const firstDay = (rep) => Math.max(0, Array.from({ length: 28 }, (_, day) => day).findIndex((day) => has(rep, day)));
  if (!has(state.routeRep, state.day)) state.day = firstDay(state.routeRep);
  const mapBox = el("div", { class: "map map-route" }), list = el("div", { class: "stops" }), calendar = el("div", { class: "calendar" });
  const picker = el("select", { "aria-label": w("rep"), onchange: (event) => {
    state.routeRep = Number(event.target.value);
    if (!has(state.routeRep, state.day)) state.day = firstDay(state.routeRep);
    show();
  } }, DATA.reps.id.map((id, rep) => el("option", { value: rep, selected: rep === state.routeRep }, `${repName(rep)} · ${id}`)));
  let route = { rep: state.routeRep, stops: [], outlets: [], at: -1 }, made = null;
  const mostOf = (rep) => Math.max(1, ...Array.from({ length: 28 }, (_, day) => has(rep, day)));

  const drawCalendar = () => {
    const most = mostOf(state.routeRep);
    calendar.replaceChildren(el("span", {}), ...WEEKDAYS.map((name) => el("span", { class: "soft" }, t(name))),
      ...[0, 1, 2, 3].flatMap((week) => [el("span", { class: "soft week" }, state.lang === "zh" ? `第 ${week + 1} 周` : `${w("week")} ${week + 1}`),
        ...WEEKDAYS.map((_, weekday) => {
          const day = week * 7 + weekday, count = has(state.routeRep, day);
          return el("button", { type: "button", disabled: !count, "aria-pressed": day === state.day, title: dayText(day), css: { "--load": (count / most).toFixed(2) },
            onclick: () => { state.day = day; show(); } }, count || "");
        })]));
  };
  const drawList = () => {
    if (route.at < 0) return list.replaceChildren(el("p", { class: "soft" }, w("noRoute")));
    const drive = route.stops.reduce((sum, k) => sum + r.drive[k], r.back[route.at]), service = route.stops.reduce((sum, k) => sum + r.service[k], 0);
    const line = (number, time, name, under, right, kind = "") => el("li", { class: kind }, el("span", { class: "order" }, number), el("span", { class: "time" }, time), el("span", { class: "what" }, name, under ? el("small", {}, under) : null), el("span", { class: "right" }, right));
    return list.replaceChildren(
      el("p", { class: "route-head" }, el("strong", {}, `${t(WEEKDAYS[state.day % 7]).replace(/^(.)$/, "周$1")} ${dayText(state.day)} · ${repName(route.rep)}`),
        el("span", { class: "soft" }, `${route.stops.length} ${w("visits")} · ${w("drive")} ${minutesOf(drive)} ${w("min")} · ${w("service")} ${minutesOf(service)} ${w("min")}`)),
      el("ol", {}, line("", clock(r.leave[route.at]), w("leave"), "", "", "end"),
        route.stops.map((k, order) => line(order + 1, clock(r.start[k]), outletName(r.outlet[k]), DATA.outlets.id[r.outlet[k]],
          `${minutesOf(r.drive[k])} + ${minutesOf(r.service[k])} ${w("min")}`)),
        line("", clock(r.home[route.at]), w("home"), "", `${minutesOf(r.back[route.at])} ${w("min")}`, "end")),
      el("p", { class: "soft foot" }, state.lang === "zh" ? "右列:行车 + 服务分钟。" : "Right: minutes of drive + service.", " ", w("routesNote")));
  };
  const fit = () => {
    const points = [[DATA.reps.lat[route.rep] / 1e5, DATA.reps.lon[route.rep] / 1e5], ...route.outlets.map((i) => [DATA.outlets.lat[i] / 1e5, DATA.outlets.lon[i] / 1e5])];
    made.map.fitBounds(L.latLngBounds(points), { padding: [36, 36], animate: false, maxZoom: 15 });
  };
  const show = () => {
    route = routeOf(state.routeRep, state.day);
    drawCalendar();
    drawList();
    if (!made) return;
    made.map.invalidateSize({ animate: false });
    fit();
    made.layer.repaint();
  };
  const node = el("div", { class: "routes" }, el("div", { class: "route-side" }, el("label", { class: "picker" }, picker), calendar, list), mapBox);
  const start = () => {
    made = makeMap(mapBox, { which: "after", view: () => ({ rep: state.routeRep, route, names: true, onlyRep: true }) });
    made.map.refit = fit;
    show();
    return made.map;
  };
  return { node, start };
};
