import type { TransportOptions } from "../hosted/transport.ts";
import type { Deps } from "./deps.ts";
import { harmless } from "./harmless.ts";

/** Under `--verbose`, a line on standard error for each request; it never holds a secret. */
export function requestLog(deps: Deps): TransportOptions["onRequestLog"] {
  if (!deps.globals.verbose) return undefined;
  return ({ method, path, status, ms }) =>
    deps.output.warn(
      deps.output.errorStyle.dim(
        `${method} ${harmless(path)} → ${status ?? "no answer"} (${Math.round(ms)} ms)`,
      ),
    );
}
