import type { Status } from "../../contract/issue.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import { requireAdmin } from "../context/admin.ts";
import { audit } from "../context/audit.ts";
import {
  type HostContext,
  inTransaction,
  type TransactionContext,
} from "../context/host_context.ts";
import { syncNow } from "../jobs/start_syncing.ts";
import type { Actor } from "../model/actor.ts";
import type { AuditAction } from "../model/audit_action.ts";
import { withoutStatusWord, withStatusWord } from "../model/connection.ts";
import {
  connectionsNamed,
  deleteConnection,
  listConnections as storedConnections,
  type ListedConnection,
  renameConnection as storeName,
  replaceStatusWords,
  resourcesOfConnection,
  setPaused,
} from "../store/connections.ts";

/** Which connection is meant: its name or id, in a team or in all teams. */
export interface NamedConnection {
  readonly name: string;
  /** `null` for all teams. */
  readonly teamId: string | null;
}

/** A connection with the resources that it brings. */
export interface ShownConnection extends ListedConnection {
  readonly resourceList: Awaited<ReturnType<typeof resourcesOfConnection>>;
}

/**
 * Returns the connections of a team, or of all teams with `null`.
 *
 * @throws {TrackerError} `admin_only`.
 */
export async function listConnections(
  context: HostContext,
  actor: Actor,
  teamId: string | null,
): Promise<ListedConnection[]> {
  await requireAdmin(context, actor, teamId);
  return await storedConnections(context.store, teamId);
}

/**
 * Returns a connection with its resources.
 *
 * @throws {TrackerError} `admin_only`, `connection_not_found`, `connection_ambiguous`.
 */
export async function showConnection(
  context: HostContext,
  actor: Actor,
  named: NamedConnection,
): Promise<ShownConnection> {
  const found = await findConnection(context, actor, named);
  return { ...found, resourceList: await resourcesOfConnection(context.store, found.id) };
}

/**
 * Pauses a connection: nothing is fetched or delivered by it until it is resumed. Returns whether it was at work.
 *
 * @throws {TrackerError} `admin_only`, `connection_not_found`, `connection_ambiguous`.
 */
export async function pauseConnection(
  context: HostContext,
  actor: Actor,
  named: NamedConnection,
): Promise<boolean> {
  return await change(context, actor, named, "connection.pause", async ({ store, now }, found) => ({
    result: await setPaused(store, found.id, now()),
  }));
}

/**
 * Lets a paused connection work again. Returns whether it was paused.
 *
 * @throws {TrackerError} `admin_only`, `connection_not_found`, `connection_ambiguous`.
 */
export async function resumeConnection(
  context: HostContext,
  actor: Actor,
  named: NamedConnection,
): Promise<boolean> {
  return await change(context, actor, named, "connection.resume", async (context, found) => {
    const isResumed = await setPaused(context.store, found.id, null);
    if (isResumed) await syncNow(context, found.id);
    return { result: isResumed };
  });
}

/** What the removal of a connection has left. */
export interface RemovedConnection {
  /** Changes that were not delivered, and now are not to be. */
  readonly undelivered: number;
  /** Resources that stay, with their issues, in this host alone. */
  readonly resources: number;
}

/**
 * Removes a connection and its credential. Its resources stay, and their issues live in this host from then on; what
 * waits for its delivery ends as failed.
 *
 * @throws {TrackerError} `admin_only`, `connection_not_found`, `connection_ambiguous`.
 */
export async function removeConnection(
  context: HostContext,
  actor: Actor,
  named: NamedConnection,
): Promise<RemovedConnection> {
  return await change(context, actor, named, "connection.remove", async ({ store, now }, found) => {
    const removed = await deleteConnection(store, found.id, now());
    if (removed === null) throw notFound(named.name);
    const facts = { ...removed, resources: found.resources };
    return { result: facts, details: facts };
  });
}

/**
 * Gives a connection another name.
 *
 * @throws {TrackerError} `admin_only`, `connection_not_found`, `connection_ambiguous`, `connection_name_taken`.
 */
