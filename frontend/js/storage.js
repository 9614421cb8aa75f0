// Some browsers inside apps forbid storage. Then nothing is kept, and everything else works as before.
export function withStorage(act) {
  try {
    return act(window.localStorage);
  } catch {
    return null;
  }
}
