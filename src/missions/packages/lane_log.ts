import { isJsonObject, type JsonObject } from "../../contract/field.ts";
import { isPackageId, type LaneStep } from "./work_package.ts";

/** What a lane log holds. */
export interface LaneLog {
  /** By time, then by the log's ids; each id once. */
  readonly steps: readonly LaneStep[];
  /** How many lines are not what a line of a log can be. */
  readonly damagedLines: number;
}

/**
 * Reads the text of a `status.events.jsonl`. Lines that tell of other things than lanes are left out; lines that cannot
 * be read are counted. Of several lines with one id the first counts, as for the program that writes them.
 */
export function parseLaneLog(text: string): LaneLog {
  const dated: Dated[] = [];
  const known = new Set<string>();
  let damagedLines = 0;
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const found = readLine(line);
    if (found === "damaged") damagedLines++;
    if (typeof found === "string") continue;
    const key = found.step.eventId ?? contentOf(found.step);
    if (known.has(key)) continue;
    known.add(key);
    dated.push(found);
  }
  return { steps: dated.sort(inOrder).map(({ step }) => step), damagedLines };
}

/** Returns the lane that each work package is in after all steps. */
export function foldLanes(steps: readonly LaneStep[]): ReadonlyMap<string, string> {
  return new Map(steps.map(({ wpId, to }) => [wpId, to]));
}

/** What tells a step without an id from others, however its time is written. */
export function contentOf({ wpId, from, to, at }: LaneStep): string {
  return JSON.stringify([wpId, from, to, Date.parse(at), digitsBelowMs(at)]);
}

function digitsBelowMs(at: string): string {
  return /\.\d{3}(\d+)/.exec(at)?.[1]?.replace(/0+$/, "") ?? "";
}

/** No time is longer; its digits are looked at one by one. */
const MAX_TIME_LENGTH = 64;

interface Dated {
  readonly step: LaneStep;
  readonly ms: number;
  /** The digits below a millisecond. */
  readonly rest: string;
}

function inOrder(a: Dated, b: Dated): number {
  return a.ms - b.ms || order(a.rest, b.rest) ||
    order(a.step.eventId ?? "", b.step.eventId ?? "");
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function readLine(line: string): Dated | "damaged" | "other" {
  const value = parsed(line);
  if (value === undefined || !isJsonObject(value)) return "damaged";
  // Notes, decisions and the stages of a mission stand in the same file.
  if (value["to_lane"] === undefined || typeof value["kind"] === "string") return "other";
  const { wp_id: wpId, to_lane: to, at } = value;
  if (!isText(wpId) || !isPackageId(wpId) || !isText(to) || !isText(at)) return "damaged";
  if (at.length > MAX_TIME_LENGTH) return "damaged";
  const ms = Date.parse(at);
  if (Number.isNaN(ms)) return "damaged";
  const step = {
    eventId: textOr(value, "event_id"),
    wpId,
    from: textOr(value, "from_lane"),
    to,
    at,
    actor: actorOf(value["actor"]),
    forced: value["force"] === true,
    reason: textOr(value, "reason"),
  };
  return { step, ms, rest: digitsBelowMs(at) };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function textOr(value: JsonObject, key: string): string | null {
  const text = value[key];
  return isText(text) ? text : null;
}

/** A name, or the role, profile, tool and model of an agent. */
function actorOf(actor: unknown): string | null {
  if (isText(actor)) return actor;
  if (!isJsonObject(actor)) return null;
  return textOr(actor, "tool") ?? textOr(actor, "role");
}
