// The page's small tools: unpacking the data, making elements (text only, never markup), numbers.

const state = { lang: "en", rep: -1, mapMode: "both", dots: true, movedOnly: false, names: true, day: 0, routeRep: 0,
  sort: { key: "id", down: false }, movedShown: 25, repsShown: 30 };
let DATA = null;

const unpack = async () => {
  const packed = Uint8Array.from(atob(document.getElementById("data").textContent.trim()), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
};

const t = (pair) => pair[state.lang === "zh" ? 1 : 0];

const fill = (node, attrs, kids) => {
  for (const [name, value] of Object.entries(attrs)) {
    if (value === null || value === undefined) continue;
    if (name.startsWith("aria-")) node.setAttribute(name, String(value));
    else if (value === false) continue;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "css") for (const [key, v] of Object.entries(value)) node.style.setProperty(key, v);
    else node.setAttribute(name, value === true ? "" : value);
  }
  for (const kid of kids.flat(Infinity)) {
    if (kid === null || kid === undefined || kid === false) continue;
    node.append(kid instanceof Node ? kid : document.createTextNode(String(kid)));
  }
  return node;
};
const el = (tag, attrs = {}, ...kids) => fill(document.createElement(tag), attrs, kids);
const svgEl = (tag, attrs = {}, ...kids) => fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attrs, kids);

const MINUS = "\u2212";
const DASH = "\u2013";
const grouped = (value, digits) => {
  const text = Math.abs(value).toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return value < 0 && Number(text.replace(/,/g, "")) !== 0 ? MINUS + text : text;
};
// 99.95 % must not read as all of it
const percentDigits = (value) => (value < 100 && value >= 99.95 ? 2 : 1);
const digitsOf = (value, unit) => (unit !== "%" && Number.isInteger(value) ? 0 : unit === "%" ? percentDigits(value) : Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 0.2 ? 2 : 4);
const amount = (value, unit, like = value) => (value === null ? DASH : grouped(value, digitsOf(like, unit)));
const signed = (value, unit, like = value) => {
  const text = grouped(value, digitsOf(like, unit));
  return value > 0 && /[1-9]/.test(text) ? "+" + text : text;
};
const whole = (value) => grouped(Math.round(value), 0);
const percent = (share, digits = 0) => grouped(100 * share, digits) + " %";
const unitText = (unit) => (unit in UNITS ? t(UNITS[unit]) : unit);
const clock = (seconds) => {
  const minutes = Math.floor(seconds / 60 + 0.5);
  return String(Math.floor(minutes / 60)).padStart(2, "0") + ":" + String(minutes % 60).padStart(2, "0");
};
const minutesOf = (seconds) => whole(seconds / 60);

// Whether a change is for the better: "good", "bad" or "" (no direction, or no change).
const verdict = (change, direction) => {
  if (direction === "none" || change === null || Math.abs(change) < 1e-9) return "";
  return (change > 0) === (direction === "up") ? "good" : "bad";
};

const repName = (rep) => (rep < 0 ? w("nobody") : DATA.reps.name[rep] || DATA.reps.id[rep]);
const repColour = (rep) => (rep < 0 ? DATA.nobody : DATA.palette[DATA.reps.colour[rep]]);
const chip = (rep) => el("span", { class: "chip", css: { background: repColour(rep) } });
const repTag = (rep) => el("span", { class: "rep" }, chip(rep), repName(rep), rep < 0 ? "" : el("small", {}, DATA.reps.id[rep]));
const outletName = (i) => DATA.outlets.name[i] || DATA.outlets.id[i];
const dateOf = (day) => new Date(Date.parse(DATA.start + "T00:00:00Z") + 86400000 * day);
const dayText = (day) => {
  const date = dateOf(day);
  const month = date.getUTCMonth(), number = date.getUTCDate();
  return state.lang === "zh" ? `${month + 1} 月 ${number} 日` : `${number} ${MONTHS[month]}`;
};
const dateText = (day) => (state.lang === "zh" ? `${dateOf(day).getUTCFullYear()} 年 ${dayText(day)}` : `${dayText(day)} ${dateOf(day).getUTCFullYear()}`);
const shaded = (hex, share) => {
  const mix = (at) => Math.round(parseInt(hex.slice(at, at + 2), 16) * share);
  return `rgb(${mix(1)},${mix(3)},${mix(5)})`;
};
