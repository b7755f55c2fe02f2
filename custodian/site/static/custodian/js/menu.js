/** The menu button of narrow screens: opens and closes the navigation and says so. */

for (const button of document.querySelectorAll(".menu-button")) {
  button.addEventListener("click", () => {
    const closed = document.body.classList.toggle("menu-closed");
    button.setAttribute("aria-expanded", String(!closed));
  });
}
