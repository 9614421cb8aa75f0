const WARN_MS = 120_000;

// Warns two minutes before an idle session ends, while the page holds a form that somebody writes in.
export function sessionEnd() {
  const warning = document.querySelector("[data-session-end]");
  const limit = Number(warning?.dataset.sessionEnd) * 1000;
  if (!limit) return;
  let timer;
  const restart = () => {
    clearTimeout(timer);
    warning.hidden = true;
    timer = setTimeout(() => {
      warning.hidden = !document.querySelector('form[method="post"] textarea');
    }, limit - WARN_MS);
  };
  warning.querySelector("button").addEventListener("click", async (event) => {
    const answer = await fetch(event.target.dataset.stay, { redirect: "manual" });
    if (answer.ok) restart();
    else window.location.reload();
  });
  document.addEventListener("htmx:afterRequest", restart);
  restart();
}
