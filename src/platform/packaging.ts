/** How this program came to the machine: its source, the bundle or an executable made from it, or the npm package. */
export type Packaging = "source" | "bundle" | "npm";

/** `source` from source; a bundle puts its own module in the place of this one. */
export const PACKAGING: Packaging = "source";

/** The file of the npm package that starts the program with its Deno and its permissions. */
export const NPM_LAUNCHER = "tracker.cjs";
