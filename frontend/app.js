import "@tabler/core/dist/css/tabler.min.css";
import "./app.css";
import htmx from "htmx.org";
import { confirmDialogs, menus, sheets, toasts } from "./js/overlays.js";
import { autosubmit, counters, errorSummary, guards, once, pickers, showWhen } from "./js/forms.js";
import { countdowns } from "./js/countdown.js";
import { drafts } from "./js/drafts.js";
import { passkeys } from "./js/passkeys.js";
import { papers } from "./js/paper.js";
import { quickExit } from "./js/quick_exit.js";
import { searchShortcuts } from "./js/search.js";
import { sessionEnd } from "./js/session_end.js";
import { ticks } from "./js/ticks.js";

window.htmx = htmx;
document.documentElement.classList.add("js");

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = document.body.dataset.csrf;
});

const enhancements = [
  confirmDialogs,
  sheets,
  toasts,
  counters,
  pickers,
  showWhen,
  autosubmit,
  errorSummary,
  once,
  guards,
  countdowns,
  drafts,
  papers,
  passkeys,
  ticks,
];

function enhanceAll(root) {
  for (const enhancement of enhancements) enhancement(root);
}

menus();
searchShortcuts();
quickExit();
sessionEnd();
enhanceAll(document.body);
// Fragments that arrive later are enhanced like what came with the page.
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) enhanceAll(event.detail.elt);
});
