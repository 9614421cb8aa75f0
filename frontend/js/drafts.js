import { each } from "./each.js";

const PREFIX = "draft:";
const PENDING = "draft-sent";
const PAUSE_MS = 400;
const PENDING_MS = 120_000;

const keyOf = (form) => `${PREFIX}${document.body.dataset.user ?? ""}:${form.dataset.draft}`;

// Some browsers inside apps forbid storage: then there is no draft, and nothing else changes.
function store(act) {
  try {
    return act(window.localStorage);
  } catch {
    return null;
  }
}

function kept(form) {
  return [...form.elements].filter(
    (field) =>
      field.name && !field.closest("[data-private]") && !["hidden", "password", "file", "submit", "button"].includes(field.type),
  );
}

function read(form) {
  const values = {};
  for (const field of kept(form)) {
    if (["radio", "checkbox"].includes(field.type)) {
      values[field.name] ??= [];
      if (field.checked) values[field.name].push(field.value);
    } else values[field.name] = [field.value];
  }
  return values;
}

function write(form, values) {
  for (const field of kept(form)) {
    const value = values[field.name];
    if (!value) continue;
    if (["radio", "checkbox"].includes(field.type)) field.checked = value.includes(field.value);
    else field.value = value[0] ?? "";
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function tell(form, key, before) {
  const line = document.querySelector(form.dataset.draftWord ?? "[data-draft-word]");
  if (!line) return;
  line.hidden = false;
  line.querySelector("button")?.addEventListener("click", () => {
    store((storage) => storage.removeItem(key));
    write(form, before);
    line.hidden = true;
  });
}

function keep(form) {
  const key = keyOf(form);
  const before = read(form);
  // What the server sent back after an error is newer than the draft.
  const saved = form.querySelector("[data-error-summary]") ? null : store((storage) => JSON.parse(storage.getItem(key)));
  if (saved && JSON.stringify(saved) !== JSON.stringify(before)) {
    write(form, saved);
    tell(form, key, before);
  }
  let timer;
  const save = () => store((storage) => storage.setItem(key, JSON.stringify(read(form))));
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE_MS);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    save();
    store((storage) => storage.setItem(PENDING, JSON.stringify({ key, from: window.location.href, at: Date.now() })));
  });
}

// A draft goes when the page that follows its form is an ordinary page: not the form again, not an error, not the sign-in.
function settle() {
  const pending = store((storage) => JSON.parse(storage.getItem(PENDING)));
  if (!pending) return;
  store((storage) => storage.removeItem(PENDING));
  const here = [...document.querySelectorAll("form[data-draft]")].some((form) => keyOf(form) === pending.key);
  const followed = document.referrer === pending.from && Date.now() - pending.at < PENDING_MS;
  const ordinary = document.body.classList.contains("has-shell") && !document.body.classList.contains("is-error");
  if (followed && ordinary && !here) store((storage) => storage.removeItem(pending.key));
}

function forgetAll() {
  store((storage) => {
    for (const key of Object.keys(storage)) if (key.startsWith(PREFIX)) storage.removeItem(key);
  });
}

settle();

export function drafts(root) {
  each(root, "[data-draft-done]", (mark) => {
    store((storage) => storage.removeItem(`${PREFIX}${document.body.dataset.user ?? ""}:${mark.dataset.draftDone}`));
  });
  each(root, "form[data-draft]", keep);
  // A phone may be shared: signing out leaves nothing behind.
  each(root, "form[data-sign-out]", (form) => form.addEventListener("submit", forgetAll));
}
