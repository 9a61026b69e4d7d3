import type { LocalSyncCounts, LocalSyncReport } from "../tracker/backend.ts";
import type { Deps } from "./deps.ts";
import { harmless } from "./harmless.ts";
import { number, plural } from "./time_words.ts";

/** Shows what a sync with a local tool did; answers the exit code. */
export function reportLocalSync(deps: Deps, report: LocalSyncReport): number {
  const failed = report.failures.length > 0;
  if (deps.globals.json) {
    deps.output.json({
      status: failed ? "partial" : "ok",
      pulled: report.pulled,
      pushed: report.pushed,
      conflicts: report.conflicts,
      failures: report.failures,
    });
    return failed ? 1 : 0;
  }
  const { output } = deps;
  const mark = failed ? output.style.yellow("!") : output.style.green("✓");
  const parts = [counted("Pulled", report.pulled), counted("Pushed", report.pushed)];
  output.line(`${mark} ${parts.filter((part) => part !== null).join(" ")}`);
  if (report.conflicts > 0) {
    output.line(`  ${plural(report.conflicts, "conflict")}: see \`tracker sync conflicts\`.`);
  }
  for (const failure of report.failures) {
    output.warn(`   ${harmless(failure.id ?? "?")}  ${harmless(failure.message)}`);
  }
  return failed ? 1 : 0;
}

function counted(verb: string, counts: LocalSyncCounts | null): string | null {
  if (counts === null) return null;
  return `${verb}: ${number(counts.created)} created, ${number(counts.updated)} updated, ${
    number(counts.skipped)
  } skipped.`;
}
