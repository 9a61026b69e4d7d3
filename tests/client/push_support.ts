import type { PushItem } from "../../src/contract/push.ts";
import type { Stub } from "../support/fetch.ts";
import { EMPTY_PUSH } from "./support.ts";

/** Items of a push, numbered from `first`. */
export function items(count: number, first = 1): PushItem[] {
  return Array.from({ length: count }, (_, index) => ({
    ref: { system: "linear", workspace: "acme", id: `id-${first + index}` },
    action: "update",
    patch: { title: `T${first + index}` },
  }));
}

/** What the host answers to a push of these items. */
export function result(
  sent: readonly PushItem[],
  extra: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    ...EMPTY_PUSH,
    summary: { total: sent.length, succeeded: sent.length, failed: 0, skipped: 0 },
    items: sent.map(({ ref, action }) => ({
      ref,
      action,
      outcome: "updated",
      remote_ref: ref,
      version: "1",
      message: null,
    })),
    ...extra,
  };
}

/** An expected push. */
export function push(sent: readonly PushItem[], reply: Stub["reply"]): Stub {
  return {
    request: "POST /api/v1/tracker/push/",
    headers: {
      "Idempotency-Key": /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    },
    body: { provider: "linear", binding_ref: "srm_1", items: sent },
    reply,
  };
}
