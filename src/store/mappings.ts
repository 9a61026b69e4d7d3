import type { Mapping } from "../contract/results.ts";
import type { Database } from "../platform/database.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { optionalText, type Row, Statements, textOf } from "./rows.ts";

/** What became of a mapping. */
export type MappingOutcome =
  | { readonly kind: "added"; readonly mapping: Mapping }
  /** The same was there; a new key or URL has been taken over. */
  | { readonly kind: "kept"; readonly mapping: Mapping }
  /** The work package has another issue in this system. */
  | { readonly kind: "work_package_taken"; readonly existing: Mapping }
  /** The issue belongs to another work package. */
  | { readonly kind: "issue_taken"; readonly existing: Mapping };

/**
 * Returns the mapping that was added or kept.
 *
 * @throws {TrackerError} `work_package_taken`, `issue_taken`.
 */
export function requireAdded(outcome: MappingOutcome): Mapping {
  if (outcome.kind === "added" || outcome.kind === "kept") return outcome.mapping;
  const { wp_id, external_id, external_key } = outcome.existing;
  throw new TrackerError({
    code: outcome.kind,
    message: outcome.kind === "work_package_taken"
      ? `"${wp_id}" is mapped to "${external_key ?? external_id}" already`
      : `"${external_key ?? external_id}" is mapped to "${wp_id}" already`,
    nextAction: "Choose another work package or issue; `tracker map list` shows the mappings.",
    details: { existing: outcome.existing },
  });
}

/** A mapping to add. */
export type NewMapping = Omit<Mapping, "created_at" | "updated_at">;

/** Work packages and their issues: one issue per work package and system, no issue twice. */
export class MappingTable {
  readonly #sql: Statements;

  /** Works on an open, migrated database. */
  constructor(database: Database) {
    this.#sql = new Statements(database);
  }

  /** Adds a mapping, dated `now` (ISO 8601 with an offset). */
  add(mapping: NewMapping, now: string): MappingOutcome {
    const mine = this.of(mapping.wp_id, mapping.system);
    if (mine !== null && !sameIssue(mine, mapping)) {
      return { kind: "work_package_taken", existing: mine };
    }
    const row = this.#sql.of(
      `${SELECT} WHERE system = ? AND workspace = ? AND external_id = ?`,
    ).get(mapping.system, mapping.workspace, mapping.external_id);
    const owner = row === undefined ? null : mappingOf(row);
    if (owner !== null && owner.wp_id !== mapping.wp_id) {
      return { kind: "issue_taken", existing: owner };
    }
    this.#sql.of(
      `INSERT INTO tracker_mappings
         (wp_id, system, workspace, external_id, external_key, external_url, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (wp_id, system) DO UPDATE SET
         external_key = ifnull(excluded.external_key, external_key),
         external_url = ifnull(excluded.external_url, external_url),
         updated_at = excluded.updated_at`,
    ).run(
      mapping.wp_id,
      mapping.system,
      mapping.workspace,
      mapping.external_id,
      mapping.external_key ?? null,
      mapping.external_url ?? null,
      now,
      now,
    );
    const stored = this.of(mapping.wp_id, mapping.system) ?? mapping;
    return { kind: mine === null ? "added" : "kept", mapping: stored };
  }

  /** The mapping of a work package in a system, or `null`. */
  of(wpId: string, system: string): Mapping | null {
    const row = this.#sql.of(`${SELECT} WHERE wp_id = ? AND system = ?`).get(wpId, system);
    return row === undefined ? null : mappingOf(row);
  }

  /** All mappings, by work package. */
  list(): Mapping[] {
    return this.#sql.of(`${SELECT} ORDER BY wp_id, system`).all().map(mappingOf);
  }

  /** Removes the mapping of a work package in a system. */
  remove(wpId: string, system: string): void {
    this.#sql.of("DELETE FROM tracker_mappings WHERE wp_id = ? AND system = ?").run(wpId, system);
  }

  /** Points mappings of an issue created here at the identity it got at the tracker. */
  rename(localId: string, id: string, now: string): void {
    this.#sql.of(
      "UPDATE OR IGNORE tracker_mappings SET external_id = ?, updated_at = ? WHERE external_id = ?",
    ).run(id, now, localId);
  }
}

const SELECT = "SELECT * FROM tracker_mappings";

function sameIssue(a: NewMapping, b: NewMapping): boolean {
  return a.workspace === b.workspace && a.external_id === b.external_id;
}

function mappingOf(row: Row): Mapping {
  const key = optionalText(row, "external_key");
  const url = optionalText(row, "external_url");
  return {
    wp_id: textOf(row, "wp_id"),
    system: textOf(row, "system"),
    workspace: textOf(row, "workspace"),
    external_id: textOf(row, "external_id"),
    ...(key === null ? {} : { external_key: key }),
    ...(url === null ? {} : { external_url: url }),
    created_at: textOf(row, "created_at"),
    updated_at: textOf(row, "updated_at"),
  };
}
