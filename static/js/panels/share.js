// The addresses of a lab: copied with one click, and away with Escape or a click elsewhere.

const COPIED_MS = 2_000;

/** @param {HTMLDetailsElement} menu */
export function startShare(menu) {
  for (const button of menu.querySelectorAll("[data-copied]")) {
    const name = button.textContent;
    button.addEventListener("click", async () => {
      await copy(button.previousElementSibling);
      button.textContent = button.dataset.copied;
      setTimeout(() => (button.textContent = name), COPIED_MS);
    });
  }
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation();
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  });
}

/** Without HTTPS a page has no clipboard of its own, but what is selected can be copied. */
async function copy(field) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    document.execCommand("copy");
  }
}
