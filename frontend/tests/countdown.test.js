import { expect, test, vi } from "vitest";
import { countdowns, wordOf } from "../js/countdown.js";

test("seconds are shown as hours, minutes and seconds", () => {
  expect(wordOf(0)).toBe("00:00:00");
  expect(wordOf(59)).toBe("00:00:59");
  expect(wordOf(7_265)).toBe("02:01:05");
});

test("the time that is left runs down to nothing and stays there", () => {
  vi.useFakeTimers({ now: Date.parse("2026-11-30T08:00:00Z") });
  document.body.innerHTML = '<time datetime="2026-11-30T08:00:02Z" data-countdown></time>';
  countdowns(document.body);
  const time = document.querySelector("time");
  expect(time.textContent).toBe("00:00:02");
  vi.advanceTimersByTime(1_000);
  expect(time.textContent).toBe("00:00:01");
  vi.advanceTimersByTime(5_000);
  expect(time.textContent).toBe("00:00:00");
  vi.useRealTimers();
});
