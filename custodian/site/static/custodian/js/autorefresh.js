/**
 * Renews a part of the page while it is watched: `<div data-refresh="5" id="jobs">`.
 * The same address is asked again and the element of the same id is taken from the answer.
 */

/** @param {HTMLElement} part */
async function renew(part) {
  if (document.hidden || part.contains(document.activeElement)) return;
  try {
    const answer = await fetch(part.dataset.refreshUrl || location.href, { headers: { "X-Partial": part.id } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(part.id);
    if (!fresh) return;
    part.replaceChildren(...fresh.childNodes);
    if (!fresh.dataset.refresh) delete part.dataset.refresh;
  } catch {
    // The page keeps its last state; the next turn tries again.
  }
}

/** @param {HTMLElement} part */
function watch(part) {
  const seconds = Math.max(2, Number(part.dataset.refresh) || 5);
  const timer = setInterval(() => {
    if (!part.isConnected || !part.dataset.refresh) clearInterval(timer);
    else void renew(part);
  }, seconds * 1000);
}

for (const part of document.querySelectorAll("[data-refresh]")) watch(/** @type {HTMLElement} */ (part));
