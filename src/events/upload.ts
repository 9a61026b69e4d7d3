import {
  type BatchFault,
  categoriseFailure,
  type EventBatchResponse,
  type FailureCategory,
  MAX_BATCH_EVENTS,
  parseBatchFailure,
} from "../contract/events.ts";
import { readEventResults } from "../contract/reading/events.ts";
import type { Lock } from "../platform/lock.ts";
import type { Platform } from "../platform/platform.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { BATCH_BYTES, gzipBatch } from "./batch.ts";
import { failureOfError, failureOfStatus, type UploadFailure, uploadFailure } from "./failure.ts";
import type { EventQueue, QueuedEvent, QueuePosition, Settlement } from "./queue.ts";

/** An answer to a batch, its body parsed as JSON where it is JSON. */
export interface BatchAnswer {
  /** HTTP status. */
  readonly status: number;
  readonly body: unknown;
}

/** Where batches go. */
export interface EventSink {
  /** Sends one gzipped body; a 401 has already been met with one refresh. Throws when no answer came. */
  send(gzip: Uint8Array<ArrayBuffer>, signal?: AbortSignal): Promise<BatchAnswer>;
}

/** An event the host refused. */
export interface RejectedEvent {
  readonly eventId: string;
  readonly message: string;
  readonly category: FailureCategory;
}

/** What an upload did. */
export interface UploadResult {
  /** Events the host took. */
  readonly sent: number;
  /** Events the host had already. */
  readonly duplicates: number;
  /** Events the host refused; they stay. */
  readonly rejected: number;
  /** Events that were refused for the last time and wait for a person now. */
  readonly parked: number;
  /** Events that an upload would still take. */
  readonly remaining: number;
  /** The first refusals, to be shown. */
  readonly rejections: readonly RejectedEvent[];
  /** Why it ended early, or what it could not place. */
  readonly failure?: UploadFailure;
}

/** What an upload works with. */
export interface UploadOptions {
  readonly platform: Platform;
  readonly queue: EventQueue;
  readonly sink: EventSink;
  /** Ends the upload; a request on its way is given up, and its events stay queued. */
  readonly signal?: AbortSignal;
  /** Told after every batch how many events have left the queue. */
  readonly onProgress?: (done: number) => void;
}

/** Another upload of the queue holds it for one request, which has 60 s. */
const LOCK_WAIT_MS = 90_000;
/** Requests that may go into finding the bad events of one refused batch. */
const MAX_REPEATS = 64;
const SHOWN_REJECTIONS = 20;

/**
 * Uploads what was queued when it began, oldest first, batch by batch. An event leaves the queue only when
 * the host has it; a refused one stays, counted, and does not hold up those behind it. A batch is read and
 * settled under a lock, so that several uploads share the work (wire.md, Events).
 */
export async function uploadEvents(options: UploadOptions): Promise<UploadResult> {
  const upload = new Upload(options);
  await upload.run();
  return upload.result();
}

class Upload {
  readonly #options: UploadOptions;
  readonly #totals = { sent: 0, duplicates: 0, rejected: 0, parked: 0 };
  readonly #rejections: RejectedEvent[] = [];
  #failure: UploadFailure | null = null;
  #stopped = false;
  #repeats = 0;

