import { notStartedWords } from "../daemon/intent.ts";
import { daemonStatus, triggerDaemon } from "../daemon/status.ts";
import { flushEvents } from "../events/flush.ts";
import type { Platform } from "../platform/platform.ts";
import { errorText, TrackerError } from "../platform/tracker_error.ts";
import { queueDepth } from "./queue_depth.ts";
import { visible } from "../pages/visible.ts";

/** What became of the queued events. */
export interface EventUpload {
  readonly uploaded: number;
  /** Those that still wait. */
  readonly waiting: number;
  /** Why they were not uploaded, and what to do; `null` when nothing went wrong. */
  readonly fault: { readonly message: string; readonly next_action: string } | null;
}

/** What an upload works with. */
export interface EventUploadOptions {
  readonly platform: Platform;
  /** This program's version. */
  readonly version: string;
  /** Ends the wait early. */
  readonly signal?: AbortSignal | undefined;
}

const LOOK_EVERY_MS = 100;
const WAIT_FOR_UPLOAD_MS = 8_000;
const STAYS = "Everything stays queued.";
const SEE_DAEMON = "Look at `tracker daemon status`, then try again.";

/** Uploads the queue, because in manual mode no daemon does. */
export async function uploadHere(options: EventUploadOptions): Promise<EventUpload> {
  const { platform, version, signal } = options;
  try {
    const { sent, duplicates, failure } = await flushEvents({
      platform,
      version,
      ...(signal === undefined ? {} : { signal }),
    });
    const fault = failure === undefined ? null : {
      message: `The events were not uploaded: ${visible(failure.message)}`,
      next_action: visible(failure.advice),
    };
    return { uploaded: sent + duplicates, waiting: (await queueDepth(platform)).pending, fault };
  } catch (error) {
    return await notUploaded(platform, visible(errorText(error)), nextOf(error));
  }
}

/** What is told when background sync did not start. */
export async function notStarted(platform: Platform, reason: string): Promise<EventUpload> {
  const message = `${visible(notStartedWords(reason))}.`;
  return {
    uploaded: 0,
    waiting: await waitingEvents(platform),
    fault: { message, next_action: SEE_DAEMON },
  };
}

/**
 * Has the daemon that runs upload the queue, and waits for that, though not for long. `before` is what waited before it
 * was started, since it begins by itself.
 */
export async function uploadByDaemon(
  options: EventUploadOptions,
  before: number,
): Promise<EventUpload> {
  const { platform } = options;
  const askedAt = platform.clock.now();
  const reply = await triggerDaemon(platform);
  if (reply.kind !== "answered") {
    const message = reply.kind === "denied"
      ? `Background sync cannot be asked (${errorText(reply.denial)}).`
      : "Background sync does not answer.";
    return { uploaded: 0, waiting: before, fault: { message, next_action: SEE_DAEMON } };
  }
  return before === 0
    ? { uploaded: 0, waiting: 0, fault: null }
    : await untilUploaded(options, before, askedAt);
}

async function untilUploaded(
  { platform, signal }: EventUploadOptions,
  before: number,
  askedAt: number,
): Promise<EventUpload> {
  const until = platform.clock.monotonic() + WAIT_FOR_UPLOAD_MS;
  for (;;) {
    const { pending: waiting } = await queueDepth(platform);
    const uploaded = Math.max(0, before - waiting);
    if (waiting === 0) return { uploaded, waiting, fault: null };
    const reason = await failureSince(platform, askedAt);
    if (reason !== null) {
      const message = `The events were not uploaded: ${visible(reason)}`;
      return { uploaded, waiting, fault: { message, next_action: STAYS } };
    }
    if (signal?.aborted === true || platform.clock.monotonic() >= until) {
      return { uploaded, waiting, fault: null };
    }
    await platform.clock.sleep(LOOK_EVERY_MS);
  }
}

/** Why the daemon's last round failed, when it ended after `since` (milliseconds since 1970). */
async function failureSince(platform: Platform, since: number): Promise<string | null> {
  const status = await daemonStatus(platform);
  if (status.kind === "unknown") return null;
  if (status.kind !== "running") return "background sync has ended";
  const { last_cycle_at, last_outcome } = status.health;
  if (last_cycle_at === null || Date.parse(last_cycle_at) < since) return null;
  const failed = /^(?:failed|blocked)\b:?\s*(.*)$/s.exec(last_outcome ?? "");
  return failed?.[1] ?? null;
}

async function notUploaded(
  platform: Platform,
  message: string,
  next_action: string,
): Promise<EventUpload> {
  return { uploaded: 0, waiting: await waitingEvents(platform), fault: { message, next_action } };
}

/** How many events wait; none where the queue cannot be read, which its upload tells. */
export async function waitingEvents(platform: Platform): Promise<number> {
  return await queueDepth(platform).then(({ pending }) => pending, () => 0);
}

function nextOf(error: unknown): string {
  const next = error instanceof TrackerError ? error.nextAction : null;
  return next === null ? STAYS : visible(next);
}
