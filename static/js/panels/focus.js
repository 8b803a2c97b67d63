// Whoever works by key never falls out of the page: when what had the focus is drawn no more, the
// focus goes to what it stood in.

/** Their buttons act upon what the clocks tell about: whoever pressed one goes on there. */
const TOLD_BY_CLOCKS = ".ending, .ways, .experiments";
const PANELS = "#lesson, #inspector, #controls, #looking";

/** Draw, and hand the focus on if its element is gone. */
export function keepFocus(drawAll) {
  const held = document.activeElement;
  const panel = held?.closest(PANELS);
  const card = held?.closest("section");
  drawAll();
  if (!panel || held.isConnected || document.activeElement !== document.body) return;
  // Not the button that has come in its place: a second Enter would press it.
  const told = card?.matches(TOLD_BY_CLOCKS) && (document.getElementById("clocks") ?? document.getElementById("story"));
  const heir = told || (card?.isConnected && panel.contains(card) ? card : panel);
  heir.tabIndex = -1;
  heir.focus({ preventScroll: true });
}
