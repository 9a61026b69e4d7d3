import type { Budget } from "../budget.ts";
import type { Access } from "../remote.ts";
import type { Wire } from "../transport.ts";
import { JiraIssueCalls } from "./calls.ts";
import { JiraCaller } from "./caller.ts";
import { basicAuthorization } from "./credential.ts";
import type { Edition } from "./edition.ts";
import { judgeAnswer } from "./faults.ts";
import type { JiraLinkType, JiraProject } from "./schemas.ts";
import { JiraSiteCalls } from "./site_calls.ts";

/** What Jira is asked with. */
export type JiraAccess = Omit<Access, "site" | "statusWords">;

/** The calls of one credential. */
export interface JiraCalls {
  readonly issues: JiraIssueCalls;
  readonly site: JiraSiteCalls;
}

/** Returns the calls as an access makes them. */
export function jiraCalls(access: JiraAccess, edition: Edition): JiraCalls {
  const caller = new JiraCaller((call) => Promise.resolve(wireOf(access, call)));
  return { issues: new JiraIssueCalls(caller, edition), site: new JiraSiteCalls(caller, edition) };
}

/** Milliseconds for which what a site is like is not asked again. */
const KNOWN_FOR_MS = 10 * 60_000;

/** Something that is known for a while. */
interface Known<T> {
  readonly value: T;
  /** Milliseconds of the clock. */
  readonly until: number;
}

/** What is known of a site under one credential, for as long as a process uses it. */
export class JiraSession {
  readonly #secret: string;
  readonly #clock: Access["clock"];
  readonly #projects = new Map<string, Known<JiraProject | null>>();
  #linkTypes: Known<readonly JiraLinkType[]> | null = null;

  /** Creates a session about which nothing is known. */
  constructor({ credential, clock }: JiraAccess) {
    this.#secret = credential.secret;
    this.#clock = clock;
  }

  /** Whether it is about this credential. */
  isOf({ credential, clock }: JiraAccess): boolean {
    return this.#secret === credential.secret && this.#clock === clock;
  }

  /** Returns a project by its id or key; `null` when it is gone or hidden. `isFresh` asks in any case. */
  async project({ site }: JiraCalls, id: string, isFresh = false): Promise<JiraProject | null> {
    const known = this.#projects.get(id);
    if (!isFresh && known !== undefined && this.#lasts(known)) return known.value;
    const value = await site.project(id);
    this.#projects.set(id, this.#known(value));
    return value;
  }

  /** Returns the kinds of link of the site. */
  async linkTypes({ site }: JiraCalls): Promise<readonly JiraLinkType[]> {
    if (this.#linkTypes === null || !this.#lasts(this.#linkTypes)) {
      this.#linkTypes = this.#known(await site.linkTypes());
    }
    return this.#linkTypes.value;
  }

  #known<T>(value: T): Known<T> {
    return { value, until: this.#clock.monotonic() + KNOWN_FOR_MS };
  }

  #lasts({ until }: Known<unknown>): boolean {
    return this.#clock.monotonic() < until;
  }
}

/** Sessions by the budget of their connection. */
export class JiraSessions {
  readonly #sessions = new WeakMap<Budget, JiraSession>();

  /** Returns the session of a connection, for as long as its credential stays the same. */
  of(access: JiraAccess): JiraSession {
    const known = this.#sessions.get(access.budget);
    if (known !== undefined && known.isOf(access)) return known;
    const session = new JiraSession(access);
    this.#sessions.set(access.budget, session);
    return session;
  }
}

function wireOf(
  { baseUrl, fetch, clock, signal, budget, onCall, credential }: JiraAccess,
  call: string,
): Wire {
  const { header, secrets } = basicAuthorization(credential.secret);
  return {
    provider: "Jira",
    baseUrl,
    // Jira checks where a write comes from, unless it is told that it is no page.
    headers: { "Authorization": header, "X-Atlassian-Token": "no-check" },
    fetch,
    clock,
    signal,
    budget,
    secrets: [credential.secret, ...secrets],
    judge: (answer, secrets) => judgeAnswer(answer, call, { now: clock.now(), secrets }),
    onCall,
  };
}
