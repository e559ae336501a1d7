// What is shown stands in the address after the #, so that a view can be shared and gone back to.
const DEFAULTS = { sort: "", way: "", metric: "", suite: "", family: "", rows: "", tasks: "", hide: "", cell: "", a: "", b: "", x: "", y: "" };
const read = () => {
  const given = new URLSearchParams(location.hash.slice(1));
  return Object.fromEntries(Object.keys(DEFAULTS).map((name) => [name, given.get(name) ?? DEFAULTS[name]]));
};
let state = read();
const listeners = [];
const onChange = (listener) => listeners.push(listener);
const address = (wanted) => {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(wanted)) if (value !== "") given.set(name, value);
  return `#${given}`;
};
const change = (part, { keep = false } = {}) => {
  state = { ...state, ...part };
  history[keep ? "pushState" : "replaceState"](null, "", address(state));
  listeners.forEach((listener) => listener(state, part));
};
