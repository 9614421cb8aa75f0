import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { enhance } from "../js/enhance.js";
import { counters, once, pickers, showWhen } from "../js/forms.js";

const field = (selector) => document.querySelector(selector);

beforeEach(() => {
  document.body.innerHTML = "";
});

afterEach(() => vi.restoreAllMocks());

test("each element is enhanced once for each selector, however often its page part is enhanced", () => {
  document.body.innerHTML = "<main data-x><p data-x data-y></p></main>";
  const act = vi.fn();
  enhance(field("main"), "[data-x]", act);
  enhance(document.body, "[data-x]", act);
  expect(act).toHaveBeenCalledTimes(2);
  enhance(document.body, "[data-y]", act);
  expect(act).toHaveBeenCalledTimes(3);
});

test("a form is sent once, and again after coming back to the page", () => {
  document.body.innerHTML = "<form data-once><button>Send</button></form>";
  once(document.body);
  const submit = () => field("form").dispatchEvent(new Event("submit", { cancelable: true }));
  expect(submit()).toBe(true);
  expect(submit()).toBe(false);
  window.dispatchEvent(new Event("pageshow"));
  expect(submit()).toBe(true);
});

test("a part is shown only with the values that it belongs to", () => {
  document.body.innerHTML = `<form><input type="radio" name="weather" value="1">
    <input type="radio" name="weather" value="4"><div data-when-name="weather" data-when-values="3 4 5"></div></form>`;
  showWhen(document.body);
  expect(field("div").hidden).toBe(true);
  field("[value='4']").click();
  expect(field("div").hidden).toBe(false);
});

test("one button sets every picker of the form", () => {
  document.body.innerHTML = `<form><button type="button" data-pick-all="1"></button>
    <div data-picker><input type="radio" name="a" value="1"></div>
    <div data-picker><input type="radio" name="b" value="1"></div></form>`;
  pickers(document.body);
  field("button").click();
  expect([...document.querySelectorAll("input")].every((radio) => radio.checked)).toBe(true);
});

test("a counter counts characters as people do", () => {
  document.body.innerHTML = '<textarea maxlength="10">好😀</textarea>';
  counters(document.body);
  expect(field(".counter").textContent).toBe("2 / 10");
});
