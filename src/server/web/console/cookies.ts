import type { Call } from "../../http/context.ts";

/** Cookies of the console: who is signed in, what is said once, and the token of the sign-in form. */
export type CookieName = "session" | "notice" | "sign-in";

/**
 * Returns a cookie of the console; empty when there is none. Behind TLS its name begins with `__Host-`, which no other
 * host of the domain can set. Elsewhere it has the port in it: cookies do not tell the ports of a machine apart.
 */
export function readCookie(call: Call, name: CookieName): string {
  const wanted = fullName(call, name);
  for (const part of (call.req.header("cookie") ?? "").split(";")) {
    const [key = "", ...value] = part.trim().split("=");
    if (key === wanted) return value.join("=");
  }
  return "";
}

/** Returns the header that sets a cookie. */
export function cookie(call: Call, name: CookieName, value: string, seconds: number): string {
  const secure = call.env.isSecure ? "; Secure" : "";
  return `${
    fullName(call, name)
  }=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`;
}

/** Returns the header that takes a cookie away. */
export function noCookie(call: Call, name: CookieName): string {
  return cookie(call, name, "", 0);
}

function fullName(call: Call, name: CookieName): string {
  return call.env.isSecure
    ? `__Host-tracker-${name}`
    : `tracker-${name}-${new URL(call.req.url).port || "80"}`;
}
