import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { forgetOutboxes, Outbox } from "../js/outbox.js";

const KEY = "outbox:7:paper-3";

let answers;
let received;
let events;

// Each call of fetch takes the next of `answers`: a response, or "unreachable". Without one the server acknowledges.
async function server(_address, { body }) {
  const answer = answers.shift() ?? reply(200, { saved: true });
  if (answer === "unreachable") throw new TypeError("no connection");
  received.push(JSON.parse(body));
  return answer;
}

const reply = (status, body = {}) => new Response(JSON.stringify(body), { status });

function open() {
  return new Outbox("paper-3", "/save", {
    changed: () => events.push("changed"),
    heard: () => events.push("acknowledged"),
    refused: () => events.push("refused"),
    signedOut: () => events.push("signed out"),
  });
}

const stored = () => JSON.parse(localStorage.getItem(KEY));

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", vi.fn(server));
  document.body.dataset.user = "7";
  localStorage.clear();
  answers = [];
  received = [];
  events = [];
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("an acknowledged answer is removed from the phone", async () => {
  const outbox = open();
  outbox.put({ item: "1", value: 2 });
  expect(stored()).toHaveLength(1);
  await vi.runAllTimersAsync();
  expect(received).toEqual([{ device: outbox.device, number: 1, given: [{ item: "1", value: 2 }] }]);
  expect(outbox.isEmpty).toBe(true);
  expect(stored()).toBeNull();
  expect(events).toContain("acknowledged");
});

test("answers are sent in order and one at a time", async () => {
  let finish;
  answers = [
    new Promise((resolve) => {
      finish = () => resolve(reply(200));
    }),
  ];
  const outbox = open();
  outbox.put({ item: "1", value: 0 });
  outbox.put({ item: "2", value: 1 });
  await vi.advanceTimersByTimeAsync(0);
  expect(fetch).toHaveBeenCalledTimes(1);
  finish();
  await vi.runAllTimersAsync();
  expect(received.map((message) => message.number)).toEqual([1, 2]);
});

test("without a connection an answer waits, and is sent again with the same device and number", async () => {
  answers = ["unreachable", reply(503)];
  const outbox = open();
  outbox.put({ item: "1", value: 3 });
  await vi.advanceTimersByTimeAsync(0);
  expect(outbox.failing).toBe(true);
  expect(stored()).toHaveLength(1);
  await vi.runAllTimersAsync();
  expect(received[0]).toEqual(received[1]);
  expect(outbox.isEmpty).toBe(true);
  expect(outbox.failing).toBe(false);
});

test("the pause between attempts doubles up to fifteen seconds", async () => {
  answers = Array(6).fill("unreachable");
  open().put({ item: "1", value: 3 });
  await vi.advanceTimersByTimeAsync(0);
  let calls = 1;
  for (const seconds of [1, 2, 4, 8, 15, 15]) {
    await vi.advanceTimersByTimeAsync(seconds * 1000 - 1);
    expect(fetch).toHaveBeenCalledTimes(calls);
    await vi.advanceTimersByTimeAsync(1);
    calls += 1;
    expect(fetch).toHaveBeenCalledTimes(calls);
  }
});

test("answers of an earlier visit are sent when the page opens again", async () => {
  localStorage.setItem(KEY, JSON.stringify([{ device: "old", number: 4, given: [{ item: "9", value: 1 }] }]));
  const outbox = open();
  expect(outbox.unsent()).toEqual([{ item: "9", value: 1 }]);
  outbox.start();
  await vi.runAllTimersAsync();
  expect(received).toEqual([{ device: "old", number: 4, given: [{ item: "9", value: 1 }] }]);
});

test("a new connection sends at once", async () => {
  answers = ["unreachable"];
  const outbox = open();
  outbox.start();
  outbox.put({ item: "1", value: 3 });
  await vi.advanceTimersByTimeAsync(0);
  window.dispatchEvent(new Event("online"));
  await vi.advanceTimersByTimeAsync(0);
  expect(outbox.isEmpty).toBe(true);
});

test("a refused answer is dropped, and the next one is sent", async () => {
  answers = [reply(422, { message: "not a choice" })];
  const outbox = open();
  outbox.put({ item: "1", value: 99 });
  outbox.put({ item: "2", value: 1 });
  await vi.runAllTimersAsync();
  expect(received.map((message) => message.given[0].item)).toEqual(["1", "2"]);
  expect(events).toContain("refused");
  expect(outbox.isEmpty).toBe(true);
});

test("when the paper is over, all unsent answers are dropped", async () => {
  answers = [reply(422, { message: "handed in", over: true })];
  const outbox = open();
  outbox.put({ item: "1", value: 1 });
  outbox.put({ item: "2", value: 1 });
  await vi.runAllTimersAsync();
  expect(fetch).toHaveBeenCalledTimes(1);
  expect(outbox.isEmpty).toBe(true);
});

test.each([
  ["an ended session", { type: "opaqueredirect", status: 0 }],
  ["a refused token", { status: 403 }],
])("%s keeps the answers, says so and stops", async (_name, response) => {
  answers = [response];
  const outbox = open();
  outbox.put({ item: "1", value: 1 });
  await vi.runAllTimersAsync();
  expect(events).toContain("signed out");
  expect(fetch).toHaveBeenCalledTimes(1);
  expect(stored()).toHaveLength(1);
});

test("the rest is one message, and the last answer to an item counts", () => {
  answers = ["unreachable"];
  const outbox = open();
  outbox.put({ item: "1", value: 0 });
  outbox.put({ item: "2", value: 1 });
  outbox.put({ item: "1", value: 3 });
  expect(outbox.rest()).toEqual({
    device: outbox.device,
    number: 4,
    given: [
      { item: "1", value: 3 },
      { item: "2", value: 1 },
    ],
  });
});

test("another account on the same phone does not see the answers", () => {
  answers = ["unreachable"];
  open().put({ item: "1", value: 1 });
  document.body.dataset.user = "8";
  expect(open().isEmpty).toBe(true);
});

test("a browser without storage still sends", async () => {
  vi.stubGlobal("localStorage", undefined);
  const outbox = open();
  outbox.put({ item: "1", value: 1 });
  await vi.runAllTimersAsync();
  expect(received).toHaveLength(1);
  expect(outbox.isEmpty).toBe(true);
});

test("signing out removes every outbox and nothing else", () => {
  localStorage.setItem(KEY, "[]");
  localStorage.setItem("outbox:8:paper-1", "[]");
  localStorage.setItem("theme", "dark");
  forgetOutboxes();
  expect(Object.keys(localStorage)).toEqual(["theme"]);
});
