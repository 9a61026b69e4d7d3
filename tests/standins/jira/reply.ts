import { type HandledCall, membersOf, type Reply } from "../rest_stand_in.ts";
import type { FakeCredential, FakeIssue, FakeState } from "./state.ts";
import type { SearchIndex } from "./search_index.ts";
import type { Views } from "./views.ts";

export { membersOf as members, type Reply };

/** A call as its handler gets it. */
export interface Call extends HandledCall {
  readonly state: FakeState;
  readonly views: Views;
  readonly index: SearchIndex;
  readonly caller: FakeCredential;
  /** Whether it is Jira in the cloud, and not a server of a team's own. */
  readonly isCloud: boolean;
  /** Minutes by which the credential's owner is ahead of UTC. */
  readonly zoneMinutes: number;
  /** Entries of a page at most. */
  readonly pageSize: number;
  /** Says that an issue was changed, made or taken away. */
  touched(issue: FakeIssue, event: "created" | "updated"): void;
}

/** A route: its method, its path below the API, and what it takes. */
export interface Route {
  readonly method: string;
  readonly path: RegExp;
  /** The permission that it takes, besides being signed in. */
  readonly needs?: string;
  readonly handle: (call: Call) => Reply;
}

/** An answer that something is not there. */
export const NOT_FOUND: Reply = {
  status: 404,
  body: undefined,
};

/** An answer that something cannot be so. */
export function invalid(errors: Readonly<Record<string, string>>, ...messages: string[]): Reply {
  return { status: 400, body: { errorMessages: messages, errors } };
}

/** Returns a list; empty when it is none. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
