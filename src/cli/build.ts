/** Where a build comes from. */
export interface Build {
  /** Abbreviated commit. */
  readonly commit: string;
  /** Day it was made, as `YYYY-MM-DD` in UTC. */
  readonly date: string;
}

/** The build this is: `null` from source; the bundle puts its own module in the place of this one. */
export const BUILD: Build | null = null;
