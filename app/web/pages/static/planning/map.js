// The map of a day: stops and rounds on plain ground, or on tiles where the company has some. The list
// beside it says the same, and is the way there for who sees or points at no map.

import { say } from "../words.js";

const L = window.L;
const data = JSON.parse(document.getElementById("data").textContent);
const host = document.getElementById("map");
const note = document.getElementById("map-note");
const still = matchMedia("(prefers-reduced-motion: reduce)");

/** Beyond so many, stops are drawn without their numbers. */
const NUMBERED = 400;

const colour = (index) => getComputedStyle(document.documentElement).getPropertyValue(index < 0 ? "--text" : `--driver-${index}`).trim();
const placed = data.rounds.flatMap((round) => round.stops.filter((stop) => stop.at).map((stop) => ({ round, stop })));
const marks = new Map();
const legend = document.getElementById("legend");
/** Of more rounds than these the map gets no key: it would leave the map no room. */
const KEYS = 12;
/** In the page's address: the list is shown where it is that or the map. */
const LIST = "#list";

function draw() {
  host.hidden = false;
  const map = L.map(host, {
    zoomControl: false, attributionControl: Boolean(data.tiles), keyboard: true, preferCanvas: true, zoomSnap: data.tiles ? 1 : 0.25,
    zoomAnimation: !still.matches, fadeAnimation: !still.matches, markerZoomAnimation: !still.matches,
  });
  L.control.zoom({ zoomInTitle: say("closer"), zoomOutTitle: say("farther") }).addTo(map);
  // At the usual 100 px its shortest bar is shorter than its words.
  L.control.scale({ imperial: true, maxWidth: 140 }).addTo(map);
  if (data.tiles) ground(map);
  else tell(say("no_ground"));
  // The ways of several would be a tangle.
  if (data.rounds.length === 1) line(map, data.rounds[0]);
  for (const { round, stop } of placed) mark(map, round, stop);
  for (const person of data.people) somebody(map, person);
  map.on("popupopen", ({ popup }) => popup.getElement().querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", say("close")));
  map.on("zoomend", () => apart(map));
  return map;
}

/** All that is there, as large as it fits beside the map's own buttons. */
function fit(map) {
  map.fitBounds(L.latLngBounds([...placed.map(({ stop }) => stop.at), ...data.people.map((each) => each.at)]), { paddingTopLeft: [60, 28], paddingBottomRight: [28, 52], maxZoom: 16, animate: false });
  apart(map);
}

/** Push pins that lie on each other apart, so that each can be read and pressed. */
function apart(map) {
  const pins = placed.map(({ stop }) => ({ made: marks.get(stop.id), at: stop.at }))
    .filter(({ made }) => made.setLatLng && made.options.icon)
    .map((each) => ({ ...each, point: map.latLngToLayerPoint(each.at), width: each.made.options.icon.options.iconSize[0] + 2 }));
  for (let turn = 0; turn < (pins.length > NUMBERED ? 0 : 12); turn += 1) {
    pins.forEach((one, index) => {
      for (const other of pins.slice(index + 1)) {
        const [x, y] = [other.point.x - one.point.x, other.point.y - one.point.y];
        const [over, under] = [(one.width + other.width) / 2 - Math.abs(x), 28 - Math.abs(y)];
        if (over <= 0 || under <= 0) continue;
        const push = over < under ? L.point((over / 2) * (x < 0 ? -1 : 1), 0) : L.point(0, (under / 2) * (y < 0 ? -1 : 1));
        one.point = one.point.subtract(push);
        other.point = other.point.add(push);
      }
    });
  }
  for (const { made, point } of pins) made.setLatLng(map.layerPointToLatLng(point));
}

function tell(words) {
  note.textContent = words;
  note.hidden = false;
}

function ground(map) {
  map.attributionControl.setPrefix(false);
  const words = document.createElement("span");
  words.textContent = data.attribution;
  const tiles = L.tileLayer(data.tiles, { maxZoom: 19, attribution: words.innerHTML, referrerPolicy: "no-referrer" });
  tiles.once("tileerror", () => tell(say("no_tiles")));
  tiles.addTo(map);
  host.classList.add("tiled");
}

/** A driver's way from stop to stop, in their order; each kind of line is told by its dashes too. */
function line(map, round) {
  if (round.colour < 0) return;
  const way = round.stops.filter((stop) => stop.at).map((stop) => stop.at);
  if (way.length < 2) return;
  L.polyline(way, { color: colour(round.colour), weight: 3, opacity: 0.85, dashArray: round.colour % 2 ? "8 6" : null, interactive: false }).addTo(map);
}

function words(round, stop) {
  const told = document.createElement("div");
  const name = document.createElement("strong");
  name.textContent = stop.number ? say("stop", { number: stop.number, who: stop.who, when: stop.when }) : `${stop.who}, ${stop.when}`;
  const rest = document.createElement("p");
  rest.textContent = `${stop.where} · ${round.name}`;
  told.append(name, rest);
  return told;
}

function mark(map, round, stop) {
  const made = placed.length > NUMBERED
    ? L.circleMarker(stop.at, { radius: 6, color: colour(round.colour), weight: 2, fillOpacity: 0.6 })
    : L.marker(stop.at, { icon: pin(`${round.letter}${stop.number ?? ""}`, round.colour, stop.state), keyboard: false, title: `${stop.when} ${stop.who}` });
  made.bindPopup(() => words(round, stop));
  made.on("popupopen", () => follow(stop.id));
  made.addTo(map);
  marks.set(stop.id, made);
}

function pin(text, index, state) {
  const over = ["completed", "failed", "cancelled"].includes(state);
  return L.divIcon({ className: `pin on-map ${index < 0 ? "" : `c${index}`} ${over ? "over" : ""}`, html: text, iconSize: [Math.max(26, 12 + 8 * text.length), 26] });
}

function somebody(map, person) {
  const words = say("is_here", { name: person.name, when: person.since });
  const made = L.marker(person.at, {
    icon: L.divIcon({ className: `van c${person.colour}`, html: person.letter, iconSize: [30, 30] }),
    keyboard: false, title: words, zIndexOffset: 1000,
  });
  made.bindPopup(() => document.createTextNode(words)).addTo(map);
}

/** Point out a stop of the list. */
function follow(id) {
  document.querySelectorAll(".stop-row.here").forEach((each) => each.classList.remove("here"));
  const row = document.getElementById(`stop-${id}`);
  row?.classList.add("here");
  row?.scrollIntoView({ block: "nearest", behavior: still.matches ? "auto" : "smooth" });
}

const map = placed.length || data.people.length ? draw() : null;
if (!map && data.rounds.length) tell(say("bad"));
const sides = [...document.querySelectorAll("[data-side]")];

/** On a telephone the map or the list, one at a time. */
function side(name) {
  document.getElementById("beside").dataset.shows = name;
  for (const each of sides) each.ariaPressed = String(each.dataset.side === name);
  if (name !== "map" || !map) return;
  map.invalidateSize({ animate: false });
  fit(map);
}

if (map) {
  document.getElementById("switch").hidden = false;
  legend.hidden = data.rounds.length < 2 || data.rounds.length > KEYS;
  side(location.hash.startsWith("#stop-") || location.hash === LIST ? "list" : "map");
  for (const each of sides) each.addEventListener("click", () => side(each.dataset.side));
}
for (const button of document.querySelectorAll("[data-show-stop]")) {
  button.addEventListener("click", () => {
    const made = marks.get(button.dataset.showStop);
    if (!map || !made) return;
    side("map");
    host.scrollIntoView({ block: "nearest" });
    map.setView(made.getLatLng(), Math.max(map.getZoom(), 15), { animate: !still.matches });
    made.openPopup();
  });
}

const chosen = document.getElementById("chosen");
const give = document.getElementById("give");
const ticks = [...document.querySelectorAll("input[name=stop]")];
function count() {
  const number = ticks.filter((each) => each.checked).length;
  if (chosen) chosen.textContent = number ? say("chosen", { count: number }) : say("none_chosen");
  if (give) give.disabled = number === 0;
}
document.getElementById("assign").addEventListener("change", count);
for (const button of document.querySelectorAll("[data-all]")) {
  const own = [...button.closest(".round").querySelectorAll("input[name=stop]")];
  button.hidden = own.length === 0;
  button.addEventListener("click", () => {
    const all = own.every((each) => each.checked);
    own.forEach((each) => { each.checked = !all; });
    count();
  });
}
count();
function asked({ target }) {
  if (!target.value && target.type === "date") return;
  // Who read the list goes on reading it.
  if (document.getElementById("beside").dataset.shows === "list") target.form.action += LIST;
  target.form.submit();
}
for (const name of ["day", "agent"]) document.getElementById(name).addEventListener("change", asked);
if (location.hash.startsWith("#stop-")) follow(location.hash.slice(6));
