import type { Call, Host } from "../../http/context.ts";
import { HttpError } from "../../http/http_error.ts";

/**
 * Refuses a form that a page of another site sends. A browser says where a form comes from, in one of two headers.
 *
 * @throws {HttpError} 403.
 */
export function requireSameOrigin(host: Host, call: Call): void {
  const site = call.req.header("sec-fetch-site");
  const isOurs = site === undefined
    ? originsOf(host, call).includes(call.req.header("origin") ?? "")
    : site === "same-origin" || site === "none";
  if (!isOurs) throw crossSite();
}

/** Returns where this host is for the browser, without a slash at its end. */
export function baseUrl(host: Host, call: Call): string {
  return host.publicUrl ?? ownOrigin(call);
}

function originsOf(host: Host, call: Call): string[] {
  const known = host.publicUrl === null ? [] : [new URL(host.publicUrl).origin];
  return [...known, ownOrigin(call)];
}

function ownOrigin(call: Call): string {
  const { host } = new URL(call.req.url);
  return new URL(`${call.env.isSecure ? "https" : "http"}://${host}`).origin;
}

function crossSite(): HttpError {
  return new HttpError({
    code: "validation_error",
    status: 403,
    message:
      "The form was not sent by a page of this host. Open the page here and send it again; behind a proxy, start the host with `--public-url`.",
  });
}
