import {
  ISSUE_TYPES,
  type NormalizedIssue,
  PRIORITIES,
  type Priority,
  STATUSES,
} from "../../contract/issue.ts";
import { providerOf } from "../../providers/mod.ts";
import { isoTime } from "../../platform/clock.ts";
import { type HostContext, inTransaction } from "../context/host_context.ts";
import type { Resource } from "../model/resource.ts";
import { lockResource } from "../store/locks.ts";
import { storeIssue, takeIssueNumber } from "../store/issues.ts";

/** How many generated issues to add, and where. */
export interface SeedOptions {
  readonly resource: Resource;
  readonly count: number;
}

const PARTS = ["importer", "scheduler", "inbox", "exporter", "editor", "billing page", "search"];
const FAULTS = ["loses its place", "is slow on Mondays", "forgets a setting", "counts twice"];

/** Adds generated issues in one transaction, for measuring; returns how many. */
export async function seedIssues(
  context: HostContext,
  { resource, count }: SeedOptions,
): Promise<number> {
  return await inTransaction(context, async ({ store, now }) => {
    await lockResource(store, resource.id);
    for (let index = 0; index < count; index++) {
      const number = await takeIssueNumber(store, resource.id);
      await storeIssue(store, resource.id, madeUp(resource, number, now()), false);
    }
    return count;
  });
}

function madeUp(resource: Resource, number: number, now: number): NormalizedIssue {
  const part = PARTS[number % PARTS.length] ?? "";
  const fault = FAULTS[number % FAULTS.length] ?? "";
  const at = isoTime(now - (number % 1000) * 60_000);
  const priority: Priority = PRIORITIES[number % PRIORITIES.length] ?? 0;
  return {
    ref: providerOf(resource.provider).refOf(
      resource,
      number,
      `${resource.externalId}-seed-${number}`,
    ),
    title: `The ${part} ${fault}, seen for the ${number}. time`,
    body: `## Seen\n\nThe ${part} ${fault}.\n\n${`Note ${number}: it happened again. `.repeat(16)}`,
    status: STATUSES[number % STATUSES.length] ?? "todo",
    issue_type: ISSUE_TYPES[number % ISSUE_TYPES.length] ?? "task",
    priority,
    assignees: number % 3 === 0 ? [] : [`person${number % 40}`],
    labels: [part, `week-${number % 52}`],
    parent_ref: null,
    links: [],
    custom_fields: { estimate: number % 9 },
    created_at: at,
    updated_at: at,
    provider_metadata: {},
  };
}
