import type { Hono } from "hono";
import { EventBatchFrameSchema } from "../../contract/events.ts";
import { ReceivedEventSchema, validateReceived } from "../../contract/received_events.ts";
import { isJsonObject } from "../../contract/field.ts";
import { jsonExcessInSteps, type JsonLimits } from "../../contract/json_limits.ts";
import { parseLargeJson } from "../../contract/large_json.ts";
import { PartedText } from "../../contract/parted_text.ts";
import { MAX_NESTING } from "../../contract/nesting.ts";
import { parseOwn, parseWith } from "../../contract/parse.ts";
import { EVENTS_BATCH_PATH } from "../../contract/paths.ts";
import { decodeParts } from "../../platform/decode_text.ts";
import { type Pause, pausesOf } from "../../platform/pauses.ts";
import { unpackStream } from "../../platform/unpack.ts";
import { requireSignedIn, requireTeam } from "../http/auth.ts";
import {
  excessFault,
  MAX_BODY_BYTES,
  readBytes,
  readLimited,
  SMALL_BYTES,
  takeRoom,
} from "../http/body.ts";
import { at, type Call, type Host, type HostEnv, sendJson } from "../http/context.ts";
import type { Membership } from "../model/user.ts";
import { type Judged, storeEvents } from "../jobs/store_events.ts";
import { newsOfEvent } from "../sync/package_news.ts";

/** Most bytes a batch may have once it is unpacked. */
export const MAX_UNPACKED_BYTES: number = 64 * 1024 * 1024;

/** What a batch may hold: a thousand events of five hundred values each. */
export const BATCH_LIMITS: JsonLimits = { levels: MAX_NESTING, values: 500_000 };

/** Adds the event upload (wire.md, Events). */
export function addEventRoutes(app: Hono<HostEnv>, host: Host): void {
  app.post(at(EVENTS_BATCH_PATH), async (call) => {
    const signedIn = await requireSignedIn(host, call);
    const named = call.req.header("x-team-slug") === undefined ? null : requireTeam(call, signedIn);
    const pause = pausesOf(host.platform.clock);
    const read = await readBatch(call, pause);
    if (!read.ok) return refused(read.reason);
    const { events } = read;
    const denied = events.filter((event) => isDenied(host, event));
    if (denied.length > 0) return refused(deniedDetails(host, denied));
    const { user, teams } = signedIn;
    const sender = { userId: user.id, teams, team: named ?? teams[0] ?? null };
    const judged: Judged[] = [];
    for (const event of events) {
      judged.push(judgeEvent(host, sender, event));
      await pause();
    }
    return sendJson({ results: await storeEvents(host.context, judged, pause) });
  });
}

type Batch =
  | { readonly ok: true; readonly events: readonly unknown[] }
  | { readonly ok: false; readonly reason: string };

async function readBatch(call: Call, pause: Pause): Promise<Batch> {
  const coding = (call.req.header("content-encoding") ?? "identity").trim().toLowerCase();
  if (coding !== "gzip" && coding !== "identity") {
    return { ok: false, reason: "Malformed batch: its Content-Encoding is not gzip" };
  }
  const packed = await readBytes(call, MAX_BODY_BYTES);
  if (packed === null) return { ok: false, reason: "The batch is too large" };
  const unpacked = coding === "gzip" ? await unpack(call, packed, pause) : packed;
  if (typeof unpacked === "string") return { ok: false, reason: unpacked };
  const excess = await jsonExcessInSteps(unpacked, BATCH_LIMITS, pause);
  if (excess !== null) {
    return { ok: false, reason: `Malformed batch: it ${excessFault(excess, BATCH_LIMITS)}` };
  }
  let value: unknown;
  try {
    value = await parseLargeJson(
      new PartedText(await decodeParts(unpacked, pause)),
      pause,
    );
  } catch {
    return { ok: false, reason: "Malformed batch: the body is not JSON in UTF-8" };
  }
  const parsed = parseWith(EventBatchFrameSchema, value);
  return parsed.ok
    ? { ok: true, events: parsed.value.events }
    : { ok: false, reason: `Invalid batch: "${parsed.path}" ${parsed.message}` };
}

