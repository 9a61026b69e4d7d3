import type { NormalizedIssue } from "../contract/issue.ts";
import { type Database, inTransaction, migrate } from "../platform/database.ts";
import { dirname } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { CheckpointTable } from "./checkpoints.ts";
import { ConflictTable } from "./conflicts.ts";
import type { IssueFilter } from "./issue_filter.ts";
import { IssueNames } from "./issue_names.ts";
import { type IssueCounts, IssueTable, type LastSeen, type StoredIssue } from "./issues.ts";
import { ListingTable } from "./listings.ts";
import { MappingTable } from "./mappings.ts";
import { PackageTable } from "./packages.ts";
import { PushTable } from "./pushes.ts";
import { type OpenOptions, openSound, type RecoveryPlatform } from "./recover.ts";
import { RunTable } from "./runs.ts";
import { shownIssue } from "./edits.ts";
import { READABLE_FROM, STORE_MIGRATIONS } from "./schema.ts";
import type { Checkpoint } from "./checkpoints.ts";
import { type StoredTexts, WordIndex } from "./word_index.ts";

/** What became of the issues of one page. */
export interface PageCounts {
  /** New in the cache. */
  readonly created: number;
  /** Changed in the cache. */
  readonly updated: number;
  /** The same as in the cache. */
  readonly unchanged: number;
}

/** What is done with the issues of a page, inside the page's transaction. */
export interface PageRules {
  /**
   * Decides what an issue that is here already, and whose last seen version differs from `incoming`,
   * becomes; it may write to the other tables. Without it the incoming version is taken.
   */
  readonly absorb?: (stored: StoredIssue, incoming: NormalizedIssue) => StoredIssue;
  /** Told of each issue that is new here. */
  readonly onCreated?: (issue: NormalizedIssue) => void;
  /** Told of each issue with waiting edits that is as it was last seen. */
  readonly onSameWithEdits?: (issue: NormalizedIssue) => void;
}

/** What of the platform a store needs. */
export type StorePlatform = Pick<Platform, "openDatabase" | "files">;

/**
 * The cache of one tracker scope: issues with their bases, checkpoints, mappings, conflicts and the
 * log of sync runs, in one SQLite file. Every method is one transaction unless it runs inside
 * {@link IssueStore.transaction}.
 */
export class IssueStore {
  /** Issues, their bases and pending local edits. */
  readonly issues: IssueTable;
  /** What people call the issues. */
  readonly names: IssueNames;
  /** Where pulls continue. */
  readonly checkpoints: CheckpointTable;
  /** Work packages and their issues. */
  readonly mappings: MappingTable;
  /** The work packages of which tickets were pushed from here. */
  readonly packages: PackageTable;
  /** Fields that both sides changed. */
  readonly conflicts: ConflictTable;
  /** The log of sync runs. */
  readonly runs: RunTable;
  /** The push to a host that is under way. */
  readonly pushes: PushTable;
  /** The listing of a host that is under way. */
  readonly listings: ListingTable;
  readonly #database: Database;
  /** What new issues are added to; `null` where none is written, or for a while only. */
  readonly #words: WordIndex | null;

  private constructor(database: Database, words: WordIndex | null = null) {
    this.#database = database;
    this.#words = words;
    this.issues = new IssueTable(database);
    this.names = new IssueNames(database);
    this.checkpoints = new CheckpointTable(database);
    this.mappings = new MappingTable(database);
    this.packages = new PackageTable(database);
    this.conflicts = new ConflictTable(database);
    this.runs = new RunTable(database);
    this.pushes = new PushTable(database);
    this.listings = new ListingTable(database);
  }

