import { each } from "./each.js";

const fromText = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const toText = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
const known = (list) => (list ?? []).map((one) => ({ ...one, id: fromText(one.id) }));

async function create({ publicKey }) {
  // Kept by the device, so that it can sign in by itself; a key too small for that is still a second step.
  const authenticatorSelection = { ...publicKey.authenticatorSelection, residentKey: "preferred" };
  const user = { ...publicKey.user, id: fromText(publicKey.user.id) };
  const excludeCredentials = known(publicKey.excludeCredentials);
  const challenge = fromText(publicKey.challenge);
  const made = await navigator.credentials.create({
    publicKey: { ...publicKey, challenge, user, excludeCredentials, authenticatorSelection },
  });
  return pack(made, { attestationObject: made.response.attestationObject });
}

async function show({ publicKey }) {
  const allowCredentials = known(publicKey.allowCredentials);
  const shown = await navigator.credentials.get({
    publicKey: { ...publicKey, challenge: fromText(publicKey.challenge), allowCredentials },
  });
  const { authenticatorData, signature, userHandle } = shown.response;
  return pack(shown, { authenticatorData, signature, ...(userHandle ? { userHandle } : {}) });
}

function pack(credential, parts) {
  const response = { clientDataJSON: toText(credential.response.clientDataJSON) };
  for (const [name, bytes] of Object.entries(parts)) response[name] = toText(bytes);
  const clientExtensionResults = credential.getClientExtensionResults();
  return { type: credential.type, id: credential.id, rawId: toText(credential.rawId), response, clientExtensionResults };
}

async function task(form) {
  if (form.dataset.passkeyOptions) return JSON.parse(document.getElementById(form.dataset.passkeyOptions).textContent);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  return (await answer.json()).request_options;
}

// data-passkey="sign-in | show | create": the browser is asked for a passkey, and its answer is sent with the form.
export function passkeys(root) {
  const able = Boolean(window.PublicKeyCredential);
  each(root, "[data-no-passkey]", (hint) => {
    hint.hidden = able;
  });
  each(root, "form[data-passkey]", (form) => {
    form.hidden = !able;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const failed = form.querySelector("[data-passkey-failed]");
      failed.hidden = true;
      try {
        const act = form.dataset.passkey === "create" ? create : show;
        form.elements.credential.value = JSON.stringify(await act(await task(form)));
        form.submit();
      } catch {
        failed.hidden = false;
      }
    });
  });
}
