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

/** Returns the notice that waits, and the header that takes it away; `null` when there is none. */
export function takeNotice(
  call: Call,
): { readonly notice: Notice; readonly header: string } | null {
  const [, tone, encoded = ""] = /^(good|warn):(.*)$/.exec(readCookie(call, "notice")) ?? [];
  if (tone !== "good" && tone !== "warn") return null;
  return { notice: { tone, text: decoded(encoded) }, header: noCookie(call, "notice") };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Nobody but this host writes it; what is broken is shown as it is.
    return text;
  }
}
