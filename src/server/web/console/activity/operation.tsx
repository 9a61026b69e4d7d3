import type { JSX } from "hono/jsx/jsx-runtime";
import { type ItemView, operationView } from "../../../jobs/operation_view.ts";
import { retryJob } from "../../../jobs/retry.ts";
import { failedJob } from "../../../store/work_list.ts";
import { PROVIDER_TITLES } from "../../../../contract/providers.ts";
import { hostError } from "../../../model/host_error.ts";
import { Hidden } from "../form.tsx";
import { Chip, Facts, PageHead, Pager, Table, Time, type Tone } from "../parts.tsx";
import { type ConsoleAnswer, type ConsolePage, done, show, type Visit } from "../visit.ts";
import { counted, duration } from "../words.ts";
import { nothingToRetry } from "./activity_parts.tsx";
import { OperationChip, operationPath, operationTitle } from "./operations.tsx";

/** Items on a page. */
const AT_ONCE = 50;

/** One operation: who asked for it, and what became of each item. */
export const OPERATION_PAGE: ConsolePage = {
  method: "GET",
  path: "/activity/operations/:id",
  section: "activity",
  for: "member",
  answer: operation,
};

/** Has an operation that failed tried again. */
export const RETRY_OPERATION_FORM: ConsolePage = {
  method: "POST",
  path: "/activity/operations/:id/retry",
  section: "activity",
  for: "admin",
  async answer(visit) {
    const { context, actor, team } = visit;
    const operationId = visit.part("id");
    const job = await failedJob(context.store, team.id, { operationId });
    if (job === null) throw nothingToRetry();
    return await retryJob(context, actor, job)
      ? done(operationPath(operationId), "It is tried again.")
      : done(operationPath(operationId), "It has not failed any more.", "warn");
  },
};

async function operation(visit: Visit): Promise<ConsoleAnswer> {
  const { context, team, query } = visit;
  const id = visit.part("id");
  const after = query.get("after") ?? "";
  const from = /^\d{1,7}$/.test(after) ? Number(after) : 0;
  const view = await operationView(context, team.id, id, { from, limit: AT_ONCE });
  if (view === null) {
    throw hostError("operation_not_found", `No operation has the identifier "${id}"`);
  }
  const found = view.operation;
  const title = operationTitle(found);
  const job = found.state === "failed"
    ? await failedJob(context.store, team.id, { operationId: id })
    : null;
  const { createdAt, endedAt } = found;
  return show(
    title,
    <>
      <PageHead title={title} lead={<OperationChip operation={found} />}>
        {job === null || !visit.isAdmin
          ? null
          : (
            <form method="post" action={`${operationPath(id)}/retry`}>
              <Hidden csrf={visit.session.csrf} />
              <button type="submit" class="button">Try again</button>
            </form>
          )}
      </PageHead>
      {view.error === null ? null : (
        <div class="notice bad">
          <div>
            <p class="notice-title">It failed</p>
            <p>{view.error}</p>
          </div>
        </div>
      )}
      <Facts
        facts={[
          ["Asked by", <bdi>{found.user}</bdi>],
          ["Project", found.project === null ? "No longer bound" : <bdi>{found.project}</bdi>],
          found.resource === null ? null : ["Bound to", <bdi>{found.resource}</bdi>],
          found.provider === null ? null : ["Provider", providerTitle(found.provider)],
          ["Binding", <code>{found.bindingRef}</code>],
          ["Begun", <Time at={createdAt} />],
          endedAt === null ? null : ["Ended", <Time at={endedAt} />],
          endedAt === null ? null : ["Took", duration(endedAt - createdAt)],
          view.pulled === null ? null : ["Taken in", counted(view.pulled, "issue")],
          ["Identifier", <code>{found.id}</code>],
        ]}
      />
      <Items items={view.items} isOpen={endedAt === null} from={from} />
      <Pager
        path={operationPath(id)}
        query={query}
        next={view.next === null ? null : String(view.next)}
      />
    </>,
  );
}

function Items(
  { items, isOpen, from }: {
    readonly items: readonly ItemView[];
    readonly isOpen: boolean;
    readonly from: number;
  },
): JSX.Element | null {
  if (items.length === 0) {
    return isOpen ? <p class="soft">No item has had its effect yet.</p> : null;
  }
  return (
    <section aria-labelledby="items">
      <h2 id="items">{from === 0 ? "Items" : `Items from number ${from + 1} on`}</h2>
      <Table
        caption="Items"
        columns={[
          { title: "Issue", kind: "code" },
          { title: "Asked for" },
          { title: "What came of it" },
          { title: "Why", kind: "name" },
        ]}
        rows={items.map(({ issue, action, outcome, message }) => [
          <bdi>{issue}</bdi>,
          ACTIONS[action] ?? action,
          <Chip tone={toneOf(outcome)}>{OUTCOMES[outcome] ?? outcome}</Chip>,
          message ?? <span class="soft">–</span>,
        ])}
      />
    </section>
  );
}

const ACTIONS: Readonly<Record<string, string>> = {
  create: "Create",
  update: "Change",
  transition: "Move",
};

const OUTCOMES: Readonly<Record<string, string>> = {
  created: "Created",
  updated: "Changed",
  transitioned: "Moved",
  unchanged: "As it was",
  failed: "Failed",
};

function toneOf(outcome: string): Tone {
  return outcome === "failed" ? "red" : outcome === "unchanged" ? "plain" : "green";
}

function providerTitle(name: string): string {
  return Object.entries(PROVIDER_TITLES).find(([known]) => known === name)?.[1] ?? name;
}
