import { enhance } from "./enhance.js";
import { withStorage } from "./storage.js";

// What is typed into a form with free text is kept in this tab until the form is sent. It may be about somebody's
// health, so it is encrypted with a key that the pages of a signed-in user carry and that is stored nowhere.
const PREFIX = "draft:";
const SENT = "draft-sent";
const PAUSE_MS = 400;
const SENT_MS = 120_000;
const IV_BYTES = 12;
const UNKEPT = ["hidden", "password", "file", "submit", "button"];

const inTab = (act) => withStorage(act, "sessionStorage");
const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const textOf = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

function keyOf(form) {
  const user = document.body.dataset.user ?? "";
  return `${PREFIX}${user}:${window.location.pathname}:${form.getAttribute("action") ?? ""}`;
}

// Null on pages without a signed-in user, and where the browser does not encrypt: over plain http.
async function cipherKey() {
  const text = document.body.dataset.draftKey;
  if (!text || !globalThis.crypto?.subtle) return null;
  return crypto.subtle.importKey("raw", bytesOf(text), "AES-GCM", false, ["encrypt", "decrypt"]);
}

async function seal(key, values) {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const text = new TextEncoder().encode(JSON.stringify(values));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, text);
  return textOf([...iv, ...new Uint8Array(sealed)]);
}

async function unseal(key, text) {
  try {
    const bytes = bytesOf(text);
    const [iv, sealed] = [bytes.slice(0, IV_BYTES), bytes.slice(IV_BYTES)];
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed);
    return JSON.parse(new TextDecoder().decode(plain));
  } catch {
    return null;
  }
}

const fieldsOf = (form) => [...form.elements].filter((field) => field.name && !UNKEPT.includes(field.type));
const isChoice = (field) => ["radio", "checkbox"].includes(field.type);

function read(form) {
  const values = {};
  for (const field of fieldsOf(form)) {
    values[field.name] ??= [];
    if (!isChoice(field) || field.checked) values[field.name].push(field.value);
  }
  return values;
}

function write(form, values) {
  for (const field of fieldsOf(form)) {
    const value = values[field.name];
    if (!value) continue;
    if (isChoice(field)) field.checked = value.includes(field.value);
    else field.value = value[0] ?? "";
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function offerUndo(form, key, before) {
  const line = document.querySelector("template[data-draft-line]")?.content.firstElementChild.cloneNode(true);
  if (!line) return;
  form.before(line);
  line.querySelector("button").addEventListener("click", () => {
    inTab((storage) => storage.removeItem(key));
    write(form, before);
    line.remove();
  });
}

async function keep(form) {
  const cipher = await cipherKey();
  if (!cipher) return;
  const key = keyOf(form);
  const before = read(form);
  let timer;
  const save = async () => {
    const sealed = await seal(cipher, read(form));
    inTab((storage) => storage.setItem(key, sealed));
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE_MS);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    save();
    // A referrer never carries the part after "#".
    const sent = { key, from: window.location.href.split("#")[0], at: Date.now() };
    inTab((storage) => storage.setItem(SENT, JSON.stringify(sent)));
  });
  // After an error the values that the server sent back are newer than the draft.
  const stored = form.querySelector("[data-error-summary]") ? null : inTab((storage) => storage.getItem(key));
  const draft = stored && (await unseal(cipher, stored));
  if (draft && JSON.stringify(draft) !== JSON.stringify(before)) {
    write(form, draft);
    offerUndo(form, key, before);
  }
}

// A draft goes when the form has arrived: an ordinary page follows, not an error, a refusal or the sign-in.
function settle() {
  const sent = inTab((storage) => JSON.parse(storage.getItem(SENT)));
  if (!sent) return;
  inTab((storage) => storage.removeItem(SENT));
  const followed = document.referrer === sent.from && Date.now() - sent.at < SENT_MS;
  const ordinary = document.body.classList.contains("has-shell") && !document.body.classList.contains("is-error");
  const refused = document.querySelector("[data-error-summary], .note-error, [data-unsent]");
  if (followed && ordinary && !refused) inTab((storage) => storage.removeItem(sent.key));
}

function forgetAll() {
  inTab((storage) => {
    for (const key of Object.keys(storage)) if (key.startsWith(PREFIX)) storage.removeItem(key);
  });
}

settle();

export function drafts(root) {
  enhance(root, 'form[method="post"]:not([data-undrafted])', (form) => form.querySelector("textarea") && keep(form));
  // Nothing that was typed stays in the tab of somebody who has signed out.
  enhance(root, "form[data-sign-out]", (form) => form.addEventListener("submit", forgetAll));
}