export async function renameConnection(
  context: HostContext,
  actor: Actor,
  named: NamedConnection,
  name: string,
): Promise<void> {
  await change(context, actor, named, "connection.rename", async ({ store }, found) => {
    if (!await storeName(store, found, name)) throw nameTaken(name);
    return { result: undefined, details: { name } };
  });
}

/** A word of a provider and the status it means; `null` takes the word's meaning away. */
export interface WordChange {
  readonly word: string;
  readonly status: Status | null;
}

/**
 * Changes what words of the provider mean, one after the other. The first word of a status is the one that is written.
 *
 * @throws {TrackerError} `admin_only`, `connection_not_found`, `connection_ambiguous`, `connection_changed`.
 */
export async function mapWords(
  context: HostContext,
  actor: Actor,
  named: NamedConnection,
  changes: readonly WordChange[],
): Promise<ListedConnection> {
  return await change(context, actor, named, "connection.map", async ({ store }, found) => {
    const statusWords = changes.reduce(
      (words, { word, status }) =>
        status === null ? withoutStatusWord(words, word) : withStatusWord(words, word, status),
      found.statusWords,
    );
    if (!await replaceStatusWords(store, found.id, found.statusWords, statusWords)) {
      throw changedMeanwhile(found.name);
    }
    return { result: { ...found, statusWords }, details: { words: changes } };
  });
}

/**
 * Returns the one connection that is meant.
 *
 * @throws {TrackerError} `admin_only`, `connection_not_found`, `connection_ambiguous`.
 */
export async function findConnection(
  context: HostContext,
  actor: Actor,
  { name, teamId }: NamedConnection,
): Promise<ListedConnection> {
  await requireAdmin(context, actor, teamId);
  const named = await connectionsNamed(context.store, name, teamId);
  // An id names one connection, whatever others are called.
  const byId = named.find(({ id }) => id === name);
  const [found, ...others] = byId === undefined ? named : [byId];
  if (found === undefined) throw notFound(name);
  if (others.length > 0) throw ambiguous(name, [found, ...others]);
  return found;
}

interface Changed<T> {
  readonly result: T;
  readonly details?: Parameters<typeof audit>[1]["details"];
}

/** Changes a connection and records it, in one transaction; what changes nothing is not recorded. */
async function change<T>(
  context: HostContext,
  actor: Actor,
  named: NamedConnection,
  action: AuditAction,
  work: (context: TransactionContext, found: ListedConnection) => Promise<Changed<T>>,
): Promise<T> {
  return await inTransaction(context, async (context) => {
    const found = await findConnection(context, actor, named);
    const { result, details } = await work(context, found);
    if (result !== false) {
      await audit(context, {
        actor,
        teamId: found.teamId,
        action,
        target: found.name,
        ...(details === undefined ? {} : { details }),
      });
    }
    return result;
  });
}

/** Returns the failure of a connection that is not there. */
export function notFound(name: string): TrackerError {
  return new TrackerError({
    code: "connection_not_found",
    message: `No connection is called "${name}"`,
    nextAction: "Run `tracker host connection list` to see the connections.",
    details: { name },
  });
}

function ambiguous(name: string, found: readonly ListedConnection[]): TrackerError {
  return new TrackerError({
    code: "connection_ambiguous",
    message: `Several teams have a connection called "${name}": ${
      found.map(({ team }) => team).join(", ")
    }`,
    nextAction: "Name it by its id, which `tracker host connection list` shows.",
    details: { name, ids: found.map(({ id }) => id) },
  });
}

/** Returns the failure of a name that another connection of the team has. */
export function nameTaken(name: string): TrackerError {
  return new TrackerError({
    code: "connection_name_taken",
    message: `Another connection of the team is called "${name}"`,
    nextAction: "Choose another name.",
    details: { name },
  });
}

function changedMeanwhile(name: string): TrackerError {
  return new TrackerError({
    code: "connection_changed",
    message: `The connection "${name}" was changed by somebody else at the same time`,
    nextAction: "Look at it, then try again.",
    details: { name },
  });
}
