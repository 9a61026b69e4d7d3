import { TrackerError } from "../../platform/tracker_error.ts";
import {
  type Access,
  Budget,
  type LoggedCall,
  ProviderError,
  type ProviderFault,
  type Remote,
  type Remotes,
} from "../../providers/mod.ts";
import type { HostContext, TransactionContext } from "../context/host_context.ts";
import { type CredentialKeys, renewalOf } from "../context/renewal.ts";
import { type Connection, standingAfter } from "../model/connection.ts";
import {
  connectionById,
  setAnswered,
  setConnectionState,
  type StoredConnection,
} from "../store/connections.ts";
import { isStoreFault } from "../store/store_faults.ts";
import { DONE, type JobEnd, type JobRun } from "./job_kind.ts";

/** How providers are reached. */
export interface ProviderOptions extends CredentialKeys {
  /** The trackers that are reached over the network. */
  readonly remotes: Remotes;
  /** Told of each call to a provider. */
  readonly onCall?: ((call: ProviderCallOf) => void) | undefined;
}

/** A call to a provider, by a connection. */
export interface ProviderCallOf extends Omit<LoggedCall, "name"> {
  readonly provider: string;
  readonly connection: string;
  /** What was done. */
  readonly call: string;
  /** Calls that the provider still allows; `null` when it has not said. */
  readonly budgetLeft: number | null;
}

/** A provider that a job may ask now. */
export interface AtProvider {
  readonly connection: Connection;
  readonly remote: Remote;
  readonly access: Access;
  /** As {@link JobRun.slice}, after an answer of the provider: it also records that there was one, and the budget. */
  slice<T>(work: (context: TransactionContext) => Promise<T>): Promise<T>;
}

const MINUTE_MS = 60_000;

/** Milliseconds between two attempts with a credential that was refused. */
const REFUSED_MS = 5 * MINUTE_MS;

/** The providers of a host, as its jobs reach them: in each process one budget for a connection. */
export class Providers {
  readonly #options: ProviderOptions;
  readonly #budgets = new Map<string, { readonly credential: string; readonly budget: Budget }>();
  /** When this process was refused last, by connection; in milliseconds of its clock. */
  readonly #refusals = new Map<string, number>();
  /** Until when a provider that does not answer is asked by no other job, by connection; by the same clock. */
  readonly #away = new Map<string, number>();

  /** Creates the way to the providers. */
  constructor(options: ProviderOptions) {
    this.#options = options;
  }

