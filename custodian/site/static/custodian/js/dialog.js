/**
 * Opens a page of its own in a dialog: `<a href="…" data-dialog>`.
 * The page marks what belongs in the dialog with `data-dialog-content`; without it, or without script,
 * the link leads to the page. A form in the dialog is sent from there: 422 keeps it open with the
 * errors, a redirect is followed, and any other page takes the place of the one behind.
 */

const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById("dialog"));
/** @type {string} */
let opener = "";

/** @param {string} html */
const parse = (html) => new DOMParser().parseFromString(html, "text/html");

/** @param {Element} content */
function show(content) {
  if (!dialog) return;
  const part = document.importNode(content, true);
  const heading = part.querySelector("h1");
  if (heading) {
    const title = document.createElement("h2");
    title.id = "dialog-title";
    title.append(...heading.childNodes);
    heading.replaceWith(title);
  }
  dialog.replaceChildren(part);
  if (!dialog.open) dialog.showModal();
  const target = dialog.querySelector(".error-summary, input:not([type=hidden]), select, textarea, button");
  if (target instanceof HTMLElement) target.focus();
}

/** @param {Document} page */
function replacePage(page) {
  const fresh = page.querySelector("main");
  const old = document.querySelector("main");
  if (!fresh || !old) return location.reload();
  old.replaceWith(document.importNode(fresh, true));
  document.title = page.title;
  dialog?.close();
  document.dispatchEvent(new CustomEvent("custodian:page"));
}

/** @param {HTMLAnchorElement} link */
async function open(link) {
  opener = link.getAttribute("href") ?? "";
  const answer = await fetch(link.href, { headers: { "X-Dialog": "1" } });
  const content = parse(await answer.text()).querySelector("[data-dialog-content]");
  if (content && !answer.redirected) show(content);
  else location.assign(link.href);
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} submitter
 */
async function send(form, submitter) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form, submitter)) body.append(name, String(value));
  const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Dialog": "1" } });
  if (answer.redirected) return location.assign(answer.url);
  const page = parse(await answer.text());
  const content = page.querySelector("[data-dialog-content]");
  if (content) show(content);
  else replacePage(page);
}

document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;
  const link = event.target.closest("a[data-dialog]");
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (link instanceof HTMLAnchorElement && dialog && plain) {
    event.preventDefault();
    open(link).catch(() => location.assign(link.href));
  }
  if (dialog?.open && event.target.closest("[data-dialog-close]") && dialog.contains(event.target)) {
    event.preventDefault();
    dialog.close();
  }
});

dialog?.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== "post" || form.enctype === "multipart/form-data") return;
  event.preventDefault();
  const submitter = event.submitter;
  if (submitter instanceof HTMLButtonElement) submitter.disabled = true;
  send(form, null).catch(() => form.submit());
});

dialog?.addEventListener("close", () => {
  dialog.replaceChildren();
  const back = Array.from(document.querySelectorAll("a[data-dialog]")).find((link) => link.getAttribute("href") === opener);
  const fallback = document.querySelector("[data-lamp-hide]") ?? document.getElementById("main");
  const target = back ?? fallback;
  if (target instanceof HTMLElement) target.focus();
});
