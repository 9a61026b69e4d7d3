import type { Child } from "hono/jsx";
import { COUNTED, type ListedPlace, listPlaces } from "../../../store/place_list.ts";
import { firstStepsPanel } from "../first_steps.tsx";
import { NoPlaces } from "../no_places.tsx";
import { Chip, PageHead, Pager, Table, Time } from "../parts.tsx";
import { type ConsoleAnswer, show, type Visit } from "../visit.ts";
import { placePath } from "./place_words.tsx";

/** Places on a page. */
const LIMIT = 50;

/** Lists where the team's issues live, and which projects are bound there. */
export async function projectsPage(visit: Visit): Promise<ConsoleAnswer> {
  const { context: { store }, team, query, isAdmin } = visit;
  const page = await listPlaces(store, {
    teamId: team.id,
    after: query.get("after"),
    limit: LIMIT,
  });
  const isEmpty = page.entries.length === 0 && !query.has("after");
  return show(
    "Projects",
    <>
      <PageHead
        title="Projects"
        lead="The places where issues live, and the projects that are bound to them."
      >
        {!isAdmin || isEmpty ? null : (
          <>
            <a class="plain-button" href="/projects/import">Import a file</a>
            <a class="plain-button" href="/projects/new">New place</a>
          </>
        )}
      </PageHead>
      {await firstStepsPanel(visit)}
      {isEmpty ? <NoPlaces isAdmin={isAdmin} /> : (
        <Table
          caption="Places and projects"
          columns={[
            { title: "Place", kind: "name" },
            { title: "Issues live in", kind: "soft" },
            { title: "Issues", kind: "number" },
            { title: "Project" },
            { title: "Last sync", kind: "soft" },
          ]}
          rows={page.entries.map(row)}
        />
      )}
      <Pager path="/projects" query={query} next={page.next} />
    </>,
  );
}

function row({ resource, connectionId, issues, project }: ListedPlace): readonly Child[] {
  return [
    <a href={placePath(resource.id)}>{resource.label}</a>,
    connectionId === null ? "this host" : resource.provider,
    issues >= COUNTED ? `${COUNTED} or more` : issues,
    project === null ? <span class="soft">none yet</span> : (
      <>
        {project.slug} {project.state === "disabled" ? <Chip tone="amber">Disabled</Chip> : null}
      </>
    ),
    project === null || project.lastSyncAt === null ? "–" : <Time at={project.lastSyncAt} />,
  ];
}
