import { equalInConstantTime } from "../platform/random.ts";

/** Header in which the page's own code shows that it knows the path token. */
export const TOKEN_HEADER = "x-dashboard-token";

/** Whom the page answers. */
export interface GuardOptions {
  /** Random word in the page's address; secret. */
  readonly token: string;
  /** Port it listens on; asked per request, since the system may choose it. */
  readonly port: () => number;
}

/** Headers of every answer. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; "),
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "cache-control": "no-store",
  // A kept connection would hold up the end of the program.
  "connection": "close",
};

/** Whether a request was meant for this address: a page that had its name rebound says another one. */
export function isForThisAddress(request: Request, options: GuardOptions): boolean {
  return ownHosts(options.port()).includes(request.headers.get("host") ?? "");
}

/** The part of the path after the token, without a slash; `null` for another token. */
export function pathBehindToken(request: Request, options: GuardOptions): string | null {
  const [, token = "", ...rest] = new URL(request.url).pathname.split("/");
  if (!equalInConstantTime(token, options.token) || rest.length === 0) return null;
  return rest.join("/");
}

/** Whether a request that has an effect comes from the page itself. */
export function comesFromPage(request: Request, options: GuardOptions): boolean {
  const { headers } = request;
  const site = headers.get("sec-fetch-site");
  return headers.get("origin") === `http://${headers.get("host")}` &&
    (site === null || site === "same-origin") &&
    equalInConstantTime(headers.get(TOKEN_HEADER) ?? "", options.token);
}

function ownHosts(port: number): readonly string[] {
  const names = ["127.0.0.1", "localhost"];
  const hosts = names.map((name) => `${name}:${port}`);
  return port === 80 ? [...hosts, ...names] : hosts;
}
