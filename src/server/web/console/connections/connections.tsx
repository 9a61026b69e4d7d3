import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import { HOSTED_PROVIDERS, PROVIDER_TITLES } from "../../../../contract/providers.ts";
import { listConnections, type ListedConnection } from "../../../store/connections.ts";
import { listPlaces } from "../../../store/place_list.ts";
import { Empty, PageHead, Pager, Table, Time } from "../parts.tsx";
import { placeIn } from "../tabs.tsx";
import { type ConsoleAnswer, type ConsolePage, show, type Visit } from "../visit.ts";
import { numberWords } from "../words.ts";
import { connectionPath, StateChip } from "./connection_words.tsx";
import { Places } from "./places.tsx";

/** Places on a page. */
const AT_ONCE = 25;

/** Where the issues of the team come from. */
export const CONNECTIONS_PAGE: ConsolePage = {
  method: "GET",
  path: "/connections",
  section: "connections",
  for: "member",
  answer: connections,
};

async function connections(visit: Visit): Promise<ConsoleAnswer> {
  const { context: { store }, team, isAdmin, query } = visit;
  const found = await listConnections(store, team.id);
  const local = { teamId: team.id, connectionId: null, after: placeIn(query), limit: AT_ONCE };
  const places = await listPlaces(store, local);
  return show(
    "Connections",
    <>
      <PageHead title="Connections" lead="Where the issues of this team come from.">
        {isAdmin ? <ConnectLinks visit={visit} /> : null}
      </PageHead>
      {found.length === 0 ? null : <Connected connections={found} />}
      <section aria-labelledby="here">
        <div class="heading">
          <h2 id="here">In this host</h2>
          {isAdmin
            ? (
              <div class="lead-actions">
                <a class="plain-button" href="/projects/new">New place</a>
                <a class="plain-button" href="/projects/import">Import issues</a>
              </div>
            )
            : null}
        </div>
        <p class="soft">
          These issues have no tracker elsewhere: what a project pushes is so at once.
        </p>
        {places.entries.length === 0
          ? (
            <Empty title="No issues live in this host">
              <p>
                {isAdmin
                  ? "Create a place for issues, or import those of a file: projects can be bound to it at once."
                  : "An admin of the team can create a place for issues."}
              </p>
            </Empty>
          )
          : <Places caption="Places in this host" places={places.entries} />}
        <Pager path="/connections" query={query} next={places.next} />
      </section>
    </>,
  );
}

/** A link for each provider that can be connected; none where issues live in the host only. */
function ConnectLinks({ visit: { host } }: { readonly visit: Visit }): JSX.Element {
  const names = HOSTED_PROVIDERS.filter((name) => host.connectable[name] !== undefined);
  return (
    <>
      {names.map((name, index) => (
        <a class={index === 0 ? "button" : "plain-button"} href={`/connections/new/${name}`}>
          Connect {PROVIDER_TITLES[name]}
        </a>
      ))}
    </>
  );
}

function Connected(
  { connections }: { readonly connections: readonly ListedConnection[] },
): JSX.Element {
  return (
    <section aria-labelledby="connected">
      <h2 id="connected">Connected trackers</h2>
      <Table
        caption="Connections"
        columns={[
          { title: "Connection", kind: "name" },
          { title: "State" },
          { title: "Resources" },
          { title: "Waiting" },
          { title: "Calls left" },
          { title: "Last change", kind: "soft" },
        ]}
        rows={connections.map(connectionRow)}
      />
    </section>
  );
}

function connectionRow(connection: ListedConnection): Child[] {
  const { id, name, provider, resources, waiting, budgetLeft, lastChangeAt } = connection;
  return [
    <>
      <a class="title" href={connectionPath(id)}>
        <bdi>{name}</bdi>
      </a>
      <p class="soft">{PROVIDER_TITLES[provider]}</p>
    </>,
    <>
      <StateChip connection={connection} />
      {connection.stateDetail === null ? null : (
        <p class="soft">
          <bdi>{connection.stateDetail}</bdi>
        </p>
      )}
    </>,
    numberWords(resources),
    numberWords(waiting),
    budgetLeft === null ? "Unknown" : numberWords(budgetLeft),
    lastChangeAt === null ? "None seen" : <Time at={lastChangeAt} />,
  ];
}
