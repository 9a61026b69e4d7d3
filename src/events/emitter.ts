import {
  aggregateOf,
  type EventEnvelope,
  EventEnvelopeSchema,
  isEventType,
  validatePayload,
} from "../contract/events.ts";
import { parseWith } from "../contract/parse.ts";
import { isoTime } from "../platform/clock.ts";
import type { Platform } from "../platform/platform.ts";
import { errorText } from "../platform/tracker_error.ts";
import type { EmitOptions, EmitOutcome } from "./emit.ts";
import type { LookEmitter, LooksOutcome, ProjectLook } from "./looks.ts";
import { type EventIds, eventIds } from "./event_ids.ts";
import { emitLooks } from "./emit_looks.ts";
import type { EventQueue } from "./queue.ts";

/** The envelope fields that come from the project, its repository and the session. */
export interface EventContext {
  /** 12 hex digits. */
  readonly nodeId: string;
  /** UUID v4, or `null` when the project has none: such an event is kept and never sent. */
  readonly projectUuid: string | null;
  readonly projectSlug: string | null;
  readonly repoSlug: string | null;
  /** `null` becomes "local". */
  readonly teamSlug: string | null;
  readonly gitBranch: string | null;
  readonly headCommitSha: string | null;
}

/** What an {@link EventEmitter} works with. */
export interface EmitterOptions {
  readonly platform: Platform;
  /** Opens the queue; called at the first event. */
  readonly queue: () => Promise<EventQueue>;
  /** Asked for every event, since branch and commit change. */
  readonly context: () => Promise<EventContext>;
  /** Size of the queue past which a warning is due. */
  readonly maxQueueSize: () => Promise<number>;
  /** Told of every failure once, and of a queue past its size once a day. One line, no newline. */
  readonly warn: (message: string) => void;
}

/** Bytes of JSON an event may have: with its frame it must fit one upload of 4 MiB. */
export const MAX_EVENT_BYTES: number = 4 * 1024 * 1024 - 64;

const PLACEHOLDER_ID = "0".repeat(26);

/**
 * Puts events into the queue. It never waits for a network and never throws: what goes wrong is the
 * outcome's and a warning's.
 */
export class EventEmitter implements LookEmitter {
  readonly #options: EmitterOptions;
  readonly #warned = new Set<string>();
  #opening: Promise<Opened> | null = null;

  /** Creates an emitter; opens nothing yet. */
  constructor(options: EmitterOptions) {
    this.#options = options;
  }

  /** Checks the payload, adds the envelope and queues the event in one transaction. */
  async emit(type: string, payload: unknown, options: EmitOptions = {}): Promise<EmitOutcome> {
    try {
      const outcome = await this.#emit(type, payload, options);
      if (outcome.kind === "refused") {
        this.#warn(`The event ${type} was not recorded: "${outcome.field}" ${outcome.rule}`);
      }
      return outcome;
    } catch (error) {
      const reason = errorText(error);
      this.#warn(`The event ${type} was not recorded: ${reason}`);
      return { kind: "failed", reason };
    }
  }

  async emitLooks(looks: readonly ProjectLook[]): Promise<LooksOutcome> {
    if (looks.length === 0) return { kind: "done", queued: 0 };
    try {
      const context = await this.#options.context();
      const { queue, maxQueueSize } = await this.#open();
      const queued = await emitLooks(queue, context, looks, draftOf);
      if (queued > 0) this.#warnOfSize(queue, maxQueueSize);
      return { kind: "done", queued };
    } catch (error) {
      const reason = errorText(error);
      this.#warn(`What is new of work packages was not recorded: ${reason}`);
      return { kind: "failed", reason };
    }
  }

