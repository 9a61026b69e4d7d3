import type { Extension } from "../../contract/status.ts";

/** What this host offers beyond the contract's core; a client uses only what is listed (wire.md, Extensions). */
export const HOST_EXTENSIONS: readonly Extension[] = [
  "removed",
  "base_version",
  "patch_sets",
  "complete",
  "comments",
  "replayed",
  "revoke",
  "origin_any",
  "connection",
];
