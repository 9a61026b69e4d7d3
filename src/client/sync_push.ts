import type { HostedProvider } from "../contract/providers.ts";
import type { PushItem } from "../contract/push.ts";
import type { PushResult, RunResult } from "../contract/results.ts";
import type { RoutingKey } from "../contract/routing.ts";
import { sha256Hex } from "../platform/random.ts";
import { interrupted, TrackerError } from "../platform/tracker_error.ts";
import { invalidResponse } from "./answers.ts";
import type { HostedClient, OperationProgress } from "./client.ts";
import { HostedApiError } from "./errors.ts";
import type { JournalBatch, PushJournal } from "./push_journal.ts";
import { type PushedOutcome, PushTotals } from "./push_totals.ts";
import { type Router, routingOf } from "./routing.ts";

/** Items in one request. */
export const BATCH_SIZE = 100;

/** How far a push or a run has come. */
export type SyncProgress =
  /** Items sent so far. */
  | { readonly kind: "batch"; readonly sent: number; readonly total: number }
  /** The host works on it. */
  | ({ readonly kind: "waiting" } & OperationProgress);

/** How to push. */
export interface PushChoice {
  /** Plans only; sends nothing. */
  readonly dryRun?: boolean | undefined;
  /** Stops the waiting; an operation continues at the host. */
  readonly signal?: AbortSignal | undefined;
  /** Told after every batch, and after every look at an operation. */
  readonly onProgress?: ((progress: SyncProgress) => void) | undefined;
}

/** What a push did, or would do. */
export type PushOutcome =
  | PushedOutcome
  | { readonly kind: "planned"; readonly batches: readonly PlannedBatch[] };

/** One request of a push that is not made. */
export interface PlannedBatch {
  /** The items of the request. */
  readonly items: readonly PushItem[];
  /**
   * The key of an interrupted push that would be repeated; `null` for a new push, whose keys are created when it
   * begins.
   */
  readonly idempotencyKey: string | null;
  /** The host answered it before the push was interrupted: it would not be sent again. */
  readonly alreadySent: boolean;
}

/** What a push needs. */
export interface PushDeps {
  readonly provider: HostedProvider;
  readonly client: Pick<HostedClient, "push" | "waitForOperation">;
  readonly router: Router;
  readonly journal: PushJournal;
}

/**
 * Pushes items in batches of {@link BATCH_SIZE}, each under a key of its own that is stored before the batch goes out.
 * The same push again is a new one, under new keys: an issue may go from A to B and back to A. Only a push that broke
 * off, and after which nothing else was sent, is repeated: what the host has answered is not sent again, the rest goes
 * out under its first keys, so that the host does nothing twice (wire.md, Tracker calls).
 *
 * @throws {StaleBindingError} and what the client throws; when batches were sent before, the message says so.
 */
export async function pushItems(
  deps: PushDeps,
  items: readonly PushItem[],
  choice: PushChoice,
): Promise<PushOutcome> {
  const { provider, router, journal } = deps;
  const parts = batchesOf(items);
  const push = await sha256Hex(
    JSON.stringify({ provider, routing: routingOf(router.binding), items }),
  );
  if (choice.dryRun === true) {
    const begun = await journal.look(push, parts.length);
    return { kind: "planned", batches: parts.map((part, place) => planned(part, begun?.[place])) };
  }
  if (items.length === 0) {
    throw new TrackerError({ code: "nothing_to_push", message: "There are no items to push" });
  }
  const { resumed, batches } = await journal.open(push, parts.length);
  const totals = new PushTotals(items.length, choice);
  try {
    for (const [place, part] of parts.entries()) {
      const batch = batches[place];
      if (batch === undefined) continue;
      if (batch.answer !== null) {
        totals.add(part, { result: batch.answer, isAlreadySent: true, outdated: 0 });
        continue;
      }
      if (choice.signal?.aborted === true) throw interrupted(choice.signal.reason);
      const sending = { key: batch.key, routing: routingOf(router.binding) };
      const { result, replayed } = await pushBatch(deps, part, sending, choice, {
        onRefused: () => journal.refused(push, place),
      });
      const kept = await journal.answered({ push, place, items: part, result, replayed });
      totals.add(part, { result, isAlreadySent: replayed, outdated: kept.outdated });
    }
  } catch (error) {
    throw repeatable(error, totals.sent, items.length);
  }
  // Only when all is done: a repeat has to be routed as the first attempt was.
  await router.upgrade();
  return totals.outcome(resumed);
}

