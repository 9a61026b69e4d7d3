import type { JSX } from "hono/jsx/jsx-runtime";
import { errorIn } from "../../../jobs/operation_view.ts";
import {
  type ListedOperation,
  listOperations,
  type OperationFilter,
} from "../../../store/operation_list.ts";
import { Chip, Empty, PagedTable, Time } from "../parts.tsx";
import { placeIn } from "../tabs.tsx";
import { type ConsoleAnswer, type ConsolePage, show, type Visit } from "../visit.ts";
import { counted } from "../words.ts";
import { ActivityHead, stateFilters } from "./activity_parts.tsx";

/** Operations on a page. */
const AT_ONCE = 25;

const FILTERS: readonly (readonly [filter: OperationFilter, title: string])[] = [
  ["all", "All"],
  ["open", "Under way"],
  ["failed", "Failed"],
  ["completed", "Done"],
];

/** What clients asked for that continued after the answer. */
export const OPERATIONS_PAGE: ConsolePage = {
  method: "GET",
  path: "/activity",
  section: "activity",
  for: "member",
  answer: operations,
};

async function operations(visit: Visit): Promise<ConsoleAnswer> {
  const { context, team, query } = visit;
  const filter = FILTERS.find(([name]) => name === query.get("state"))?.[0] ?? "all";
  const page = await listOperations(context.store, team.id, {
    filter,
    after: placeIn(query),
    limit: AT_ONCE,
  });
  return show(
    "Activity",
    <>
      <ActivityHead
        visit={visit}
        view="operations"
        lead="Pushes and syncs that continued after they were answered. They are kept for 7 days."
      />
      {stateFilters("/activity", FILTERS, filter)}
      <PagedTable
        path="/activity"
        query={query}
        next={page.next}
        empty={<NoOperations filter={filter} />}
        caption="Operations"
        columns={[
          { title: "Operation", kind: "name" },
          { title: "State" },
          { title: "Items", kind: "number" },
          { title: "Asked by", kind: "soft" },
          { title: "Begun", kind: "soft" },
        ]}
        rows={page.entries.map(rowOf)}
      />
    </>,
  );
}

function rowOf(operation: ListedOperation) {
  const { id, counts, user, createdAt } = operation;
  const error = errorIn(operation.error);
  return [
    <>
      <a class="title" href={operationPath(id)}>{operationTitle(operation)}</a>
      {error === null ? null : <p class="why">{error}</p>}
    </>,
    <OperationChip operation={operation} />,
    counts === null ? "–" : counted(counts.total, "item"),
    <bdi>{user}</bdi>,
    <Time at={createdAt} />,
  ];
}

function NoOperations({ filter }: { readonly filter: OperationFilter }): JSX.Element {
  switch (filter) {
    case "failed":
      return (
        <Empty title="Nothing failed">
          <p>No operation of the last 7 days has failed.</p>
        </Empty>
      );
    case "open":
      return (
        <Empty title="Nothing is under way">
          <p>All that was asked for is done.</p>
        </Empty>
      );
    case "all":
    case "completed":
      return (
        <Empty title="No operations">
          <p>
            Small pushes and syncs are answered at once and leave no trace here. One that takes
            longer is listed while it runs, and for 7 days afterwards.
          </p>
        </Empty>
      );
  }
}

/** Returns where the page of an operation is. */
export function operationPath(id: string): string {
  return `/activity/operations/${encodeURIComponent(id)}`;
}

/** Says what an operation does, and for which project. */
export function operationTitle({ kind, project, bindingRef }: ListedOperation): string {
  const what = kind === "push" ? "Push" : kind === "run" ? "Full sync" : "Operation";
  return `${what} of ${project ?? bindingRef}`;
}

/** The state of an operation in a word. */
export function OperationChip(
  { operation: { state, counts } }: { readonly operation: ListedOperation },
): JSX.Element {
  if (state === "pending") return <Chip tone="plain">Waiting</Chip>;
  if (state === "running") return <Chip tone="blue">Running</Chip>;
  if (state === "failed") return <Chip tone="red">Failed</Chip>;
  return counts === null || counts.failed === 0
    ? <Chip tone="green">Done</Chip>
    : <Chip tone="amber">{counts.failed} of {counts.total} failed</Chip>;
}
