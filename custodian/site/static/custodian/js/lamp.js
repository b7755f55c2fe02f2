/**
 * Puts a lamp out: after its seconds, at once when asked, and whenever the page is left.
 * The plaintext is taken out of the document and the mask that came with it is put in its place.
 */

const ANNOUNCED = [30, 10];

/** @param {string} words */
function say(words) {
  const live = document.getElementById("live");
  if (live) live.textContent = words;
}

/** @param {HTMLElement} lamp */
export function hide(lamp) {
  if (!lamp.isConnected) return;
  const mask = lamp.querySelector("template[data-lamp-mask]");
  const said = lamp.querySelector("[data-lamp-said]");
  say(said?.textContent ?? "");
  const held = lamp.contains(document.activeElement);
  const place = document.createElement("span");
  place.tabIndex = -1;
  if (mask instanceof HTMLTemplateElement) place.append(mask.content.cloneNode(true));
  lamp.replaceWith(place);
  if (held) place.focus();
}

/** @param {HTMLElement} lamp */
export function light(lamp) {
  if (lamp.dataset.lit) return;
  lamp.dataset.lit = "1";
  const ends = performance.now() + Number(lamp.dataset.seconds) * 1000;
  const left = lamp.querySelector("[data-lamp-left]");
  const note = lamp.querySelector(".lamp-note");
  const timer = setInterval(() => {
    const seconds = Math.ceil((ends - performance.now()) / 1000);
    if (!lamp.isConnected) return clearInterval(timer);
    if (seconds <= 0) {
      clearInterval(timer);
      return hide(lamp);
    }
    if (left) left.textContent = String(seconds);
    if (ANNOUNCED.includes(seconds)) say(note?.textContent ?? "");
  }, 250);
  lamp.querySelector("[data-lamp-hide]")?.addEventListener("click", (event) => {
    event.preventDefault();
    hide(lamp);
  });
}

/** @returns {HTMLElement[]} */
function lamps() {
  return Array.from(document.querySelectorAll("[data-lamp]"));
}

export function lightAll() {
  lamps().forEach(light);
}

document.addEventListener("visibilitychange", () => document.hidden && lamps().forEach(hide));
window.addEventListener("pagehide", () => lamps().forEach(hide));
document.addEventListener("htmx:load", lightAll);
document.addEventListener("custodian:page", lightAll);
lightAll();
