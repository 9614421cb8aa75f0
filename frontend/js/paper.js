import { enhance } from "./enhance.js";
import { forgetOutboxes, Outbox } from "./outbox.js";

const MOVE_ON_MS = 220;

// One question a screen. The page brings all questions, so a paper can be finished without a connection.
class Paper {
  constructor(root) {
    this.root = root;
    const data = JSON.parse(document.getElementById("paper-data").textContent);
    this.items = data.items;
    this.choices = data.choices;
    this.answers = JSON.parse(document.getElementById("paper-answers").textContent);
    this.words = words(root);
    this.form = root.querySelector("[data-paper-form]");
    this.submit = root.querySelector("[data-paper-submit]");
    this.help = root.querySelector("[data-paper-help]");
    this.outbox = new Outbox(root.dataset.paper, root.dataset.save, {
      changed: () => this.tellSaved(),
      heard: (reply) => this.hear(reply),
      refused: (reply) => this.refuse(reply),
      signedOut: () => this.tell(this.words["signed-out"], root.dataset.signIn),
    });
    for (const given of this.outbox.unsent()) this.answers[given.item] = given.value;
    this.form.replaceChildren();
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.submit.addEventListener("submit", () => {
      this.submit.elements.message.value = JSON.stringify(this.outbox.rest());
    });
    document.addEventListener("keydown", (event) => this.press(event));
    this.show(this.firstGap(), false);
    this.outbox.start();
  }

  firstGap() {
    const gap = this.items.findIndex((item) => !(item.code in this.answers) && !item.optional);
    return gap < 0 ? this.items.length : gap;
  }

  show(place, focus = true) {
    this.place = Math.min(place, this.firstGap());
    const complete = this.place >= this.items.length;
    this.submit.hidden = !complete;
    this.form.replaceChildren(...(complete ? this.completeParts() : this.questionParts()));
    this.shownAt = performance.now();
    this.count();
    if (focus) (complete ? this.submit.querySelector("button") : this.form.querySelector("legend")).focus();
  }

  completeParts() {
    return [element("p", { className: "paper-complete", textContent: this.words.complete }), this.actions()];
  }

  questionParts() {
    const item = this.items[this.place];
    const legend = element("legend", { tabIndex: -1 });
    legend.append(element("span", { className: "question-number", textContent: this.place + 1 }), item.text);
    const field = element("fieldset", { className: "question" });
    field.append(legend, ...(item.kind ? [this.input(item)] : this.radios(item)));
    return [field, this.actions(item)];
  }

  radios(item) {
    return this.choices[item.set].map(([value, label]) => {
      const radio = element("input", { type: "radio", className: "form-check-input", name: "answer", value });
      radio.checked = this.answers[item.code] === value;
      radio.addEventListener("change", () => this.answer(item, value));
      const line = element("label", { className: "choice" });
      // A tap or click moves on; arrow keys only choose, so that a keyboard or a screen reader can hear the choices first.
      line.addEventListener("click", (event) => {
        if (event.target === radio && (event.pointerType || event.detail)) this.moveOn(item);
      });
      line.append(radio, element("span", { textContent: label }));
      return line;
    });
  }

  input(item) {
    const time = item.kind === "time";
    const field = element("input", {
      className: "form-control",
      type: time ? "time" : "text",
      value: this.answers[item.code] ?? "",
    });
    if (!time) field.inputMode = "decimal";
    field.setAttribute("aria-label", item.text);
    field.addEventListener("change", () => {
      const value = time ? field.value : Number(field.value);
      if (field.value !== "" && !Number.isNaN(value)) this.answer(item, value);
    });
    return field;
  }

  actions(item) {
    const bar = element("div", { className: "form-actions paper-actions" });
    if (this.place > 0) bar.append(this.button(this.words.back, "btn", () => this.show(this.place - 1)));
    if (item) {
      const open = item.optional && !(item.code in this.answers);
      bar.append(this.button(open ? this.words.skip : this.words.next, "btn btn-primary", () => this.goOn(item)));
    }
    return bar;
  }

  button(textContent, className, act) {
    const button = element("button", { type: "button", className, textContent });
    button.addEventListener("click", act);
    return button;
  }

  answer(item, value) {
    if (this.answers[item.code] === value) return;
    this.answers[item.code] = value;
    const seconds = Math.round((performance.now() - this.shownAt) / 100) / 10;
    this.outbox.put({ item: item.code, value, seconds });
    this.count();
  }

  moveOn(item) {
    clearTimeout(this.moving);
    const here = this.place;
    this.moving = setTimeout(() => {
      // Whoever has just been shown help keeps it before them.
      if (this.place === here && item.code in this.answers)
        this.show(here + 1, !this.help.contains(document.activeElement));
    }, MOVE_ON_MS);
  }

  goOn(item) {
    if (item.code in this.answers || item.optional) this.show(this.place + 1);
    else this.form.querySelector("input").focus();
  }

  press(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input:not([type=radio])")) return;
    const item = this.items[this.place];
    if (event.key === "Enter" && item && event.target.matches("legend, [type=radio]")) this.goOn(item);
    if (!item || item.kind || !/^[0-9]$/.test(event.key)) return;
    const radios = [...this.form.querySelectorAll("[type=radio]")];
    // A digit is the answer's own code where it is one, else its place in the list.
    const radio = radios.find((one) => one.value === event.key) ?? radios[Number(event.key) - 1];
    if (!radio) return;
    radio.checked = true;
    this.answer(item, Number(radio.value));
    this.moveOn(item);
  }

  count() {
    const answered = Object.keys(this.answers).length;
    this.root.querySelector("[data-paper-progress]").value = answered;
    this.root.querySelector("[data-paper-count]").textContent = `${answered} / ${this.items.length}`;
  }

  hear(reply) {
    if (!reply.help || !this.help.hidden) return;
    this.help.hidden = false;
    this.help.focus();
    this.help.scrollIntoView({ block: "start" });
  }

  refuse(reply) {
    this.tell(reply.message, reply.over ? window.location.pathname : null);
  }

  tellSaved() {
    this.tell(this.outbox.isEmpty ? this.words.saved : this.outbox.failing ? this.words.unsaved : this.words.saving);
  }

  tell(text, link = null) {
    const line = this.root.querySelector("[data-paper-saved]");
    line.toggleAttribute("data-waiting", !this.outbox?.isEmpty);
    const said = line.querySelector("span");
    said.textContent = text;
    if (link) said.append(" ", element("a", { href: link, textContent: this.words.reload }));
  }
}

function words(root) {
  const spans = root.querySelector("[data-paper-words]").content.querySelectorAll("[data-word]");
  return Object.fromEntries([...spans].map((span) => [span.dataset.word, span.textContent]));
}

function element(name, properties) {
  return Object.assign(document.createElement(name), properties);
}

export function papers(root) {
  enhance(root, "[data-paper]", (paper) => new Paper(paper));
  // A phone may be shared: signing out leaves nothing behind.
  enhance(root, "form[data-sign-out]", (form) => form.addEventListener("submit", forgetOutboxes));
}
