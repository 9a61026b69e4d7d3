import type { JSX } from "hono/jsx/jsx-runtime";
import { type ItemView, operationView } from "../../../jobs/operation_view.ts";
import { PROVIDER_TITLES } from "../../../../contract/providers.ts";
import { hostError } from "../../../model/host_error.ts";
import { Chip, Facts, PageHead, Pager, Table, Time, type Tone } from "../parts.tsx";
import { type ConsoleAnswer, type ConsolePage, show, type Visit } from "../visit.ts";
import { counted, duration } from "../words.ts";
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
  const { createdAt, endedAt } = found;
  return show(
    title,
    <>
      <PageHead title={title} lead={<OperationChip operation={found} />} />
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
