import type { Call } from "../../http/context.ts";
import { cookie, noCookie, readCookie } from "./cookies.ts";
import type { Notice } from "./visit.ts";

/** Seconds that a notice waits for its page. */
const KEPT_SECONDS = 60;

const MOST_CHARACTERS = 500;

/** Returns the header that hands a notice to the next page. */
export function keepNotice(call: Call, { tone, text }: Notice): string {
  const value = `${tone}:${encodeURIComponent(text.slice(0, MOST_CHARACTERS).toWellFormed())}`;
  return cookie(call, "notice", value, KEPT_SECONDS);
}

/** Returns the notice that waits, and removes it by the answer's headers; `null` when there is none. */
export function takeNotice(call: Call, headers: Headers): Notice | null {
  const [, tone, encoded = ""] = /^(good|warn):(.*)$/.exec(readCookie(call, "notice")) ?? [];
  if (tone !== "good" && tone !== "warn") return null;
  headers.append("set-cookie", noCookie(call, "notice"));
  return { tone, text: decoded(encoded) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Only this host writes it. What is broken is shown as it is.
    return text;
  }
}
