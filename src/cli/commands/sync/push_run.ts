import { parsePushItems, type PushItem } from "../../../contract/push.ts";
import { errorText, TrackerError, usageError } from "../../../platform/tracker_error.ts";
import type { PlannedBatch } from "../../../client/sync_push.ts";
import { type HostedBackend, openBackend } from "../../../tracker/backend.ts";
import { openCache } from "../../../tracker/cache.ts";
import { waitingIn } from "../../../tracker/sync_outcome.ts";
import { ensureDaemonRunning } from "../../../daemon/intent.ts";
import { reportWithBackground } from "../../services/background.ts";
import type { Context } from "../../command/context.ts";
import { readFileOrInput } from "../../services/input_file.ts";
import { untilInterrupted } from "../../terminal/interrupt.ts";
import { runLocalSync, tellEdits } from "./local_report.ts";
import { createProgress } from "../../terminal/progress.ts";
import { reportPush, sentBefore } from "./report.ts";
import { plural } from "../../terminal/format.ts";
import { projectContext } from "../../services/tracker.ts";
import { VERSION } from "../../version.ts";
import { labelOf } from "../../../project/binding_label.ts";

/** What to push. */
export interface SyncPushOptions {
  readonly itemsJson: string | undefined;
  readonly dryRun: boolean;
  readonly retry: boolean;
  /** At most this many issues of which edits wait. */
  readonly limit: number | undefined;
}

/** Refuses options that are about edits beside items. */
export function check(_context: Context, options: SyncPushOptions): void {
  const { itemsJson, retry, limit } = options;
  if (itemsJson === undefined || (!retry && limit === undefined)) return;
  throw usageError(
    "`--items-json` sends its items and no edits, so that `--retry` and `--limit` say nothing",
    "Leave them out, or send the edits in a push of their own.",
  );
}

/** Sends the edits that wait here, or the items that are given. */
export async function run(context: Context, options: SyncPushOptions): Promise<number> {
  const backend = await openBackend(await projectContext(context));
  const label = `Pushing to ${labelOf(backend.binding)}`;
  const { itemsJson, dryRun, retry, limit } = options;
  if (backend.kind === "hosted") {
    return itemsJson === undefined
      ? await pushEdits(context, backend, label, options)
      : await pushItems(context, backend, label, { itemsJson, dryRun });
  }
  return await runLocalSync(
    context,
    { label, dryRun },
    (local) => backend.service.push({ ...local, retry, limit }),
  );
}

async function pushEdits(
  context: Context,
  { service }: HostedBackend,
  label: string,
  { dryRun, retry, limit }: SyncPushOptions,
): Promise<number> {
  const { platform } = context;
  const progress = createProgress(context, label);
  const { onEvent, report } = tellEdits(context, progress, dryRun);
  const done = await untilInterrupted(context, (signal) =>
    service.pushEdits({
      dryRun,
      retry,
      limit,
      signal,
      onEvent,
      onProgress: (event) => progress.sync(event),
    })).finally(() => progress.end());
  using store = (await openCache(await projectContext(context))).store;
  const names = (id: string) => store?.get(id)?.ref.key ?? id;
  if (dryRun) return report(done, done.counts, names);
  return await reportWithBackground(
    context,
    () => report(done, done.counts, names),
    () => ensureDaemonRunning({ platform, version: VERSION, intent: "remote_required" }),
  );
}

async function pushItems(
  context: Context,
  { service }: HostedBackend,
  label: string,
  { itemsJson, dryRun }: { readonly itemsJson: string; readonly dryRun: boolean },
): Promise<number> {
  const { platform } = context;
  const items = await readItems(context, itemsJson);
  const progress = createProgress(context, label);
  const outcome = await untilInterrupted(context, (signal) =>
    service.push(items, {
      dryRun,
      signal,
      onProgress: (event) => progress.sync(event),
    })).finally(() => progress.end());
  if (outcome.kind === "planned") return reportPlan(context, outcome.batches);
  const waiting = await waitingIn(await projectContext(context));
  return await reportWithBackground(
    context,
    () => reportPush(context, outcome, waiting),
    () => ensureDaemonRunning({ platform, version: VERSION, intent: "remote_required" }),
  );
}

async function readItems(context: Context, itemsJson: string): Promise<readonly PushItem[]> {
  const name = itemsJson === "-" ? "standard input" : `"${itemsJson}"`;
  const parsed = parsePushItems(parseJson(await readFileOrInput(context, itemsJson), name));
  if (parsed.ok && parsed.items.length === 0) {
    throw invalidItems(`There are no items in ${name}`, []);
  }
  if (parsed.ok) return parsed.items;
  const faults = parsed.faults.map(({ index, field, message }) =>
    `${index === null ? "" : `item ${index}, `}${field === "" ? "" : `${field}: `}${message}`
  );
  throw invalidItems(
    `The items in ${name} are invalid:\n  ${faults.join("\n  ")}`,
    parsed.faults,
  );
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalidItems(`The items in ${name} are not JSON: ${errorText(error)}`, []);
  }
}

function invalidItems(message: string, faults: readonly unknown[]): TrackerError {
  return new TrackerError({
    code: "invalid_items",
    message,
    nextAction: "Correct the items, then push again. Nothing was sent.",
    details: { faults },
  });
}

function reportPlan(context: Context, batches: readonly PlannedBatch[]): number {
  const items = batches.flatMap((batch) => batch.items);
  if (context.globals.json) {
    context.output.json({
      dry_run: true,
      batches: batches.map((batch) => ({
        idempotency_key: batch.idempotencyKey,
        already_sent: batch.alreadySent,
        items: batch.items,
      })),
    });
    return 0;
  }
  const { output } = context;
  output.result(
    `Would send ${plural(items.length, "item")} in ${
      plural(batches.length, "batch").replace(/batchs$/, "batches")
    }:`,
  );
  for (const item of items) {
    const change = item.action === "transition"
      ? `to ${item.target_status}`
      : Object.keys(item.patch ?? {}).join(", ");
    output.result(`  ${item.action.padEnd(10)} ${item.ref.key ?? item.ref.id}  ${change}`);
  }
  const before =
    batches.filter((batch) => batch.alreadySent).flatMap((batch) => batch.items).length;
  if (batches.some((batch) => batch.idempotencyKey !== null)) {
    output.result(`This would continue an interrupted push: ${sentBefore(before)}.`);
  }
  output.notice("Nothing was sent.");
  return 0;
}
