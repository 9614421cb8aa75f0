import "@tabler/core/dist/css/tabler.min.css";
import "./app.css";
import htmx from "htmx.org";
import { confirmDialogs, menus, quickExit, sheets, toasts } from "./js/layers.js";
import { autosubmit, counters, errorSummary, guards, once, pickers, showWhen } from "./js/forms.js";
import { drafts } from "./js/drafts.js";
import { passkeys } from "./js/passkeys.js";
import { papers } from "./js/paper.js";

window.htmx = htmx;
document.documentElement.classList.add("js");

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = document.body.dataset.csrf;
});

const behaviours = [confirmDialogs, sheets, toasts, counters, pickers, showWhen, autosubmit, errorSummary, once, guards, drafts, papers, passkeys];

function enliven(root) {
  for (const behaviour of behaviours) behaviour(root);
}

menus();
quickExit();
enliven(document.body);
// Fragments that arrive later get the same behaviour as what came with the page.
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) enliven(event.detail.elt);
});
