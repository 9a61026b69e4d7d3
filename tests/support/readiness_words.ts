import { READINESS_WORDING } from "../../src/user/readiness_wording.ts";

/**
 * Returns what a person reads when a prerequisite is missing: message, blank line, next action. The words themselves
 * are held against `contracts/hosted-readiness.md` by `tests/contract/narrative_test.ts`, so that no other test has
 * to repeat them. `facts` fill what stands in braces.
 */
export function readinessWords(
  state: keyof typeof READINESS_WORDING,
  facts: Readonly<Record<string, string>> = {},
): string {
  const { message, nextAction } = READINESS_WORDING[state];
  return `${message}\n\n${nextAction ?? ""}\n`.replaceAll(
    /\{(\w+)\}/g,
    (_, name: string) => facts[name] ?? "",
  );
}
