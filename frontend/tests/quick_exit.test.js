import { beforeEach, expect, test, vi } from "vitest";
import { quickExit } from "../js/quick_exit.js";

let replace;

beforeEach(() => {
  document.body.hidden = false;
  document.body.innerHTML = '<a href="https://www.example.com/" data-quick-exit>Leave quickly</a>';
  replace = vi.spyOn(window.location, "replace").mockImplementation(() => {});
});

function press(key, at) {
  const event = new KeyboardEvent("keydown", { key });
  Object.defineProperty(event, "timeStamp", { value: at });
  document.dispatchEvent(event);
}

test("the button empties the page and replaces it", () => {
  quickExit();
  document.querySelector("a").click();
  expect(document.body.hidden).toBe(true);
  expect(replace).toHaveBeenCalledWith("https://www.example.com/");
});

test("three times Escape within two seconds leaves, slower does not", () => {
  quickExit();
  for (const at of [0, 1500, 3000]) press("Escape", at);
  expect(replace).not.toHaveBeenCalled();
  for (const at of [10_000, 10_500, 11_000]) press("Escape", at);
  expect(replace).toHaveBeenCalled();
});
