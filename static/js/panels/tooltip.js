// One tooltip for the page: what a term means, on hover and on focus, away with Escape. Who presses
// something wants to see what happens there: its tooltip stays away until the pointer has left.

import { language } from "../words.js";

const DELAY_MS = 420;
const PATIENCE_MS = 2000;
let asked = null;

/** Return what each term means: asked for once, and again by whoever hovers if that failed. */
function glossary() {
  asked ??= fetch(`/glossary/${language}.json`).then((answer) => {
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.json();
  });
  return asked.catch(() => (asked = null));
}

/** Explain terms from now on; their texts are fetched behind whatever the first picture needs. */
export function startTooltips() {
  setTimeout(glossary, PATIENCE_MS);
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
  const show = async (target) => {
    const words = (await glossary())?.[target.dataset.term];
    if (!words || over !== target || !target.isConnected) return;
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
