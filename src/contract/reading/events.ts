import type { EventBatchResponse, EventResult } from "../events.ts";
import { isJsonObject } from "../field.ts";
import { knownWord, plainText } from "./reading.ts";

/**
 * Reads the answer to an upload of events, event by event: a result that cannot be read says nothing of its event,
 * which stays queued. `null` for what has no results at all (wire.md, Events).
 */
export function readEventResults(body: unknown): EventBatchResponse | null {
  if (!isJsonObject(body) || !Array.isArray(body["results"])) return null;
  const results = body["results"].flatMap((result: unknown): EventResult[] => {
    if (!isJsonObject(result)) return [];
    const event_id = plainText(result["event_id"]);
    const status = knownWord(STATUSES, result["status"], ALIASES);
    if (event_id === null || status === null) return [];
    return [{
      ...result,
      event_id,
      status,
      error: plainText(result["error"]),
      error_message: plainText(result["error_message"]),
    }];
  });
  return { ...body, results };
}

const STATUSES = ["success", "duplicate", "rejected"] as const;

const ALIASES = { ok: "success", error: "rejected", failed: "rejected" } as const;
