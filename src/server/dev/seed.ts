import {
  ISSUE_TYPES,
  type NormalizedIssue,
  PRIORITIES,
  type Priority,
  STATUSES,
} from "../../contract/issue.ts";
import { isoTime } from "../../platform/clock.ts";
import type { HostData } from "../store/host_data.ts";
import { putIssue, takeNumber } from "../store/issues.ts";
import type { Resource } from "../store/resources.ts";

/** How many made-up issues to add, and where. */
export interface SeedOptions {
  readonly resource: Resource;
  readonly count: number;
}

const PARTS = ["importer", "scheduler", "inbox", "exporter", "editor", "billing page", "search"];
const FAULTS = ["loses its place", "is slow on Mondays", "forgets a setting", "counts twice"];

/** Adds made-up issues in one transaction, for measuring; answers how many. */
export function seedIssues(data: HostData, { resource, count }: SeedOptions): number {
  return data.transaction(() => {
    for (let index = 0; index < count; index++) {
      putIssue(data, resource.id, madeUp(data, resource, takeNumber(data, resource.id)), false);
    }
    return count;
  });
}

function madeUp(data: HostData, resource: Resource, number: number): NormalizedIssue {
  const part = PARTS[number % PARTS.length] ?? "";
  const fault = FAULTS[number % FAULTS.length] ?? "";
  const at = isoTime(data.now() - (number % 1000) * 60_000);
  const key = resource.key.includes("/") ? `#${number}` : `${resource.key}-${number}`;
  const priority: Priority = PRIORITIES[number % PRIORITIES.length] ?? 0;
  return {
    ref: {
      system: resource.provider,
      workspace: resource.workspace,
      id: `${resource.externalId}-seed-${number}`,
      key,
      url: `${resource.url}/issues/${encodeURIComponent(key)}`,
    },
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
