const seen = new WeakMap();

// Calls `act` once for every match in `root`, however often the page is enlivened.
export function each(root, selector, act) {
  const found = [...root.querySelectorAll(selector)];
  if (root.matches(selector)) found.unshift(root);
  for (const element of found) {
    const acts = seen.get(element) ?? new Set();
    if (acts.has(selector)) continue;
    seen.set(element, acts.add(selector));
    act(element);
  }
}
