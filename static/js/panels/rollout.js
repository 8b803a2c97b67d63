// A rollout that cannot succeed, and the way back: each is one button with its command.

import { t } from "../words.js";
import { act } from "./act.js";

const flag = (ns) => (ns === "default" ? [] : ["-n", ns]);

function button(store, actions, place, label, argv, more) {
  return act(store, actions, { place, label, command: argv.join(" "), body: { do: "kubectl", argv, files: {} }, ...more });
}

/** Give a Deployment an image of which its registry has no such tag. */
export function breaking(store, actions, w, more) {
  const image = `${w.images[0].replace(/@.*$/, "").replace(/:[^/:]*$/, "")}:broken`;
  const argv = ["kubectl", "set", "image", `deployment/${w.name}`, `${w.containers[0]}=${image}`, ...flag(w.ns)];
  return button(store, actions, `break ${w.ns}/${w.name}`, t("Roll out a broken version"), argv,
    { ...more, danger: true, disabled: isBroken(w) || more?.disabled });
}

export function undoing(store, actions, w, more) {
  const argv = ["kubectl", "rollout", "undo", `deployment/${w.name}`, ...flag(w.ns)];
  return button(store, actions, `undo ${w.ns}/${w.name}`, t("Undo the last rollout"), argv, { ...more, disabled: Number(w.revision) < 2 || more?.disabled });
}

export const isBroken = (w) => w.images[0].endsWith(":broken");
