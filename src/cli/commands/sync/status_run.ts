import { labelOf } from "../../../project/binding_label.ts";
import { readSyncState, type SyncState } from "../../../tracker/sync_state.ts";
import type { Context } from "../../command/context.ts";
import type { PackageSummary } from "../../../missions/packages/listing.ts";
import { GONE } from "../../../sync/sync_report.ts";
import { fieldName, valueWords } from "../../services/field_words.ts";
import { refusedAdvice } from "../../services/refused_advice.ts";
import { packageWords, readPackageSummary } from "../../services/packages.ts";
import { waitingFacts } from "../../services/waiting_words.ts";
import { projectContext } from "../../services/tracker.ts";
import { ago, number, plural } from "../../terminal/format.ts";
import { writeTable } from "../../terminal/table.ts";
import { bold, text } from "../../terminal/text.ts";

/** Shows what waits here; sends nothing, asks no host and starts no tool. */
export async function run(
  context: Context,
  { exitCode }: { readonly exitCode: boolean },
): Promise<number> {
  const project = await projectContext(context);
  const state = await readSyncState(project);
  const packages = await readPackageSummary(project);
  const { pending, held, refused } = state;
  const code = exitCode && pending.length + held.length + refused.length > 0 ? 1 : 0;
  if (context.globals.json) {
    const { syncStateJson } = await import("./state_json.ts");
    context.output.json(syncStateJson(state, packages));
  } else show(context, state, packages);
  return code;
}

function show(context: Context, state: SyncState, packages: PackageSummary): void {
  const { output, platform } = context;
  const { binding, pending, held, refused, skipped, lastSync, pulledAt, cached } = state;
  const now = platform.clock.now();
  const fact = (name: string, value: string) => output.result(`  ${name.padEnd(11)} ${value}`);
  output.result(text`${bold(labelOf(binding))} · ${binding.provider}`);
  fact("last sync", lastSync === null ? "never" : ago(lastSync.finishedAt, now));
  fact(
    "cached",
    pulledAt === null && cached.total === 0
      ? "nothing yet: `tracker sync pull`"
      : `${plural(cached.total, "issue")}, ${number(cached.open)} open`,
  );
  for (const [name, value] of waitingFacts(state, { now, listed: true })) fact(name, value);
  const words = packageWords(packages);
  if (words !== null) fact("packages", words);
  if (pending.length + held.length + refused.length + skipped.length === 0) return;
  output.result();
  showWaiting(context, state);
  if (refused.length > 0) {
    output.result();
    for (const { key, field, wanted, message } of refused) {
      output.result(`${key}  ${fieldName(field)} → ${valueWords(wanted, field)}: ${message}`);
    }
    // One of each kind is an example for the others.
    const advice = new Map(refused.map((edit) => [edit.code === GONE.code, edit]));
    for (const edit of advice.values()) output.result(`${refusedAdvice(edit.key, [edit])}.`);
  }
}

/** A row for each issue and what it waits for. */
function showWaiting(
  { output, platform }: Context,
  { pending, held, refused, skipped }: SyncState,
): void {
  const now = platform.clock.now();
  const when = (time: number | null) => time === null ? "–" : ago(time, now);
  const oldest = (times: readonly (number | null)[]) =>
    times.reduce((a, b) => a === null || (b !== null && b < a) ? b : a, null);
  writeTable(
    output,
    [
      { title: "KEY", yields: 1, least: 12 },
      { title: "WAITS" },
      { title: "FIELDS", yields: 2, least: 10 },
      { title: "SINCE", leaves: 2 },
      { title: "TITLE", yields: 3, least: 12, leaves: 1 },
    ],
    [
      ...pending.map(({ key, title, isNew, edits }) => [
        key,
        isNew ? "new" : "to push",
        edits.map(({ field }) => fieldName(field)).join(", "),
        when(oldest(edits.map(({ editedAt }) => editedAt))),
        title,
      ]),
      ...held.map(({ key, title, conflict }) => [
        key,
        `conflict ${conflict.id}`,
        fieldName(conflict.field),
        when(conflict.detectedAt),
        title,
      ]),
      ...refused.map(({ key, title, field, refusedAt }) => [
        key,
        "refused",
        fieldName(field),
        when(refusedAt),
        title,
      ]),
      ...skipped.map(({ id, title, field, reason }) => [
        id,
        "stays here",
        `${fieldName(field)}: ${reason}`,
        "–",
        title,
      ]),
    ],
  );
}
