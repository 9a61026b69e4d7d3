import {
  type BatchFault,
  categoriseFailure,
  type FailureCategory,
  MAX_BATCH_EVENTS,
  parseBatchFailure,
} from "../contract/events.ts";
import { readEventResults } from "../contract/reading/events.ts";
import type { Lock } from "../platform/lock.ts";
import { LEAVES_MS } from "../platform/pauses.ts";
import type { Platform } from "../platform/platform.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { BATCH_BYTES, gzipBatch } from "./batch.ts";
import { failureOfError, failureOfStatus, type UploadFailure, uploadFailure } from "./failure.ts";
import type { EventQueue, QueuedEvent, QueuePosition, Settlement } from "./queue.ts";
import { type SortedAnswer, sortResults } from "./sort_results.ts";

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

/** Another upload of the queue holds it for one turn and one request, which has 60 s. */
const LOCK_WAIT_MS = 90_000;
/** How long batch follows batch before others who want to upload the queue get a chance. */
const TURN_MS = 5_000;
/** Longer than who waits for the lock sleeps between two tries. */
const PAUSE_MS = 120;
/** Requests that may go into finding the bad events of one refused batch. */
const MAX_REPEATS = 64;
const SHOWN_REJECTIONS = 20;

/**
 * Uploads what was queued when it began, oldest first, batch by batch. An event leaves the queue only when
 * the host has it; a refused one stays, counted, and does not hold up those behind it. Batches are read and
 * settled under a lock, which is given away from time to time, so that several uploads share the work (wire.md,
 * Events). While the host takes a batch, what it said of the former one is settled, and the next one is made.
 */
export async function uploadEvents(options: UploadOptions): Promise<UploadResult> {
  const upload = new Upload(options);
  await upload.run();
  return upload.result();
}

/** An event on its way. Its JSON is not kept, which would live until memory is tidied as a whole. */
type EventSent = Pick<QueuedEvent, "position" | "eventId">;

/** A batch that is ready to be sent. */
interface Batch {
  readonly events: readonly EventSent[];
  readonly body: Uint8Array<ArrayBuffer>;
}

/** What came of sending a batch. */
type Sent =
  | { readonly kind: "answered"; readonly answer: BatchAnswer }
  | { readonly kind: "failed"; readonly error: unknown };

class Upload {
  readonly #options: UploadOptions;
  readonly #totals = { sent: 0, duplicates: 0, rejected: 0, parked: 0 };
  readonly #rejections: RejectedEvent[] = [];
  #failure: UploadFailure | null = null;
  #stopped = false;
  #repeats = 0;
  /** What the host said of the last batch, until the queue has it. */
  #unsettled: SortedAnswer | null = null;

