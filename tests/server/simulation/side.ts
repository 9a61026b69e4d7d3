import type { HostedProvider } from "../../../src/contract/providers.ts";
import type { Priority, Status } from "../../../src/contract/issue.ts";
import type { StatusWords } from "../../../src/providers/label_words.ts";
import type { Fetch } from "../../../src/platform/platform.ts";
import type { NewPlace, Remote } from "../../../src/providers/mod.ts";

/** An issue as the provider has it, read without the host's own code. */
export interface Shown {
  readonly title: string;
  readonly body: string | null;
  readonly status: Status;
  readonly priority: Priority;
  /** Sorted. */
  readonly labels: readonly string[];
  /** The id of the issue it is below. */
  readonly parent: string | null;
  /** Ids of the issues that it blocks, sorted. */
  readonly blocks: readonly string[];
}

/** What a person at the provider changes. */
export type PersonsEdit = Partial<Pick<Shown, "title" | "body" | "status" | "labels">>;

/** What can go wrong with a call. */
export type Fault = "lost" | "failing" | "limited" | "refused";

/** A call at the provider that is about to have its effect, or has had it. */
export interface Moment {
  readonly isWrite: boolean;
  readonly phase: "before" | "after";
}

/** A webhook as it is sent. */
export interface Sent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A provider of a simulation: its state, its people, and what goes wrong with it. */
export interface Side {
  readonly provider: HostedProvider;
  readonly place: NewPlace;
  readonly credential: { readonly kind: string; readonly secret: string; readonly baseUrl: string };
  readonly remote: Remote;
  /** How its remote reaches it, unless that is by no network. */
  readonly fetch: Fetch | null;
  /** Statuses that it can hold. */
  readonly statuses: readonly Status[];
  /** The labels of the connection that say statuses; none unless given. */
  readonly statusWords?: StatusWords;
  /** Whether clients may set a priority. */
  readonly hasPriority: boolean;
  /** Everything, by id. */
  all(): ReadonlyMap<string, Shown>;
  add(title: string): string;
  edit(id: string, edit: PersonsEdit): void;
  remove(id: string): void;
  /** Closes an issue as a duplicate of another one; not given where nobody does that. */
  duplicate?(id: string, of: string): void;
  /** What the comments on an issue say, each as a text that holds its words. */
  comments(id: string): readonly string[];
  /** Writes of clients that had an effect; one of a comment begins with "comment ". */
  writes(): readonly string[];
  /** Whether a write may turn out to have no effect. */
  isAttempt(write: string): boolean;
  /** The statuses through which a closed issue may come to be closed for another reason. */
  readonly passing: readonly Status[];
  /** What was asked or answered that the provider's description does not allow. */
  faults(): readonly string[];
  /** Steps in at each call; what is returned goes wrong. */
  stepIn(step: (moment: Moment) => Fault | null): void;
  /** Takes the webhooks that are to be sent. */
  takeWebhooks(secret: string): Promise<readonly Sent[]>;
  /** Changes how late lists are, and how much is on a page. */
  disturb(below: (n: number) => number): void;
  /** Ends all delay. */
  rest(): void;
}