  /**
   * Opens the store for reading and writing; creates the file and its directory when missing. Replaces a damaged
   * file, see {@link openSound}.
   *
   * @throws {TrackerError} `database_unusable`, `database_newer`.
   */
  static async open(
    platform: RecoveryPlatform,
    path: string,
    options: OpenOptions = {},
  ): Promise<IssueStore> {
    await platform.files.makeDirectory(dirname(path), 0o700);
    const database = await openSound(platform, path, options);
    try {
      const words = new WordIndex(database);
      words.checkUp();
      // A cache of an older version, and one that a killed process has left behind.
      words.catchUp();
      return new IssueStore(database, words);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /**
   * Opens an existing store for reading only; `null` when there is none. A file of an older version that has other
   * tables is read through a copy in memory, so that a reader never changes it.
   *
   * @throws {TrackerError} `database_unusable`, `database_newer`.
   */
  static async openForReading(platform: StorePlatform, path: string): Promise<IssueStore | null> {
    if (await platform.files.stat(path) === null) return null;
    const database = await platform.openDatabase(path, { readOnly: true });
    const version = schemaVersion(database);
    if (version >= READABLE_FROM && version <= STORE_MIGRATIONS.length) {
      return new IssueStore(database);
    }
    database.close();
    return await IssueStore.openCopy(platform, path);
  }

  /** Opens an empty store in memory. */
  static async openEmpty(platform: Pick<StorePlatform, "openDatabase">): Promise<IssueStore> {
    return new IssueStore(
      await platform.openDatabase(":memory:", { migrations: STORE_MIGRATIONS }),
    );
  }

  /**
   * Opens a copy in memory of the store at `path` (an empty one when there is none). A change of the copy changes
   * nothing on disk.
   *
   * @throws {TrackerError} `database_unusable`, `database_newer`.
   */
  static async openCopy(platform: StorePlatform, path: string): Promise<IssueStore> {
    if (await platform.files.stat(path) === null) return await IssueStore.openEmpty(platform);
    using source = await platform.openDatabase(path, { readOnly: true });
    const version = schemaVersion(source);
    const isNewer = version > STORE_MIGRATIONS.length;
    const copy = await platform.openDatabase(":memory:", {
      migrations: isNewer ? STORE_MIGRATIONS : STORE_MIGRATIONS.slice(0, version),
    });
    if (isNewer) copy.exec(`PRAGMA user_version = ${version}`);
    else inTransaction(copy, () => copyRows(source, copy));
    migrate(copy, STORE_MIGRATIONS);
    return new IssueStore(copy);
  }

  /** Runs `work` in one transaction; all of it happens, or nothing when it throws. */
  transaction<T>(work: () => T): T {
    if (this.#database.isTransaction) return work();
    const result = inTransaction(this.#database, work);
    try {
      this.#words?.catchUp();
    } catch {
      // What was asked for is stored. Searches read what the index lacks, and the next opening continues it.
    }
    return result;
  }

  /**
   * Stores one page of pulled issues, and the checkpoint that goes past it, in one transaction. An
   * issue whose content is the same as what was last seen is counted as unchanged.
   */
  putPage(
    issues: readonly NormalizedIssue[],
    checkpoint?: Checkpoint | null,
    rules: PageRules = {},
  ): PageCounts {
    const absorb = rules.absorb ?? takeIncoming;
    return this.transaction(() => {
      let created = 0;
      let updated = 0;
      const stored: StoredTexts[] = [];
      // What follows a new issue is mostly new, too: a lookup before it would find nothing.
      let isNew = true;
      for (const issue of issues) {
        const text = JSON.stringify(issue);
        const seen: LastSeen | null = isNew ? null : this.issues.lastSeen(issue.ref.id);
        const row: number | null = seen === null ? this.issues.insert(issue, text) : null;
        isNew = row !== null;
        if (row !== null) {
          stored.push({ row, issue, texts: textsOf(issue, issue) });
          created++;
          rules.onCreated?.(issue);
          continue;
        }
        const last = seen ?? this.issues.lastSeen(issue.ref.id);
        if (last?.text === text) {
          if (last.isPending) rules.onSameWithEdits?.(issue);
          continue;
        }
        const absorbed = absorb(this.issues.require(issue.ref.id), issue);
        const shown = shownIssue(absorbed);
        const texts = textsOf(absorbed.issue, shown);
        stored.push({ row: this.issues.put(absorbed), issue: shown, texts });
        updated++;
      }
      this.#words?.addPage(stored, checkpoint?.cursor != null);
      if (created > 0) this.checkpoints.forgetListing();
      this.listings.note(issues.map(({ ref }) => ref.id));
      if (checkpoint !== undefined && checkpoint !== null) this.checkpoints.save(checkpoint);
      return { created, updated, unchanged: issues.length - created - updated };
    });
  }

  /**
   * Returns the issue with this id, key (in any case) or former local id, without its refused edits; `null` when it
   * is not in the cache.
   */
  get(idOrKey: string): NormalizedIssue | null {
    const stored = this.issues.find(idOrKey);
    return stored === null ? null : shownIssue(stored);
  }

  /** Issues that pass the filter, last changed first unless it asks for another order. */
  list(filter: IssueFilter = {}): NormalizedIssue[] {
    return this.issues.list(filter);
  }

  /** How many issues there are, in all and by status. */
  counts(): IssueCounts {
    return this.issues.counts();
  }

  /**
   * Returns when issues were last fetched by a pull that came to its end (milliseconds since 1970); `null` before the
   * first one, and where more than the latest hundred syncs were pushes.
   */
  pulledAt(): number | null {
    const pulled = this.runs.list(100)
      .find(({ kind, outcome }) => kind !== "push" && outcome !== "failed");
    return pulled?.finishedAt ?? null;
  }

  /** Returns where the next pull continues; `null` before the first. */
  checkpoint(): Checkpoint | null {
    return this.checkpoints.load();
  }

  /** Saves where the next pull continues. */
  saveCheckpoint(checkpoint: Checkpoint): void {
    this.checkpoints.save(checkpoint);
  }

  /** Faults of the file, empty when it is sound. Reads all of it. */
  check(): string[] {
    const rows = this.#database.prepare("PRAGMA integrity_check").all();
    return rows.map((row) => String(row["integrity_check"])).filter((text) => text !== "ok");
  }

  /** Closes the file. A second call does nothing. */
  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  /** Closes the file at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }
}

const TABLES =
  "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name LIKE 'tracker\\_%' ESCAPE '\\'";

/** Rows that are held at a time while a store is copied. */
const PORTION = 500;

/** By portions of rows: Deno lets a program attach databases only with every permission there is. */
function copyRows(source: Database, copy: Database): void {
  // In one transaction, so that all tables are of the same moment.
  source.exec("BEGIN");
  for (const { name } of copy.prepare(TABLES).all()) {
    const table = String(name);
    const columns = copy.prepare(`PRAGMA table_info(${table})`).all()
      .map((column) => String(column["name"]));
    const insert = copy.prepare(
      `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
    );
    const portion = source.prepare(
      `SELECT rowid AS copied_rowid, * FROM ${table} WHERE rowid > ? ORDER BY rowid LIMIT ?`,
    );
    portion.setReadBigInts(true);
    let last: unknown = BEFORE_ALL;
    while (typeof last === "bigint") {
      const rows = portion.all(last, PORTION);
      for (const row of rows) insert.run(...columns.map((column) => row[column] ?? null));
      last = rows.at(-1)?.["copied_rowid"];
    }
  }
  source.exec("COMMIT");
}

const BEFORE_ALL = -(2n ** 63n);

/** What is searched of an issue: the title as it is shown, the others as they are here. */
function textsOf({ ref, body }: NormalizedIssue, { title }: NormalizedIssue): readonly string[] {
  return [title, ref.id, ref.key ?? "", body ?? ""];
}

function takeIncoming(_stored: StoredIssue, incoming: NormalizedIssue): StoredIssue {
  return { issue: incoming, base: incoming, edits: {}, seenAt: null };
}

function schemaVersion(database: Database): number {
  return Number(database.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
}
