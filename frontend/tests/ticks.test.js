import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Ticks } from "../js/ticks.js";

let online;
let received;
let states;

async function server(_address, { body }) {
  if (!online) throw new TypeError("no connection");
  const { records } = JSON.parse(body);
  received.push(records);
  const answers = Object.fromEntries(records.map((record) => [record.client_id, "taken"]));
  return new Response(JSON.stringify({ answers }), { status: 200 });
}

const open = () => new Ticks("/batch", { changed: (records) => states.push(records.length), sent: () => {} });

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", vi.fn(server));
  document.body.dataset.user = "7";
  localStorage.clear();
  online = true;
  received = [];
  states = [];
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a tick without a connection stays on the phone and is sent later, once", async () => {
  online = false;
  open().put("s1");
  await vi.advanceTimersByTimeAsync(0);
  expect(received).toEqual([]);
  expect(localStorage.getItem("ticks:7:/batch")).toContain("s1");
  online = true;
  const reopened = open();
  await reopened.send();
  expect(received).toHaveLength(1);
  expect(received[0][0].student).toBe("s1");
  expect(localStorage.getItem("ticks:7:/batch")).toBeNull();
  expect(states.at(-1)).toBe(0);
});

test("somebody who is ticked twice is kept once", async () => {
  online = false;
  const outbox = open();
  outbox.put("s1");
  outbox.put("s1");
  expect(outbox.records).toHaveLength(1);
});

test("it tries again by itself", async () => {
  online = false;
  open().put("s1");
  await vi.advanceTimersByTimeAsync(0);
  online = true;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(received).toHaveLength(1);
});
