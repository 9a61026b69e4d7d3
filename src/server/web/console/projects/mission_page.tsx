import type { Child } from "hono/jsx";
import { listPackagesOfMission, type ShownPackage } from "../../../store/shown_packages.ts";
import { HttpError } from "../../../http/http_error.ts";
import { issuePath, keyOf, StatusChip, statusWords } from "../issues/issue_words.tsx";
import { Chip, PageHead, Table, Time } from "../parts.tsx";
import { type ConsoleAnswer, show, type Visit } from "../visit.ts";
import { LaneChip, wantedStatus } from "./mission_words.tsx";
import { missionsPath, requireBound } from "./place_words.tsx";

/** Shows the work packages of a mission with their issues, and what differs. */
export async function missionPage(visit: Visit): Promise<ConsoleAnswer> {
  const { context: { store }, team, part } = visit;
  const { place: { resource }, mapping } = await requireBound(visit);
  const mission = part("mission");
  const of = {
    teamId: team.id,
    projectUuid: mapping.projectUuid.toLowerCase(),
    resourceId: resource.id,
  };
  const packages = await listPackagesOfMission(store, of, mission);
  if (packages.length === 0) {
    throw new HttpError({
      code: "validation_error",
      status: 404,
      message: "The project has told of no such mission",
    });
  }
  return show(
    mission,
    <>
      <PageHead
        title={<bdi>{mission}</bdi>}
        lead={
          <>
            A mission of <bdi>{mapping.projectSlug}</bdi>: its work packages and their issues.
          </>
        }
      >
        <a class="plain-button" href={missionsPath(resource.id)}>All missions</a>
      </PageHead>
      <Table
        caption="Work packages"
        columns={[
          { title: "Package", kind: "name" },
          { title: "Lane" },
          { title: "Since", kind: "soft" },
          { title: "Waits for", kind: "soft" },
          { title: "Issue", kind: "soft" },
          { title: "Status" },
          { title: "Differs" },
        ]}
        rows={packages.map((one) => row(resource.id, one))}
      />
    </>,
  );
}

function row(resourceId: string, shown: ShownPackage): readonly Child[] {
  const { wpId, title, lane, laneAt, dependencies, issue } = shown;
  return [
    <p class="title">
      <bdi>{wpId}</bdi>
      {title === null ? null : <bdi class="soft">{title}</bdi>}
    </p>,
    <LaneChip lane={lane} />,
    laneAt === null ? "–" : <Time at={laneAt} />,
    dependencies.length === 0 ? "–" : dependencies.join(", "),
    issue === null
      ? <span class="soft">none yet</span>
      : (
        <a href={issuePath(resourceId, issue.ref)}>
          <bdi>{keyOf(issue.ref)}</bdi>
        </a>
      ),
    issue === null ? <span class="soft">–</span> : <StatusChip status={issue.status} />,
    difference(shown),
  ];
}

function difference({ lane, issue, isOnItsWay }: ShownPackage): Child {
  const wanted = wantedStatus(lane, issue?.status ?? null);
  if (wanted === null) return <span class="soft">–</span>;
  return isOnItsWay
    ? <Chip tone="blue">{statusWords(wanted)} is on its way</Chip>
    : <Chip tone="amber">Should be {statusWords(wanted).toLowerCase()}</Chip>;
}
