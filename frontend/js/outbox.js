import { withStorage } from "./storage.js";

const PREFIX = "outbox:";
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
const PATIENCE_MS = 10_000;

// Messages that the server has not acknowledged yet, sent in order and one at a time. Each has a device and a number, so
// that the server recognizes a message that arrives twice. An acknowledged message is removed.
export class Outbox {
  constructor(name, address, on) {
    this.key = `${PREFIX}${document.body.dataset.user ?? ""}:${name}`;
    this.address = address;
    this.on = on;
    this.device = Math.random().toString(36).slice(2, 12);
    this.number = 0;
    this.pause = FIRST_PAUSE_MS;
    this.failing = false;
    this.messages = withStorage((storage) => JSON.parse(storage.getItem(this.key))) ?? [];
  }

  get isEmpty() {
    return this.messages.length === 0;
  }

  start() {
    window.addEventListener("online", () => this.send());
    if (!this.isEmpty) this.send();
  }

  unsent() {
    return this.messages.flatMap((message) => message.given);
  }

  put(answer) {
    this.number += 1;
    this.messages.push({ device: this.device, number: this.number, given: [answer] });
    this.keep();
    this.send();
  }

  // All unsent answers as one message. If an item was answered twice, the last answer counts.
  rest() {
    const last = new Map(this.unsent().map((answer) => [answer.item, answer]));
    return { device: this.device, number: this.number + 1, given: [...last.values()] };
  }

  keep() {
    withStorage((storage) =>
      this.isEmpty ? storage.removeItem(this.key) : storage.setItem(this.key, JSON.stringify(this.messages)),
    );
    this.on.changed();
  }

  async send() {
    if (this.sending || this.isEmpty) return;
    this.sending = true;
    clearTimeout(this.timer);
    const acknowledged = await this.post(this.messages[0]);
    this.sending = false;
    if (acknowledged) this.send();
  }

  async post(message) {
    try {
      const response = await fetch(this.address, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": document.body.dataset.csrf },
        body: JSON.stringify(message),
        redirect: "manual",
        signal: AbortSignal.timeout?.(PATIENCE_MS),
      });
      if (response.type === "opaqueredirect" || response.status === 403) return this.stop(() => this.on.signedOut());
      if (response.status === 422) return this.drop(await response.json());
      if (!response.ok) return this.wait();
      return this.done(await response.json());
    } catch {
      return this.wait();
    }
  }

  done(reply) {
    this.messages.shift();
    this.failing = false;
    this.pause = FIRST_PAUSE_MS;
    this.keep();
    this.on.heard(reply);
    return true;
  }

  // The server will never accept this message; the page says why.
  drop(reply) {
    this.messages = reply.over ? [] : this.messages.slice(1);
    this.keep();
    this.on.refused(reply);
    return !reply.over;
  }

  stop(notify) {
    this.failing = true;
    notify();
    return false;
  }

  wait() {
    this.failing = true;
    this.on.changed();
    this.timer = setTimeout(() => this.send(), this.pause);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
    return false;
  }
}

export function forgetOutboxes() {
  withStorage((storage) => {
    for (const key of Object.keys(storage)) if (key.startsWith(PREFIX)) storage.removeItem(key);
  });
}
