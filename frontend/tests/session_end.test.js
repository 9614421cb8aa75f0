import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sessionEnd } from "../js/session_end.js";

const WARNING = `<div data-session-end="1800" hidden><button data-stay="/">Stay</button></div>`;
const FORM = `<form method="post"><textarea name="words"></textarea></form>`;
const warning = () => document.querySelector("[data-session-end]");

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("two minutes before the end somebody who writes is warned, and can stay", async () => {
  document.body.innerHTML = WARNING + FORM;
  sessionEnd();
  vi.advanceTimersByTime(1_679_999);
  expect(warning().hidden).toBe(true);
  vi.advanceTimersByTime(1);
  expect(warning().hidden).toBe(false);
  vi.stubGlobal("fetch", async () => ({ ok: true }));
  warning().querySelector("button").click();
  await vi.advanceTimersByTimeAsync(0);
  expect(warning().hidden).toBe(true);
  vi.advanceTimersByTime(1_680_000);
  expect(warning().hidden).toBe(false);
});

test("nobody is warned on a page without a form to write in, or without a session", () => {
  document.body.innerHTML = WARNING;
  sessionEnd();
  vi.advanceTimersByTime(1_800_000);
  expect(warning().hidden).toBe(true);
  document.body.innerHTML = "";
  expect(sessionEnd).not.toThrow();
});
