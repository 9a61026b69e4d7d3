import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import { readAudit, type ReadAuditEntry } from "../../../accounts/audit_log.ts";
import { listUsers } from "../../../accounts/user_admin.ts";
import { AUDIT_ACTIONS } from "../../../model/audit_action.ts";
import { pageOf } from "../../../model/page.ts";
import { Empty, PagedTable, PageHead, Time } from "../parts.tsx";
import { placeIn } from "../tabs.tsx";
import { type ConsoleAnswer, type ConsolePage, show, type Visit } from "../visit.ts";
import { actionWords, detailWords } from "./audit_words.ts";

/** Entries on a page. */
const AT_ONCE = 50;

/** Who is not a user: the person at the host's own machine. */
const COMMAND_LINE_NAME = "command line";

/** What administrators did. */
export const AUDIT_PAGE: ConsolePage = {
  method: "GET",
  path: "/audit",
  section: "audit",
  for: "admin",
  answer: audit,
};

/** What the page is asked for; empty for all. */
interface Filter {
  readonly user: string;
  readonly action: string;
}

async function audit(visit: Visit): Promise<ConsoleAnswer> {
  const { context, actor, team, query } = visit;
  const filter = { user: query.get("user") ?? "", action: query.get("action") ?? "" };
  const entries = await readAudit(context, actor, {
    teamId: team.id,
    limit: AT_ONCE + 1,
    before: placeIn(query) ?? undefined,
    user: filter.user === "" ? undefined : filter.user,
    action: filter.action === "" ? undefined : filter.action,
  });
  const page = pageOf(entries, AT_ONCE, ({ id }) => id);
  return show(
    "Audit",
    <>
      <PageHead
        title="Audit"
        lead="What administrators did, newest first: who, when and what. Entries are kept for 400 days."
      />
      <FilterForm visit={visit} filter={filter} people={await namesIn(visit)} />
      <PagedTable
        path="/audit"
        query={query}
        next={page.next}
        empty={<NoEntries filter={filter} />}
        caption="What administrators did"
        columns={[
          { title: "What", kind: "name" },
          { title: "Who" },
          { title: "When", kind: "soft" },
        ]}
        rows={page.entries.map(rowOf)}
      />
    </>,
  );
}

async function namesIn({ context, actor, team }: Visit): Promise<string[]> {
  const users = await listUsers(context, actor, team.id);
  return [...users.map(({ username }) => username), COMMAND_LINE_NAME];
}

function rowOf({ action, target, details, actor, at }: ReadAuditEntry): Child[] {
  const facts = detailWords(details);
  return [
    <>
      <p class="title">
        {actionWords(action)}: <bdi>{target}</bdi>
      </p>
      {facts.length === 0 ? null : (
        <ul class="details">
          {facts.map(([name, value]) => (
            <li>
              {name}: <bdi>{value}</bdi>
            </li>
          ))}
        </ul>
      )}
    </>,
    <bdi>{actor}</bdi>,
    <Time at={at} />,
  ];
}

function FilterForm(
  { filter, people }: {
    readonly visit: Visit;
    readonly filter: Filter;
    readonly people: readonly string[];
  },
): JSX.Element {
  const known = people.includes(filter.user) || filter.user === "";
  return (
    <form method="get" action="/audit" class="tools" role="search" aria-label="Filter">
      <div class="tool">
        <label for="user">Who</label>
        <select id="user" name="user">
          <option value="">Anybody</option>
          {[...people, ...(known ? [] : [filter.user])].map((name) => (
            <option value={name} selected={name === filter.user}>{name}</option>
          ))}
        </select>
      </div>
      <div class="tool">
        <label for="action">What</label>
        <select id="action" name="action">
          <option value="">Anything</option>
          {AUDIT_ACTIONS.map((action) => (
            <option value={action} selected={action === filter.action}>
              {actionWords(action)}
            </option>
          ))}
        </select>
      </div>
      <button type="submit" class="plain-button">Filter</button>
      {filter.user === "" && filter.action === "" ? null : <a href="/audit">Show all</a>}
    </form>
  );
}

function NoEntries({ filter }: { readonly filter: Filter }): JSX.Element {
  return filter.user === "" && filter.action === ""
    ? (
      <Empty title="Nothing was done yet">
        <p>What administrators do here, and on the host's command line, is listed from now on.</p>
      </Empty>
    )
    : (
      <Empty title="Nothing like this was done">
        <p>
          <a href="/audit">Show all that was done</a>
        </p>
      </Empty>
    );
}