  constructor(options: UploadOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    const { clock } = this.#options.platform;
    const until = this.#options.queue.newest();
    let position: QueuePosition | null = null;
    for (;;) {
      position = await this.#takeTurn(position, until);
      if (position === null || this.#isOver()) return;
      await clock.sleep(PAUSE_MS);
    }
  }

  result(): UploadResult {
    return {
      ...this.#totals,
      remaining: this.#options.queue.counts().pending,
      rejections: this.#rejections,
      ...(this.#failure === null ? {} : { failure: this.#failure }),
    };
  }

  #isOver(): boolean {
    return this.#stopped || this.#options.signal?.aborted === true;
  }

  /** Sends batch after batch under the lock; returns where the next turn continues, `null` at the end. */
  async #takeTurn(after: QueuePosition | null, until: number): Promise<QueuePosition | null> {
    const { platform, queue } = this.#options;
    // Without the lock there is nothing to wait for when nothing is queued.
    if (queue.readBatch(after, until, { events: 1, bytes: 0 }).length === 0) return null;
    const lock = await uploadLock(platform, queue);
    if (lock === null) {
      this.#stop(uploadFailure("unknown", "Another upload of the events does not come to an end"));
      return null;
    }
    const ends = platform.clock.monotonic() + TURN_MS;
    try {
      let position = after;
      let batch = this.#isOver() ? null : await this.#read(position, until);
      while (batch !== null && !this.#isOver()) {
        this.#repeats = 0;
        position = batch.events.at(-1)?.position ?? position;
        const sending = this.#post(batch.body);
        const isLast = platform.clock.monotonic() >= ends;
        // A fault in it must wait until the batch on its way is answered.
        const preparing = Promise.allSettled([this.#prepare(isLast ? null : position, until)]);
        const sent = await sending;
        const [next] = await preparing;
        await this.#judge(batch.events, sent);
        if (next.status === "rejected") throw next.reason;
        if (next.value === null && !isLast) return null;
        batch = next.value;
      }
      return position;
    } finally {
      try {
        this.#settleFormer();
      } finally {
        await lock.release();
      }
    }
  }

  /** What is done while the host has a batch: the former one is settled, and the next one is made. */
  async #prepare(position: QueuePosition | null, until: number): Promise<Batch | null> {
    await this.#options.platform.clock.sleep(LEAVES_MS);
    this.#settleFormer();
    return position === null ? null : await this.#read(position, until);
  }

  async #read(after: QueuePosition | null, until: number): Promise<Batch | null> {
    const limits = { events: MAX_BATCH_EVENTS, bytes: BATCH_BYTES };
    const events = this.#options.queue.readBatch(after, until, limits);
    if (events.length === 0) return null;
    const body = await gzipBatch(events);
    return { events: events.map(({ position, eventId }) => ({ position, eventId })), body };
  }

  async #post(body: Uint8Array<ArrayBuffer>): Promise<Sent> {
    try {
      const answer = await this.#options.sink.send(body, this.#options.signal);
      return { kind: "answered", answer };
    } catch (error) {
      return { kind: "failed", error };
    }
  }

  /** Sends a part of a batch that was refused. */
  async #send(events: readonly EventSent[]): Promise<void> {
    if (events.length === 0 || this.#isOver()) return;
    const left = this.#options.queue.read(events.map(({ eventId }) => eventId));
    if (left.length === 0) return;
    await this.#judge(left, await this.#post(await gzipBatch(left)));
    this.#settleFormer();
  }

  /** Takes in what came of sending a batch; what a good answer says waits for {@link Upload.#settleFormer}. */
  async #judge(batch: readonly EventSent[], sent: Sent): Promise<void> {
    if (sent.kind === "failed") return this.#stop(failureOfError(sent.error));
    const { answer } = sent;
    if (answer.status === 200) return this.#hear(batch, answer.body);
    // 413: too much at once is treated like a batch with a fault in it.
    if (answer.status !== 400 && answer.status !== 413) {
      return this.#stop(failureOfStatus(answer.status, answer.body));
    }
    await this.#refused(batch, parseBatchFailure(answer.body));
  }

  #hear(batch: readonly EventSent[], body: unknown): void {
    const response = readEventResults(body);
    if (response === null) {
      return this.#stop(
        uploadFailure(
          "unknown",
          'The host\'s answer to the upload is faulty: "results" is missing',
        ),
      );
    }
    const settled = sortResults(batch, response);
    this.#unsettled = settled;
    if (settled.unanswered > 0) {
      this.#failure ??= uploadFailure(
        "unknown",
        `The host said nothing about ${settled.unanswered} of ${batch.length} events`,
      );
    }
  }

  #settleFormer(): void {
    if (this.#unsettled === null) return;
    const { settlement, duplicates } = this.#unsettled;
    this.#apply(settlement);
    // Only now: what could not be written is tried again at the end of the turn.
    this.#unsettled = null;
    this.#totals.sent += settlement.accepted.length - duplicates;
    this.#totals.duplicates += duplicates;
    this.#options.onProgress?.(this.#totals.sent + this.#totals.duplicates);
  }

  /** The host took nothing of the batch: charge the events at fault, send the others again. */
  async #refused(batch: readonly EventSent[], faults: readonly BatchFault[]): Promise<void> {
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
