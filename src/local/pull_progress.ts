import type { NormalizedIssue } from "../contract/issue.ts";
import { isoTime } from "../platform/clock.ts";
import type { Checkpoint, WholeListing } from "../store/checkpoints.ts";
import type { SyncFailure } from "../sync/sync_report.ts";

/** What a pull has come to so far. */
export class PullProgress {
  /** Counts of the report. */
  readonly counts: Record<
    "created" | "updated" | "skipped" | "removed" | "conflicts" | "held",
    number
  > = {
    created: 0,
    updated: 0,
    skipped: 0,
    removed: 0,
    conflicts: 0,
    held: 0,
  };
  /** Issues that could not be stored. */
  readonly failures: SyncFailure[] = [];
  /** Ids that the tracker has. */
  readonly seen: Set<string> = new Set();
  /** Ids that were not known here before. */
  readonly arrived: string[] = [];
  /** Issues listed so far. */
  listed = 0;
  /** Whether the limit ended it. */
  stopped = false;
  /** False when the tool listed only a part of what it has. */
  hasWholeList = true;
  /** Whether every issue listed so far was stored, none left to a push. */
  isAllStored = true;
  /** The digest of the whole answer; `null` when it is not known. */
  digest: string | null = null;
  /** The listing from before which this one is the same as. */
  sameAs: WholeListing | null = null;
  /** Whether every issue that the tracker has is known to have been seen. */
  isWhole = true;
  /** The latest change listed; what lies ahead of our clock is no measure for the next listing. */
  #latest: number | null = null;
  /** Nothing from here on counts as stored; `null` for an issue of which the time is not known. */
  #barrier: number | null = Infinity;
  readonly #before: string | null;
  /** When it began (milliseconds since 1970). */
  readonly startedAt: number;

  /** Starts at a checkpoint and a time (milliseconds since 1970). */
  constructor(before: Checkpoint | null, startedAt: number) {
    this.#before = before?.updatedSince ?? null;
    this.startedAt = startedAt;
  }

  /** Takes note of an issue that has been listed; false when its id was listed before. */
  note(issue: NormalizedIssue): boolean {
    if (this.seen.has(issue.ref.id)) return false;
    this.seen.add(issue.ref.id);
    this.#latest = Math.max(
      this.#latest ?? 0,
      Math.min(Date.parse(issue.updated_at), this.startedAt),
    );
    return true;
  }

  /** The listing as one of which every issue is stored as it was listed; `null` when one is not. */
  get wholeListing(): WholeListing | null {
    if (this.sameAs !== null) return this.sameAs;
    if (this.digest === null || !this.isAllStored || !this.hasWholeList) return null;
    return this.failures.length > 0 ? null : { digest: this.digest, count: this.seen.size };
  }

  /** Records an id that was listed before: the first issue of it is the one that counts. */
  failRepeated({ ref: { id }, title }: NormalizedIssue): SyncFailure {
    const message = "The tool lists this id more than once; the first issue of it was taken";
    return this.#record({ id, title, code: "issue_repeated", message });
  }

  /** Records that the listing as a whole is not what it should be. */
  failListing(fault: Pick<SyncFailure, "code" | "message">): SyncFailure {
    this.hasWholeList = false;
    return this.fail({ id: null, title: null, ...fault }, null);
  }

  /** Records an issue that could not be stored. */
  fail(failure: Omit<SyncFailure, "phase" | "fields">, updatedAt: number | null): SyncFailure {
    if (updatedAt === null || this.#barrier === null) this.#barrier = null;
    else this.#barrier = Math.min(this.#barrier, updatedAt);
    this.isWhole = false;
    if (failure.id !== null) this.seen.add(failure.id);
    return this.#record(failure);
  }

  #record(failure: Omit<SyncFailure, "phase" | "fields">): SyncFailure {
    const recorded: SyncFailure = { phase: "pull", fields: [], ...failure };
    this.failures.push(recorded);
    return recorded;
  }

  /** How far everything is stored, `through` being how far the listing has come in order. */
  storedThrough(through: number | null): string | null {
    if (this.#barrier === null) return this.#before;
    const reached = through ?? this.#latest;
    if (reached === null) return this.#before;
    const limit = Math.min(reached, this.startedAt, this.#barrier - 1);
    return isoTime(limit);
  }
}
