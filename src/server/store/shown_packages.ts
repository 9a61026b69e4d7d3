import type { ExternalRef, Status } from "../../contract/issue.ts";
import { STATUSES } from "../../contract/issue.ts";
import { type Page, pageOf, type PageRequest } from "../model/page.ts";
import { jsonMember } from "./dialect.ts";
import { readRef } from "./issues.ts";
import { integer, type Row, text, textOrNull } from "./row.ts";
import type { HostStore } from "./store.ts";
import { dependenciesIn, type TeamProject } from "./work_packages.ts";

/** A project, and one of the places it is bound to. */
export interface PackagePlace extends TeamProject {
  readonly resourceId: string;
}

/** Packages of a mission that are alike. */
export interface PackageCount {
  /** `null` while no step is known. */
  readonly lane: string | null;
  /** The status of their issues; `null` where they have none. */
  readonly status: Status | null;
  readonly count: number;
}

/** A mission, and how many of its packages are where. */
export interface ShownMission {
  readonly mission: string;
  readonly counts: readonly PackageCount[];
}

/** A work package, as people are shown it. */
export interface ShownPackage {
  readonly wpId: string;
  readonly title: string | null;
  /** The packages that it waits for. */
  readonly dependencies: readonly string[];
  /** `null` while no step is known. */
  readonly lane: string | null;
  /** ISO 8601; `null` where nobody has said. */
  readonly laneAt: string | null;
  /** Its issue; `null` where it has none. */
  readonly issue: { readonly ref: ExternalRef; readonly status: Status } | null;
  /** Whether a change of its issue waits for its delivery. */
  readonly isOnItsWay: boolean;
}

const OF_PROJECT = "w.team_id = ? AND w.project_uuid = ?";

const WITH_ISSUES = `work_packages w
  LEFT JOIN package_mappings p ON p.resource_id = ? AND p.wp_id = w.mission || '/' || w.wp_id
  LEFT JOIN issues i ON i.resource_id = p.resource_id AND i.external_id = p.external_id`;

/** Returns the missions of a project, those whose names come last first: the newest, where they have numbers. */
export async function listMissions(
  store: HostStore,
  { teamId, projectUuid, resourceId }: PackagePlace,
  { after, limit }: PageRequest,
): Promise<Page<ShownMission>> {
  const names = await store.all(
    `SELECT DISTINCT mission FROM work_packages w
     WHERE ${OF_PROJECT} ${after === null ? "" : "AND w.mission < ?"}
     ORDER BY mission DESC LIMIT ?`,
    teamId,
    projectUuid,
    ...(after === null ? [] : [after]),
    limit + 1,
  );
  const missions = names.map((row) => text(row, "mission"));
  const [first, last] = [missions[0], missions.at(-1)];
  if (first === undefined || last === undefined) return { entries: [], next: null };
  const rows = await store.all(
    `SELECT w.mission, w.lane, i.status, COUNT(*) AS count FROM ${WITH_ISSUES}
     WHERE ${OF_PROJECT} AND w.mission BETWEEN ? AND ?
     GROUP BY w.mission, w.lane, i.status ORDER BY w.mission, w.lane, i.status`,
    resourceId,
    teamId,
    projectUuid,
    last,
    first,
  );
  const shown = missions.map((mission) => ({
    mission,
    counts: rows.filter((row) => text(row, "mission") === mission).map(readCount),
  }));
  return pageOf(shown, limit, ({ mission }) => mission);
}

/** Most packages of a mission that are shown. */
const MOST_PACKAGES = 1_000;

/** Returns the packages of a mission by their ids; none for a mission that is not known. */
export async function listPackagesOfMission(
  store: HostStore,
  { teamId, projectUuid, resourceId }: PackagePlace,
  mission: string,
): Promise<ShownPackage[]> {
  const rows = await store.all(
    `SELECT w.wp_id, w.title, w.dependencies, w.lane, w.lane_at, i.status,
       ${jsonMember(store, "i.json", "ref")} AS ref,
       CASE WHEN EXISTS (SELECT 1 FROM outbox b WHERE b.resource_id = p.resource_id
         AND b.external_id IN (p.external_id, p.wp_id) AND b.state = 'waiting')
         THEN 1 ELSE 0 END AS waits
     FROM ${WITH_ISSUES} WHERE ${OF_PROJECT} AND w.mission = ?
     ORDER BY w.wp_id LIMIT ${MOST_PACKAGES}`,
    resourceId,
    teamId,
    projectUuid,
    mission,
  );
  return rows.map((row) => {
    const status = statusIn(row);
    return {
      wpId: text(row, "wp_id"),
      title: textOrNull(row, "title"),
      dependencies: dependenciesIn(row),
      lane: textOrNull(row, "lane"),
      laneAt: textOrNull(row, "lane_at"),
      issue: status === null ? null : { ref: readRef(row), status },
      isOnItsWay: integer(row, "waits") === 1,
    };
  });
}

function readCount(row: Row): PackageCount {
  return {
    lane: textOrNull(row, "lane"),
    status: statusIn(row),
    count: integer(row, "count"),
  };
}

function statusIn(row: Row): Status | null {
  const status = textOrNull(row, "status");
  return STATUSES.find((known) => known === status) ?? null;
}
