import type { Check } from "../../services/report.ts";
import { plural } from "../../terminal/format.ts";

/** Checks that are of one kind for people. */
const KINDS: Readonly<Record<string, string>> = { bd: "tools", fp: "tools" };

/** Warnings of a kind that each keep their line and what to do. */
const MOST_WARNINGS = 3;

/**
 * Returns the checks as people read them, one line for each kind of thing: facts of a kind stand in one line, and of
 * many warnings of a kind the first one says how many there are. Every failure keeps its line and what to do.
 */
export function oneLineEach(checks: readonly Check[]): readonly Check[] {
  const groups = Map.groupBy(
    checks,
    ({ check, status }, at) =>
      status === "failed" ? String(at) : `${status} ${KINDS[check] ?? check}`,
  );
  return [...groups.values()].flatMap(folded);
}

function folded(group: readonly Check[]): readonly Check[] {
  const [first, ...more] = group;
  if (first === undefined) return [];
  if (more.length === 0 || (first.status === "warning" && group.length <= MOST_WARNINGS)) {
    return group;
  }
  const message = first.status === "warning"
    ? `${first.message}; ${
      plural(more.length, "more warning")
    } of the kind: \`tracker doctor --json\``
    : group.map(({ message }) => message).join("; ");
  return [{ ...first, message }];
}
