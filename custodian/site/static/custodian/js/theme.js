/** Applies a theme as soon as it is chosen in a form, before the form is sent. */

for (const choice of document.querySelectorAll("[data-theme-choice]")) {
  choice.addEventListener("change", () => {
    const theme = /** @type {HTMLInputElement | HTMLSelectElement} */ (choice).value;
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
  });
}
