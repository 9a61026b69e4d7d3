import { type Extension, EXTENSIONS } from "../../contract/status.ts";

/** What this host offers beyond the contract's core: all of it; a client uses only what is listed (wire.md, Extensions). */
export const HOST_EXTENSIONS: readonly Extension[] = EXTENSIONS;
