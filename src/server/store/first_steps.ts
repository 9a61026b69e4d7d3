import type { HostedProvider } from "../../contract/providers.ts";
import { hostedProvider, integer } from "./row.ts";
import type { HostStore } from "./store.ts";

/** Which of the first steps a team has done. */
export interface FirstSteps {
  /** The provider of the first place for issues; `null` when there is no place. */
  readonly provider: HostedProvider | null;
  /** There are issues in it. */
  readonly hasIssue: boolean;
  /** A project is bound to it. */
  readonly hasBinding: boolean;
  /** A second person is in the team. */
  readonly hasColleague: boolean;
}

// Each looks for one row only. PostgreSQL and SQLite agree on numbers, not on what EXISTS returns.
const STEPS = `SELECT
  (SELECT i.provider FROM resources r JOIN installations i ON i.id = r.installation_id
    WHERE i.team_id = t.id ORDER BY r.id LIMIT 1) AS provider,
  CASE WHEN EXISTS (SELECT 1 FROM installations i JOIN resources r ON r.installation_id = i.id
    WHERE i.team_id = t.id AND EXISTS (SELECT 1 FROM issues s WHERE s.resource_id = r.id))
    THEN 1 ELSE 0 END AS issue,
  CASE WHEN EXISTS (SELECT 1 FROM mappings m JOIN installations i ON i.id = m.installation_id
    WHERE i.team_id = t.id AND m.state <> 'deleted') THEN 1 ELSE 0 END AS binding,
  (SELECT COUNT(*) FROM members m WHERE m.team_id = t.id) AS people
  FROM teams t WHERE t.id = ?`;

/** Returns which of the first steps a team has done. */
export async function firstSteps(store: HostStore, teamId: string): Promise<FirstSteps> {
  const row = await store.one(STEPS, teamId);
  if (row === null) throw new TypeError(`No team "${teamId}"`);
  return {
    provider: row["provider"] === null ? null : hostedProvider(row, "provider"),
    hasIssue: integer(row, "issue") === 1,
    hasBinding: integer(row, "binding") === 1,
    hasColleague: integer(row, "people") > 1,
  };
}
