// Cost against score: each entry is a point that leads to its line of the table; the front is what nothing beats.
const COSTS = [["total", "time to fit and to answer 1,000 texts"], ["total_100k", "time to fit and to answer 100,000 texts"], ["total_10m", "time to fit and to answer 10 million texts"], ["fit", "time to fit"], ["predict", "time to predict 1,000 texts"], ["memory", "peak memory"], ["parameters", "parameters"], ["disk", "size on disk"], ["energy", "GPU energy"]];
const WIDE = 760, HIGH = 420, LEFT = 52, BELOW = 46;
const seconds = (v) => (v < 0.9995 ? `${v < 0.01 ? Number((v * 1000).toPrecision(2)) : Math.round(v * 1000)} ms` : v < 99.5 ? `${v.toFixed(1)} s` : v < 597 ? `${(v / 60).toFixed(1)} min` : v < 5970 ? `${Math.round(v / 60)} min` : `${(v / 3600).toFixed(1)} h`);
const steps = (v, units, base) => {
  let i = 0;
  while (v >= base * 0.9995 && i < units.length - 1) { v /= base; i += 1; }
  return `${v >= 99.5 || !i ? Math.round(v) : v.toFixed(1)} ${units[i]}`.trim();
};
const TIMES = ["total", "total_100k", "total_10m", "fit", "predict"];
const costWords = (name, v) => {
  if (TIMES.includes(name)) return seconds(v);
  if (name === "energy") return steps(v, ["J", "kJ", "MJ", "GJ"], 1000);
  return name === "parameters" ? steps(v, ["", "k", "M", "G"], 1000) : steps(v, ["B", "KiB", "MiB", "GiB"], 1024);
};
// At ticks, times are whole powers of ten and stay in seconds: in minutes they would be rounded.
const tickWords = (name, v) => (!TIMES.includes(name) ? costWords(name, v) : v < 0.9995 ? seconds(v) : `${Math.round(v).toLocaleString("en")} s`);
// Where a point's name can stand: behind it, before it; a short one also above and below, where the
// end of a long one would be nearer to other points.
const SPOTS = [[9, 4, "start"], [-9, 4, "end"], [0, -10, "middle"], [0, 20, "middle"]];
const spotFor = (cx, cy, text, others, taken) => {
  const wide = text.length * 6.5;
  for (const [dx, dy, anchor] of SPOTS) {
    const left = cx + dx - { start: 0, middle: wide / 2, end: wide }[anchor];
    const box = [left, cy + dy - 11, left + wide, cy + dy + 3];
    const covers = (other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3];
    if (anchor === "middle" && wide > 90) continue;
    if (left < LEFT || box[2] > WIDE || box[1] < 0 || box[3] > HIGH - BELOW) continue;
    if (!taken.some(covers) && !others.some(covers)) return { box, x: cx + dx, y: cy + dy, anchor };
  }
  return null;
};
const pointsOf = (x, y) => board.rows.flatMap((row, i) => {
  const task = y === "" ? -1 : Number(y);
  const cost = task < 0 ? row.cost : board.costs[i]?.[task];
  const quality = task < 0 ? row.mean : board.scores[i]?.[task]?.[board.tasks[task].metric]?.[0];
  if (!cost || !cost[x] || typeof quality !== "number") return [];
  return [{ row, i, cost: cost[x], quality }];
});
const startScatter = () => {
  const place = find("scatter"), x = find("x"), y = find("y"), said = find("front");
  // Energy is not always known.
  const costs = COSTS.filter(([key]) => key in board.fronts);
  options(x, costs);
  options(y, [["", "mean score"], ...board.tasks.map((task, i) => [String(i), `${task.name} (${task.metric})`])]);
  const show = () => {
    const name = costs.some(([key]) => key === state.x) ? state.x : "total";
    x.value = name;
    y.value = state.y;
    const points = pointsOf(name, state.y);
    if (!points.length) {
      place.replaceChildren(make("p", "No entry has both a score and a cost here."));
      said.textContent = "";
      return;
    }
    const logs = points.map((p) => Math.log10(p.cost)), low = Math.floor(Math.min(...logs)), high = Math.max(low + 1, Math.ceil(Math.max(...logs)));
    const qualities = points.map((p) => p.quality), spread = Math.max(...qualities) - Math.min(...qualities) || 1;
    const bottom = Math.min(...qualities) - 0.06 * spread, top = Math.max(...qualities) + 0.06 * spread;
    const across = (v) => LEFT + ((Math.log10(v) - low) / (high - low)) * (WIDE - LEFT - 130);
    const down = (v) => HIGH - BELOW - ((v - bottom) / (top - bottom)) * (HIGH - BELOW - 12);
    const title = `${COSTS.find(([key]) => key === name)[1]} against ${y.selectedOptions[0].textContent}`;
    const svg = draw("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, class: "scatter", role: "group", "aria-label": title });
    for (let power = low; power <= high; power += Math.max(1, Math.ceil((high - low) / 8))) {
      const at = across(10 ** power);
      svg.append(draw("line", { class: "rule", x1: at, x2: at, y1: 8, y2: HIGH - BELOW }));
      svg.append(draw("text", { class: "tick", x: at, y: HIGH - BELOW + 17, "text-anchor": "middle" }, tickWords(name, 10 ** power)));
    }
    const rough = (top - bottom) / 5, power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((k) => k * power).find((k) => k >= rough);
    for (let v = Math.ceil(bottom / step) * step; v <= top; v += step) {
      const at = down(v);
      svg.append(draw("line", { class: "rule", x1: LEFT, x2: WIDE - 130, y1: at, y2: at }));
      svg.append(draw("text", { class: "tick", x: LEFT - 6, y: at + 4, "text-anchor": "end" }, score(v)));
    }
    svg.append(draw("text", { class: "tick", x: LEFT, y: HIGH - 8 }, COSTS.find(([key]) => key === name)[1]));
    const known = new Set(board.fronts[name][state.y]);
    const front = points.filter((p) => known.has(p.i)).sort((p, q) => p.cost - q.cost);
    svg.append(draw("polyline", { class: "front", points: front.map((p) => `${across(p.cost).toFixed(1)},${down(p.quality).toFixed(1)}`).join(" ") }));
    const families = [...new Set(board.rows.map((row) => row.name))], taken = [];
    const around = (p, wide) => [across(p.cost) - wide, down(p.quality) - 7, across(p.cost) + wide, down(p.quality) + 7];
    const spots = new Map();
    // Those on the front choose first.
    for (const p of [...front, ...points.filter((q) => !front.includes(q))]) {
      const text = p.row.ranked ? p.row.short : `${p.row.short}, not ranked`;
      const others = points.filter((q) => q !== p);
      // A name that ends at another's point would be taken for that one's, but is better than none.
      const spotBeside = (wide) => spotFor(across(p.cost), down(p.quality), text, others.map((q) => around(q, wide)), taken);
      const spot = spotBeside(16) ?? spotBeside(7);
      if (!spot) continue;
      taken.push(spot.box);
      spots.set(p, { ...spot, text });
    }
    for (const p of points) {
      const cx = across(p.cost), cy = down(p.quality), best = front.includes(p);
      const label = `${p.row.name}${p.row.apart ? ` (${p.row.apart})` : ""}`;
      const link = draw("a", { href: `#${p.row.id}`, "data-row": p.row.id, class: `s${families.indexOf(p.row.name) % 8}` });
      link.append(draw("title", {}, `${label}: ${score(p.quality)}, ${costWords(name, p.cost)}${best ? ", on the Pareto front" : ""}`));
      link.append(draw("circle", { cx, cy, r: best ? 6 : 4.5, class: best ? "dot" : "hollow" }));
      const spot = spots.get(p);
      if (spot) link.append(draw("text", { x: spot.x, y: spot.y, "text-anchor": spot.anchor }, spot.text));
      svg.append(link);
    }
    place.replaceChildren(svg);
    said.textContent = `Pareto front, cheapest first: ${front.map((p) => `${p.row.short} (${score(p.quality)}, ${costWords(name, p.cost)})`).join("; ")}.`;
  };
  place.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-row]");
    if (!link) return;
    event.preventDefault();
    const tr = find(link.dataset.row);
    tr.hidden = false;
    tr.scrollIntoView({ block: "center" });
    tr.classList.add("met");
    setTimeout(() => tr.classList.remove("met"), 2500);
    tr.querySelector("a, button")?.focus({ preventScroll: true });
  });
  x.addEventListener("change", () => change({ x: x.value }));
  y.addEventListener("change", () => change({ y: y.value }));
  onChange((now, part) => { if ("x" in part || "y" in part) show(); });
};
