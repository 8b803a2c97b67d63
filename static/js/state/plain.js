// The API server's words about a wrong type, in plain ones. What they do not say is not guessed.

import { t } from "../words.js";

const TYPE = /json: cannot unmarshal (\w+)(?: (\S+))? into Go struct field (?:\S+\.)?([^.\s]+) of type (\S+)/;

/** Return what a field has to be, or nothing if the words are about something else. */
export function plainly(words) {
  const found = TYPE.exec(words);
  if (!found) return "";
  const [, given, number, field, type] = found;
  if (/^u?int\d*$/.test(type)) {
    if (given !== "number") return t("{field} has to be a number", { field });
    return number?.includes(".") ? t("{field} has to be a whole number", { field }) : "";
  }
  if (type === "bool") return t("{field} has to be true or false, without quotes", { field });
  if (type === "string") {
    return given === "number" || given === "bool"
      ? t("{field} has to be text: put the value in quotes", { field })
      : t("{field} has to be text", { field });
  }
  if (type.startsWith("[]")) return t("{field} has to be a list: each entry begins with a dash", { field });
  return /^(map\[|\w+\.[A-Z])/.test(type) ? t("{field} has to have fields of its own", { field }) : "";
}
