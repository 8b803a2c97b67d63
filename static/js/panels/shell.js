// A line of the shell to its words, quotes understood.

/** @param {string} line */
export function words(line) {
  const found = [];
  let word = "";
  let open = false;
  let quote = "";
  for (let i = 0; i < line.length; i += 1) {
    const letter = line[i];
    if (quote) {
      if (letter === quote) quote = "";
      else if (letter === "\\" && quote === '"' && i + 1 < line.length) word += line[(i += 1)];
      else word += letter;
    } else if (letter === "'" || letter === '"') {
      quote = letter;
      open = true;
    } else if (letter === "\\" && i + 1 < line.length) {
      word += line[(i += 1)];
      open = true;
    } else if (letter === "|") {
      if (open || word) found.push(word);
      found.push("|");
      word = "";
      open = false;
    } else if (/\s/.test(letter)) {
      if (open || word) found.push(word);
      word = "";
      open = false;
    } else word += letter;
  }
  if (open || word) found.push(word);
  return found;
}
