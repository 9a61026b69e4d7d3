import type { JSX } from "hono/jsx/jsx-runtime";
import { visibleLines } from "../../../pages/visible.ts";

/** What a browser may do with a page of the host: nothing that the page does not need. */
const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join("; ");

const HEADERS: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": POLICY,
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  // Without it a browser that sends no `Sec-Fetch-Site` would hide where a form comes from.
  "referrer-policy": "same-origin",
};

/** Sends a page. */
export async function sendPage(
  document: JSX.Element,
  status: number,
  headers: Headers = new Headers(),
): Promise<Response> {
  const markup = await (await document).toString();
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  return new Response(`<!doctype html>\n${withSigns(markup)}`, { status, headers });
}

/** Sends the browser to another page. */
export function sendTo(path: string, headers: Headers = new Headers()): Response {
  headers.set("location", path);
  return new Response(null, { status: 303, headers });
}

/**
 * Makes visible what would turn the text around it or hide in it, in every text of a page at once, no matter who wrote it.
 * Attributes and what is typed stay as they are.
 */
function withSigns(markup: string): string {
  let inField = false;
  return markup.replaceAll(/<[^>]*>|[^<]+/g, (part) => {
    if (part.startsWith("<")) {
      inField = part.startsWith("<textarea");
      return part;
    }
    return inField ? part : visibleLines(part);
  });
}
