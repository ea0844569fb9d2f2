// The map: territories, outlets, homes and one route on a canvas that Leaflet moves. No tiles, no network.

const World = { x: null, y: null, homeX: null, homeY: null, rings: {}, bounds: null };
const mercatorX = (lon) => (lon + 180) / 360;
const mercatorY = (lat) => 0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI);

const prepareWorld = () => {
  const project = (lats, lons) => [Float64Array.from(lons, (v) => mercatorX(v / 1e5)), Float64Array.from(lats, (v) => mercatorY(v / 1e5))];
  [World.x, World.y] = project(DATA.outlets.lat, DATA.outlets.lon);
  [World.homeX, World.homeY] = project(DATA.reps.lat, DATA.reps.lon);
  for (const which of ["before", "after"]) {
    World.rings[which] = DATA.rings[which].map(([rep, steps]) => {
      const points = new Float64Array(steps.length);
      let lat = 0, lon = 0;
      for (let i = 0; i < steps.length; i += 2) {
        lat += steps[i];
        lon += steps[i + 1];
        points[i] = mercatorX(lon / 1e5);
        points[i + 1] = mercatorY(lat / 1e5);
      }
      return { rep, points };
    });
  }
  const all = (key) => DATA.outlets[key].concat(DATA.reps[key]);
  const range = (values) => values.reduce(([low, high], v) => [Math.min(low, v), Math.max(high, v)], [Infinity, -Infinity]);
  const [south, north] = range(all("lat")), [west, east] = range(all("lon"));
  World.bounds = south <= north ? L.latLngBounds([south / 1e5, west / 1e5], [north / 1e5, east / 1e5]) : L.latLngBounds([30, 110], [31, 111]);
};

const moved = (i) => DATA.outlets.before[i] >= 0 && DATA.outlets.before[i] !== DATA.outlets.after[i];

