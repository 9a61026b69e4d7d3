import type { Database } from "../platform/database.ts";
import { optionalNumber, optionalText, Statements, textOf } from "./rows.ts";

/** Where the next pull continues. */
export interface Checkpoint {
  /** Opaque place in a listing that was interrupted; `null` when the last one came to its end. */
  readonly cursor: string | null;
  /** Everything changed up to this time (ISO 8601 with an offset) is stored; `null` when unknown. */
  readonly updatedSince: string | null;
  /** When the listing that `cursor` is a place in began (milliseconds since 1970). */
  readonly beganAt?: number | null;
  /** The newest change met in that listing so far (ISO 8601 with an offset). */
  readonly newest?: string | null;
  /** The filters the checkpoint holds for; one of other filters is no use. */
  readonly filtersKey: string;
  /** When everything was last listed (milliseconds since 1970). */
  readonly fullAt?: number | null;
  /** Pulls since then. */
  readonly pullsSinceFull?: number;
  /** The listing that `cursor` is a place in, as `ListingTable` numbers it; `null` when it lists only a part. */
  readonly listing?: number | null;
}

/** A listing of everything a tool has, by its answer. */
export interface WholeListing {
  /** The digest of the answer. */
  readonly digest: string;
  /** How many issues it shows. */
  readonly count: number;
}

/**
 * How far before a checkpoint the next listing starts, in milliseconds: a change may be listed late, since the
 * clocks of trackers and hosts are not steady.
 */
export const OVERLAP_MS: number = 5 * 60_000;

/** Forgets the last whole listing; see {@link CheckpointTable.listing}. */
export const FORGET_LISTING = "DELETE FROM tracker_checkpoints WHERE name = 'listing'";

/** The checkpoint of a store. */
export class CheckpointTable {
  readonly #sql: Statements;

  /** Works on an open, migrated database. */
  constructor(database: Database) {
    this.#sql = new Statements(database);
  }

  /** The checkpoint, or `null` before the first pull. */
  load(): Checkpoint | null {
    const row = this.#sql.of("SELECT * FROM tracker_checkpoints WHERE name = 'pull'").get();
    if (row === undefined) return null;
    return {
      cursor: optionalText(row, "cursor"),
      updatedSince: optionalText(row, "updated_since"),
      beganAt: optionalNumber(row, "began_at"),
      newest: optionalText(row, "newest"),
      filtersKey: textOf(row, "filters_key"),
      fullAt: optionalNumber(row, "full_at"),
      pullsSinceFull: optionalNumber(row, "pulls_since_full") ?? 0,
      listing: optionalNumber(row, "listing"),
    };
  }

  /** Replaces the checkpoint. */
  save(checkpoint: Checkpoint): void {
    this.#sql.of(
      `INSERT OR REPLACE INTO tracker_checkpoints
         (name, cursor, updated_since, began_at, newest, filters_key, full_at, pulls_since_full, listing)
       VALUES ('pull', ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      checkpoint.cursor,
      checkpoint.updatedSince,
      checkpoint.beganAt ?? null,
      checkpoint.newest ?? null,
      checkpoint.filtersKey,
      checkpoint.fullAt ?? null,
      checkpoint.pullsSinceFull ?? 0,
      checkpoint.listing ?? null,
    );
  }

  /** Forgets the checkpoint, so that the next pull lists everything. */
  clear(): void {
    this.#sql.of("DELETE FROM tracker_checkpoints WHERE name IN ('pull', 'listing')").run();
  }

  /** Returns the last whole listing, while every issue is as it showed them; `null` when one is not. */
  listing(): WholeListing | null {
    const row = this.#sql.of("SELECT * FROM tracker_checkpoints WHERE name = 'listing'").get();
    if (row === undefined) return null;
    return { digest: textOf(row, "cursor"), count: Number(textOf(row, "filters_key")) };
  }

  /** Notes that every issue is as a whole listing shows it. Any write of an issue forgets that. */
  saveListing({ digest, count }: WholeListing): void {
    this.#sql.of(
      "INSERT OR REPLACE INTO tracker_checkpoints (name, cursor, filters_key) VALUES ('listing', ?, ?)",
    ).run(digest, String(count));
  }

  /** Forgets the last whole listing: an issue is not, or may not be, as it showed it. */
  forgetListing(): void {
    this.#sql.of(FORGET_LISTING).run();
  }

  /** Notes before a legacy binding gets its reference that this cache is that of the reference from then on. */
  noteBecomes(bindingRef: string): void {
    this.#sql.of(
      "INSERT OR REPLACE INTO tracker_checkpoints (name, filters_key) VALUES ('becomes', ?)",
    ).run(bindingRef);
  }

  /** Returns the reference of the binding that this cache belongs to, where it is to be moved there. */
  becomes(): string | null {
    const row = this.#sql.of("SELECT filters_key FROM tracker_checkpoints WHERE name = 'becomes'")
      .get();
    return row === undefined ? null : textOf(row, "filters_key");
  }

  /** Notes that what another cache held has been taken over. */
  noteTakenOver(file: string): void {
    this.#sql.of("INSERT INTO tracker_checkpoints (name, filters_key) VALUES (?, '')")
      .run(`taken over ${file}`);
  }

  /** Returns whether what another cache held has been taken over, and the cache may still be there. */
  isTakenOver(file: string): boolean {
    return this.#sql.of("SELECT 1 FROM tracker_checkpoints WHERE name = ?")
      .get(`taken over ${file}`) !== undefined;
  }

  /** Forgets a cache that was taken over, once it is gone. */
  forgetTakenOver(file: string): void {
    this.#sql.of("DELETE FROM tracker_checkpoints WHERE name = ?").run(`taken over ${file}`);
  }
}
