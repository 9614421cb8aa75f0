import { afterEach, beforeEach, expect, test, vi } from "vitest";

const KEY = "draft:7:dorm-12";
const FORM = `
  <p data-draft-word hidden>Your draft is back. <button type="button">Undo</button></p>
  <form data-draft="dorm-12">
    <input type="hidden" name="csrf" value="secret">
    <textarea name="seen">from the server</textarea>
    <input type="radio" name="weather" value="1" checked><input type="radio" name="weather" value="5">
    <input type="checkbox" name="signs" value="sleep"><input type="checkbox" name="signs" value="eating">
    <div data-private><input name="phone" value="138"></div>
    <input type="password" name="password" value="p">
  </form>`;

const stored = () => JSON.parse(localStorage.getItem(KEY));
const field = (selector) => document.querySelector(selector);

// The module looks for a sent draft when it is loaded, so each page of a test loads it anew.
async function page(html, { classes = "has-shell", referrer = "" } = {}) {
  document.body.className = classes;
  document.body.innerHTML = html;
  vi.spyOn(document, "referrer", "get").mockReturnValue(referrer);
  vi.resetModules();
  const { drafts } = await import("../js/drafts.js");
  drafts(document.body);
}

function type(text) {
  field("textarea").value = text;
  field("form").dispatchEvent(new Event("input"));
  vi.runAllTimers();
}

beforeEach(() => {
  vi.useFakeTimers();
  document.body.dataset.user = "7";
  localStorage.clear();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("what is typed is kept, without hidden, private and secret fields", async () => {
  await page(FORM);
  field("[value=eating]").checked = true;
  type("quiet since Monday");
  expect(stored()).toEqual({ seen: ["quiet since Monday"], weather: ["1"], signs: ["eating"] });
});

test("typing is kept once, after a short pause", async () => {
  await page(FORM);
  const form = field("form");
  field("textarea").value = "first";
  form.dispatchEvent(new Event("input"));
  vi.advanceTimersByTime(399);
  expect(stored()).toBeNull();
  vi.advanceTimersByTime(1);
  expect(stored().seen).toEqual(["first"]);
});

test("a draft comes back with all kinds of fields, and can be undone", async () => {
  localStorage.setItem(KEY, JSON.stringify({ seen: ["mine"], weather: ["5"], signs: ["sleep"] }));
  await page(FORM);
  expect(field("textarea").value).toBe("mine");
  expect(field("[value='5']").checked).toBe(true);
  expect(field("[value=sleep]").checked).toBe(true);
  expect(field("[data-draft-word]").hidden).toBe(false);
  field("[data-draft-word] button").click();
  expect(field("textarea").value).toBe("from the server");
  expect(field("[value='1']").checked).toBe(true);
  expect(field("[value=sleep]").checked).toBe(false);
  expect(stored()).toBeNull();
});

test("a draft that says the same as the server is not announced", async () => {
  localStorage.setItem(KEY, JSON.stringify({ seen: ["from the server"], weather: ["1"], signs: [] }));
  await page(FORM);
  expect(field("[data-draft-word]").hidden).toBe(true);
});

test("after an error the values of the server win", async () => {
  localStorage.setItem(KEY, JSON.stringify({ seen: ["older"] }));
  await page(FORM.replace("<textarea", "<div data-error-summary></div><textarea"));
  expect(field("textarea").value).toBe("from the server");
});

async function send() {
  await page(FORM);
  field("form").dispatchEvent(new Event("submit"));
  expect(stored()).not.toBeNull();
  return window.location.href;
}

test("a sent draft goes when an ordinary page follows", async () => {
  const referrer = await send();
  await page("<h1>Thank you</h1>", { referrer });
  expect(stored()).toBeNull();
});

test.each([
  ["the form comes back", FORM, {}],
  ["an error page follows", "<h1>Sorry</h1>", { classes: "has-shell is-error" }],
  ["the sign-in follows", "<h1>Sign in</h1>", { classes: "no-shell" }],
  ["another page was opened instead", "<h1>Home</h1>", { referrer: "http://elsewhere.example/" }],
])("a sent draft stays when %s", async (_name, html, options) => {
  const referrer = await send();
  await page(html, { referrer, ...options });
  expect(stored()).not.toBeNull();
});

test("a sent draft stays when the next page came two minutes later", async () => {
  const referrer = await send();
  vi.advanceTimersByTime(120_000);
  await page("<h1>Home</h1>", { referrer });
  expect(stored()).not.toBeNull();
});

test("a page that marks the draft as done removes it", async () => {
  localStorage.setItem(KEY, "{}");
  await page('<p data-draft-done="dorm-12">Sent.</p>');
  expect(stored()).toBeNull();
});

test("signing out removes the drafts of everybody, and nothing else", async () => {
  localStorage.setItem(KEY, "{}");
  localStorage.setItem("draft:8:dorm-1", "{}");
  localStorage.setItem("theme", "dark");
  await page("<form data-sign-out></form>");
  field("form").dispatchEvent(new Event("submit"));
  expect(Object.keys(localStorage)).toEqual(["theme"]);
});

test("a broken draft or forbidden storage does not stop the page", async () => {
  localStorage.setItem(KEY, "{not json");
  await page(FORM);
  expect(field("textarea").value).toBe("from the server");
  vi.stubGlobal("localStorage", undefined);
  await page(FORM);
  type("still works");
  vi.unstubAllGlobals();
  expect(field("textarea").value).toBe("still works");
});
