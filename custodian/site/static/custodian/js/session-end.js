/**
 * Tells two minutes before a customer's session ends, and lets her go on: `<form data-session-end="900">`.
 * Without script the sentence in the form says the same beforehand.
 */

const WARN_SECONDS = 120;

/** @param {HTMLFormElement} form */
function watch(form) {
  const warning = form.querySelector("[data-warning]");
  const quiet = form.querySelector("[data-quiet]");
  if (!(warning instanceof HTMLElement) || !(quiet instanceof HTMLElement)) return;
  let ends = Date.now() + Number(form.dataset.sessionEnd) * 1000;

  /** @param {boolean} near */
  function show(near) {
    if (warning.hidden !== near) return;
    warning.hidden = !near;
    quiet.hidden = near;
    const live = document.getElementById("live");
    if (live) live.textContent = near ? warning.querySelector("p")?.textContent ?? "" : "";
  }

  setInterval(() => {
    const seconds = (ends - Date.now()) / 1000;
    if (seconds <= 0) location.replace(form.dataset.login ?? "/");
    else show(seconds <= WARN_SECONDS);
  }, 1000);

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
      const left = Number(answer.headers.get("X-Seconds-Left"));
      if (left > 0) ends = Date.now() + left * 1000;
      show(left <= WARN_SECONDS);
    } catch {
      // The next try, or the end of the session, will tell.
    }
  });
}

for (const form of document.querySelectorAll("form[data-session-end]")) watch(/** @type {HTMLFormElement} */ (form));