/** Sends one batch, and waits for the operation it may become. */
export async function pushBatch(
  { client, provider, router }: Omit<PushDeps, "journal">,
  items: readonly PushItem[],
  { key, routing }: { readonly key: string; readonly routing: RoutingKey | null },
  choice: Pick<PushChoice, "signal" | "onProgress">,
  { onRefused }: { readonly onRefused: () => Promise<void> },
): Promise<{ readonly result: PushResult; readonly replayed: boolean }> {
  let hasFailed = false;
  const watching: typeof choice = {
    ...choice,
    onProgress(progress) {
      hasFailed = progress.kind === "waiting" && progress.status === "failed";
      choice.onProgress?.(progress);
    },
  };
  let replayed = false;
  const result = await router.callBy(routing, async () => {
    try {
      const write = { idempotencyKey: key, signal: choice.signal };
      const outcome = await client.push(provider, routing, items, write);
      replayed = outcome.replayed;
      return outcome.kind === "done"
        ? outcome.result
        : await waitFor(client, outcome.operationId, watching);
    } catch (error) {
      // The host is done with it: under the same key it might only say so again.
      if (hasFailed || isRefusal(error)) await onRefused();
      throw error;
    }
  });
  if (!isPushResult(result)) throw invalidResponse("operation", "`items` is missing", "items");
  return { result, replayed };
}

/** Returns whether the host has said that it does not do it. A session that ended says nothing of the write. */
export function isRefusal(error: unknown): boolean {
  return error instanceof HostedApiError &&
    (error.errorCode === "idempotency_conflict" || REFUSALS.includes(error.statusCode));
}

const REFUSALS: readonly number[] = [400, 404, 405, 410, 413, 415, 422];

function planned(items: readonly PushItem[], begun: JournalBatch | undefined): PlannedBatch {
  return {
    items,
    idempotencyKey: begun?.key ?? null,
    alreadySent: begun !== undefined && begun.answer !== null,
  };
}

/** Waits for an operation with progress (wire.md, Asynchronous operations). */
export async function waitFor(
  client: Pick<HostedClient, "waitForOperation">,
  operationId: string,
  choice: Pick<PushChoice, "signal" | "onProgress">,
): Promise<PushResult | RunResult> {
  return await client.waitForOperation(operationId, {
    signal: choice.signal,
    onProgress: (progress) => choice.onProgress?.({ kind: "waiting", ...progress }),
  });
}

/** Tells what an operation was. */
export function isPushResult(result: PushResult | RunResult): result is PushResult {
  return "items" in result;
}

function batchesOf(items: readonly PushItem[]): (readonly PushItem[])[] {
  const batches = [];
  for (let start = 0; start < items.length; start += BATCH_SIZE) {
    batches.push(items.slice(start, start + BATCH_SIZE));
  }
  return batches;
}

/** Says of a failure that the push can be repeated: some of it was done, or may have been. */
function repeatable(error: unknown, sent: number, total: number): unknown {
  if (!(error instanceof TrackerError) || (sent === 0 && !mayBeDone(error))) return error;
  const nextAction = [
    error.nextAction,
    "Repeat the same push afterwards: what was done already is not done twice.",
  ].filter((part) => part !== null).join(" ");
  if (sent === 0 && error instanceof HostedApiError) return error.with(nextAction);
  return new TrackerError({
    code: error.code,
    message: sent === 0
      ? error.message
      : `${error.message} (${sent} of ${total} items were sent before)`,
    nextAction,
    details: sent === 0 ? error.details : { ...error.details, sent, total },
    exitCode: error.exitCode,
    cause: error,
  });
}

/** Returns whether the host may have done what was asked before the failure. */
export function mayBeDone(error: TrackerError): boolean {
  return error instanceof HostedApiError ? error.statusCode >= 500 : UNSURE.includes(error.code);
}

const UNSURE: readonly string[] = ["network_error", "network_timeout", "invalid_response"];
