import { beforeEach, expect, test, vi } from "vitest";
import { passkeys } from "../js/passkeys.js";

const page = (mode, options) => `
  <form data-passkey="${mode}" ${options ? 'data-passkey-options="task"' : ""} hidden>
    <input type="hidden" name="credential" id="credential"><button type="button" id="button">Use</button>
    <p data-passkey-failed hidden></p>
  </form>
  ${options ? `<script type="application/json" id="task">${JSON.stringify(options)}</script>` : ""}`;

let forms;

beforeEach(() => {
  forms = { loginForm: vi.fn(), authenticateForm: vi.fn(), signupForm: vi.fn() };
  window.webauthnJSON = { supported: () => true };
  window.allauth = { webauthn: { forms } };
});

test("a new passkey is kept by the device where it can", () => {
  const selection = { residentKey: "discouraged", userVerification: "required" };
  document.body.innerHTML = page("create", { creation_options: { publicKey: { authenticatorSelection: selection } } });
  passkeys(document.body);
  const { data, ids } = forms.signupForm.mock.calls[0][0];
  expect(data.creation_options.publicKey.authenticatorSelection).toEqual({ ...selection, residentKey: "preferred" });
  expect(ids).toMatchObject({ signup: "button", credential: "credential" });
});

test("signing in and showing use their own forms of allauth", () => {
  document.body.innerHTML = page("sign-in");
  passkeys(document.body);
  document.body.innerHTML = page("show", { request_options: { publicKey: {} } });
  passkeys(document.body);
  expect(forms.loginForm).toHaveBeenCalledTimes(1);
  expect(forms.authenticateForm.mock.calls[0][0].data).toEqual({ request_options: { publicKey: {} } });
});

test("a failure is told, and hidden at the next attempt", () => {
  document.body.innerHTML = page("sign-in");
  passkeys(document.body);
  const failure = document.querySelector("[data-passkey-failed]");
  document.dispatchEvent(new CustomEvent("allauth.error", { cancelable: true }));
  expect(failure.hidden).toBe(false);
  document.querySelector("button").click();
  expect(failure.hidden).toBe(true);
});

test("without passkeys in the browser the form stays hidden", () => {
  window.webauthnJSON = { supported: () => false };
  document.body.innerHTML = page("sign-in");
  passkeys(document.body);
  expect(document.querySelector("form").hidden).toBe(true);
  expect(forms.loginForm).not.toHaveBeenCalled();
});
