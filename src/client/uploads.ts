import { EVENTS_BATCH_PATH, SNAPSHOTS_PATH } from "../contract/paths.ts";
import { SnapshotReceiptReader } from "../contract/reading/status.ts";
import {
  snapshotIdentity,
  type SnapshotReceipt,
  type SnapshotRequest,
} from "../contract/snapshots.ts";
import { sha256Hex } from "../platform/random.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { contentOf } from "./answers.ts";
import { sendPatiently } from "./authorized.ts";
import type { OpenHost } from "./open_host.ts";
import type { Calls } from "./calls.ts";
import type { CallOptions, PublishOptions, UploadAnswer } from "./client_options.ts";
import { EVENTS_TIMEOUT_MS, type TransportAnswer, type TransportRequest } from "./transport.ts";

/** Uploads a gzipped batch of events; the answer is the queue's to judge (wire.md, Events). */
export async function uploadBatch(
  calls: Calls,
  gzipped: Uint8Array<ArrayBuffer>,
  options: CallOptions,
): Promise<UploadAnswer> {
  const answer = await calls.authorized({
    call: "eventsBatch",
    method: "POST",
    path: EVENTS_BATCH_PATH,
    body: { kind: "gzip", bytes: gzipped },
    timeoutMs: EVENTS_TIMEOUT_MS,
    signal: options.signal,
  });
  const content = contentOf(answer);
  const body = content.kind === "json"
    ? content.value
    : content.kind === "text"
    ? content.text
    : null;
  return { status: answer.status, body };
}

/** Publishes a snapshot, without a token where there is none (wire.md, Tracker snapshots). */
export async function sendSnapshot(
  host: OpenHost,
  calls: Calls,
  snapshot: SnapshotRequest,
  options: PublishOptions,
): Promise<SnapshotReceipt> {
  const answer = await send(host, calls, {
    call: "snapshots",
    method: "POST",
    path: SNAPSHOTS_PATH,
    headers: { "Idempotency-Key": await sha256Hex(snapshotIdentity(snapshot)) },
    body: { kind: "json", value: snapshot },
    signal: options.signal,
  }, options);
  return calls.read({ operation: "snapshots", reader: SnapshotReceiptReader }, answer);
}

async function send(
  host: OpenHost,
  calls: Calls,
  request: TransportRequest,
  { authToken, teamSlug }: PublishOptions,
): Promise<TransportAnswer> {
  if (authToken !== undefined) {
    const headers = {
      ...request.headers,
      "Authorization": `Bearer ${authToken}`,
      ...(teamSlug === undefined ? {} : { "X-Team-Slug": teamSlug }),
    };
    return await sendPatiently(host, { ...request, headers });
  }
  try {
    return await calls.authorized(request);
  } catch (error) {
    if (!(error instanceof TrackerError) || error.code !== "missing_auth") throw error;
    return await sendPatiently(host, request);
  }
}
