import type { ImportReport } from "../../../server/mod.ts";
import { basename, resolveFrom } from "../../../platform/paths.ts";
import { TrackerError } from "../../../platform/tracker_error.ts";
import type { Context } from "../../command/context.ts";
import { harmless } from "../../terminal/sanitize.ts";
import { number, plural } from "../../terminal/format.ts";

const SKIPPED_SHOWN = 10;

/** The text of a file to import. */
export async function readImport(context: Context, file: string): Promise<string> {
  const { platform } = context;
  const text = await platform.files.readText(resolveFrom(platform.system.cwd(), file));
  if (text !== null) return text;
  throw new TrackerError({
    code: "file_missing",
    message: `There is no file "${file}".`,
    details: { file },
  });
}

/** The name a file gives the resource made of it. */
export function labelOfFile(file: string): string {
  return basename(file).replace(/\.[a-z]+$/i, "") || "imported";
}

/** Tells what an import did, with `say`; why some was left out goes to standard error. */
export function reportImport(
  context: Context,
  report: ImportReport,
  say: (text: string) => void = context.output.note,
): void {
  const { output } = context;
  say(
    `Imported into ${harmless(report.resources.join(", "))}: ${number(report.created)} new, ${
      number(report.updated)
    } changed, ${number(report.unchanged)} unchanged.`,
  );
  if (report.deleted > 0) {
    output.note(`${plural(report.deleted, "record")} of deleted issues passed over.`);
  }
  if (report.replaced.length > 0) {
    output.note(
      `${plural(report.replaced.length, "record")} older than another of the same issue:`,
    );
    for (const { line, id, by } of report.replaced.slice(0, SKIPPED_SHOWN)) {
      output.note(`  ${line}: ${harmless(id)} is newer in ${by}`);
    }
    const others = report.replaced.length - SKIPPED_SHOWN;
    if (others > 0) output.note(`  … and ${number(others)} more`);
  }
  if (report.skipped.length === 0) return;
  output.warn(`${plural(report.skipped.length, "record")} left out:`);
  for (const { line, reason } of report.skipped.slice(0, SKIPPED_SHOWN)) {
    output.warn(`  ${line}: ${harmless(reason)}`);
  }
  const more = report.skipped.length - SKIPPED_SHOWN;
  if (more > 0) output.warn(`  … and ${number(more)} more`);
}
