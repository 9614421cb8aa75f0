import { enhance } from "./enhance.js";

const TOAST_MS = 10_000;

// A question that opens below its button becomes a dialog that keeps the keyboard inside.
export function confirmDialogs(root) {
  enhance(root, "details[data-confirm]", (details) => {
    const summary = details.querySelector("summary");
    const panel = details.querySelector(".confirm-panel");
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-label", panel.querySelector(".confirm-question").textContent);
    summary.setAttribute("aria-haspopup", "dialog");
    summary.addEventListener("click", (event) => {
      event.preventDefault();
      dialog.append(panel);
      document.getElementById("dialogs").append(dialog);
      dialog.showModal();
    });
    dialog.addEventListener("close", () => {
      details.append(panel);
      dialog.remove();
      summary.focus();
    });
    panel.addEventListener("click", (event) => {
      if (event.target.closest("[data-close]")) dialog.close();
    });
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
  });
}

export function sheets(root) {
  enhance(root, "details[data-sheet]", (details) => {
    const close = () => {
      details.open = false;
      details.querySelector("summary").focus();
    };
    details.addEventListener("toggle", () => {
      document.body.classList.toggle("has-sheet", Boolean(document.querySelector("details[data-sheet][open]")));
      if (details.open) closeOthers(details);
    });
    details.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close();
    });
    details.addEventListener("click", (event) => {
      if (event.target.closest("[data-close]")) close();
    });
  });
}

function closeOthers(details) {
  for (const other of document.querySelectorAll("details[data-sheet][open]")) {
    if (other !== details) other.open = false;
  }
}

export function toasts(root) {
  enhance(root, "[data-toast]", (toast) => {
    let timer;
    const wait = () => {
      timer = setTimeout(() => toast.remove(), TOAST_MS);
    };
    const stay = () => clearTimeout(timer);
    for (const name of ["mouseenter", "focusin"]) toast.addEventListener(name, stay);
    for (const name of ["mouseleave", "focusout"]) toast.addEventListener(name, wait);
    wait();
  });
}

export function menus() {
  const menu = document.querySelector(".menu");
  if (!menu) return;
  document.addEventListener("click", (event) => {
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
