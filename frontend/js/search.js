// "/" and Ctrl+K lead to the search: to its field where one is on the page, else to its page.

function isTyping(element) {
  return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
}

function isShortcut(event) {
  if (event.key.toLowerCase() === "k") return (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  return event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target);
}

export function searchShortcuts() {
  const link = document.querySelector("a[data-search]");
  if (!link) return;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || !isShortcut(event) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    const field = [...document.querySelectorAll('#main input[name="q"], #side-search')].find(
      (input) => input.offsetParent !== null || input.getClientRects().length > 0,
    );
    if (!field) {
      link.click();
      return;
    }
    field.focus();
    field.select();
  });
}
