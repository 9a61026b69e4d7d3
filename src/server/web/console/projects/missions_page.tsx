import type { Child } from "hono/jsx";
import { listMissions, type ShownMission } from "../../../store/shown_packages.ts";
import { Chip, Empty, PagedTable, PageHead } from "../parts.tsx";
import { type ConsoleAnswer, show, type Visit } from "../visit.ts";
import { numberWords } from "../words.ts";
import { LaneChip, laneOrder, missionPath, wantedStatus } from "./mission_words.tsx";
import { missionsPath, placePath, requireBound } from "./place_words.tsx";

/** Missions on a page. */
const LIMIT = 50;

/** Lists the missions of the project that is bound to a place: how many packages are in which lane. */
export async function missionsPage(visit: Visit): Promise<ConsoleAnswer> {
  const { context: { store }, team, query } = visit;
  const { place: { resource }, mapping } = await requireBound(visit);
  const of = {
    teamId: team.id,
    projectUuid: mapping.projectUuid.toLowerCase(),
    resourceId: resource.id,
  };
  const page = await listMissions(store, of, { after: query.get("after"), limit: LIMIT });
  return show(
    `Missions of ${mapping.projectSlug}`,
    <>
      <PageHead
        title={
          <>
            Missions of <bdi>{mapping.projectSlug}</bdi>
          </>
        }
        lead="What the project has told of its missions: how many work packages are in which lane, and whether their issues follow."
      >
        <a class="plain-button" href={placePath(resource.id)}>{resource.label}</a>
      </PageHead>
      <PagedTable
        path={missionsPath(resource.id)}
        query={query}
        next={page.next}
        empty={
          <Empty title="No missions">
            <p>
              The project tells of its work packages with <code>tracker wp push</code>{" "}
              and by the events of its lanes. Nothing has come yet.
            </p>
          </Empty>
        }
        caption="Missions"
        columns={[
          { title: "Mission", kind: "name" },
          { title: "Packages", kind: "number" },
          { title: "Lanes" },
          { title: "With an issue", kind: "number" },
          { title: "Issues" },
        ]}
        rows={page.entries.map((mission) => row(resource.id, mission))}
      />
    </>,
  );
}

function row(resourceId: string, { mission, counts }: ShownMission): readonly Child[] {
  const sum = (some: ShownMission["counts"]) => some.reduce((all, { count }) => all + count, 0);
  const lanes = [...new Set(counts.map(({ lane }) => lane))]
    .sort((a, b) => laneOrder(a) - laneOrder(b));
  const withIssue = sum(counts.filter(({ status }) => status !== null));
  const differing = sum(
    counts.filter(({ lane, status }) => wantedStatus(lane, status) !== null),
  );
  return [
    <a href={missionPath(resourceId, mission)}>
      <bdi>{mission}</bdi>
    </a>,
    sum(counts),
    <span class="chips">
      {lanes.map((lane) => (
        <LaneChip
          lane={lane}
          count={sum(counts.filter((one) => one.lane === lane))}
        />
      ))}
    </span>,
    withIssue,
    withIssue === 0
      ? <span class="soft">–</span>
      : differing === 0
      ? <Chip tone="green">All follow</Chip>
      : (
        <Chip tone="amber">
          {differing === 1 ? "1 differs" : `${numberWords(differing)} differ`}
        </Chip>
      ),
  ];
}
