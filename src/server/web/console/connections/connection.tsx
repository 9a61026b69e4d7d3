import type { JSX } from "hono/jsx/jsx-runtime";
import { PROVIDER_TITLES } from "../../../../contract/providers.ts";
import { showConnection, type ShownConnection } from "../../../connections/admin.ts";
import { putOffWords } from "../../../model/connection.ts";
import { listPlaces } from "../../../store/place_list.ts";
import { Hidden } from "../form.tsx";
import { Empty, Facts, PageHead, Pager, Table, Time } from "../parts.tsx";
import { placePath } from "../projects/place_words.tsx";
import { placeIn } from "../tabs.tsx";
import { type ConsoleAnswer, type ConsolePage, show, type Visit } from "../visit.ts";
import { counted, numberWords } from "../words.ts";
import { connectionPath, StateChip, stateWords, WebhookFact } from "./connection_words.tsx";
import { Places } from "./places.tsx";

/** Resources on a page. */
const AT_ONCE = 25;

/** One connection: how it stands, what it brings, and what can be done with it. */
export const CONNECTION_PAGE: ConsolePage = {
  method: "GET",
  path: "/connections/:id",
  section: "connections",
  for: "admin",
  answer: connection,
};

/** Returns the connection that the path names, by its id alone. */
export async function requireConnection(visit: Visit): Promise<ShownConnection> {
  const { context, actor, team } = visit;
  return await showConnection(context, actor, { name: visit.part("id"), teamId: team.id });
}

async function connection(visit: Visit): Promise<ConsoleAnswer> {
  const { context: { store }, team, query } = visit;
  const found = await requireConnection(visit);
  const places = await listPlaces(store, {
    teamId: team.id,
    connectionId: found.id,
    after: placeIn(query),
    limit: AT_ONCE,
  });
  const words = stateWords(found);
  const path = connectionPath(found.id);
  return show(
    found.name,
    <>
      <PageHead
        title={<bdi>{found.name}</bdi>}
        lead={<StateChip connection={found} />}
      >
        {visit.host.connectable[found.provider] === undefined ? null : (
          <>
            <a
              class={found.state === "refused" ? "button" : "plain-button"}
              href={`${path}/credential`}
            >
              Another credential
            </a>
            <a class="plain-button" href={`${path}/places`}>Choose places</a>
            <form method="post" action={`${path}/test`}>
              <Hidden csrf={visit.session.csrf} />
              <button type="submit" class="plain-button">Test</button>
            </form>
          </>
        )}
        <PauseButton visit={visit} connection={found} />
        <a class="plain-button" href={`${path}/words`}>Words for statuses</a>
        <a class="plain-button" href={`${path}/remove`}>Remove</a>
      </PageHead>
      {words === null ? null : (
        <div
          class={found.pausedAt === null &&
              (found.state === "refused" || found.state === "unreachable")
            ? "notice bad"
            : "notice warn"}
        >
          <div>
            <p>{words}</p>
            {found.stateDetail === null ? null : (
              <p>
                <bdi>{found.stateDetail}</bdi>
              </p>
            )}
          </div>
        </div>
      )}
      <Facts
        facts={[
          ["Provider", PROVIDER_TITLES[found.provider]],
          ["Address", <code>{found.baseUrl}</code>],
          found.site === null ? null : ["Site or owner", <code>{found.site}</code>],
          ["Credential", <>{found.credentialKind}, stored encrypted</>],
          ["Connected by", <bdi>{found.madeBy ?? "the command line"}</bdi>],
          ["Connected", <Time at={found.madeAt} />],
          [
            "Last change seen",
            found.lastChangeAt === null ? "None yet" : <Time at={found.lastChangeAt} />,
          ],
          ["Calls left", found.budgetLeft === null ? "Unknown" : numberWords(found.budgetLeft)],
          found.budgetResetsAt === null
            ? null
            : ["Filled up again", <Time at={found.budgetResetsAt} />],
          ["Webhooks", <WebhookFact connection={found} />],
          [
            "Waiting",
            found.waiting === 0
              ? "No change"
              : <a href="/activity/deliveries?state=waiting">{counted(found.waiting, "change")}</a>,
          ],
          found.deliveryError === null ? null : [
            "Deliveries",
            <a href="/activity/work?state=failed">{putOffWords(found.deliveryError)}</a>,
          ],
          found.notTaken === 0 ? null : [
            "Made without a connection, and not taken",
            <a href="/activity/deliveries?state=failed">{counted(found.notTaken, "change")}</a>,
          ],
        ]}
      />
      <Unreadable connection={found} />
      <section aria-labelledby="resources">
        <h2 id="resources">Resources</h2>
        {places.entries.length === 0
          ? (
            <Empty title="No resources">
              <p>This connection brings no issues yet.</p>
            </Empty>
          )
          : <Places caption="Resources" places={places.entries} />}
        <Pager path={path} query={query} next={places.next} />
      </section>
    </>,
  );
}

/** The places that cannot be read, and what the provider says of each; nothing when all can. */
function Unreadable(
  { connection: { resourceList } }: { readonly connection: ShownConnection },
): JSX.Element | null {
  const troubled = resourceList.filter(({ error }) => error !== null);
  if (troubled.length === 0) return null;
  return (
    <section aria-labelledby="unreadable">
      <h2 id="unreadable">Not readable</h2>
      <Table
        caption="Places that cannot be read"
        columns={[
          { title: "Name", kind: "name" },
          { title: "The provider says" },
          { title: "Read last", kind: "soft" },
        ]}
        rows={troubled.map(({ id, label, error, lastReadAt }) => [
          <a class="title" href={placePath(id)}>
            <bdi>{label}</bdi>
          </a>,
          <bdi>{error}</bdi>,
          lastReadAt === null ? "Not yet" : <Time at={lastReadAt} />,
        ])}
      />
    </section>
  );
}

function PauseButton(
  { visit, connection: { id, pausedAt } }: {
    readonly visit: Visit;
    readonly connection: ShownConnection;
  },
): JSX.Element {
  const verb = pausedAt === null ? "pause" : "resume";
  return (
    <form method="post" action={`${connectionPath(id)}/${verb}`}>
      <Hidden csrf={visit.session.csrf} />
      <button type="submit" class={pausedAt === null ? "plain-button" : "button"}>
        {pausedAt === null ? "Pause" : "Resume"}
      </button>
    </form>
  );
}
