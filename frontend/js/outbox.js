const PREFIX = "outbox:";
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
const PATIENCE_MS = 10_000;

function store(act) {
  try {
    return act(window.localStorage);
  } catch {
    return null;
  }
}

// Messages that the server has not acknowledged, in order, one at a time. Each carries its device and its number, so that the
// server knows one it has heard before; what is acknowledged is forgotten here.
export class Outbox {
  constructor(name, address, on) {
    this.key = `${PREFIX}${document.body.dataset.user ?? ""}:${name}`;
    this.address = address;
    this.on = on;
    this.device = Math.random().toString(36).slice(2, 12);
    this.number = 0;
    this.pause = FIRST_PAUSE_MS;
    this.failing = false;
    this.messages = store((storage) => JSON.parse(storage.getItem(this.key))) ?? [];
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

  put(given) {
    this.number += 1;
    this.messages.push({ device: this.device, number: this.number, given: [given] });
    this.keep();
    this.send();
  }

  // What is left, as one message: an answer given twice counts as it was given last.
  rest() {
    const last = new Map(this.unsent().map((given) => [given.item, given]));
    return { device: this.device, number: this.number + 1, given: [...last.values()] };
  }

  keep() {
    store((storage) => (this.isEmpty ? storage.removeItem(this.key) : storage.setItem(this.key, JSON.stringify(this.messages))));
    this.on.changed();
  }

  async send() {
    if (this.sending || this.isEmpty) return;
    this.sending = true;
    clearTimeout(this.timer);
    const heard = await this.post(this.messages[0]);
    this.sending = false;
    if (heard) this.send();
  }

  async post(message) {
    try {
      const answer = await fetch(this.address, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": document.body.dataset.csrf },
        body: JSON.stringify(message),
        redirect: "manual",
        signal: AbortSignal.timeout?.(PATIENCE_MS),
      });
      if (answer.type === "opaqueredirect" || answer.status === 403) return this.stop(() => this.on.signedOut());
      if (answer.status === 422) return this.drop(await answer.json());
      if (!answer.ok) return this.wait();
      return this.done(await answer.json());
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

  // The server will never take this one; the page says why.
  drop(reply) {
    this.messages = reply.over ? [] : this.messages.slice(1);
    this.keep();
    this.on.refused(reply);
    return !reply.over;
  }

  stop(tell) {
    this.failing = true;
    tell();
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
  store((storage) => {
    for (const key of Object.keys(storage)) if (key.startsWith(PREFIX)) storage.removeItem(key);
  });
}
