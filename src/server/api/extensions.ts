/** What this host offers beyond the contract's core; a client uses only what is listed (wire.md, Extensions). */
export const EXTENSIONS: readonly string[] = ["complete", "replayed", "revoke"];