  async close(): Promise<void> {
    const opened = await this.#opening?.catch(() => null);
    this.#opening = null;
    opened?.queue.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #emit(type: string, payload: unknown, options: EmitOptions): Promise<EmitOutcome> {
    const checked = validatePayload(type, payload);
    if (!checked.ok) return { kind: "refused", field: checked.field, rule: checked.rule };
    const context = await this.#options.context();
    const drafted = draftOf(type, checked.payload, context, options);
    if (!drafted.ok) return { kind: "refused", field: drafted.field, rule: drafted.rule };
    const { draft } = drafted;
    const { queue, nextId, maxQueueSize } = await this.#open();
    if (options.eventId !== undefined && queue.has(options.eventId)) {
      return { kind: "queued", eventId: options.eventId };
    }
    const event = queue.append(draft.node_id, (lamport, now) => ({
      ...draft,
      event_id: options.eventId ?? nextId(now),
      timestamp: isoTime(now),
      lamport_clock: lamport,
    }));
    this.#warnOfSize(queue, maxQueueSize);
    return { kind: "queued", eventId: event.event_id };
  }

  #warnOfSize(queue: EventQueue, maxQueueSize: number): void {
    const full = queue.sizeWarning(maxQueueSize);
    if (full === null) return;
    this.#warn(
      `The event queue holds ${full.count} events, more than the ${full.limit} of ` +
        "`sync.max_queue_size`. Run `tracker events flush` to upload them.",
    );
  }

  #open(): Promise<Opened> {
    // A failed opening is not kept: the next event tries again.
    this.#opening ??= this.#openParts().catch((error) => {
      this.#opening = null;
      throw error;
    });
    return this.#opening;
  }

  async #openParts(): Promise<Opened> {
    const nextId = await eventIds(this.#options.platform);
    const maxQueueSize = await this.#options.maxQueueSize();
    return { queue: await this.#options.queue(), nextId, maxQueueSize };
  }

  #warn(message: string): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    this.#options.warn(message);
  }
}

interface Opened {
  readonly queue: EventQueue;
  readonly nextId: EventIds;
  readonly maxQueueSize: number;
}

/** An event without its id, time and clock; or the first field that breaks a rule. */
export type Drafted =
  | { readonly ok: true; readonly draft: EventEnvelope }
  | { readonly ok: false; readonly field: string; readonly rule: string };

function draftOf(
  type: string,
  payload: EventEnvelope["payload"],
  context: EventContext,
  options: EmitOptions,
): Drafted {
  if (!isEventType(type)) throw new TypeError(`Unknown event type "${type}"`);
  const draft = envelope(type, payload, context, options);
  const fault = faultOf(draft);
  return fault === null ? { ok: true, draft } : { ok: false, ...fault };
}

function envelope(
  type: Parameters<typeof aggregateOf>[0],
  payload: EventEnvelope["payload"],
  context: EventContext,
  options: EmitOptions,
): EventEnvelope {
  const { aggregate_id, aggregate_type } = aggregateOf(type, payload);
  return {
    event_id: PLACEHOLDER_ID,
    event_type: type,
    aggregate_id,
    aggregate_type,
    payload,
    timestamp: isoTime(0),
    node_id: context.nodeId,
    lamport_clock: 0,
    causation_id: options.causationId ?? null,
    team_slug: context.teamSlug ?? "local",
    project_uuid: context.projectUuid,
    project_slug: context.projectSlug,
    git_branch: context.gitBranch,
    head_commit_sha: context.headCommitSha,
    repo_slug: context.repoSlug,
  };
}

function faultOf(draft: EventEnvelope): { field: string; rule: string } | null {
  const parsed = parseWith(EventEnvelopeSchema, draft);
  if (!parsed.ok) return { field: parsed.path, rule: parsed.message };
  // A text of n UTF-16 units has at most 3n bytes: most events need no encoding to be judged.
  const json = JSON.stringify(draft);
  const fits = json.length * 3 <= MAX_EVENT_BYTES ||
    new TextEncoder().encode(json).length <= MAX_EVENT_BYTES;
  return fits ? null : { field: "payload", rule: "must be smaller than 4 MiB as JSON" };
}
