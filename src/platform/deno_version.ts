import { refusalText } from "./refusal.ts";

/** The oldest Deno that the program runs on: locks of files and reading SQLite need it. */
export const LEAST_DENO = "2.9.0";

/**
 * Ends the process when Deno is too old for the program, before anything is loaded that it may not know.
 *
 * @param args The command line, which may ask for JSON.
 */
export function refuseOldDeno(args: readonly string[]): void {
  const fault = oldDenoFault(Deno.version.deno, args);
  if (fault === null) return;
  console.error(fault);
  Deno.exit(1);
}

/** Returns what to say of a Deno that is too old; `null` when it is not. */
export function oldDenoFault(version: string, args: readonly string[]): string | null {
  if (isAtLeast(version, LEAST_DENO)) return null;
  return refusalText({
    code: "deno_too_old",
    message: `tracker needs Deno ${LEAST_DENO} or newer, and this is Deno ${version}`,
    nextAction: "Run `deno upgrade`, or use one of tracker's executables, which need no Deno.",
    details: { deno: version, least: LEAST_DENO },
  }, args);
}

/** Compares the numbers; what follows them, as in `2.9.0-rc.1`, does not count. */
function isAtLeast(version: string, least: string): boolean {
  const [a, b] = [version, least].map((text) => text.split(/[.+-]/).slice(0, 3).map(Number));
  for (const [index, wanted] of (b ?? []).entries()) {
    const given = a?.[index] ?? 0;
    if (given !== wanted) return given > wanted;
  }
  return true;
}
