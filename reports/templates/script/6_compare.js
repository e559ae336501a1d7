// Any two rows, task by task: the paired difference, the corrected test, what only one gets right.
const mistakeTable = (found) => {
  const scored = found.rows.some((row) => row.sure !== null), said = found.rows.some((row) => row.raw);
  const texts = found.rows.some((row) => row.text);
  const head = ["row", ...(texts ? ["text"] : []), "gold", "answered", ...(scored ? ["its score", "gold's score"] : []), ...(said ? ["the model wrote"] : [])];
  const lines = found.rows.map((row) => [
    row.id, ...(texts ? [row.text ?? ""] : []), row.gold, row.said,
    ...(scored ? [score(row.sure), score(row.gold_score)] : []), ...(said ? [row.raw ?? ""] : []),
  ]);
  const which = found.rows.length < found.total ? `${found.rows.length} of ${found.total}, over all pairs of gold and answer` : "all";
  return table([`Wrong answers (${which})`, head, lines]);
};
const bits = (hex) => (i) => (parseInt(hex[i >> 2], 16) >> (3 - (i & 3))) & 1;
const pairOf = (task, a, b) => {
  const found = board.contests.find(([t, i, j]) => t === task && ((i === a && j === b) || (i === b && j === a)));
  if (!found) return null;
  const [, i, , difference, low, high, p, first, second] = found;
  return i === a ? { difference, low, high, p, first, second } : { difference: -difference, low: -high, high: -low, p, first: second, second: first };
};
const said = (p) => (p === null ? NONE : p < 0.001 ? "< .001" : score(p));
const startCompare = () => {
  const first = find("a"), second = find("b"), place = find("pairs");
  const names = board.rows.map((row, i) => [row.id, `${row.name}${row.apart ? ` (${row.apart})` : ""}`]);
  for (const select of [first, second]) options(select, names);
  const number = (id, otherwise) => { const i = board.rows.findIndex((row) => row.id === id); return i < 0 ? otherwise : i; };
  const show = () => {
    const a = number(state.a, 0), b = number(state.b, Math.min(1, board.rows.length - 1));
    first.value = board.rows[a]?.id ?? "";
    second.value = board.rows[b]?.id ?? "";
    const lines = [], wrong = [];
    board.tasks.forEach((task, t) => {
      const pair = a === b ? null : pairOf(t, a, b);
      if (!pair) return;
      const better = Math.sign(pair.difference) * (task.better ? 1 : -1);
      const sure = pair.p !== null && pair.p < 0.05;
      const verdict = !sure ? "not told apart" : better > 0 ? "the first is better" : "the second is better";
      lines.push([task.name, task.metric, signed(pair.difference), interval(pair.low, pair.high), said(pair.p), verdict, pair.first ?? NONE, pair.second ?? NONE]);
      const found = board.mistakes?.[`${board.rows[b].id}-${t}`], right = board.right?.[`${board.rows[a].id}-${t}`];
      if (found && right) {
        const rows = found.rows.filter((row) => row.place !== null && bits(right)(row.place));
        if (rows.length) wrong.push([task.name, { rows, total: pair.first ?? rows.length }]);
      }
    });
    const head = ["task", "metric", "difference", "95 % interval", "p (Holm)", "the test says", "only first right", "only second right"];
    const parts = lines.length ? [table(["First less second, paired on the same test rows", head, lines])] : [make("p", "Choose two rows that ran on the same task.")];
    for (const [name, found] of wrong) {
      const fold = make("details");
      fold.append(make("summary", `${name}: first right, second wrong`), mistakeTable(found));
      parts.push(fold);
    }
    place.replaceChildren(...parts);
  };
  first.addEventListener("change", () => change({ a: first.value, b: second.value }));
  second.addEventListener("change", () => change({ a: first.value, b: second.value }));
  onChange((now, part) => { if ("a" in part || "b" in part) show(); });
};
