import { type Status, STATUSES } from "../../contract/issue.ts";
import type { HostedProvider } from "../../contract/providers.ts";
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
  if (fault.kind === "refused") return { state: "refused", stateAt: now };
  return { state: "unreachable", stateAt: state === "unreachable" ? stateAt ?? now : now };
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
