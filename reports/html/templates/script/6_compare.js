// Any two entries, task by task: the paired difference, the corrected test, what only one gets right.
const textOf = ({ text = "", pair }) => (pair === undefined ? text : `${text}\n\nsecond text: ${pair}`);
const mistakeTable = (found) => {
  const has = (name) => found.rows.some((row) => row[name] !== undefined);
  const columns = [
    ["example", (row) => row.id], ["text", textOf, has("text")],
    ["gold", (row) => row.gold ?? ""], ["prediction", (row) => row.said],
    ["score of prediction", (row) => score(row.sure), has("sure")], ["score of gold", (row) => score(row.gold_score), has("gold_score")],
    ["generated text", (row) => row.raw ?? "", has("raw")],
  ].filter(([, , shown = true]) => shown);
  const some = found.rows.length < found.total;
  const which = found.measured ? "the largest errors" : some ? `${found.rows.length} of ${found.total.toLocaleString("en")}, of every kind, the most confident first` : "all";
  const box = make("div", null, { class: "mistakes" }), choose = make("p", null, { class: "choose" });
  const picks = ["gold", "said"].map((name) => {
    const select = make("select", null, { "aria-label": name === "gold" ? "gold label" : "prediction" });
    options(select, [["", "all"], ...[...new Set(found.rows.map((row) => row[name] ?? ""))].sort().map((value) => [`=${value}`, value])]);
    const label = make("label", name === "gold" ? "gold " : "prediction ");
    label.append(select);
    choose.append(label);
    return [name, select];
  });
  const show = () => {
    const rows = found.rows.filter((row) => picks.every(([name, select]) => !select.value || select.value === `=${row[name] ?? ""}`));
    const lines = rows.map((row) => columns.map(([, say]) => say(row)));
    box.querySelector(".wide")?.remove();
    const made = table([`Wrong answers (${which})`, columns.map(([head]) => head), lines]);
    // On a narrow screen a line is a block, and each of its cells says what it is.
    for (const tr of made.querySelectorAll("tbody tr")) [...tr.cells].forEach((cell, i) => { cell.dataset.head = columns[i][0]; });
    box.append(made);
  };
  picks.forEach(([, select]) => select.addEventListener("change", show));
  box.append(choose);
  if (found.note) box.append(make("p", found.note, { class: "soft" }));
  show();
  return box;
};
const bits = (hex) => (i) => (parseInt(hex[i >> 2], 16) >> (3 - (i & 3))) & 1;
const pairOf = (task, a, b) => {
  const found = board.contests.find(([t, i, j]) => t === task && ((i === a && j === b) || (i === b && j === a)));
  if (!found) return null;
  const [, i, , difference, low, high, p, first, second] = found;
  return i === a ? { difference, low, high, p, first, second } : { difference: -difference, low: -high, high: -low, p, first: second, second: first };
};
const said = (p) => (p === null ? NONE : p < 0.001 ? "< .001" : score(p));
const chance = (p) => (p > 0.99 ? "over 99 %" : p < 0.01 ? "under 1 %" : `${Math.round(100 * p)} %`);
const meansInWords = (a, b, nameA, nameB) => {
  const found = board.means.find(([i, j]) => (i === a && j === b) || (i === b && j === a));
  if (!found) return "";
  const [i, , difference, low, high, p, first, equal, second] = found;
  const [sign, better, worse] = i === a ? [1, first, second] : [-1, second, first];
  const bounds = sign > 0 ? interval(low, high) : interval(-high, -low);
  const means = `By their means, ${nameA} minus ${nameB}: ${signed(sign * difference)} ${bounds}, p ${said(p)}.`;
  return equal === null ? means : `${means} On tasks like these: ${chance(better)} better, ${chance(equal)} within 2 points, ${chance(worse)} worse.`;
};
const startCompare = () => {
  const first = find("a"), second = find("b"), place = find("pairs");
  const names = board.rows.map((row) => `${row.name}${row.apart ? ` (${row.apart})` : ""}`);
  for (const select of [first, second]) options(select, board.rows.map((row, i) => [row.id, names[i]]));
  const number = (id, otherwise) => { const i = board.rows.findIndex((row) => row.id === id); return i < 0 ? otherwise : i; };
  const show = () => {
    const a = number(state.a, 0), b = number(state.b, Math.min(1, board.rows.length - 1));
    first.value = board.rows[a]?.id ?? "";
    second.value = board.rows[b]?.id ?? "";
    const shorts = [a, b].map((i) => board.rows[i]?.short);
    const [nameA, nameB] = shorts[0] === shorts[1] ? [names[a], names[b]] : shorts;
    const lines = [], wrong = [];
    board.tasks.forEach((task, t) => {
      const pair = a === b ? null : pairOf(t, a, b);
      if (!pair) return;
      const better = Math.sign(pair.difference) * (task.better ? 1 : -1);
      const sure = pair.p !== null && pair.p < 0.05;
      const verdict = !sure ? "no significant difference" : `${better > 0 ? nameA : nameB} better`;
      lines.push([task.name, task.metric, signed(pair.difference), interval(pair.low, pair.high), said(pair.p), verdict, pair.first ?? NONE, pair.second ?? NONE]);
      const found = board.mistakes?.[`${board.rows[b].id}-${t}`], right = board.right?.[`${board.rows[a].id}-${t}`];
      if (found && right) {
        const rows = found.rows.filter((row) => bits(right)(row.place));
        if (rows.length) wrong.push([task.name, { ...found, rows, total: pair.first ?? rows.length }]);
      }
    });
    const head = ["task", "metric", "difference", "95 % interval", "p (Holm)", "test", `only ${nameA} right`, `only ${nameB} right`];
    const parts = lines.length ? [table([`${nameA} minus ${nameB}, same test examples`, head, lines])] : [make("p", "Choose two entries with results on the same task.")];
    const means = a === b ? "" : meansInWords(a, b, nameA, nameB);
    if (means) parts.push(make("p", means));
    for (const [name, found] of wrong) {
      const fold = make("details");
      fold.append(make("summary", `${name}: ${nameA} right, ${nameB} wrong`), mistakeTable(found));
      parts.push(fold);
    }
    place.replaceChildren(...parts);
  };
  first.addEventListener("change", () => change({ a: first.value, b: second.value }));
  second.addEventListener("change", () => change({ a: first.value, b: second.value }));
  onChange((now, part) => { if ("a" in part || "b" in part) show(); });
};
