import { HostedClient } from "../client/client.ts";
import { type OpenHost, openHost, type RequestOptions } from "../client/open_host.ts";
import { SessionTokens } from "../client/session.ts";
import type { Platform } from "../platform/platform.ts";
import { CredentialStore } from "../user/credentials.ts";
import { userPaths } from "../user/paths.ts";
import { missingAuth } from "../user/readiness_wording.ts";
import { failureOfError, type UploadFailure } from "./failure.ts";
import { moveUnscopedEvents } from "./move_over.ts";
import { queueOwner } from "./open.ts";
import { EventQueue } from "./queue.ts";
import { type EventSink, uploadEvents, type UploadResult } from "./upload.ts";

/** How to upload the user's queue. */
export interface FlushOptions extends RequestOptions {
  readonly platform: Platform;
  readonly signal?: AbortSignal;
  /** Told after every batch how many events have left the queue. */
  readonly onProgress?: (done: number) => void;
  /** Where the batches go; the host in force unless given. */
  readonly sink?: EventSink;
}

/**
 * Uploads the queue of the session in force, after the events queued without a login have moved into it.
 * Failures of the upload and of the move are part of the result; everything not sent stays.
 *
 * @throws {TrackerError} `rollout_disabled`, `missing_host_config`, `missing_auth` before anything is opened;
 * `database_unusable`.
 */
export async function flushEvents(options: FlushOptions): Promise<UploadResult> {
  const { platform, version, onRequestLog, signal, onProgress } = options;
  const host = await openHost({ platform, version, onRequestLog });
  const owner = await queueOwner(platform);
  if (owner.session === null) throw missingAuth();
  const { unscopedQueue } = userPaths(platform);
  const isEmpty = await platform.files.stat(owner.path) === null &&
    await platform.files.stat(unscopedQueue) === null;
  if (isEmpty) return NOTHING_QUEUED;
  const queue = await EventQueue.open(platform, owner.path);
  try {
    const moving = await moveOver(platform, unscopedQueue, queue);
    const result = await uploadEvents({
      platform,
      queue,
      sink: options.sink ?? hostSink(host),
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined ? {} : { onProgress }),
    });
    return moving === null ? result : { failure: moving, ...result };
  } finally {
    queue.close();
  }
}

/** A file of unscoped events that is damaged, or a full disk, does not hold up what is queued here. */
async function moveOver(
  platform: Platform,
  unscopedQueue: string,
  queue: EventQueue,
): Promise<UploadFailure | null> {
  try {
    await moveUnscopedEvents(platform, unscopedQueue, queue);
    return null;
  } catch (error) {
    // The edge explains a missing permission: it knows the flags.
    if (error instanceof Error && error.name === "NotCapable") throw error;
    return failureOfError(error);
  }
}

const NOTHING_QUEUED: UploadResult = {
  sent: 0,
  duplicates: 0,
  rejected: 0,
  parked: 0,
  remaining: 0,
  rejections: [],
};

function hostSink(host: OpenHost): EventSink {
  const credentials = new CredentialStore({ platform: host.platform });
  const client = new HostedClient({
    ...host,
    tokens: new SessionTokens({ ...host, credentials }),
  });
  return { send: (gzip, signal) => client.uploadEvents(gzip, { signal }) };
}
