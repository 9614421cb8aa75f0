const enhanced = new WeakMap();

// Calls `act` once for each element of `root` that matches, even when the same part of the page is enhanced again.
export function enhance(root, selector, act) {
  const elements = [...root.querySelectorAll(selector)];
  if (root.matches(selector)) elements.unshift(root);
  for (const element of elements) {
    const selectors = enhanced.get(element) ?? new Set();
    if (selectors.has(selector)) continue;
    enhanced.set(element, selectors.add(selector));
    act(element);
  }
}
