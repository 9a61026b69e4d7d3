import type { Child } from "hono/jsx";
import { errorIn } from "../../../jobs/operation_view.ts";
import { retryJob } from "../../../jobs/retry.ts";
import { failedJob, type ListedJob, listWork } from "../../../store/work_list.ts";
import { Chip, Empty, PagedTable, Time, type Tone } from "../parts.tsx";
import { placeIn } from "../tabs.tsx";
import { type ConsoleAnswer, type ConsolePage, done, show, type Visit } from "../visit.ts";
import { ActivityHead, nothingToRetry, RetryForm, stateFilters } from "./activity_parts.tsx";

const PATH = "/activity/work";

/** Jobs on a page. */
const AT_ONCE = 50;

const FILTERS = [["open", "To do"], ["failed", "Failed"]] as const;

/** What the host does by itself. */
export const WORK_PAGE: ConsolePage = {
  method: "GET",
  path: PATH,
  section: "activity",
  for: "admin",
  answer: work,
};

/** Has work that failed tried again. */
export const RETRY_WORK_FORM: ConsolePage = {
  method: "POST",
  path: `${PATH}/:id/retry`,
  section: "activity",
  for: "admin",
  async answer(visit) {
    const { context, actor, team } = visit;
    const id = await failedJob(context.store, team.id, { id: visit.part("id") });
    if (id === null) throw nothingToRetry();
    return await retryJob(context, actor, id)
      ? done(PATH, "It is tried again.")
      : done(PATH, "It has not failed any more.", "warn");
  },
};

async function work(visit: Visit): Promise<ConsoleAnswer> {
  const { context, team, query } = visit;
  const filter = query.get("state") === "failed" ? "failed" : "open";
  const page = await listWork(context.store, team.id, {
    filter,
    after: placeIn(query),
    limit: AT_ONCE,
  });
  return show(
    "Background work",
    <>
      <ActivityHead
        visit={visit}
        view="work"
        lead="What the host does by itself: for this team, and for all of them."
      />
      {stateFilters(PATH, FILTERS, filter)}
      <PagedTable
        path={PATH}
        query={query}
        next={page.next}
        empty={
          <Empty title={filter === "failed" ? "Nothing failed" : "Nothing to do"}>
            <p>
              {filter === "failed" ? "Everything that was begun is done." : "All work is done."}
            </p>
          </Empty>
        }
        caption="Background work"
        columns={[
          { title: "Work", kind: "name" },
          { title: "State" },
          { title: "Attempts" },
          { title: filter === "failed" ? "Failed" : "Due", kind: "soft" },
          { title: "Try again", kind: "actions" },
        ]}
        rows={page.entries.map((job) => rowOf(visit, job))}
      />
    </>,
  );
}

const KINDS: Readonly<Record<string, string>> = {
  operation: "Operation",
  deliver: "Deliveries of a connection",
  webhook: "Webhooks of a connection",
  "refresh-webhook": "Registration of a connection's webhooks",
  packages: "Issues that follow the lanes of their work packages",
  "sync.changes": "Reading of what has changed in a place",
  "sync.sweep": "Comparison of all issues of a place",
  tidy: "Deletion of what has expired",
  index: "Index of the words that searches look for",
};

const STATES: Readonly<Record<ListedJob["state"], readonly [tone: Tone, word: string]>> = {
  waiting: ["plain", "Waiting"],
  running: ["blue", "Running"],
  failed: ["red", "Failed"],
  set_back: ["red", "Failed, tried again later"],
};

function rowOf({ session }: Visit, job: ListedJob): Child[] {
  const { id, kind, key, teamId, state, attempt, runAt, endedAt } = job;
  const error = errorIn(job.error);
  return [
    <>
      <span class="title">{KINDS[kind] ?? kind}</span>
      <p class="soft">
        <code>{key}</code>
      </p>
      {error === null ? null : <p class="why">{error}</p>}
    </>,
    <Chip tone={STATES[state][0]}>{STATES[state][1]}</Chip>,
    // The first attempt is under way before it counts.
    state === "running" ? Math.max(attempt, 1) : attempt,
    <Time at={endedAt ?? runAt} />,
    (state === "failed" || state === "set_back") && teamId !== null
      ? (
        <RetryForm
          action={`${PATH}/${encodeURIComponent(id)}/retry`}
          csrf={session.csrf}
          what={key}
        />
      )
      : null,
  ];
}
