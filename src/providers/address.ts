import { isLoopback } from "../platform/loopback.ts";

/**
 * Reads the address of an API, without a slash at its end; `null` for what is none, or would send a credential in the
 * clear to another machine.
 */
export function readAddress(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || url.username !== "" || url.password !== "") return null;
  const isSafe = url.protocol === "https:" || url.protocol === "http:" && isLoopback(url.hostname);
  return isSafe ? `${url.origin}${url.pathname.replace(/\/+$/, "")}` : null;
}
