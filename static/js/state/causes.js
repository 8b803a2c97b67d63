// Why requests fail, in words.

import { t } from "../words.js";

/** Return the words for a cause. */
export function causeWord(cause) {
  return {
    "connect-timeout": t("connect timeout"),
    "gave-up": t("gave up after 3 s"),
    "no-endpoints": t("no ready pod"),
    refused: t("connection refused"),
    overloaded: t("overloaded"),
    unreachable: t("unreachable"),
  }[cause] ?? cause;
}
