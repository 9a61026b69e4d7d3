import type { LaneStep, PackageId } from "../../contract/work_packages.ts";
import { insertRow } from "./insert.ts";
import { listed, textList } from "./dialect.ts";
import { integer, type Row, text, textOrNull } from "./row.ts";
import type { HostStore, Transaction } from "./store.ts";

/** A project of a team, by its UUID in small letters. */
export interface TeamProject {
  readonly teamId: string;
  readonly projectUuid: string;
}

/** What somebody tells of a work package. */
export interface PackageNews extends TeamProject, PackageId {
  readonly projectSlug: string | null;
  /** `null` where it is not told. */
  readonly title: string | null;
  /** The packages that it waits for; `null` where it is not told. */
  readonly dependencies: readonly string[] | null;
  /** The last step of its lane; `null` where it is not told. */
  readonly step: LaneStep | null;
  /** Who tells it. */
  readonly userId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What is known of a work package. */
export interface KnownPackage extends PackageId {
  readonly title: string | null;
  readonly dependencies: readonly string[];
  /** The newest step of its lane; `null` while none is known. */
  readonly step: LaneStep | null;
  /** Who has told of the step. */
  readonly userId: string;
  /** Whether its issues have yet to follow. */
  readonly isDue: boolean;
}

const PACKAGE = "team_id = ? AND project_uuid = ? AND mission = ? AND wp_id = ?";

/** Whether the step of the row that is added is later than the one that is stored; `isLater` in SQL. */
const IS_LATER = `(excluded.lane IS NOT NULL AND (work_packages.lane IS NULL
  OR excluded.lane_at IS NOT NULL AND (work_packages.lane_at IS NULL
    OR excluded.lane_at > work_packages.lane_at
    OR excluded.lane_at = work_packages.lane_at AND excluded.lane_step > work_packages.lane_step)
  OR excluded.lane_at IS NULL AND work_packages.lane_at IS NULL
    AND excluded.lane <> work_packages.lane))`;

const IF_LATER = ["lane", "lane_at", "lane_step", "user_id"]
  .map((column) =>
    `${column} = CASE WHEN ${IS_LATER} THEN excluded.${column} ELSE work_packages.${column} END`
  ).join(", ");

/**
 * Takes down what is told of a work package, and returns what is known of it now. A step that is not later than the one
 * that is known changes nothing; a later one makes the package due. A transaction takes down several in the order of
 * {@link byPackage}, so that no two wait for each other.
 */
export async function notePackage(tx: Transaction, news: PackageNews): Promise<KnownPackage> {
  const { teamId, projectUuid, mission, wp_id, step } = news;
  await insertRow(
    tx,
    "work_packages",
    {
      team_id: teamId,
      project_uuid: projectUuid,
      mission,
      wp_id,
      project_slug: news.projectSlug,
      title: news.title,
      dependencies: news.dependencies === null ? null : JSON.stringify(news.dependencies),
      lane: step?.lane ?? null,
      lane_at: step?.at ?? null,
      lane_step: step?.id ?? null,
      user_id: news.userId,
      due: step === null ? 0 : 1,
      updated_at: news.at,
    },
    `ON CONFLICT (team_id, project_uuid, mission, wp_id) DO UPDATE SET
       project_slug = COALESCE(excluded.project_slug, work_packages.project_slug),
       title = COALESCE(excluded.title, work_packages.title),
       dependencies = COALESCE(excluded.dependencies, work_packages.dependencies),
       ${IF_LATER},
       due = CASE WHEN ${IS_LATER} THEN 1 ELSE work_packages.due END,
       updated_at = excluded.updated_at`,
  );
  const known = await findPackage(tx, news);
  if (known === null) throw new TypeError("The work package was not stored");
  return known;
}

/** The order in which packages are taken down. */
export function byPackage(a: TeamProject & PackageId, b: TeamProject & PackageId): number {
  const [one, other] = [a, b].map(({ teamId, projectUuid, mission, wp_id }) =>
    [teamId, projectUuid, mission, wp_id].join(" ")
  );
  return one === other ? 0 : (one ?? "") < (other ?? "") ? -1 : 1;
}

/** Returns the first packages of a project whose issues have yet to follow. No other transaction changes them. */
export async function duePackages(
  tx: Transaction,
  { teamId, projectUuid }: TeamProject,
  limit: number,
): Promise<KnownPackage[]> {
  const rows = await tx.all(
    `SELECT * FROM work_packages WHERE team_id = ? AND project_uuid = ? AND due = 1
     ORDER BY mission, wp_id LIMIT ? ${tx.dialect === "postgres" ? "FOR UPDATE" : ""}`,
    teamId,
    projectUuid,
    limit,
  );
  return rows.map(readPackage);
}

/** Says whether the issues of a package have yet to follow its lane; nothing where the package is not known. */
export async function setDue(
  tx: Transaction,
  { teamId, projectUuid, mission, wp_id }: TeamProject & PackageId,
  isDue: boolean,
): Promise<void> {
  await tx.run(
    `UPDATE work_packages SET due = ? WHERE ${PACKAGE} AND lane IS NOT NULL`,
    isDue ? 1 : 0,
    teamId,
    projectUuid,
    mission,
    wp_id,
  );
}

/** Where the issues of a project are, by the order in which resources are locked. */
export interface BoundPlace {
  readonly bindingRef: string;
  readonly resourceId: string;
}

/** Returns the active bindings of a project in a team. */
export async function placesOfProject(
  store: HostStore,
  { teamId, projectUuid }: TeamProject,
): Promise<BoundPlace[]> {
  const rows = await store.all(
    `SELECT m.binding_ref, m.resource_id FROM mappings m
     JOIN installations i ON i.id = m.installation_id
     WHERE i.team_id = ? AND lower(m.project_uuid) = ? AND m.state = 'active'
     ORDER BY m.resource_id`,
    teamId,
    projectUuid,
  );
  return rows.map((row) => ({
    bindingRef: text(row, "binding_ref"),
    resourceId: text(row, "resource_id"),
  }));
}

/** Returns the project whose binding holds a resource; `null` when none does. */
export async function projectOfResource(
  store: HostStore,
  resourceId: string,
): Promise<TeamProject & { readonly projectSlug: string } | null> {
  const row = await store.one(
    `SELECT i.team_id, lower(m.project_uuid) AS project_uuid, m.project_slug FROM mappings m
     JOIN installations i ON i.id = m.installation_id
     WHERE m.resource_id = ? AND m.state <> 'deleted'`,
    resourceId,
  );
  return row === null ? null : {
    teamId: text(row, "team_id"),
    projectUuid: text(row, "project_uuid"),
    projectSlug: text(row, "project_slug"),
  };
}

/** Returns what waits for an issue under any of these names, in JSON and in its order. */
export async function waitingItems(
  store: HostStore,
  resourceId: string,
  names: readonly string[],
): Promise<string[]> {
  const rows = await store.all(
    `SELECT item FROM outbox WHERE resource_id = ? AND state = 'waiting'
       AND external_id IN (SELECT value FROM ${listed(store)}) ORDER BY id`,
    resourceId,
    textList(names),
  );
  return rows.map((row) => text(row, "item"));
}

/** Returns projects with packages whose issues have yet to follow. */
export async function dueProjects(store: HostStore, limit: number): Promise<TeamProject[]> {
  const rows = await store.all(
    `SELECT DISTINCT team_id, project_uuid FROM work_packages WHERE due = 1
     ORDER BY team_id, project_uuid LIMIT ?`,
    limit,
  );
  return rows.map((row) => ({
    teamId: text(row, "team_id"),
    projectUuid: text(row, "project_uuid"),
  }));
}

/** Returns what is known of one package, or `null`. */
export async function findPackage(
  store: HostStore,
  { teamId, projectUuid, mission, wp_id }: TeamProject & PackageId,
): Promise<KnownPackage | null> {
  const row = await store.one(
    `SELECT * FROM work_packages WHERE ${PACKAGE}`,
    teamId,
    projectUuid,
    mission,
    wp_id,
  );
  return row === null ? null : readPackage(row);
}

function readPackage(row: Row): KnownPackage {
  const lane = textOrNull(row, "lane");
  return {
    mission: text(row, "mission"),
    wp_id: text(row, "wp_id"),
    title: textOrNull(row, "title"),
    dependencies: dependenciesIn(row),
    step: lane === null
      ? null
      : { lane, at: textOrNull(row, "lane_at"), id: textOrNull(row, "lane_step") ?? "" },
    userId: text(row, "user_id"),
    isDue: integer(row, "due") === 1,
  };
}

/** Reads the packages that one waits for. */
export function dependenciesIn(row: Row): readonly string[] {
  const dependencies: unknown = JSON.parse(textOrNull(row, "dependencies") ?? "[]");
  return Array.isArray(dependencies) ? dependencies.map(String) : [];
}
