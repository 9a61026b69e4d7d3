import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import {
  type ExternalRef,
  type NormalizedIssue,
  PRIORITY_WORDS,
} from "../../../../contract/issue.ts";
import { webLink } from "../../../../pages/web_link.ts";
import { HttpError } from "../../../http/http_error.ts";
import { commentsAfter, type StoredComment } from "../../../store/comments.ts";
import { childrenOf } from "../../../store/hierarchy.ts";
import { deliveriesOf, type IssueDelivery } from "../../../store/issue_deliveries.ts";
import { findIssue } from "../../../store/issues.ts";
import type { HostStore } from "../../../store/store.ts";
import { type Place, placeOfTeam } from "../../../store/team_places.ts";
import { Markdown, Outside } from "../markdown.tsx";
import { Chip, Facts, Table, Time } from "../parts.tsx";
import { type ConsoleAnswer, show, type Visit } from "../visit.ts";
import { issuePath, keyOf, StatusChip } from "./issue_words.tsx";
import { Labels } from "./issues_page.tsx";

const MOST_COMMENTS = 100;
const MOST_CHILDREN = 50;
const MOST_LINKS = 100;
const MOST_DELIVERIES = 20;

/** Shows one issue. */
export async function issuePage(visit: Visit): Promise<ConsoleAnswer> {
  const { context: { store }, team, query } = visit;
  const place = await placeOfTeam(store, team.id, visit.part("place"));
  const found = place === null
    ? null
    : await findIssue(store, place.resource.id, visit.part("issue"));
  if (place === null || found === null) throw noSuchIssue();
  const { issue } = found;
  const on = { resourceId: place.resource.id, issueId: issue.ref.id };
  const after = Number(/^\d{1,15}$/.exec(query.get("comments") ?? "")?.[0] ?? 0);
  const comments = await commentsAfter(store, on, { after, limit: MOST_COMMENTS + 1 });
  const deliveries = await deliveriesOf(store, on.resourceId, on.issueId, MOST_DELIVERIES);
  const related = await relatedOf(store, place, issue);
  return show(
    `${keyOf(issue.ref)} ${issue.title}`,
    <>
      <Head place={place} issue={issue} />
      <section class="card part" aria-labelledby="description">
        <h2 id="description">Description</h2>
        {issue.body === null || issue.body.trim() === ""
          ? <p class="soft">There is no description.</p>
          : <Markdown text={issue.body} />}
      </section>
      {related.length === 0 ? null : (
        <section aria-labelledby="related">
          <h2 id="related">Related issues</h2>
          <Table
            caption="Related issues"
            columns={[{ title: "Issue", kind: "name" }, { title: "What it is", kind: "soft" }]}
            rows={related}
          />
        </section>
      )}
      <Comments path={issuePath(on.resourceId, issue.ref)} comments={comments} />
      <Deliveries place={place} deliveries={deliveries} />
    </>,
  );
}

function Head(
  { place, issue }: { readonly place: Place; readonly issue: NormalizedIssue },
): JSX.Element {
  const { resource, connectionId } = place;
  const link = webLink(issue.ref.url);
  return (
    <>
      <div class="lead issue-lead">
        <div class="names">
          <p class="soft">
            <a href={`/issues?${new URLSearchParams({ place: resource.id })}`}>{resource.label}</a>
            {" "}
            · <span class="mono">{keyOf(issue.ref)}</span>
          </p>
          <h1>{issue.title === "" ? "(no title)" : issue.title}</h1>
          <div class="issue-state">
            <StatusChip status={issue.status} />
            <Labels labels={issue.labels} />
          </div>
        </div>
      </div>
      <div class="card part">
        <Facts
          facts={[
            ["Type", issue.issue_type],
            ["Priority", PRIORITY_WORDS[issue.priority]],
            ["Assigned to", issue.assignees.length === 0 ? "no one" : issue.assignees.join(", ")],
            ["Created", <Time at={issue.created_at} />],
            ["Updated", <Time at={issue.updated_at} />],
            [
              "Lives in",
              connectionId === null ? "this host" : resource.provider,
            ],
            connectionId === null || link === null ? null : [
              "Page of the tracker",
              <Outside url={link.url} host={link.host}>Open it there</Outside>,
            ],
            ...Object.entries(issue.custom_fields).slice(0, 20).map(([name, value]) =>
              [name, typeof value === "string" ? value : JSON.stringify(value)] as const
            ),
          ]}
        />
      </div>
    </>
  );
}

