import type { Platform } from "../platform/platform.ts";

/** The project that the dashboard shows. */
export interface ShownProject {
  readonly platform: Platform;
  /** The project's root; `null` outside of one. */
  readonly root: string | null;
  /** This program's version. */
  readonly version: string;
}