  /**
   * Does work of a job at the provider of a connection, unless that is not to be asked now. When it cannot be asked, that
   * is recorded, and the job is tried again later.
   */
  async reach(
    run: JobRun,
    connectionId: string,
    work: (at: AtProvider) => Promise<JobEnd>,
  ): Promise<JobEnd> {
    const { store } = run.context;
    const connection = await connectionById(store, connectionId);
    if (connection === null) return DONE;
    const rest = this.#restOf(connection, run);
    if (rest > 0) return { kind: "again", afterMs: rest };
    const { clock } = run.context.platform;
    // Each of hundreds of places would wait for an answer by itself, and keep the jobs of other teams waiting.
    if (connection.state === "unreachable") {
      this.#away.set(connectionId, clock.monotonic() + MINUTE_MS);
    }
    let away: number | null = null;
    const used: UsedCredential = { credential: connection.credential };
    try {
      return await work(await this.#open(run, connection, used));
    } catch (error) {
      if (run.signal.aborted || !(error instanceof ProviderError)) throw error;
      const { end, waitMs, isReplaced } = await giveUp(run, connection, error, used);
      if (isReplaced) return end;
      if (error.fault.kind === "refused") this.#refusals.set(connectionId, clock.monotonic());
      if (error.fault.kind === "unreachable") away = clock.monotonic() + waitMs;
      return end;
    } finally {
      if (away === null) this.#away.delete(connectionId);
      else this.#away.set(connectionId, away);
    }
  }

  /**
   * Asks a provider for a caller who waits; returns `null` when the connection is gone. What fails is the caller's alone:
   * the jobs record how the connection stands.
   *
   * @throws {ProviderError} also while the connection is paused, or is not to be used.
   */
  async ask<T>(
    context: HostContext,
    connectionId: string,
    signal: AbortSignal,
    work: (at: Pick<AtProvider, "remote" | "access">) => Promise<T>,
  ): Promise<T | null> {
    const connection = await connectionById(context.store, connectionId);
    if (connection === null) return null;
    if (this.#restOf(connection, { context }) > 0) {
      const { pausedAt, state, stateDetail } = connection;
      const why = pausedAt !== null
        ? "the connection is paused"
        : `the connection is ${state}${stateDetail === null ? "" : `: ${stateDetail}`}`;
      throw new ProviderError({ kind: "unreachable" }, why);
    }
    const used: UsedCredential = { credential: connection.credential };
    return await work(await this.#accessTo(connection, { context, signal }, used));
  }

  /** Returns for how many milliseconds a connection is not to be used. */
  #restOf(
    { id, state, stateAt, pausedAt }: Connection,
    { context }: { readonly context: HostContext },
  ): number {
    if (pausedAt !== null) return MINUTE_MS;
    if (state === "limited" && stateAt !== null) return stateAt - context.now();
    const at = context.platform.clock.monotonic();
    if (state === "unreachable") return (this.#away.get(id) ?? at) - at;
    const refused = state === "refused" ? this.#refusals.get(id) : undefined;
    return refused === undefined ? 0 : refused + REFUSED_MS - at;
  }

  async #open(
    run: JobRun,
    connection: StoredConnection,
    used: UsedCredential,
  ): Promise<AtProvider> {
    const { remote, access } = await this.#accessTo(connection, run, used);
    const { budget } = access;
    let wasTroubled = connection.state !== "ok";
    let told: number | null = connection.budgetLeft;
    return {
      connection,
      remote,
      access,
      async slice(work) {
        const { tightest } = budget;
        const isNew = tightest !== null && tightest.left !== told;
        const result = await run.slice(async (context) => {
          if (wasTroubled || isNew) {
            const left = isNew ? tightest : null;
            await setAnswered(context.store, connection.id, { budget: left, wasTroubled });
          }
          return await work(context);
        });
        wasTroubled = false;
        if (isNew) told = tightest.left;
        return result;
      },
    };
  }

  async #accessTo(
    connection: StoredConnection,
    { context, signal }: { readonly context: HostContext; readonly signal: AbortSignal },
    used: UsedCredential,
  ): Promise<Pick<AtProvider, "remote" | "access">> {
    const { remotes } = this.#options;
    const remote = remotes[connection.provider];
    if (remote === undefined) {
      const message = `This version of the host cannot reach ${connection.provider}`;
      throw new ProviderError({ kind: "unreachable" }, message);
    }
    const { fetch, clock } = context.platform;
    const { provider, name } = connection;
    const budget = this.#budgetOf(connection, () => new Budget(clock, remote.budgetRules));
    const access: Access = {
      baseUrl: connection.baseUrl,
      site: connection.site,
      credential: { kind: connection.credentialKind, secret: await this.#secretOf(connection) },
      renew: renewalOf(context, this.#options, {
        connectionId: connection.id,
        signal,
        // What it may still ask is counted for whom it belongs to.
        onStored: (credential) => {
          used.credential = credential;
          this.#budgets.set(connection.id, { credential, budget });
        },
      }),
      statusWords: connection.statusWords,
      fetch,
      clock,
      budget,
      signal,
      onCall: ({ name: call, ...made }) => {
        const budgetLeft = budget.tightest?.left ?? null;
        this.#options.onCall?.({ ...made, call, provider, connection: name, budgetLeft });
      },
    };
    return { remote, access };
  }

  /** Another credential has a budget of its own. */
  #budgetOf({ id, credential }: StoredConnection, create: () => Budget): Budget {
    const known = this.#budgets.get(id);
    if (known?.credential === credential) return known.budget;
    const budget = create();
    this.#budgets.set(id, { credential, budget });
    return budget;
  }

  /** A credential that cannot be read is as one that is refused: what waits is done once it can. */
  async #secretOf(connection: StoredConnection): Promise<string> {
    try {
      return await this.#options.secretOf(connection);
    } catch (error) {
      if (!(error instanceof TrackerError) || isStoreFault(error)) throw error;
      throw new ProviderError({ kind: "refused" }, error.message);
    }
  }
}

/** The credential that calls are made with, encrypted: as it is stored, unless somebody has entered another one. */
interface UsedCredential {
  credential: string;
}

/** When work is tried again that could not be done. */
interface GivenUp {
  readonly end: JobEnd;
  readonly waitMs: number;
  /** Whether another credential was entered since, of which the failure says nothing. */
  readonly isReplaced: boolean;
}

/** Milliseconds until a credential is used that has replaced a refused one. */
const REPLACED_MS = 1_000;

/** Records why the provider cannot be asked now, and says when to try again, in milliseconds. */
async function giveUp(
  run: JobRun,
  { id }: Connection,
  { fault, message }: ProviderError,
  { credential }: UsedCredential,
): Promise<GivenUp> {
  const now = run.context.now();
  const since = await run.beginning(async ({ store }) => {
    const connection = await connectionById(store, id);
    if (connection === null) return now;
    if (fault.kind === "refused" && connection.credential !== credential) return null;
    const { state, stateAt } = standingAfter(fault, connection, now);
    await setConnectionState(store, id, { state, stateDetail: message, stateAt });
    return stateAt ?? now;
  });
  const waitMs = since === null ? REPLACED_MS : waitAfter(fault, since, now);
  return { end: { kind: "again", afterMs: waitMs }, waitMs, isReplaced: since === null };
}

/** Returns how long to wait: the longer the provider is away, the more seldom it is tried. */
function waitAfter({ kind }: ProviderFault, stateAt: number, now: number): number {
  if (kind === "limited") return Math.max(1_000, stateAt - now);
  if (kind === "refused") return REFUSED_MS;
  return Math.min(MINUTE_MS, Math.max(2_000, now - stateAt));
}