async function relatedOf(
  store: HostStore,
  { resource }: Place,
  issue: NormalizedIssue,
): Promise<readonly (readonly Child[])[]> {
  const rows: (readonly Child[])[] = [];
  const add = async (words: string, ref: ExternalRef) => {
    const isHere = ref.system === resource.provider && ref.workspace === resource.workspace;
    const found = isHere ? await findIssue(store, resource.id, ref.id) : null;
    rows.push([
      <Related resourceId={resource.id} named={ref} found={found?.issue ?? null} />,
      words,
    ]);
  };
  if (issue.parent_ref !== null) await add("Part of", issue.parent_ref);
  for (const { type, ref } of issue.links.slice(0, MOST_LINKS)) {
    await add(sentenceCase(type.replaceAll("_", " ")), ref);
  }
  const children = await childrenOf(store, resource.id, issue.ref.id, {
    place: 0,
    limit: MOST_CHILDREN,
  });
  for (const { id } of children) {
    await add("Has the part", { ...issue.ref, id, key: null, url: null });
  }
  return rows;
}

/** An issue that is pointed to: one of this host, one elsewhere, or one that nothing is known of. */
function Related(
  { resourceId, named, found }: {
    readonly resourceId: string;
    readonly named: ExternalRef;
    readonly found: NormalizedIssue | null;
  },
): JSX.Element {
  if (found !== null) {
    return (
      <>
        <a href={issuePath(resourceId, found.ref)}>{keyOf(found.ref)} {found.title}</a>{" "}
        <StatusChip status={found.status} />
      </>
    );
  }
  const link = webLink(named.url);
  return link === null
    ? <span>{keyOf(named)}</span>
    : <Outside url={link.url} host={link.host}>{keyOf(named)}</Outside>;
}

function Comments(
  { path, comments }: { readonly path: string; readonly comments: readonly StoredComment[] },
): JSX.Element {
  const shown = comments.slice(0, MOST_COMMENTS);
  const last = shown.at(-1);
  return (
    <section aria-labelledby="comments">
      <h2 id="comments">Comments</h2>
      {shown.length === 0
        ? <p class="soft">There is no comment yet.</p>
        : shown.map(({ author, body, createdAt }) => (
          <article class="card part comment">
            <p class="soft">
              <strong>{author}</strong> · <Time at={createdAt} />
            </p>
            <Markdown text={body} />
          </article>
        ))}
      {comments.length > MOST_COMMENTS && last !== undefined
        ? (
          <p>
            <a class="plain-button" href={`${path}?comments=${last.change}#comments`}>
              Later comments
            </a>
          </p>
        )
        : null}
    </section>
  );
}

const DELIVERY = {
  waiting: ["amber", "Waiting"],
  delivered: ["green", "Delivered"],
  failed: ["red", "Failed"],
} as const;

function Deliveries(
  { place, deliveries }: { readonly place: Place; readonly deliveries: readonly IssueDelivery[] },
): JSX.Element {
  return (
    <section aria-labelledby="deliveries">
      <h2 id="deliveries">Deliveries</h2>
      {deliveries.length === 0
        ? (
          <p class="soft">
            {place.connectionId === null
              ? "This issue lives in this host: its changes need no delivery."
              : `No change of this issue was on its way to ${place.resource.provider} lately.`}
          </p>
        )
        : (
          <Table
            caption="Deliveries"
            columns={[
              { title: "State" },
              { title: "Sent by a client", kind: "soft" },
              { title: "Ended", kind: "soft" },
              { title: "Attempts", kind: "number" },
              { title: "What went wrong", kind: "name" },
            ]}
            rows={deliveries.map((one) => [
              <Chip tone={DELIVERY[one.state][0]}>{DELIVERY[one.state][1]}</Chip>,
              <Time at={one.createdAt} />,
              one.endedAt === null ? "–" : <Time at={one.endedAt} />,
              one.attempt,
              one.error ?? "–",
            ])}
          />
        )}
    </section>
  );
}

function sentenceCase(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

function noSuchIssue(): HttpError {
  return new HttpError({
    code: "validation_error",
    status: 404,
    message: "The team has no such issue",
  });
}
