// One tooltip for the page: what a term means, on hover, on focus and under a finger, away with Escape.
// Who presses something wants to see what happens there: nothing opens until the pointer has moved on.

import { glossary, parts } from "../state/glossary.js";
import { markTerms } from "./terms.js";

const DELAY_MS = 420;
const PATIENCE_MS = 2000;
/** A finger that rests so long on a button asks what it means; a shorter one presses it. */
const LONG_PRESS_MS = 500;
/** A hand that rests on the mouse trembles by less. */
const MOVED_PX = 6;
const PRESSED = "button, a, summary, input, textarea, select, [role=button], [role=slider]";

/** Explain terms from now on; their texts are fetched behind whatever the first picture needs. */
export function startTooltips() {
  setTimeout(glossary, PATIENCE_MS);
  markTerms(parts);
  const tip = document.createElement("div");
  tip.id = "tip";
  tip.role = "tooltip";
  tip.hidden = true;
  document.body.append(tip);
  let timer = 0;
  let over = null;
  /** Where the last press was, until the pointer has gone on from there. */
  let rests = null;
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
    place(tip, target);
    target.setAttribute("aria-describedby", "tip");
  };
  const aim = (target, delay) => {
    if (target === over) return;
    hide();
    if (!target) return;
    over = target;
    timer = setTimeout(() => show(target), delay);
  };
  const isTouch = (event) => event.pointerType === "touch";
  // What comes under a resting pointer was not pointed at.
  document.addEventListener("pointerover", (event) => !isTouch(event) && termOf(event) !== over && hide());
  document.addEventListener("pointermove", (event) => {
    if (isTouch(event)) return;
    if (rests && Math.hypot(event.clientX - rests.x, event.clientY - rests.y) < MOVED_PX) return;
    // What was pressed stays quiet until the pointer has left it.
    if (rests?.target && rests.target === termOf(event)) return;
    rests = null;
    aim(termOf(event), DELAY_MS);
  });
  document.addEventListener("focusin", (event) => event.target.matches(":focus-visible") && aim(termOf(event), 0));
  document.addEventListener("focusout", hide);
  // Presses by key are clicks too. Capturing: what is pressed may be gone when the event comes up.
  for (const press of ["pointerdown", "click"]) {
    document.addEventListener(press, (event) => {
      if (press === "click" && fingers.isTap) return;
      hide();
      if (!isTouch(event) && event.detail) rests = { x: event.clientX, y: event.clientY, target: termOf(event) };
    }, { capture: true });
  }
  const fingers = startFingers(aim, () => over);
  addEventListener("scroll", hide, { passive: true });
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
}

/** A tap explains what is no button, and a longer press what is one; the next tap puts it away. */
function startFingers(aim, shown) {
  const fingers = { isTap: false };
  let timer = 0;
  let wasOver = null;
  let isLong = false;
  addEventListener("pointerdown", (event) => {
    fingers.isTap = event.pointerType === "touch";
    if (!fingers.isTap) return;
    wasOver = shown();
    isLong = false;
    const target = termOf(event);
    clearTimeout(timer);
    timer = setTimeout(() => {
      isLong = Boolean(target);
      aim(target, 0);
    }, LONG_PRESS_MS);
  }, { capture: true });
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => clearTimeout(timer), { capture: true });
  addEventListener("contextmenu", (event) => isLong && event.preventDefault());
  addEventListener("click", (event) => {
    if (!fingers.isTap) return;
    const target = termOf(event);
    if (isLong) {
      // The press has asked; it is not to act as well.
      event.preventDefault();
      event.stopPropagation();
    } else if (!target || target === wasOver || event.target.closest(PRESSED)) aim(null);
    else aim(target, 0);
    isLong = false;
  }, { capture: true });
  return fingers;
}

const termOf = (event) => event.target.closest?.("[data-term]") ?? null;

/** Put the tip under what it explains, or above where there is no room. */
function place(tip, target) {
  const box = target.getBoundingClientRect();
  const mine = tip.getBoundingClientRect();
  const end = innerHeight - (document.querySelector(".parts")?.offsetHeight ?? 0);
  const x = Math.max(8, Math.min(innerWidth - mine.width - 8, box.left + box.width / 2 - mine.width / 2));
  const below = box.bottom + 8;
  const y = below + mine.height < end ? below : Math.max(8, box.top - mine.height - 8);
  tip.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
}

function make(tag, content) {
  const made = document.createElement(tag);
  made.textContent = content;
  return made;
}
