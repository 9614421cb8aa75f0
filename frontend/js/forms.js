import { enhance } from "./enhance.js";

export function errorSummary(root) {
  enhance(root, "[data-error-summary]", (summary) => summary.focus());
}

// The second tap of an impatient thumb sends nothing; coming back by the back button makes the form live again.
export function once(root) {
  enhance(root, "form[data-once]", (form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "yes";
      event.submitter?.setAttribute("aria-busy", "true");
    });
    window.addEventListener("pageshow", () => {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
    });
  });
}

// Forms with a draft lose nothing when left, so they do not ask.
export function guards(root) {
  enhance(root, "form[data-guard]:not([data-draft])", (form) => {
    let dirty = false;
    form.addEventListener("input", () => {
      dirty = true;
    });
    form.addEventListener("submit", () => {
      dirty = false;
    });
    window.addEventListener("beforeunload", (event) => {
      if (dirty && form.isConnected) event.preventDefault();
    });
  });
}

export function counters(root) {
  enhance(root, "textarea[maxlength]", (area) => {
    const counter = document.createElement("div");
    counter.className = "counter";
    counter.setAttribute("aria-hidden", "true");
    const count = () => {
      const length = [...area.value].length;
      counter.textContent = `${length} / ${area.maxLength}`;
      counter.toggleAttribute("data-over", length >= area.maxLength);
    };
    area.after(counter);
    area.addEventListener("input", count);
    count();
  });
}

export function pickers(root) {
  enhance(root, "[data-pick-all]", (button) => {
    button.addEventListener("click", () => {
      const form = button.closest("form") ?? document;
      for (const radio of form.querySelectorAll(`[data-picker] input[value="${button.dataset.pickAll}"]`)) {
        radio.checked = true;
        radio.dispatchEvent(new Event("change", { bubbles: true }));
      }
    });
  });
}

// data-when-name="status" data-when-values="3 4 5": shown only while that radio has one of the values. What was chosen to be
// seen is not left folded away: a part inside closed details opens them.
export function showWhen(root) {
  enhance(root, "[data-when-name]", (part) => {
    const form = part.closest("form");
    const values = part.dataset.whenValues.split(" ");
    const update = (event) => {
      const chosen = form.querySelector(`input[name="${CSS.escape(part.dataset.whenName)}"]:checked`);
      part.hidden = !chosen || !values.includes(chosen.value);
      const fold = part.parentElement.closest("details[data-when-name]");
      if (fold && !part.hidden && event?.target === chosen) fold.open = true;
    };
    form.addEventListener("change", update);
    update();
  });
}

export function autosubmit(root) {
  enhance(root, "form[data-autosubmit]", (form) => {
    form.addEventListener("change", (event) => {
      if (event.target.matches("select, [type=radio], [type=checkbox]")) form.requestSubmit();
    });
  });
}
