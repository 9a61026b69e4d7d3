import type { PackageTable } from "../store/packages.ts";
import { isOlder, nameKey, type PackageName, type PackageStep } from "./package_tickets.ts";

/** Returns the newest steps that were pushed from here, by `nameKey`. */
export function keptSteps(packages: PackageTable): ReadonlyMap<string, PackageStep> {
  return new Map(
    packages.list().flatMap(({ mission, wpId, stepAt, stepId }) =>
      stepAt === null
        ? []
        : [[nameKey({ mission, wpId }), { at: stepAt, eventId: stepId }] as const]
    ),
  );
}

/** Keeps the ticket of a package, and the step that was pushed of it unless a newer one was. */
export function keepStep(
  packages: PackageTable,
  { mission, wpId }: PackageName,
  issueId: string,
  step: PackageStep | null,
): void {
  const before = packages.of(mission, wpId);
  const known = before === null || before.stepAt === null
    ? null
    : { at: before.stepAt, eventId: before.stepId };
  const newest = step === null || known !== null && isOlder(step, known) ? known : step;
  packages.keep({
    mission,
    wpId,
    issueId,
    stepAt: newest?.at ?? null,
    stepId: newest?.eventId ?? "",
  });
}
