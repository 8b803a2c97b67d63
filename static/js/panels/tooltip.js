// One tooltip for the page: what a term means, on hover and on focus, away with Escape. Who presses
// something wants to see what happens there: its tooltip stays away until the pointer has left.

import { explain } from "./glossary.js";

const DELAY_MS = 420;

export function startTooltips() {
  const tip = document.createElement("div");
  tip.id = "tip";
  tip.role = "tooltip";
  tip.hidden = true;
  document.body.append(tip);
  let timer = 0;
  let over = null;
  let pressed = null;
  const hide = () => {
    clearTimeout(timer);
    tip.hidden = true;
    over?.removeAttribute?.("aria-describedby");
    over = null;
  };
  const show = (target) => {
    const words = explain(target.dataset.term);
    if (!words || !target.isConnected) return;
    const { command, more } = target.dataset;
    tip.replaceChildren(
      make("b", words[0]), make("span", more ? `${words[1]} ${more}` : words[1]), ...(command ? [make("code", command)] : []));
    tip.hidden = false;
    const box = target.getBoundingClientRect();
    const mine = tip.getBoundingClientRect();
    const x = Math.max(8, Math.min(innerWidth - mine.width - 8, box.left + box.width / 2 - mine.width / 2));
    const below = box.bottom + 8;
    const y = below + mine.height < innerHeight ? below : Math.max(8, box.top - mine.height - 8);
    tip.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
    target.setAttribute("aria-describedby", "tip");
  };
  const aim = (event, delay) => {
    const target = event.target.closest?.("[data-term]");
    if (target === over) return;
    hide();
    if (target !== pressed) pressed = null;
    if (!target || pressed) return;
    over = target;
    timer = setTimeout(() => show(target), delay);
  };
  document.addEventListener("pointerover", (event) => event.pointerType !== "touch" && aim(event, DELAY_MS));
  document.addEventListener("focusin", (event) => event.target.matches(":focus-visible") && aim(event, 0));
  document.addEventListener("focusout", () => {
    hide();
    pressed = null;
  });
  // Presses by key are clicks too. Capturing: what is pressed may be gone when the event comes up.
  for (const press of ["pointerdown", "click"]) {
    document.addEventListener(press, (event) => {
      hide();
      pressed = event.target.closest?.("[data-term]");
    }, { capture: true });
  }
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
}

function make(tag, content) {
  const made = document.createElement(tag);
  made.textContent = content;
  return made;
}
