import * as v from "valibot";
import { type ExternalRef, ExternalRefSchema } from "../contract/issue.ts";
import type { Database } from "../platform/database.ts";
import { optionalNumber, parseStored, Statements, textOf } from "./rows.ts";

/** What became of issues that a host has no more. */
export interface GoneIssues {
  /** Taken out of the cache. */
  readonly removed: readonly ExternalRef[];
  /** Kept for the edits they hold. */
  readonly kept: readonly ExternalRef[];
}

/**
 * The listing of everything a host has that is under way: the ids it has shown so far. Issues that are stored for
 * another reason while it lasts count as shown, so that an issue that came after its page is not taken for gone.
 */
export class ListingTable {
  readonly #sql: Statements;

  /** Works on an open, migrated database. */
  constructor(database: Database) {
    this.#sql = new Statements(database);
  }

  /** Begins a listing and returns its number; ends one that was under way. */
  begin(now: number): number {
    const listing = Math.max(now, (this.current() ?? 0) + 1);
    this.abandon();
    this.#sql.of("INSERT INTO tracker_listings (listing, ids) VALUES (?, '[]')").run(listing);
    return listing;
  }

  /** The number of the listing under way; `null` when there is none. */
  current(): number | null {
    const row = this.#sql.of("SELECT listing FROM tracker_listings LIMIT 1").get();
    return row === undefined ? null : optionalNumber(row, "listing");
  }

  /** Notes ids as shown, if a listing is under way. */
  note(ids: readonly string[]): void {
    if (ids.length === 0) return;
    const listing = this.current();
    if (listing === null) return;
    this.#sql.of("INSERT INTO tracker_listings (listing, ids) VALUES (?, ?)")
      .run(listing, JSON.stringify(ids));
  }

  /** How many ids the listing under way has shown, repeated ones counted again. */
  shown(): number {
    const row = this.#sql.of("SELECT sum(json_array_length(ids)) AS count FROM tracker_listings")
      .get();
    return row === undefined ? 0 : optionalNumber(row, "count") ?? 0;
  }

  /** Ends the listing under way without a consequence: it did not show everything. */
  abandon(): void {
    this.#sql.of("DELETE FROM tracker_listings").run();
  }

  /** Ends the listing under way, which has shown everything: the other issues are gone. */
  complete(): GoneIssues {
    const shown = new Set(this.#sql.of(SHOWN).all().flatMap((row) => idsIn(textOf(row, "ids"))));
    // Ids alone, which stand in their index: the rows are not read.
    const known = idsIn(textOf(this.#sql.of(KNOWN).get() ?? {}, "ids"));
    const gone = this.remove(known.filter((id) => !shown.has(id)));
    this.abandon();
    return gone;
  }

  /** Takes issues out of the cache that the host says are gone. */
  remove(ids: readonly string[]): GoneIssues {
    const removed: ExternalRef[] = [];
    const kept: ExternalRef[] = [];
    for (const id of ids) {
      const row = this.#sql.of(`${SELECT} WHERE id = ?`).get(id);
      // An issue that was created here has not been at the host at all.
      if (row === undefined || row["base"] === "null") continue;
      const ref = parseStored(ExternalRefSchema, textOf(row, "ref"));
      if (row["base"] === null) {
        this.#sql.of("DELETE FROM tracker_issues WHERE id = ?").run(id);
        removed.push(ref);
      } else kept.push(ref);
    }
    return { removed, kept };
  }
}

const SELECT = "SELECT id, base, json_extract(json, '$.ref') AS ref FROM tracker_issues";
const SHOWN = "SELECT ids FROM tracker_listings";
/** One text: a row for each of very many ids takes ten times as long to read, and to look each up in SQLite, too. */
const KNOWN = "SELECT json_group_array(id) AS ids FROM tracker_issues";

function idsIn(json: string): readonly string[] {
  return parseStored(IdsSchema, json);
}

const IdsSchema = v.array(v.string());