  constructor(options: UploadOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    const until = this.#options.queue.newest();
    let position: QueuePosition | null = null;
    do {
      position = await this.#next(position, until);
    } while (position !== null && !this.#stopped);
  }

  result(): UploadResult {
    return {
      ...this.#totals,
      remaining: this.#options.queue.counts().pending,
      rejections: this.#rejections,
      ...(this.#failure === null ? {} : { failure: this.#failure }),
    };
  }

  async #next(after: QueuePosition | null, until: number): Promise<QueuePosition | null> {
    const { platform, queue, signal } = this.#options;
    // Without the lock there is nothing to wait for when nothing is queued.
    if (queue.readBatch(after, until, { events: 1, bytes: 0 }).length === 0) return null;
    const lock = await uploadLock(platform, queue);
    if (lock === null) {
      this.#stop(uploadFailure("unknown", "Another upload of the events does not come to an end"));
      return null;
    }
    try {
      if (signal?.aborted === true) return null;
      const limits = { events: MAX_BATCH_EVENTS, bytes: BATCH_BYTES };
      const batch = queue.readBatch(after, until, limits);
      this.#repeats = 0;
      await this.#send(batch);
      return batch.at(-1)?.position ?? null;
    } finally {
      await lock.release();
    }
  }

  async #send(batch: readonly QueuedEvent[]): Promise<void> {
    if (batch.length === 0 || this.#stopped || this.#options.signal?.aborted === true) return;
    const body = await gzipBatch(batch);
    let answer: BatchAnswer;
    try {
      answer = await this.#options.sink.send(body, this.#options.signal);
    } catch (error) {
      return this.#stop(failureOfError(error));
    }
    if (answer.status === 200) return this.#settle(batch, answer.body);
    // 413: too much at once is treated like a batch with a fault in it.
    if (answer.status !== 400 && answer.status !== 413) {
      return this.#stop(failureOfStatus(answer.status, answer.body));
    }
    await this.#refused(batch, parseBatchFailure(answer.body));
  }

  #settle(batch: readonly QueuedEvent[], body: unknown): void {
    const response = readEventResults(body);
    if (response === null) {
      return this.#stop(
        uploadFailure(
          "unknown",
          'The host\'s answer to the upload is faulty: "results" is missing',
        ),
      );
    }
    const { settlement, duplicates, unanswered } = sortResults(batch, response);
    this.#apply(settlement);
    this.#totals.sent += settlement.accepted.length - duplicates;
    this.#totals.duplicates += duplicates;
    if (unanswered > 0) {
      this.#failure ??= uploadFailure(
        "unknown",
        `The host said nothing about ${unanswered} of ${batch.length} events`,
      );
    }
    this.#options.onProgress?.(this.#totals.sent + this.#totals.duplicates);
  }

  /** The host took nothing of the batch: charge the events at fault, send the others again. */
  async #refused(batch: readonly QueuedEvent[], faults: readonly BatchFault[]): Promise<void> {
    const reasons = new Map(faults.map((fault) => [fault.event_id, fault.message]));
    const reason = reasons.get(null) ?? faults[0]?.message ?? "The host gave no reason";
    const bad = batch.filter((event) => reasons.has(event.eventId));
    const only = batch.length === 1 ? batch : bad;
    if (only.length > 0) {
      const rejected = only.map(({ eventId }) => ({
        eventId,
        reason: reasons.get(eventId) ?? reason,
      }));
      this.#apply({ accepted: [], rejected });
      const rest = batch.filter((event) => !only.includes(event));
      if (rest.length > 0 && this.#mayRepeat(reason)) await this.#send(rest);
      return;
    }
    // The answer does not say which event was refused: sending halves finds it.
    const middle = Math.ceil(batch.length / 2);
    for (const half of [batch.slice(0, middle), batch.slice(middle)]) {
      if (this.#mayRepeat(reason)) await this.#send(half);
    }
  }

  #mayRepeat(reason: string): boolean {
    this.#repeats++;
    if (this.#repeats <= MAX_REPEATS) return true;
    this.#failure ??= uploadFailure(categoriseFailure(reason), reason);
    return false;
  }

  #apply(settlement: Settlement): void {
    const { parked } = this.#options.queue.settle(settlement);
    this.#totals.rejected += settlement.rejected.length;
    this.#totals.parked += parked;
    for (const { eventId, reason } of settlement.rejected) {
      if (this.#rejections.length === SHOWN_REJECTIONS) break;
      const category = categoriseFailure(reason);
      this.#rejections.push({ eventId, message: reason, category });
    }
  }

  #stop(failure: UploadFailure): void {
    this.#failure = failure;
    this.#stopped = true;
  }
}

async function uploadLock(platform: Platform, queue: EventQueue): Promise<Lock | null> {
  try {
    return await platform.files.lock(`${queue.path}.lock`, {
      deadlineMs: LOCK_WAIT_MS,
      purpose: "uploading events",
    });
  } catch (error) {
    if (error instanceof TrackerError && error.code === "locked") return null;
    throw error;
  }
}

function sortResults(
  batch: readonly QueuedEvent[],
  response: EventBatchResponse,
): { settlement: Settlement; duplicates: number; unanswered: number } {
  const results = new Map(response.results.map((result) => [result.event_id, result]));
  const accepted: string[] = [];
  const rejected: { eventId: string; reason: string }[] = [];
  let duplicates = 0;
  for (const { eventId } of batch) {
    const result = results.get(eventId);
    if (result === undefined) continue;
    if (result.status === "rejected") {
      const reason = result.error ?? result.error_message ?? "The host gave no reason";
      rejected.push({ eventId, reason });
      continue;
    }
    accepted.push(eventId);
    if (result.status === "duplicate") duplicates++;
  }
  const unanswered = batch.length - accepted.length - rejected.length;
  return { settlement: { accepted, rejected }, duplicates, unanswered };
}