const TerritoryLayer = L.Renderer.extend({
  initialize(options) {
    L.setOptions(this, Object.assign({ padding: 0.12, which: "after", view: () => ({}) }, options));
    L.stamp(this);
    this._layers = {};
  },
  _initContainer() {
    this._container = document.createElement("canvas");
    this._container.className = "territories";
    this._ctx = this._container.getContext("2d");
  },
  _destroyContainer() {
    this._container.remove();
    delete this._ctx;
  },
  _updatePaths() {},
  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    L.Renderer.prototype._update.call(this);
    const bounds = this._bounds, size = bounds.getSize(), ratio = window.devicePixelRatio || 1;
    L.DomUtil.setPosition(this._container, bounds.min);
    this._container.width = Math.round(size.x * ratio);
    this._container.height = Math.round(size.y * ratio);
    this._container.style.width = size.x + "px";
    this._container.style.height = size.y + "px";
    this._ctx.setTransform(ratio, 0, 0, ratio, -bounds.min.x * ratio, -bounds.min.y * ratio);
    this._paint();
  },
  repaint() {
    if (this._map) this._update();
  },
  // World coordinates to the layer's pixels.
  _frame() {
    const scale = 256 * Math.pow(2, this._map.getZoom()), origin = this._map.getPixelOrigin();
    return { scale, ox: origin.x, oy: origin.y };
  },
  // Pixels each of `count` things would have for itself if they lay evenly over the region.
  _room(count) {
    const { scale } = this._frame();
    const wide = mercatorX(World.bounds.getEast()) - mercatorX(World.bounds.getWest());
    const tall = mercatorY(World.bounds.getSouth()) - mercatorY(World.bounds.getNorth());
    return Math.sqrt((Math.max(wide, 1e-9) * Math.max(tall, 1e-9) * scale * scale) / Math.max(1, count));
  },
  _radius() {
    return Math.max(0.8, Math.min(5.5, this._room(World.x.length) * 0.13));
  },
  _paint() {
    const ctx = this._ctx, view = this.options.view();
    this._areas(ctx, view);
    if (view.dots !== false) this._dots(ctx, view);
    if (view.route) this._route(ctx, view.route);
    this._homes(ctx, view);
  },
  _trace(ctx, points) {
    const { scale, ox, oy } = this._frame();
    for (let i = 0; i < points.length; i += 2) {
      const x = points[i] * scale - ox, y = points[i + 1] * scale - oy;
      if (i) ctx.lineTo(x, y);
      else ctx.moveTo(x, y);
    }
    ctx.closePath();
  },
  _areas(ctx, view) {
    const rings = World.rings[this.options.which];
    ctx.lineJoin = "round";
    for (let i = 0; i < rings.length; ) {
      const rep = rings[i].rep;
      ctx.beginPath();
      for (; i < rings.length && rings[i].rep === rep; i++) this._trace(ctx, rings[i].points);
      const faded = view.rep >= 0 && view.rep !== rep;
      ctx.globalAlpha = faded ? 0.1 : view.route ? 0.2 : view.rep === rep ? 0.45 : 0.3;
      ctx.fillStyle = repColour(rep);
      ctx.fill("evenodd");
      ctx.globalAlpha = faded ? 0.5 : 1;
      ctx.lineWidth = 1.4;
      ctx.strokeStyle = "#ffffff";
      ctx.stroke();
    }
    ctx.globalAlpha = 1;
    ctx.beginPath();
    for (const ring of rings) if (ring.rep === view.rep) this._trace(ctx, ring.points);
    ctx.lineWidth = 2.2;
    ctx.strokeStyle = shaded(repColour(view.rep >= 0 ? view.rep : -1), 0.6);
    ctx.stroke();
  },
  _dots(ctx, view) {
    const { scale, ox, oy } = this._frame(), served = DATA.outlets[this.options.which], radius = this._radius();
    const bounds = this._bounds, byRep = new Map();
    for (let i = 0; i < served.length; i++) {
      const x = World.x[i] * scale - ox, y = World.y[i] * scale - oy;
      if (x < bounds.min.x || y < bounds.min.y || x > bounds.max.x || y > bounds.max.y) continue;
      const faded = (view.rep >= 0 && view.rep !== served[i]) || (view.movedOnly && !moved(i));
      const key = served[i] * 2 + (faded ? 1 : 0);
      if (!byRep.has(key)) byRep.set(key, []);
      byRep.get(key).push(x, y, i);
    }
    for (const pass of [1, 0]) {
      for (const [key, points] of byRep) {
        const faded = Math.abs(key % 2);
        if (faded !== pass) continue;
        const rep = Math.floor(key / 2);
        ctx.globalAlpha = faded ? 0.16 : 0.95;
        ctx.fillStyle = shaded(repColour(rep), 0.82);
        ctx.beginPath();
        for (let k = 0; k < points.length; k += 3) {
          const [x, y] = [points[k], points[k + 1]];
          if (radius < 1.4) ctx.rect(x - radius, y - radius, 2 * radius, 2 * radius);
          else {
            ctx.moveTo(x + radius, y);
            ctx.arc(x, y, radius, 0, 2 * Math.PI);
          }
        }
        ctx.fill();
        if (!faded && view.movedOnly && radius >= 1.4) {
          ctx.lineWidth = 1.4;
          ctx.strokeStyle = "#1c2430";
          ctx.stroke();
        } else if (!faded && radius >= 2.4) {
          ctx.lineWidth = 0.8;
          ctx.strokeStyle = "#ffffff";
          ctx.stroke();
        }
      }
    }
    ctx.globalAlpha = 1;
  },
  _homes(ctx, view) {
    const { scale, ox, oy } = this._frame(), half = Math.max(1.8, Math.min(3.5, this._room(DATA.reps.id.length) * 0.06));
    const font = getComputedStyle(document.body).fontFamily;
    ctx.textBaseline = "middle";
    const taken = DATA.reps.id.flatMap((_, rep) => {
      if (view.onlyRep && rep !== view.rep) return [];
      const x = World.homeX[rep] * scale - ox, y = World.homeY[rep] * scale - oy;
      return [[x - half - 1, y - half - 1, x + half + 1, y + half + 1]];
    });
    const order = DATA.reps.id.map((_, rep) => rep).sort((a, b) => (b === view.rep) - (a === view.rep) || a - b);
    for (const rep of order) {
      if (view.onlyRep && rep !== view.rep) continue;
      const x = World.homeX[rep] * scale - ox, y = World.homeY[rep] * scale - oy;
      ctx.globalAlpha = view.rep >= 0 && view.rep !== rep ? 0.35 : 1;
      ctx.beginPath();
      ctx.rect(x - half, y - half, 2 * half, 2 * half);
      ctx.fillStyle = "#ffffff";
      ctx.fill();
      ctx.lineWidth = half * 0.57;
      ctx.strokeStyle = "#1c2430";
      ctx.stroke();
      if (view.names === false) continue;
      ctx.font = `600 12px ${font}`;
      const label = repName(rep), wide = ctx.measureText(label).width;
      const place = [x + 8, x - 8 - wide].map((at) => [at, y - 8, at + wide, y + 8])
        .find((p) => !taken.some((o) => p[0] < o[2] && p[2] > o[0] && p[1] < o[3] && p[3] > o[1]));
      if (!place) continue;
      taken.push(place);
      ctx.lineWidth = 3.5;
      ctx.strokeStyle = "rgba(255,255,255,0.9)";
      ctx.strokeText(label, place[0], y);
      ctx.fillStyle = "#1c2430";
      ctx.fillText(label, place[0], y);
    }
    ctx.globalAlpha = 1;
  },
  _route(ctx, route) {
    const { scale, ox, oy } = this._frame();
    const home = [World.homeX[route.rep] * scale - ox, World.homeY[route.rep] * scale - oy];
    const stops = route.outlets.map((i) => [World.x[i] * scale - ox, World.y[i] * scale - oy]);
    if (!stops.length) return;
    for (const [width, colour] of [[5, "rgba(255,255,255,0.9)"], [2.2, shaded(repColour(route.rep), 0.7)]]) {
      ctx.lineWidth = width;
      ctx.strokeStyle = colour;
      ctx.setLineDash([]);
      ctx.beginPath();
      [home, ...stops, home].forEach(([x, y], k) => (k ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
      ctx.stroke();
    }
    const font = getComputedStyle(document.body).fontFamily;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    for (let k = stops.length - 1; k >= 0; k--) {
      const [x, y] = stops[k];
      ctx.beginPath();
      ctx.arc(x, y, 9, 0, 2 * Math.PI);
      ctx.fillStyle = shaded(repColour(route.rep), 0.7);
      ctx.fill();
      ctx.lineWidth = 1.5;
      ctx.strokeStyle = "#ffffff";
      ctx.stroke();
      ctx.fillStyle = "#ffffff";
      ctx.font = `600 ${k < 9 ? 11 : 10}px ${font}`;
      ctx.fillText(String(k + 1), x, y + 0.5);
    }
    ctx.textAlign = "start";
  },
  // The outlet nearest to a container point, within reach; -1 when there is none.
  nearest(point) {
    const { scale, ox, oy } = this._frame(), at = this._map.containerPointToLayerPoint(point), reach = Math.max(8, this._radius() + 4);
    let best = -1, distance = reach * reach;
    for (let i = 0; i < World.x.length; i++) {
      const dx = World.x[i] * scale - ox - at.x, dy = World.y[i] * scale - oy - at.y, d = dx * dx + dy * dy;
      if (d < distance) [best, distance] = [i, d];
    }
    return best;
  },
});

const outletTip = (i) => [
  el("strong", {}, outletName(i)),
  el("div", { class: "soft" }, DATA.outlets.id[i], DATA.outlets.tier[i] ? ` · ${DATA.outlets.tier[i]}` : "",
    DATA.outlets.area.names[DATA.outlets.area.codes[i]] ? ` · ${DATA.outlets.area.names[DATA.outlets.area.codes[i]]}` : ""),
  DATA.outlets.sales[i] ? el("div", {}, `${whole(DATA.outlets.sales[i])} ${DATA.currency} ${w("perWeek")}`) : null,
  el("div", { class: "tip-reps" }, chip(DATA.outlets.before[i]), repName(DATA.outlets.before[i]),
    moved(i) ? [" \u2192 ", chip(DATA.outlets.after[i]), repName(DATA.outlets.after[i])] : null),
];

const makeMap = (box, options) => {
  const map = L.map(box, { attributionControl: false, zoomControl: options.zoom !== false, zoomSnap: 0.25, zoomDelta: 0.75, minZoom: 3, maxZoom: 18, wheelPxPerZoomLevel: 90, fadeAnimation: false });
  L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
  map.refit = () => map.fitBounds(World.bounds, { padding: [18, 18], animate: false });
  map.refit();
  const layer = new TerritoryLayer(options).addTo(map);
  const tip = el("div", { class: "tip", hidden: true });
  box.append(tip);
  map.on("mousemove", (event) => {
    const i = layer.nearest(event.containerPoint);
    tip.hidden = i < 0;
    if (i < 0) return;
    tip.replaceChildren(...outletTip(i).filter(Boolean));
    const { x, y } = event.containerPoint, left = x + 16 + tip.offsetWidth > box.clientWidth;
    tip.style.left = (left ? x - 12 - tip.offsetWidth : x + 14) + "px";
    tip.style.top = Math.max(4, Math.min(y + 12, box.clientHeight - tip.offsetHeight - 4)) + "px";
  });
  map.on("mouseout", () => { tip.hidden = true; });
  return { map, layer };
};

const link = (one, other) => {
  let busy = false;
  const follow = (leader, led) => leader.on("move", () => {
    if (busy) return;
    busy = true;
    led.setView(leader.getCenter(), leader.getZoom(), { animate: false });
    busy = false;
  });
  follow(one, other);
  follow(other, one);
};
