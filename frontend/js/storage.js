// Some browsers inside apps forbid storage. Then nothing is kept, and everything else works as before.
export function withStorage(act, kind = "localStorage") {
  try {
    return act(window[kind]);
  } catch {
    return null;
  }
}
