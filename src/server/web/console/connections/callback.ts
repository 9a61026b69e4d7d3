import { isLoopback } from "../../../../platform/loopback.ts";
import type { Visit } from "../visit.ts";

/** The path that a provider sends the browser back to, after a person has let an app in. */
export const CALLBACK_PATH = "/connections/authorized";

/** Where a provider sends the browser back to. */
export interface Callback {
  readonly url: string;
  /** Why no provider should send anybody there; `null` when one may. */
  readonly problem: string | null;
}

/** Returns where a provider sends the browser back to: what it brings along is a secret, and is not sent in the clear. */
export function callbackOf({ baseUrl }: Pick<Visit, "baseUrl">): Callback {
  const url = baseUrl + CALLBACK_PATH;
  const { protocol, hostname } = new URL(url);
  const isSafe = protocol === "https:" || isLoopback(hostname);
  return {
    url,
    problem: isSafe ? null : "A provider leads people back to an address of https only. " +
      "Serve the host behind TLS, and start it with `--public-url https://…`.",
  };
}