/**
 * Unpacks a batch; a text says what is wrong with it. The size that stands at the end of it is made room for, and is
 * the most that is unpacked: a batch that is larger than it says is refused, as any that is no gzip.
 */
async function unpack(
  call: Call,
  packed: Uint8Array,
  pause: Pause,
): Promise<Uint8Array | string> {
  const size = sizeAtEnd(packed);
  if (size > MAX_UNPACKED_BYTES) return "The unpacked batch is too large";
  if (size > SMALL_BYTES) await takeRoom(call, "unpacked", size);
  const stream = new Blob([new Uint8Array(packed)]).stream();
  try {
    return await readLimited(unpackStream(stream, "gzip"), size, { pause }) ?? NO_GZIP;
  } catch {
    return NO_GZIP;
  }
}

const NO_GZIP = "Malformed batch: the body is not gzip";

/** Returns how many bytes a gzip file says it holds; it is not to be believed. */
function sizeAtEnd(packed: Uint8Array): number {
  const { buffer, byteOffset, length } = packed;
  return length < 18 ? 0 : new DataView(buffer, byteOffset).getUint32(length - 4, true);
}

/** Who uploads, and for which team unless an event names another of theirs. */
interface Sender {
  readonly userId: string;
  readonly teams: readonly Membership[];
  readonly team: Membership | null;
}

function judgeEvent(host: Host, sender: Sender, event: unknown): Judged {
  const eventId = isJsonObject(event) && typeof event["event_id"] === "string"
    ? event["event_id"]
    : "";
  const rejected = (error: string): Judged => ({
    ok: false,
    result: { event_id: eventId, status: "rejected", error },
  });
  const parsed = parseOwn(ReceivedEventSchema, event);
  if (!parsed.ok) {
    return rejected(`Invalid schema: field '${parsed.path}' ${parsed.message}`);
  }
  const { event_type, node_id, lamport_clock, team_slug } = parsed.value;
  const checked = validateReceived(parsed.value);
  if (!checked.ok) return rejected(payloadFault(event_type, checked));
  if (host.levers?.rejectedTypes.includes(event_type) === true) {
    return rejected(`Invalid payload for ${event_type}: rejected on request`);
  }
  const teamId = teamOf(sender, team_slug)?.id ?? "";
  const { userId } = sender;
  const receivedAt = host.context.now();
  return {
    ok: true,
    event: {
      teamId,
      eventId,
      userId,
      nodeId: node_id,
      lamportClock: lamport_clock,
      json: JSON.stringify(event),
      receivedAt,
    },
    news: newsOfEvent(parsed.value, checked.payload, { teamId, userId, at: receivedAt }),
  };
}

/**
 * Returns the team an event is kept for: the one it names, when its sender is in it, so that the same event is a
 * duplicate, no matter who uploads it. Another team's events cannot be touched.
 */
function teamOf(sender: Sender, name: string | null | undefined): Membership | null {
  return sender.teams.find(({ slug, id }) => slug === name || id === name) ?? sender.team;
}

function payloadFault(type: string, fault: { field: string; rule: string }): string {
  return fault.rule.endsWith("is missing")
    ? `Invalid payload for ${type}: missing required field '${fault.field}'`
    : `Invalid payload for ${type}: field '${fault.field}' ${fault.rule}`;
}

function isDenied(host: Host, event: unknown): boolean {
  if (!isJsonObject(event) || typeof event["project_uuid"] !== "string") return false;
  return host.levers?.deniedProjects.includes(event["project_uuid"]) === true;
}

/** The three ways a host may write the details of a refused batch. */
function deniedDetails(host: Host, denied: readonly unknown[]): unknown {
  const details = denied.filter(isJsonObject).map((event) => ({
    event_id: String(event["event_id"]),
    error: `Invalid schema: project_uuid authorization check failed for team '${
      String(event["team_slug"])
    }'`,
  }));
  switch (host.levers?.detailsForm) {
    case "json":
      return JSON.stringify(details);
    case "text":
      return "Invalid schema: project_uuid authorization check failed";
    default:
      return details;
  }
}

function refused(details: unknown): Response {
  return sendJson({ error: "Batch validation failed", details }, 400);
}
