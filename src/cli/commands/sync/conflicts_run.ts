import type { ConflictTake } from "../../../sync/resolve.ts";
import type { StoredConflict } from "../../../store/conflicts.ts";
import { openLocalBackend } from "../../../tracker/backend.ts";
import type { Context } from "../../command/context.ts";
import { DONE, text } from "../../terminal/text.ts";
import { valueWords } from "../../services/field_words.ts";
import { conflictJson, resolvedJson } from "./json.ts";
import { writeTable } from "../../terminal/table.ts";
import { ago } from "../../terminal/format.ts";
import { projectContext } from "../../services/tracker.ts";

/** What to do with conflicts. */
export interface SyncConflictsOptions {
  readonly resolve: { readonly id: number; readonly take: ConflictTake } | undefined;
  readonly all: boolean;
}

/** Lists the conflicts of a local binding, or settles one. */
export async function run(context: Context, options: SyncConflictsOptions): Promise<number> {
  const { service } = await openLocalBackend(await projectContext(context), "`sync conflicts`");
  if (options.resolve !== undefined) {
    const { id, take } = options.resolve;
    const outcome = await service.resolveConflict({ id, take });
    if (context.globals.json) context.output.json(resolvedJson(outcome));
    else {
      const { issueId, field } = outcome.conflict;
      const words = outcome.kind === "resolved" ? "settled" : "was settled this way before";
      context.output.result(text`${DONE} Conflict ${id} (${issueId}, ${field}) ${words}.`);
      if (take !== "theirs") context.output.notice("  Next: `tracker sync push`");
    }
    return 0;
  }
  const every = await service.conflicts();
  const conflicts = options.all ? every : every.filter((conflict) => conflict.taken === null);
  if (context.globals.json) context.output.json({ conflicts: conflicts.map(conflictJson) });
  else list(context, conflicts, every.length);
  return 0;
}

function list(context: Context, conflicts: readonly StoredConflict[], total: number): void {
  const { output, platform } = context;
  if (conflicts.length === 0) {
    output.result(total === 0 ? "No conflicts." : "No open conflicts; `--all` shows settled ones.");
    return;
  }
  const now = platform.clock.now();
  writeTable(
    output,
    [
      { title: "ID" },
      { title: "ISSUE" },
      { title: "FIELD" },
      { title: "BEFORE", yields: 1 },
      { title: "OURS", yields: 1 },
      { title: "THEIRS", yields: 1 },
      { title: "TAKEN" },
      { title: "SINCE" },
    ],
    conflicts.map((conflict) => [
      String(conflict.id),
      conflict.issueId,
      conflict.field,
      valueWords(conflict.base, conflict.field),
      valueWords(conflict.ours, conflict.field),
      valueWords(conflict.theirs, conflict.field),
      conflict.taken ?? "open",
      ago(conflict.detectedAt, now),
    ]),
  );
  output.result();
  output.result(
    "Settle one with `tracker sync conflicts --resolve ID --take ours|theirs|base|both`.",
  );
}
