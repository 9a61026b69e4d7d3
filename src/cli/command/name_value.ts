import { usageError } from "../../platform/tracker_error.ts";

/**
 * Parses the `NAME=VALUE` of an option.
 *
 * @throws {TrackerError} `usage`.
 */
export function nameAndValue(option: string, text: string): [string, string] {
  const at = text.indexOf("=");
  if (at < 1) throw usageError(`\`${option}\` takes NAME=VALUE, not "${text}"`);
  return [text.slice(0, at).trim(), text.slice(at + 1)];
}
