import type { ConflictTake } from "../../../sync/resolve.ts";
import type { StoredConflict } from "../../../store/conflicts.ts";
import { usageError } from "../../../platform/tracker_error.ts";
import { openBackend } from "../../../tracker/backend.ts";
import { openCache } from "../../../tracker/cache.ts";
import type { Context } from "../../command/context.ts";
import { type ChosenFields, fieldChoice } from "../../services/chosen_fields.ts";
import { DONE, text } from "../../terminal/text.ts";
import { fieldName, valueWords } from "../../services/field_words.ts";
import { CONFLICT_FIELDS, conflictJson, resolvedJson } from "./json.ts";
import { writeTable } from "../../terminal/table.ts";
import { ago, plural } from "../../terminal/format.ts";
import { projectContext } from "../../services/tracker.ts";

/** What to do with conflicts. */
export interface SyncConflictsOptions {
  readonly resolve: { readonly id: number; readonly take: ConflictTake } | undefined;
  readonly all: boolean;
  readonly fields: ChosenFields;
}

/** A conflict, and the name that people use for its issue; `null` where that is not here. */
type NamedConflict = readonly [conflict: StoredConflict, key: string | null];

/** Lists the conflicts of the binding, or settles one. */
export async function run(context: Context, options: SyncConflictsOptions): Promise<number> {
  if (options.resolve !== undefined && options.fields !== undefined) {
    throw usageError("`--fields` is for the list, and `--resolve` writes none", "Leave one out.");
  }
  const choose = fieldChoice(context, options.fields, { names: CONFLICT_FIELDS });
  if (options.resolve !== undefined) return await settle(context, options.resolve);
  using store = (await openCache(await projectContext(context))).store;
  const every = store?.conflicts.list() ?? [];
  const conflicts = every.filter(({ taken }) => options.all || taken === null)
    .map((conflict): NamedConflict => {
      const issue = store?.get(conflict.issueId) ?? null;
      return [conflict, issue === null ? null : issue.ref.key ?? issue.ref.id];
    });
  if (context.globals.json) {
    context.output.json({
      conflicts: choose(conflicts.map((named) => conflictJson(...named))),
    });
  } else list(context, conflicts, every.length);
  return 0;
}

async function settle(
  context: Context,
  { id, take }: { readonly id: number; readonly take: ConflictTake },
): Promise<number> {
  const { output, globals } = context;
  const project = await projectContext(context);
  const { service } = await openBackend(project);
  const outcome = await service.resolveConflict({ id, take });
  const { issueId, field } = outcome.conflict;
  using store = (await openCache(project)).store;
  const key = store?.get(issueId)?.ref.key ?? issueId;
  if (globals.json) {
    output.json(resolvedJson(outcome, key));
    return 0;
  }
  const words = outcome.kind === "resolved" ? "settled" : "was settled this way before";
  output.result(text`${DONE} Conflict ${id} (${key}, ${fieldName(field)}) ${words}.`);
  if (take !== "theirs") output.notice("  Next: `tracker sync push`");
  return 0;
}

function list(context: Context, conflicts: readonly NamedConflict[], total: number): void {
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
    conflicts.map(([conflict, key]) => [
      String(conflict.id),
      key ?? `${conflict.issueId} (not here)`,
      fieldName(conflict.field),
      valueWords(conflict.base, conflict.field),
      valueWords(conflict.ours, conflict.field),
      valueWords(conflict.theirs, conflict.field),
      conflict.taken ?? "open",
      ago(conflict.detectedAt, now),
    ]),
  );
  output.result();
  const absent = conflicts.filter(([, key]) => key === null).length;
  if (absent < conflicts.length) {
    output.result(
      "Settle one with `tracker sync conflicts --resolve ID --take ours|theirs|base|both`.",
    );
  }
  if (absent > 0) {
    output.result(
      `${plural(absent, "row")} of issues that are not here: there is nothing to settle. ` +
        "`--json` has the whole values; `tracker issue create` enters them again.",
    );
  }
}
