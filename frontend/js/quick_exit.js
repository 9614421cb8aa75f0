const EXIT_PRESSES = 3;
const EXIT_MS = 2_000;

// The button, or Escape pressed three times: the page goes blank at once and another site takes its place.
export function quickExit() {
  const link = document.querySelector("[data-quick-exit]");
  if (!link) return;
  const leave = () => {
    document.body.hidden = true;
    document.title = "";
    window.location.replace(link.href);
  };
  let presses = [];
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    presses = [...presses.filter((at) => event.timeStamp - at < EXIT_MS), event.timeStamp];
    if (presses.length >= EXIT_PRESSES) leave();
  });
}
