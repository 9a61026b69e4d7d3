import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import {
  type NormalizedIssue,
  PRIORITY_WORDS,
  type Status,
  STATUSES,
} from "../../../../contract/issue.ts";
import { listIssues } from "../../../store/issue_list.ts";
import { type NamedPlace, namedPlaces, placeOfTeam } from "../../../store/team_places.ts";
import { NoPlaces } from "../no_places.tsx";
import { Empty, PageHead, Pager, Table, Time } from "../parts.tsx";
import { type ConsoleAnswer, show, type Visit } from "../visit.ts";
import { issuePath, keyOf, StatusChip, statusWords } from "./issue_words.tsx";

/** Issues on a page. */
const LIMIT = 50;

/** Lists the issues of one place, with a search. */
export async function issuesPage(visit: Visit): Promise<ConsoleAnswer> {
  const { context: { store, platform: { clock } }, team, query } = visit;
  const places = await namedPlaces(store, team.id);
  const wanted = query.get("place") ?? places[0]?.id ?? "";
  const place = await placeOfTeam(store, team.id, wanted);
  if (place === null) return show("Issues", <NoIssues visit={visit} places={places} />);
  const { id } = place.resource;
  const status = STATUSES.find((one) => one === query.get("status")) ?? null;
  const search = query.get("q") ?? "";
  const page = await listIssues(store, {
    resourceId: id,
    status,
    search,
    after: query.get("after"),
    limit: LIMIT,
  }, () => clock.sleep(0));
  const isFiltered = status !== null || search.trim() !== "" || query.has("after");
  return show(
    "Issues",
    <>
      <PageHead
        title="Issues"
        lead={
          <>
            In <strong>{place.resource.label}</strong>, the last changed first.
          </>
        }
      />
      <Filters places={places} chosen={id} status={status} search={search} />
      {page.entries.length > 0
        ? <IssueTable resourceId={id} issues={page.entries} />
        : isFiltered
        ? (
          <Empty title="No issue fits">
            <p>
              Use fewer words, or{" "}
              <a href={`/issues?${new URLSearchParams({ place: id })}`}>show all issues</a>.
            </p>
          </Empty>
        )
        : (
          <Empty title="No issue is in this place yet">
            <p>
              {visit.isAdmin
                ? <a href="/projects/import">Import a file</a>
                : "An admin can import a file"}, or push one from a bound project with{" "}
              <code>tracker issue create</code> and <code>tracker sync push</code>.
            </p>
          </Empty>
        )}
      <Pager path="/issues" query={query} next={page.next} />
    </>,
  );
}

function NoIssues(
  { visit, places }: { readonly visit: Visit; readonly places: readonly NamedPlace[] },
): JSX.Element {
  return (
    <>
      <PageHead title="Issues" />
      {places.length === 0
        ? <NoPlaces isAdmin={visit.isAdmin} />
        : (
          <Empty title="There is no such place in this team">
            <p>
              <a href="/issues">Show the first place</a>.
            </p>
          </Empty>
        )}
    </>
  );
}

function Filters(
  { places, chosen, status, search }: {
    readonly places: readonly NamedPlace[];
    readonly chosen: string;
    readonly status: Status | null;
    readonly search: string;
  },
): JSX.Element {
  return (
    <form method="get" action="/issues" class="filters" role="search" aria-label="Issues">
      <div class="grow">
        <label for="q">Words or key</label>
        <input type="search" id="q" name="q" value={search} autocomplete="off" maxlength={200} />
      </div>
      {places.length < 2 ? <input type="hidden" name="place" value={chosen} /> : (
        <div>
          <label for="place">Place</label>
          <select id="place" name="place">
            {places.map(({ id, label }) => (
              <option value={id} selected={id === chosen}>{label}</option>
            ))}
          </select>
        </div>
      )}
      <div>
        <label for="status">Status</label>
        <select id="status" name="status">
          <option value="">All</option>
          {STATUSES.map((one) => (
            <option value={one} selected={one === status}>{statusWords(one)}</option>
          ))}
        </select>
      </div>
      <button type="submit" class="plain-button">Search</button>
    </form>
  );
}

/** A table of issues, each with the way to its page. */
export function IssueTable(
  { resourceId, issues }: {
    readonly resourceId: string;
    readonly issues: readonly NormalizedIssue[];
  },
): JSX.Element {
  return (
    <Table
      caption="Issues"
      columns={[
        { title: "Key", kind: "code" },
        { title: "Title", kind: "name" },
        { title: "Status" },
        { title: "Priority", kind: "soft" },
        { title: "Assigned to", kind: "soft" },
        { title: "Updated", kind: "soft" },
      ]}
      rows={issues.map((issue) => row(resourceId, issue))}
    />
  );
}

function row(resourceId: string, issue: NormalizedIssue): readonly Child[] {
  return [
    keyOf(issue.ref),
    <>
      <a href={issuePath(resourceId, issue.ref)}>
        {issue.title === "" ? "(no title)" : issue.title}
      </a>
      <Labels labels={issue.labels} />
    </>,
    <StatusChip status={issue.status} />,
    PRIORITY_WORDS[issue.priority],
    issue.assignees.length === 0 ? "–" : issue.assignees.join(", "),
    <Time at={issue.updated_at} />,
  ];
}

/** The labels of an issue; nothing when it has none. */
export function Labels({ labels }: { readonly labels: readonly string[] }): JSX.Element | null {
  return labels.length === 0
    ? null
    : <div class="tags">{labels.map((label) => <span class="tag">{label}</span>)}</div>;
}
