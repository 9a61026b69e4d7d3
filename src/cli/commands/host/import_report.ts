import type { ImportReport } from "../../../server/mod.ts";
import { basename } from "../../../platform/paths.ts";
import type { Context } from "../../command/context.ts";
import type { Fragment } from "../../terminal/text.ts";
import { number, plural } from "../../terminal/format.ts";

const SKIPPED_SHOWN = 10;

/** The name a file gives the resource made of it. */
export function labelOfFile(file: string): string {
  return basename(file).replace(/\.[a-z]+$/i, "") || "imported";
}

/** Reports an import: what it did by `write`, what was left out and why on standard error. */
export function reportImport(
  context: Context,
  report: ImportReport,
  write: (line: Fragment) => void = context.output.notice,
): void {
  const { output } = context;
  write(
    `Imported into ${report.resources.join(", ")}: ${number(report.created)} new, ${
      number(report.updated)
    } changed, ${number(report.unchanged)} unchanged.`,
  );
  if (report.removed > 0) {
    output.notice(`${plural(report.removed, "issue")} removed: deleted in the file.`);
  }
  const skipped = report.deleted - report.removed;
  if (skipped > 0) output.notice(`${plural(skipped, "record")} of deleted issues skipped.`);
  if (report.replaced.length > 0) {
    output.notice(
      `${plural(report.replaced.length, "record")} older than another of the same issue:`,
    );
    for (const { line, id, by } of report.replaced.slice(0, SKIPPED_SHOWN)) {
      output.notice(`  ${line}: ${id} is newer in ${by}`);
    }
    const others = report.replaced.length - SKIPPED_SHOWN;
    if (others > 0) output.notice(`  … and ${number(others)} more`);
  }
  if (report.skipped.length === 0) return;
  output.warning(`${plural(report.skipped.length, "record")} left out:`);
  for (const { line, reason } of report.skipped.slice(0, SKIPPED_SHOWN)) {
    output.warning(`  ${line}: ${reason}`);
  }
  const more = report.skipped.length - SKIPPED_SHOWN;
  if (more > 0) output.warning(`  … and ${number(more)} more`);
}
