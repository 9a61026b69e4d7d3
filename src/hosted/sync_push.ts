import type { HostedProvider } from "../contract/providers.ts";
import type { PushItem } from "../contract/push.ts";
import type { PushResult, RunResult } from "../contract/results.ts";
import { interrupted, TrackerError } from "../platform/tracker_error.ts";
import { invalidResponse } from "./answers.ts";
import type { PushHistory } from "./push_history.ts";
import { contentIdempotencyKey, type HostedClient, type OperationProgress } from "./client.ts";
import { type Router, routingOf } from "./routing.ts";
import { addSummaries, worstStatus } from "./sync_totals.ts";

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
  /** Stops the waiting; an operation goes on at the host. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: SyncProgress) => void) | undefined;
}

/** What a push did, or would do. */
export type PushOutcome =
  | { readonly kind: "pushed"; readonly result: PushResult; readonly batches: number }
  | { readonly kind: "planned"; readonly batches: readonly PushBatch[] };

/** One request of a push. */
export interface PushBatch {
  readonly items: readonly PushItem[];
  /** Follows from the content, so that a repeat changes nothing twice. */
  readonly idempotencyKey: string;
}

/** A batch and what is remembered of it. */
interface KeyedBatch extends PushBatch {
  /** What it is remembered by; `null` where it is not, for it creates issues. */
  readonly content: string | null;
  /** How often it came to its end before. */
  readonly times: number;
}

/** What a push needs. */
export interface PushDeps {
  readonly provider: HostedProvider;
  readonly client: Pick<HostedClient, "push" | "waitForOperation">;
  readonly router: Router;
  readonly history: PushHistory;
}

/**
 * Pushes items in batches of {@link BATCH_SIZE}, each under a key that follows from its content: a push that broke
 * off is repeated under the same keys, so that nothing is done twice. One that came to its end is a new one when
 * it is pushed again, under keys of its own: an issue may go from A to B and back to A. So is a batch that failed
 * as an operation: what it failed of may be mended. Not so where issues are created, which a repeat must not do again. Hosted API, Tracker calls.
 *
 * @throws {StaleBindingError} and what the client throws; when batches were sent before, the message says so.
 */
export async function pushItems(
  deps: PushDeps,
  items: readonly PushItem[],
  choice: PushChoice,
): Promise<PushOutcome> {
  const batches = await batchesOf(deps, items);
  if (choice.dryRun === true) {
    const planned = batches.map(({ items, idempotencyKey }) => ({ items, idempotencyKey }));
    return { kind: "planned", batches: planned };
  }
  let result: PushResult | null = null;
  let sent = 0;
  try {
    for (const batch of batches) {
      if (choice.signal?.aborted === true) throw interrupted(choice.signal.reason);
      const answer = await pushBatch(deps, batch, choice);
      result = result === null ? answer : joined(result, answer);
      sent += batch.items.length;
      choice.onProgress?.({ kind: "batch", sent, total: items.length });
    }
  } catch (error) {
    throw sent === 0 ? error : afterSome(error, sent, items.length);
  }
  await finish(deps, batches);
  // Only when all is done: a repeat has to be routed, and so keyed, as the first attempt was.
  await deps.router.upgrade();
  if (result === null) {
    throw new TrackerError({ code: "nothing_to_push", message: "There are no items to push" });
  }
  return { kind: "pushed", result, batches: batches.length };
}

async function pushBatch(
  deps: PushDeps,
  batch: KeyedBatch,
  choice: PushChoice,
): Promise<PushResult> {
  const { client, provider, router } = deps;
  const { idempotencyKey, items } = batch;
  let hasFailed = false;
  const watching: PushChoice = {
    ...choice,
    onProgress(progress) {
      hasFailed = progress.kind === "waiting" && progress.status === "failed";
      choice.onProgress?.(progress);
    },
  };
  const result = await router.callOnly(async (routing) => {
    const write = { idempotencyKey, signal: choice.signal };
    const outcome = await client.push(provider, routing, items, write);
    return outcome.kind === "done"
      ? outcome.result
      : await waitFor(client, outcome.operationId, watching);
  }).catch(async (error) => {
    // The host has done with it: under the same key it would only say so again.
    if (hasFailed) await finish(deps, [batch]);
    throw error;
  });
  if (!isPushResult(result)) throw invalidResponse("operation", "`items` is missing", "items");
  return result;
}

async function finish({ history }: PushDeps, batches: readonly KeyedBatch[]): Promise<void> {
  await history.finish(
    new Map(
      batches.flatMap(({ content, times }) => content === null ? [] : [[content, times + 1]]),
    ),
  );
}

/** Waits for an operation with progress. Hosted API, Asynchronous operations. */
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

async function batchesOf(
  { provider, router, history }: PushDeps,
  items: readonly PushItem[],
): Promise<KeyedBatch[]> {
  const routing = routingOf(router.binding);
  const requests = [];
  for (let start = 0; start < items.length; start += BATCH_SIZE) {
    const part = items.slice(start, start + BATCH_SIZE);
    const request = { operation: "push", provider, routing, items: part };
    const first = await contentIdempotencyKey(request);
    const isRemembered = part.every(({ action }) => action !== "create");
    requests.push({ request, first, content: isRemembered ? first : null });
  }
  const known = await history.times(requests.flatMap(({ content }) => content ?? []));
  return await Promise.all(requests.map(async ({ request, first, content }) => {
    const times = content === null ? 0 : known.get(content) ?? 0;
    const idempotencyKey = times === 0 ? first : await contentIdempotencyKey({ ...request, times });
    return { items: request.items, idempotencyKey, content, times };
  }));
}

function joined(a: PushResult, b: PushResult): PushResult {
  const errors = [...a.item_errors ?? [], ...b.item_errors ?? []];
  return {
    ...a,
    ...b,
    status: worstStatus(a.status, b.status),
    summary: addSummaries(a.summary, b.summary),
    items: [...a.items, ...b.items],
    item_errors: errors.length === 0 ? b.item_errors : errors,
  };
}

function afterSome(error: unknown, sent: number, total: number): unknown {
  if (!(error instanceof TrackerError)) return error;
  return new TrackerError({
    code: error.code,
    message: `${error.message} (${sent} of ${total} items were sent before)`,
    nextAction: [
      error.nextAction,
      "Repeat the same push afterwards: what was done already is not done twice.",
    ].filter((part) => part !== null).join(" "),
    details: { ...error.details, sent, total },
    exitCode: error.exitCode,
    cause: error,
  });
}
