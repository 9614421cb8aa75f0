import { enhance } from "./enhance.js";
import { withStorage } from "./storage.js";

const PREFIX = "draft:";
const PENDING = "draft-sent";
const PAUSE_MS = 400;
const PENDING_MS = 120_000;

const keyOf = (form) => `${PREFIX}${document.body.dataset.user ?? ""}:${form.dataset.draft}`;

function fieldsOf(form) {
  return [...form.elements].filter(
    (field) =>
      field.name &&
      !field.closest("[data-private]") &&
      !["hidden", "password", "file", "submit", "button"].includes(field.type),
  );
}

function read(form) {
  const values = {};
  for (const field of fieldsOf(form)) {
    if (["radio", "checkbox"].includes(field.type)) {
      values[field.name] ??= [];
      if (field.checked) values[field.name].push(field.value);
    } else values[field.name] = [field.value];
  }
  return values;
}

function write(form, values) {
  for (const field of fieldsOf(form)) {
    const value = values[field.name];
    if (!value) continue;
    if (["radio", "checkbox"].includes(field.type)) field.checked = value.includes(field.value);
    else field.value = value[0] ?? "";
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function offerUndo(form, key, before) {
  const line = document.querySelector(form.dataset.draftWord ?? "[data-draft-word]");
  if (!line) return;
  line.hidden = false;
  line.querySelector("button")?.addEventListener("click", () => {
    withStorage((storage) => storage.removeItem(key));
    write(form, before);
    line.hidden = true;
  });
}

function keep(form) {
  const key = keyOf(form);
  const before = read(form);
  // After an error the values that the server sent back are newer than the draft.
  const saved = form.querySelector("[data-error-summary]")
    ? null
    : withStorage((storage) => JSON.parse(storage.getItem(key)));
  if (saved && JSON.stringify(saved) !== JSON.stringify(before)) {
    write(form, saved);
    offerUndo(form, key, before);
  }
  let timer;
  const save = () => withStorage((storage) => storage.setItem(key, JSON.stringify(read(form))));
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE_MS);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    save();
    withStorage((storage) =>
      storage.setItem(PENDING, JSON.stringify({ key, from: window.location.href, at: Date.now() })),
    );
  });
}

// A sent draft is removed when an ordinary page follows: not the same form, not an error, not the sign-in.
function settle() {
  const pending = withStorage((storage) => JSON.parse(storage.getItem(PENDING)));
  if (!pending) return;
  withStorage((storage) => storage.removeItem(PENDING));
  const here = [...document.querySelectorAll("form[data-draft]")].some((form) => keyOf(form) === pending.key);
  const followed = document.referrer === pending.from && Date.now() - pending.at < PENDING_MS;
  const ordinary = document.body.classList.contains("has-shell") && !document.body.classList.contains("is-error");
  if (followed && ordinary && !here) withStorage((storage) => storage.removeItem(pending.key));
}

function forgetAll() {
  withStorage((storage) => {
    for (const key of Object.keys(storage)) if (key.startsWith(PREFIX)) storage.removeItem(key);
  });
}

settle();

export function drafts(root) {
  enhance(root, "[data-draft-done]", (mark) => {
    withStorage((storage) =>
      storage.removeItem(`${PREFIX}${document.body.dataset.user ?? ""}:${mark.dataset.draftDone}`),
    );
  });
  enhance(root, "form[data-draft]", keep);
  // A phone may be shared, so signing out removes every draft.
  enhance(root, "form[data-sign-out]", (form) => form.addEventListener("submit", forgetAll));
}
