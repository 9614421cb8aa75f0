import { enhance } from "./enhance.js";

// What each kind of form is called in allauth's script. A new passkey uses its "sign-up" form: its "add" form would
// replace the kind of key that is asked for below.
const ALLAUTH_FORMS = { "sign-in": "loginForm", show: "authenticateForm", create: "signupForm" };

function options(form) {
  if (!form.dataset.passkeyOptions) return null;
  const data = JSON.parse(document.getElementById(form.dataset.passkeyOptions).textContent);
  // The device keeps the passkey where it can, so that it signs in by itself. A key that cannot is a second factor only.
  if (data.creation_options) data.creation_options.publicKey.authenticatorSelection.residentKey = "preferred";
  return data;
}

// templates/ui/passkey.html loads allauth's script, which asks the browser for a passkey and sends the form with it.
export function passkeys(root) {
  const supported = Boolean(window.webauthnJSON?.supported());
  enhance(root, "[data-no-passkey]", (hint) => {
    hint.hidden = Boolean(window.PublicKeyCredential);
  });
  enhance(root, "form[data-passkey]", (form) => {
    form.hidden = !supported;
    if (!supported) return;
    const button = form.querySelector("button");
    const failure = form.querySelector("[data-passkey-failed]");
    button.addEventListener("click", () => {
      failure.hidden = true;
    });
    document.addEventListener("allauth.error", (event) => {
      event.preventDefault();
      failure.hidden = false;
    });
    const ids = {
      login: button.id,
      authenticate: button.id,
      signup: button.id,
      credential: form.elements.credential.id,
    };
    window.allauth.webauthn.forms[ALLAUTH_FORMS[form.dataset.passkey]]({ ids, data: options(form) });
  });
}
