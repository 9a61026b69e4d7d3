import { listPlaces } from "../../../store/place_list.ts";
import { Empty, PageHead, Pager, Table, Time } from "../parts.tsx";
import { type ConsoleAnswer, show, type Visit } from "../visit.ts";

/** Places on a page. */
const LIMIT = 50;

/** Lists where the team's issues live, and which projects are bound there. */
export async function projectsPage(visit: Visit): Promise<ConsoleAnswer> {
  const { context: { store }, team, query } = visit;
  const page = await listPlaces(store, {
    teamId: team.id,
    connectionId: null,
    after: query.get("after"),
    limit: LIMIT,
  });
  return show(
    "Projects",
    <>
      <PageHead title="Projects" lead="Where issues live, and the projects that are bound there." />
      {page.entries.length === 0
        ? (
          <Empty title="There is no place for issues yet">
            <p>Connect a provider, or make a place whose issues live in this host.</p>
          </Empty>
        )
        : (
          <Table
            caption="Projects"
            columns={[{ title: "Name", kind: "name" }, { title: "Key", kind: "code" }, {
              title: "Last change",
              kind: "soft",
            }]}
            rows={page.entries.map(({ resource, changedAt }) => [
              resource.label,
              resource.key,
              changedAt === null ? "–" : <Time at={changedAt} />,
            ])}
          />
        )}
      <Pager path="/projects" query={query} next={page.next} />
    </>,
  );
}
