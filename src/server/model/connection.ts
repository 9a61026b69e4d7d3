import type { ConnectionStatus, ConnectionWord } from "../../contract/connection.ts";
import { type Status, STATUSES } from "../../contract/issue.ts";
import type { HostedProvider } from "../../contract/providers.ts";
import { isoTime } from "../../platform/clock.ts";
import type { ProviderFault } from "../../providers/mod.ts";

/** How a connection stands with its provider. */
export const CONNECTION_STATES = ["ok", "refused", "limited", "unreachable"] as const;

/** One of {@link CONNECTION_STATES}. */
export type ConnectionState = typeof CONNECTION_STATES[number];

/** The words of a provider for each status; the first one of a status is the one that is written. */
export type StatusWords = Readonly<Partial<Record<Status, readonly string[]>>>;

/** A provider that a team has connected with a credential; never the credential itself. */
export interface Connection {
  readonly id: string;
  readonly teamId: string;
  readonly installationId: string;
  readonly provider: HostedProvider;
  /** Unique in its team. */
  readonly name: string;
  readonly baseUrl: string;
  readonly site: string | null;
  /** Such as `token`. */
  readonly credentialKind: string;
  /** The name of who made it, or `null`. */
  readonly madeBy: string | null;
  /** Milliseconds since 1970, as all times here. */
  readonly madeAt: number;
  readonly state: ConnectionState;
  readonly stateDetail: string | null;
  /** Until when it is limited, or since when it is unreachable. */
  readonly stateAt: number | null;
  /** Calls that the provider still allows. */
  readonly budgetLeft: number | null;
  readonly budgetResetsAt: number | null;
  /** When the last change at the provider was seen. */
  readonly lastChangeAt: number | null;
  readonly pausedAt: number | null;
  /** Whether the host has registered its webhooks, or a person has to; `null` when neither was tried. */
  readonly webhookState: "registered" | "by_hand" | null;
  /** When a webhook came last. */
  readonly webhookAt: number | null;
  readonly statusWords: StatusWords;
}

/** Returns how a connection stands after its provider has failed. */
export function standingAfter(
  fault: ProviderFault,
  { state, stateAt }: Pick<Connection, "state" | "stateAt">,
  now: number,
): Pick<Connection, "state" | "stateAt"> {
  if (fault.kind === "limited") return { state: "limited", stateAt: fault.until };
  const word = fault.kind === "refused" ? "refused" : "unreachable";
  return { state: word, stateAt: state === word ? stateAt ?? now : now };
}

/** What of a connection depends on the places that are asked about. */
export interface PlaceFacts {
  /** Why the provider does not let the host read them; `null` when it does. */
  readonly error: string | null;
  /** Up to when what changed there was read; `null` for nothing yet. */
  readonly lastReadAt: number | null;
  /** Changes that wait for their delivery there. */
  readonly waiting: number;
  /** Changes that were made there without a connection, and that the provider has not taken. */
  readonly notTaken: number;
  /** Why nothing is delivered until a later attempt; `null` when deliveries have not failed at the host. */
  readonly deliveryError: string | null;
}

/** Returns what clients are told of a connection (wire.md, Extensions). */
export function connectionStatus(
  connection: Connection,
  { error, lastReadAt, waiting, notTaken, deliveryError }: PlaceFacts,
): ConnectionStatus {
  const { name, stateAt, stateDetail, pausedAt, lastChangeAt } = connection;
  const state = connectionWord(connection, error !== null);
  const time = (ms: number | null) => ms === null ? null : isoTime(ms);
  return {
    name,
    state,
    since: time(
      state === "paused"
        ? pausedAt
        : state === "refused" || state === "unreachable"
        ? stateAt
        : null,
    ),
    until: time(state === "limited" ? stateAt : null),
    message: state === "unreadable"
      ? error
      : state === "paused"
      ? null
      : state === "ok" && deliveryError !== null
      ? putOffWords(deliveryError)
      : stateDetail,
    last_change_at: time(lastChangeAt),
    last_read_at: time(lastReadAt),
    waiting,
    not_taken: notTaken,
  };
}

/** Returns what clients are told of a place that a connection has brought, and none does any more. */
export function removedConnection(
  { provider, label }: { readonly provider: HostedProvider; readonly label: string },
): ConnectionStatus {
  const message = `No connection brings "${label}" any more: what is sent stays in the host`;
  return { name: provider, state: "removed", message };
}

/** Says where a change stays that is sent to a place while no connection brings it. */
export function keptWords(label: string): string {
  return `Stays in the host: no connection brings "${label}" any more`;
}

/** Says why nothing is delivered for now. */
export function putOffWords(error: string): string {
  return `The host failed to deliver, and tries again within an hour: ${error}`;
}

/** Returns the word for how a connection stands; `isUnreadable` says that a place of it cannot be read. */
export function connectionWord(
  { state, pausedAt }: Pick<Connection, "state" | "pausedAt">,
  isUnreadable: boolean,
): Exclude<ConnectionWord, "removed"> {
  if (pausedAt !== null) return "paused";
  return state === "ok" && isUnreadable ? "unreadable" : state;
}

/** Returns whether the host reaches the provider, as far as it knows. */
export function isConnected({ state }: ConnectionStatus): boolean {
  return state === "ok" || state === "paused" || state === "limited";
}

/** Returns the words with one added at the end of its status; no word means two statuses. */
export function withStatusWord(words: StatusWords, word: string, status: Status): StatusWords {
  const others = withoutStatusWord(words, word);
  return { ...others, [status]: [...others[status] ?? [], word] };
}

/** Returns the words without one. */
export function withoutStatusWord(words: StatusWords, word: string): StatusWords {
  const folded = word.toLowerCase();
  const kept = entriesOf(words).map(([status, known]) =>
    [status, known.filter((one) => one.toLowerCase() !== folded)] as const
  );
  return Object.fromEntries(kept.filter(([, known]) => known.length > 0));
}

function entriesOf(words: StatusWords): (readonly [Status, readonly string[]])[] {
  return STATUSES.flatMap((status) => {
    const known = words[status];
    return known === undefined ? [] : [[status, known] as const];
  });
}
