import { enhance } from "./enhance.js";
import { withStorage } from "./storage.js";

const PREFIX = "ticks:";
const PAUSE_MS = 10_000;

// The list at the door works without a connection: a tick is kept on this phone under an id of its own and sent until
// the server has it. Only ids are kept, no names.
export class Ticks {
  constructor(address, on) {
    this.key = `${PREFIX}${document.body.dataset.user ?? ""}:${address}`;
    this.address = address;
    this.on = on;
    this.records = withStorage((storage) => JSON.parse(storage.getItem(this.key))) ?? [];
  }

  put(student, at = new Date()) {
    if (this.records.some((record) => record.student === student)) return;
    this.records.push({ client_id: crypto.randomUUID(), student, at: at.toISOString() });
    this.keep();
    this.send();
  }

  keep() {
    withStorage((storage) =>
      this.records.length ? storage.setItem(this.key, JSON.stringify(this.records)) : storage.removeItem(this.key),
    );
    this.on.changed(this.records);
  }

  async send() {
    if (this.sending || this.records.length === 0) return;
    this.sending = true;
    clearTimeout(this.timer);
    const answers = await this.post([...this.records]);
    this.sending = false;
    if (answers === null) {
      this.timer = setTimeout(() => this.send(), PAUSE_MS);
      return;
    }
    const answered = new Set(Object.keys(answers));
    this.records = this.records.filter((record) => !answered.has(record.client_id));
    this.keep();
    this.on.sent(answers);
  }

  async post(records) {
    try {
      const response = await fetch(this.address, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": document.body.dataset.csrf },
        body: JSON.stringify({ records }),
        redirect: "manual",
      });
      return response.ok ? (await response.json()).answers : null;
    } catch {
      return null;
    }
  }
}

export function ticks(root) {
  enhance(root, "[data-ticks]", (list) => {
    const state = list.querySelector("[data-ticks-state]");
    const mark = (form) => {
      const done = document.createElement("strong");
      done.textContent = `✓ ${list.dataset.ticksDone}`;
      form.replaceChildren(done);
    };
    const outbox = new Ticks(list.dataset.ticks, {
      changed: (records) => {
        state.textContent = records.length ? `${records.length} · ${list.dataset.ticksWaiting}` : "";
      },
      sent: () => {},
    });
    for (const form of list.querySelectorAll("[data-tick]")) {
      if (outbox.records.some((record) => record.student === form.dataset.tick)) mark(form);
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        outbox.put(form.dataset.tick);
        mark(form);
      });
    }
    window.addEventListener("online", () => outbox.send());
    outbox.on.changed(outbox.records);
    outbox.send();
  });
}
