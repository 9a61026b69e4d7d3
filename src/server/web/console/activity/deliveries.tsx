import type { Child } from "hono/jsx";
import { errorIn } from "../../../jobs/operation_view.ts";
import { retryOutboxItem } from "../../../jobs/retry.ts";
import { findDeliveryTeam } from "../../../store/outbox.ts";
import {
  type DeliveryFilter,
  listDeliveries,
  type ListedDelivery,
} from "../../../store/work_list.ts";
import { Chip, Empty, PagedTable, Time, type Tone } from "../parts.tsx";
import { placeIn } from "../tabs.tsx";
import { type ConsoleAnswer, type ConsolePage, done, show, type Visit } from "../visit.ts";
import { ActivityHead, nothingToRetry, RetryForm, stateFilters } from "./activity_parts.tsx";
import { operationPath } from "./operations.tsx";

const PATH = "/activity/deliveries";

/** Deliveries on a page. */
const AT_ONCE = 50;

const FILTERS: readonly (readonly [filter: DeliveryFilter, title: string])[] = [
  ["all", "All"],
  ["waiting", "Waiting"],
  ["failed", "Failed"],
];

/** What was pushed and is delivered to a provider. */
export const DELIVERIES_PAGE: ConsolePage = {
  method: "GET",
  path: PATH,
  section: "activity",
  for: "member",
  answer: deliveries,
};

/** Has a delivery that failed tried again. */
export const RETRY_DELIVERY_FORM: ConsolePage = {
  method: "POST",
  path: `${PATH}/:id/retry`,
  section: "activity",
  for: "admin",
  async answer(visit) {
    const { context, actor, team } = visit;
    const id = Number(/^\d{1,15}$/.exec(visit.part("id"))?.[0] ?? "-1");
    const owner = await findDeliveryTeam(context.store, id);
    if (owner !== team.id) throw nothingToRetry();
    return await retryOutboxItem(context, actor, id)
      ? done(PATH, "The delivery is tried again.")
      : done(PATH, "The delivery has not failed any more.", "warn");
  },
};

async function deliveries(visit: Visit): Promise<ConsoleAnswer> {
  const { context, team, query } = visit;
  const filter = FILTERS.find(([name]) => name === query.get("state"))?.[0] ?? "all";
  const page = await listDeliveries(context.store, team.id, {
    filter,
    after: placeIn(query),
    limit: AT_ONCE,
  });
  return show(
    "Deliveries",
    <>
      <ActivityHead
        visit={visit}
        view="deliveries"
        lead="What projects pushed, on its way to the trackers that are connected."
      />
      {stateFilters(PATH, FILTERS, filter)}
      <PagedTable
        path={PATH}
        query={query}
        next={page.next}
        empty={
          <Empty title={filter === "failed" ? "Nothing failed" : "Nothing to deliver"}>
            <p>
              {filter === "failed"
                ? "No change was refused by a tracker."
                : "Changes to issues that live in this host are so at once, and are not delivered anywhere."}
            </p>
          </Empty>
        }
        caption="Deliveries"
        columns={[
          { title: "Issue", kind: "name" },
          { title: "State" },
          { title: "Goes to" },
          { title: "Pushed", kind: "soft" },
          { title: "Try again", kind: "actions" },
        ]}
        rows={page.entries.map((delivery) => rowOf(visit, delivery))}
      />
    </>,
  );
}

const STATES: Readonly<Record<ListedDelivery["state"], readonly [tone: Tone, word: string]>> = {
  waiting: ["plain", "Waiting"],
  delivered: ["green", "Delivered"],
  failed: ["red", "Failed"],
};

function rowOf({ isAdmin, session }: Visit, delivery: ListedDelivery): Child[] {
  const { id, state, issue, resource, connection, operationId, createdAt } = delivery;
  const error = errorIn(delivery.error);
  return [
    <>
      {operationId === null
        ? <bdi class="title">{issue}</bdi>
        : (
          <a class="title" href={operationPath(operationId)}>
            <bdi>{issue}</bdi>
          </a>
        )}
      {error === null ? null : <p class="why">{error}</p>}
    </>,
    <Chip tone={STATES[state][0]}>{STATES[state][1]}</Chip>,
    <>
      <bdi>{resource}</bdi>
      <p class="soft">
        <bdi>{connection ?? "a connection that was removed"}</bdi>
      </p>
    </>,
    <Time at={createdAt} />,
    state === "failed" && isAdmin && connection !== null
      ? <RetryForm action={`${PATH}/${id}/retry`} csrf={session.csrf} what={issue} />
      : null,
  ];
}
