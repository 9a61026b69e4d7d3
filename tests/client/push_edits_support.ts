import assert from "node:assert/strict";
import type { NormalizedIssue } from "../../src/contract/issue.ts";
import type { SyncEvent } from "../../src/sync/sync_report.ts";
import { EMPTY_PUSH } from "./support.ts";
import { ok, pullPage } from "../support/answers.ts";
import type { Stub } from "../support/fetch.ts";
import { BOUND, issue, type ServiceMachine, withService } from "./service_support.ts";

/** An item as a push sends it. */
export interface SentItem {
  readonly ref: { readonly system: string; readonly workspace: string; readonly id: string };
  readonly action: string;
  readonly patch?: Readonly<Record<string, unknown>>;
  readonly target_status?: string;
  readonly base_version?: string;
}

/** A look at the health of a host that offers all that pushes use, or some of it. */
export function health(extensions: readonly string[] = ["base_version", "patch_sets"]): Stub {
  return {
    request: "GET /api/v1/tracker/health/",
    reply: ok({ status: "ok", version: "1", extensions }),
  };
}

/** A push of these items, whose answers `answer` makes. */
export function pushed(
  items: readonly Readonly<Record<string, unknown>>[],
  answer: (items: readonly SentItem[]) => unknown = done,
  headers: Readonly<Record<string, string>> = {},
): Stub {
  return {
    request: "POST /api/v1/tracker/push/",
    async reply(request) {
      const body: { readonly items: readonly SentItem[] } = await request.json();
      assert.deepEqual(body.items, items);
      return Response.json(answer(body.items), { headers });
    },
  };
}

/** What a host answers that has done everything; issues are at version 2 then. */
export function done(items: readonly SentItem[]): Record<string, unknown> {
  return answered(items, (item) => ({
    outcome: item.action === "create"
      ? "created"
      : item.action === "transition"
      ? "transitioned"
      : "updated",
    remote_ref: item.action === "create" ? remoteOf(item) : item.ref,
    version: item.action === "create" ? "1" : "2",
  }));
}

/** The reference that a new issue gets. */
export function remoteOf({ ref, patch }: SentItem): SentItem["ref"] & { readonly key: string } {
  return { ...ref, id: `made-${patch?.["title"]}`, key: `NEW-${patch?.["title"]}` };
}

/** An answer that says of each item what `of` makes of it. */
export function answered(
  items: readonly SentItem[],
  of: (item: SentItem) => Readonly<Record<string, unknown>>,
  errors: readonly unknown[] | null = null,
): Record<string, unknown> {
  return {
    ...EMPTY_PUSH,
    status: errors === null ? "ok" : "partial",
    summary: {
      total: items.length,
      succeeded: items.length - (errors?.length ?? 0),
      failed: errors?.length ?? 0,
      skipped: 0,
    },
    items: items.map((item) => ({
      ref: item.ref,
      action: item.action,
      remote_ref: null,
      version: null,
      message: null,
      ...of(item),
    })),
    item_errors: errors,
  };
}

/** An answer that refuses some items by their ids, and does the others. */
export function refusing(
  faults: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): (items: readonly SentItem[]) => unknown {
  return (items) => {
    const { items: all } = done(items);
    const answers: readonly unknown[] = Array.isArray(all) ? all : [];
    return {
      ...answered(
        items,
        () => ({}),
        Object.entries(faults).map(([id, fault]) => ({
          ref: items.find(({ ref }) => ref.id === id)?.ref,
          message: "The host says no",
          retryable: false,
          ...fault,
        })),
      ),
      items: items.map((item, place) =>
        item.ref.id in faults
          ? {
            ref: item.ref,
            action: item.action,
            outcome: "failed",
            remote_ref: null,
            version: null,
            message: "The host says no",
          }
          : answers[place]
      ),
    };
  };
}

/** A pull that shows these issues. */
export function pulled(
  items: readonly unknown[],
  extra: Readonly<Record<string, unknown>> = {},
): Stub {
  return { request: "POST /api/v1/tracker/pull/", reply: ok(pullPage(items, extra)) };
}

/** Issue `n` as the host has it, at version 1. */
export function atHost(n: number, changes: Partial<NormalizedIssue> = {}): NormalizedIssue {
  return { ...issue(n), version: "1", ...changes };
}

/** A reference to issue `n` as a push names it. */
export function named(n: number): NormalizedIssue["ref"] {
  return { system: "linear", workspace: "acme", id: `id-${n}`, key: `WEB-${n}` };
}

/** Runs a test with a project whose cache holds issues 1 to 3. */
export async function withIssues(
  network: readonly Stub[],
  test: (machine: ServiceMachine) => Promise<void>,
  issues: readonly NormalizedIssue[] = [atHost(1), atHost(2), atHost(3)],
): Promise<void> {
  await withService(BOUND, network, async (machine) => {
    {
      using store = await machine.store();
      store.putPage(issues);
      const at = "2026-02-01T00:00:00Z";
      store.saveCheckpoint({ cursor: null, updatedSince: at, filtersKey: "watch" });
    }
    machine.platform.clock.advance(60_000);
    await test(machine);
  });
}

/** Collects the kinds of steps that are told. */
export function steps(): {
  readonly kinds: string[];
  readonly onEvent: (event: SyncEvent) => void;
} {
  const kinds: string[] = [];
  return { kinds, onEvent: ({ kind }) => void kinds.push(kind) };
}

/** A request that was sent. */
export interface Sent {
  readonly key: string;
  readonly text: string;
  readonly items: readonly SentItem[];
}

/** A push that the test reads afterwards; without an answer the connection drops. */
export function sending(
  sent: Sent[],
  answer: ((items: readonly SentItem[]) => unknown) | null = done,
  headers: Readonly<Record<string, string>> = {},
): Stub {
  return {
    request: "POST /api/v1/tracker/push/",
    async reply(request) {
      const text = await request.text();
      const { items }: { readonly items: readonly SentItem[] } = JSON.parse(text);
      sent.push({ key: request.headers.get("idempotency-key") ?? "", text, items });
      if (answer === null) throw new TypeError("error sending request: connection reset");
      return Response.json(answer(items), { headers });
    },
  };
}

export async function created(
  { service }: ServiceMachine,
  edit: Parameters<ServiceMachine["service"]["issueCreate"]>[0],
): Promise<string> {
  return (await service.issueCreate(edit)).issue.ref.id;
}
