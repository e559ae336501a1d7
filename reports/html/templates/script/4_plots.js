// Small charts of one result: curves at every threshold, reliability, learning history.
const SIDE = 240, EDGE = 34, TOP = 18;
const frame = (title, across, down) => {
  const svg = draw("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, class: "plot", role: "img", "aria-label": title });
  const end = SIDE - EDGE;
  svg.append(draw("title", {}, title));
  for (const at of [0, 0.5, 1]) {
    const x = EDGE + at * (end - 8), y = end - at * (end - TOP);
    svg.append(draw("line", { class: "rule", x1: EDGE, x2: SIDE - 8, y1: y, y2: y }));
    svg.append(draw("text", { class: "tick", x: EDGE - 5, y: y + 4, "text-anchor": "end" }, String(at)));
    svg.append(draw("text", { class: "tick", x, y: end + 15, "text-anchor": "middle" }, String(at)));
  }
  svg.append(draw("text", { class: "tick", x: SIDE - 8, y: SIDE - 4, "text-anchor": "end" }, across));
  svg.append(draw("text", { class: "tick", x: EDGE, y: 8 }, down));
  return svg;
};
const at = (x, y) => [EDGE + x * (SIDE - EDGE - 8), (SIDE - EDGE) - y * (SIDE - EDGE - TOP)];
const path = (points) => points.map(([x, y]) => at(x, y).map((v) => v.toFixed(1)).join(",")).join(" ");
// Four characters a point: two digits of base 64 for each of its coordinates.
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const unpack = (text) => {
  const number = (i) => (DIGITS.indexOf(text[i]) * 64 + DIGITS.indexOf(text[i + 1])) / 4095;
  return Array.from({ length: text.length / 4 }, (_, i) => [number(4 * i), number(4 * i + 2)]);
};
const curvesOf = (curves, which, title, across, down, diagonal) => {
  const svg = frame(title, across, down);
  if (diagonal) svg.append(draw("polyline", { class: "guide", points: path([[0, 0], [1, 1]]) }));
  curves.forEach((curve, i) => {
    const drawn = draw("polyline", { class: `s${i % 8}`, points: path(unpack(curve[which])) });
    drawn.append(draw("title", {}, curve.label));
    svg.append(drawn);
  });
  return svg;
};
const reliabilityOf = ({ bins, error }) => {
  const svg = frame(`Reliability: expected calibration error ${score(error)}`, "confidence", "accuracy");
  const most = Math.max(...bins.map(([count]) => count));
  svg.append(draw("polyline", { class: "guide", points: path([[0, 0], [1, 1]]) }));
  bins.forEach(([count, sure, right]) => {
    if (!count) return;
    const [cx, cy] = at(sure, right);
    const dot = draw("circle", { class: "s0 dot", cx, cy, r: 2 + 6 * Math.sqrt(count / most) });
    dot.append(draw("title", {}, `${count} answers at confidence ${score(sure)}: accuracy ${score(right)}`));
    svg.append(dot);
  });
  return svg;
};
const captioned = (svg, words) => {
  const box = make("figure");
  box.append(svg, make("figcaption", words));
  return box;
};
const plots = (found) => {
  const box = make("div", null, { class: "plots" });
  if (found.curves.length) {
    const seed = found.seed === null ? "" : ` (seed ${found.seed})`;
    box.append(captioned(curvesOf(found.curves, "roc", "ROC curves", "false positive rate", "true positive rate", true), `ROC${seed}: true positive rate against false positive rate`));
    box.append(captioned(curvesOf(found.curves, "pr", "Precision-recall curves", "recall", "precision", false), `Precision against recall${seed}`));
  }
  if (found.reliability) {
    box.append(captioned(reliabilityOf(found.reliability), `Reliability in ${found.reliability.bins.length} bins: expected calibration error ${score(found.reliability.error)}; a larger dot stands for more answers`));
  }
  if (found.curves.length > 1) {
    const key = make("ul", null, { class: "legend" });
    found.curves.forEach((curve, i) => {
      const item = make("li", null, { class: `s${i % 8}` });
      item.append(make("i"), make("span", `${curve.label} (${curve.positives} of ${curve.rows})`));
      key.append(item);
    });
    box.append(key);
  }
  return box;
};
