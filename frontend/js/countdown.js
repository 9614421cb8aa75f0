import { enhance } from "./enhance.js";

const SECOND = 1_000;
const MINUTE = 60;

// <time datetime="…" data-countdown>: how much is left, until nothing is.
export function countdowns(root) {
  enhance(root, "[data-countdown]", (element) => {
    const end = Date.parse(element.getAttribute("datetime"));
    const show = () => {
      element.textContent = wordOf(Math.max(0, Math.floor((end - Date.now()) / SECOND)));
      if (end <= Date.now() || !element.isConnected) clearInterval(timer);
    };
    const timer = setInterval(show, SECOND);
    show();
  });
}

export function wordOf(seconds) {
  const parts = [Math.floor(seconds / MINUTE / MINUTE), Math.floor(seconds / MINUTE) % MINUTE, seconds % MINUTE];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}
