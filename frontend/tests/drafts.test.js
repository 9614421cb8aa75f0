import { afterEach, beforeEach, expect, test, vi } from "vitest";

const ENTRY = `draft:7:${window.location.pathname}:/send`;
const DRAFT_KEY = btoa("0123456789abcdef0123456789abcdef");
const OTHER_KEY = btoa("fedcba9876543210fedcba9876543210");
const LINE = `<template data-draft-line><div class="back">It is back. <button type="button">Undo</button></div></template>`;
const FORM = `${LINE}
  <form method="post" action="/send">
    <input type="hidden" name="csrf" value="secret">
    <textarea name="seen">from the server</textarea>
    <input type="radio" name="weather" value="1" checked><input type="radio" name="weather" value="5">
    <input type="checkbox" name="signs" value="sleep"><input type="checkbox" name="signs" value="eating">
    <input type="password" name="password" value="p">
  </form>`;

const stored = () => sessionStorage.getItem(ENTRY);
const field = (selector) => document.querySelector(selector);
// Encryption runs outside the fake clock.
const settled = () => vi.waitFor(() => expect(idle()).toBe(true));
let running = 0;
const idle = () => running === 0;

// The module looks for a sent draft when it is loaded, so each page of a test loads it anew.
async function page(html, { classes = "has-shell", referrer = "", key = DRAFT_KEY } = {}) {
  document.body.className = classes;
  document.body.dataset.draftKey = key;
  document.body.innerHTML = html;
  vi.spyOn(document, "referrer", "get").mockReturnValue(referrer);
  vi.resetModules();
  const { drafts } = await import("../js/drafts.js");
  drafts(document.body);
  await settled();
}

async function type(text) {
  field("textarea").value = text;
  field("form").dispatchEvent(new Event("input"));
  vi.advanceTimersByTime(400);
  await settled();
}

// Counts the calls of the browser's encryption that have not come back.
function counted(name) {
  const real = crypto.subtle[name].bind(crypto.subtle);
  vi.spyOn(crypto.subtle, name).mockImplementation(async (...given) => {
    running += 1;
    try {
      return await real(...given);
    } finally {
      setImmediate(() => {
        running -= 1;
      });
    }
  });
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  for (const name of ["importKey", "encrypt", "decrypt"]) counted(name);
  document.body.dataset.user = "7";
  window.location.hash = "";
  sessionStorage.clear();
  localStorage.clear();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("what is typed comes back on the same page, with all kinds of fields", async () => {
  await page(FORM);
  field("[value=eating]").checked = true;
  field("[value='5']").checked = true;
  await type("今天很安静");
  await page(FORM);
  expect(field("textarea").value).toBe("今天很安静");
  expect(field("[value='5']").checked).toBe(true);
  expect(field("[value=eating]").checked).toBe(true);
  expect(field("[value=sleep]").checked).toBe(false);
  field(".back button").click();
  expect(field("textarea").value).toBe("from the server");
  expect(field("[value='1']").checked).toBe(true);
  expect(field(".back")).toBeNull();
  expect(stored()).toBeNull();
});

test("nothing that can be read is stored, and nothing beyond this tab", async () => {
  await page(FORM);
  await type("quiet since Monday");
  expect(stored()).not.toMatch(/quiet|seen/);
  expect(atob(stored())).not.toMatch(/quiet|seen|secret/);
  expect(localStorage.length).toBe(0);
});

test("another user's key opens nothing", async () => {
  await page(FORM);
  await type("mine");
  await page(FORM, { key: OTHER_KEY });
  expect(field("textarea").value).toBe("from the server");
});

test("without a key, as on the sign-in page, nothing is kept", async () => {
  await page(FORM, { key: "" });
  await type("mine");
  expect(sessionStorage.length).toBe(0);
});

test("a form without free text is not kept", async () => {
  await page('<form method="post" action="/send"><input name="level" value="1"></form>');
  field("form").dispatchEvent(new Event("input"));
  vi.advanceTimersByTime(400);
  await settled();
  expect(sessionStorage.length).toBe(0);
});

test("a draft that says the same as the server is not announced", async () => {
  await page(FORM);
  await type("from the server");
  await page(FORM);
  expect(field(".back")).toBeNull();
});

test("after an error the values of the server win", async () => {
  await page(FORM);
  await type("older");
  await page(FORM.replace("<textarea", "<div data-error-summary></div><textarea"));
  expect(field("textarea").value).toBe("from the server");
});

async function send() {
  await page(FORM);
  await type("mine");
  field("form").dispatchEvent(new Event("submit"));
  await settled();
  expect(stored()).not.toBeNull();
  return window.location.href;
}

test.each([
  ["an ordinary page", "<h1>Thank you</h1>"],
  ["the same page without an error", FORM],
])("a sent draft goes when %s follows", async (_name, html) => {
  const referrer = await send();
  await page(html, { referrer });
  expect(stored()).toBeNull();
});

test("a sent draft goes also when the address of its page named a place on it", async () => {
  window.location.hash = "#note";
  const referrer = (await send()).split("#")[0];
  await page("<h1>Thank you</h1>", { referrer });
  expect(stored()).toBeNull();
});

test.each([
  ["the form comes back with errors", `${FORM}<div data-error-summary></div>`, {}],
  ["the act was refused", '<p class="note-error">No.</p>', {}],
  ["an error page follows", "<h1>Sorry</h1>", { classes: "has-shell is-error" }],
  ["the sign-in follows", "<h1>Sign in</h1>", { classes: "no-shell" }],
  ["the page says that it was not sent", "<p data-unsent>Not yet.</p>", {}],
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

test("signing out removes the drafts of everybody, and nothing else", async () => {
  sessionStorage.setItem(ENTRY, "x");
  sessionStorage.setItem("draft:8:/:", "x");
  sessionStorage.setItem("theme", "dark");
  await page("<form data-sign-out></form>");
  field("form").dispatchEvent(new Event("submit"));
  expect(Object.keys(sessionStorage)).toEqual(["theme"]);
});

test("a broken draft or forbidden storage does not stop the page", async () => {
  sessionStorage.setItem(ENTRY, "not base64!");
  await page(FORM);
  expect(field("textarea").value).toBe("from the server");
  vi.stubGlobal("sessionStorage", undefined);
  await page(FORM);
  await type("still works");
  vi.unstubAllGlobals();
  expect(field("textarea").value).toBe("still works");
});
