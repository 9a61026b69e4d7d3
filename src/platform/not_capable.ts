/** A kind of access that Deno grants or denies. */
export type PermissionKind = "read" | "write" | "net" | "env" | "run" | "sys";

/** A denial worded as Deno's own, so that callers recognise a single kind. */
export class NotCapableError extends Error {
  /** Creates a denial of one kind of access to a target. */
  constructor(kind: PermissionKind, target: string) {
    super(`Requires ${kind} access to "${target}", run again with the --allow-${kind} flag`);
    this.name = "NotCapable";
  }
}

/** Whether a permission was denied: by Deno, or before it was asked. */
export function isNotCapable(error: unknown): boolean {
  return error instanceof Error && error.name === "NotCapable";
}

// Deno says: Requires read access to "/home/me/.spec-kitty", run again with the --allow-read flag
// and of a signal to another process: Requires run access, run again with the --allow-run flag
const REQUIRES = /Requires (read|write|net|env|run|sys) access(?: to "?(.+?)"?)?, run again with/;

/** Returns what a denial says is missing, an empty target for all of a kind; `null` for other words. */
export function deniedIn(
  message: string,
): { readonly kind: PermissionKind; readonly target: string } | null {
  const [, kind, target] = REQUIRES.exec(message) ?? [];
  switch (kind) {
    case "read":
    case "write":
    case "net":
    case "env":
    case "run":
    case "sys":
      return { kind, target: target ?? "" };
    default:
      return null;
  }
}

/** Returns the words for a denial inside of another sentence: what is missing, and the flag that grants it. */
export function denialText(message: string): string {
  const denied = deniedIn(message);
  if (denied === null) return message;
  const { kind, target } = denied;
  if (target === "") return `permission needed: ${kind}, with \`--allow-${kind}\``;
  // Port 0 is any that is free.
  const granting = kind === "net" ? target.replace(/:0$/, "") : target;
  return `permission needed: ${kind} "${granting}", with \`--allow-${kind}=${granting}\``;
}
