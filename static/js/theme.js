// Light or dark before the first paint, and the button that changes it.
(() => {
  const root = document.documentElement;
  const asked = new URLSearchParams(location.search);
  const stored = (() => {
    try {
      return localStorage.getItem("clusterlab.theme");
    } catch {
      return null;
    }
  })();
  const system = matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
  const isStage = asked.get("view") === "stage";
  root.dataset.theme = asked.get("theme") || (isStage ? "light" : stored || system);
  addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    if (!button) return;
    const show = () => button.setAttribute("aria-pressed", String(root.dataset.theme === "light"));
    show();
    button.addEventListener("click", () => {
      root.dataset.theme = root.dataset.theme === "light" ? "dark" : "light";
      try {
        localStorage.setItem("clusterlab.theme", root.dataset.theme);
      } catch {
        // A private window: the choice lasts as long as the page.
      }
      show();
    });
  });
})();
