import { ok } from "../support/answers.ts";
import type { Reply, Stub } from "../support/fetch.ts";
import { BOUND, page, pull, type ServiceMachine, withService } from "./service_support.ts";

/** A host that offers these extensions. */
export function health(...extensions: string[]): Stub {
  return { request: "GET /api/v1/tracker/health/", reply: ok({ status: "ok", extensions }) };
}

/** A host that offers comments. */
export const WITH_COMMENTS = health("removed", "comments");

/** An expected page of comments and its answer. */
export function list(reply: Reply, more: Record<string, unknown> = {}): Stub {
  return {
    request: "POST /api/v1/tracker/comments/list/",
    body: { provider: "linear", binding_ref: "srm_1", external_issue_id: "id-1", ...more },
    reply,
  };
}

/** An expected comment and its answer. */
export function add(reply: Reply, body = "Seen"): Stub {
  return {
    request: "POST /api/v1/tracker/comments/add/",
    body: { provider: "linear", binding_ref: "srm_1", external_issue_id: "id-1", body },
    reply,
  };
}

/** A comment as a host gives it. */
export function comment(n: number, more: Record<string, unknown> = {}): Record<string, unknown> {
  const at = new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString();
  return { id: `c${n}`, author: "eva", body: `Text ${n}`, created_at: at, updated_at: at, ...more };
}

/** The answer with a page of comments. */
export const comments = (all: readonly unknown[], next: string | null = null): Reply =>
  ok({ comments: all, next_cursor: next });

/** What a comment says that waits for its delivery. */
export const WAITING = { delivery: { state: "waiting" } };

/** Runs a test with one pulled issue, and the calls that follow. */
export function bound(
  name: string,
  network: readonly Stub[],
  test: (machine: ServiceMachine) => Promise<void>,
): void {
  Deno.test(
    name,
    () =>
      withService(BOUND, [pull({}, ok(page(1, 1, null))), ...network], async (machine) => {
        await machine.service.pull();
        await test(machine);
      }),
  );
}
