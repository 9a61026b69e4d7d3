import type { ItemError } from "../../contract/results.ts";
import type { Context } from "../command/context.ts";
import { plural } from "../terminal/format.ts";
import { ATTENTION, text } from "../terminal/text.ts";

/**
 * Says what of an answer could not be read and why, one line each; on standard error. Returns the exit code, which is 1
 * as soon as something is missing.
 */
export function reportUnreadable(
  context: Context,
  errors: readonly ItemError[],
  what: string,
): number {
  if (errors.length === 0) return 0;
  warnOfItems(context, `${plural(errors.length, what)} in the answer could not be read`, errors);
  return 1;
}

/** Says of which issues something is true, and why, one line each; on standard error. */
export function warnOfItems(
  { output }: Context,
  heading: string,
  errors: readonly ItemError[],
): void {
  output.warning(text`${ATTENTION} ${heading}:`);
  for (const { ref, message } of errors) output.warning(`   ${ref.key ?? ref.id}  ${message}`);
}
