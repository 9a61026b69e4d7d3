import type {
  MissionOutcome,
  PackageOutcome,
  PackagesReport,
} from "../../../missions/packages/push_report.ts";
import { nameKey } from "../../../sync/package_tickets.ts";
import type { Context } from "../../command/context.ts";
import { fieldName, statusName } from "../../services/field_words.ts";
import { plural } from "../../terminal/format.ts";
import { writeTable } from "../../terminal/table.ts";
import { ATTENTION, DONE, text } from "../../terminal/text.ts";

/** Tells what a push of work packages did, or would do; returns the exit code. */
export function reportPackages(
  context: Context,
  report: PackagesReport,
  form: "indented" | "line" = "indented",
): number {
  const { output, globals } = context;
  const { dryRun, missions, counts, notes } = report;
  if (globals.json) {
    output.json({
      dry_run: dryRun,
      missions: missions.map(missionJson),
      counts,
      notes,
    }, form);
  } else {
    const rows = missions.flatMap(({ mission, packages }) =>
      packages.filter(({ outcome }) => outcome === "created" || outcome === "updated")
        .map((one) => [
          mission.featureSlug,
          one.workPackage.wpId,
          one.ref?.key ?? one.ref?.id ?? "–",
          whatWasDone(one, dryRun),
        ])
    );
    if (rows.length > 0) {
      writeTable(
        output,
        [{ title: "MISSION", yields: 1, least: 12 }, { title: "PACKAGE" }, { title: "TICKET" }, {
          title: dryRun ? "WOULD BE" : "DONE",
          yields: 2,
          least: 16,
        }],
        rows,
      );
    }
    if (missions.every(({ packages }) => packages.length === 0)) {
      output.result("No work packages.");
    } else output.result(text`${counts.failed === 0 ? DONE : ATTENTION} ${countWords(report)}`);
  }
  tellReasons(context, report);
  return counts.failed === 0 ? 0 : 1;
}

function whatWasDone(
  { outcome, changed, before, status, message, reasons }: PackageOutcome,
  dryRun: boolean,
): string {
  const to = statusName(status);
  if (outcome === "created") {
    // What the other side has to say may be that it did not take the status.
    const isAsAsked = message === null && reasons.length === 0;
    return `${dryRun ? "create" : "created"}${isAsAsked ? `, ${to}` : ""}`;
  }
  return changed.map((field) => {
    if (field !== "status") return fieldName(field);
    return before === null ? `to ${to}` : `${statusName(before)} → ${to}`;
  }).join(", ");
}

function countWords({ counts, dryRun }: PackagesReport): string {
  const { created, updated, unchanged, skipped, failed } = counts;
  const parts = [
    [created, dryRun ? "to create" : "created"],
    [updated, dryRun ? "to change" : "changed"],
    [unchanged, "as they should be"],
    [skipped, "left out"],
    [failed, "failed"],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`);
  const total = created + updated + unchanged + skipped + failed;
  return `${plural(total, "work package")}: ${said.join(", ")}.`;
}

/** What was left out and why, on standard error. */
function tellReasons({ output }: Context, { missions, notes }: PackagesReport): void {
  const said = new Map<string, string[]>();
  const isOne = missions.length === 1;
  for (const { mission, packages } of missions) {
    for (const one of packages) {
      const { reasons, message } = one;
      for (const reason of [...reasons.map(({ message }) => message), message]) {
        if (reason !== null) {
          said.set(reason, [
            ...said.get(reason) ?? [],
            nameOf(one, isOne ? null : mission.featureSlug),
          ]);
        }
      }
    }
  }
  for (const [reason, packages] of said) {
    output.warning(text`${ATTENTION} ${packages.join(", ")}: ${reason}.`);
  }
  for (const note of notes) output.warning(text`${ATTENTION} ${note}.`);
}

/** A package and its ticket; with the mission where several are pushed, which have packages of the same id. */
function nameOf({ workPackage: { wpId }, ref }: PackageOutcome, mission: string | null): string {
  const name = mission === null ? wpId : nameKey({ mission, wpId });
  return ref === null ? name : `${name} (${ref.key ?? ref.id})`;
}

function missionJson({ mission, packages }: MissionOutcome): Readonly<Record<string, unknown>> {
  return {
    mission: mission.featureSlug,
    mission_id: mission.missionId,
    work_packages: packages.map((one) => ({
      wp_id: one.workPackage.wpId,
      title: one.workPackage.title,
      lane: one.workPackage.lane,
      status: one.status,
      ref: one.ref,
      before: one.before,
      outcome: one.outcome,
      changed: one.changed,
      reasons: one.reasons,
      message: one.message,
    })),
  };
}
