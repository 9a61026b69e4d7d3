import type { Access } from "../remote.ts";
import type { Sessions } from "../sessions.ts";
import { APP } from "./app.ts";
import { AppHookCalls } from "./app_hooks.ts";
import { AppTokens } from "./app_tokens.ts";
import { JiraIssueCalls } from "./calls.ts";
import { JiraCaller } from "./caller.ts";
import type { Edition } from "./edition.ts";
import { Priorities } from "./priorities.ts";
import type { JiraLinkType, JiraProject, JiraSiteField } from "./schemas.ts";
import { JiraSiteCalls } from "./site_calls.ts";
import { wayOfApp, wayOfPerson } from "./ways.ts";

/** What Jira is asked with. */
export type JiraAccess = Omit<Access, "site" | "statusWords">;

/** The calls of one credential. */
export interface JiraCalls {
  readonly issues: JiraIssueCalls;
  readonly site: JiraSiteCalls;
  readonly appHooks: AppHookCalls;
}

/** The calls that are about a site. */
export type SiteCalls = Pick<JiraCalls, "site">;

/** Returns the calls as an access makes them; fields of the site's own are asked for where `session` knows them. */
export function jiraCalls(access: JiraAccess, edition: Edition, session?: JiraSession): JiraCalls {
  const { credential: { kind, secret } } = access;
  const caller = new JiraCaller(
    kind === APP
      ? wayOfApp(access, session?.tokens() ?? new AppTokens(secret))
      : wayOfPerson(access),
  );
  const site = new JiraSiteCalls(caller, edition);
  const siteFields = async () => {
    const link = await session?.epicLink({ site }, edition) ?? null;
    return link === null ? [] : [link];
  };
  const issues = new JiraIssueCalls(caller, edition, siteFields);
  return { issues, site, appHooks: new AppHookCalls(caller, edition.api) };
}

/** What makes the fields of epics at a server of a team's own: their ids are that site's own. */
const EPIC_LINK = "com.pyxis.greenhopper.jira:gh-epic-link";
const EPIC_NAME = "com.pyxis.greenhopper.jira:gh-epic-label";

/** The name of an issue. */
export interface NamedIssue {
  readonly id: string;
  readonly key: string;
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
  readonly #epics = new Map<string, Known<NamedIssue | null>>();
  #linkTypes: Known<readonly JiraLinkType[]> | null = null;
  #priorities: Known<Priorities> | null = null;
  #fields: Known<readonly JiraSiteField[]> | null = null;
  #tokens: AppTokens | null = null;

  /** Creates a session about which nothing is known. */
  constructor({ credential, clock }: JiraAccess) {
    this.#secret = credential.secret;
    this.#clock = clock;
  }

  /** Returns what its app signs in with. */
  tokens(): AppTokens {
    return this.#tokens ??= new AppTokens(this.#secret);
  }

  /** Returns a project by its id or key; `null` when it is gone or hidden. `isFresh` asks in any case. */
  async project({ site }: SiteCalls, id: string, isFresh = false): Promise<JiraProject | null> {
    const known = this.#projects.get(id);
    if (!isFresh && known !== undefined && this.#lasts(known)) return known.value;
    const value = await site.project(id);
    this.#projects.set(id, this.#known(value));
    return value;
  }

  /** Returns the kinds of link of the site. */
  async linkTypes({ site }: SiteCalls): Promise<readonly JiraLinkType[]> {
    if (this.#linkTypes === null || !this.#lasts(this.#linkTypes)) {
      this.#linkTypes = this.#known(await site.linkTypes());
    }
    return this.#linkTypes.value;
  }

  /** Returns what the priorities of the site are here. */
  async priorities({ site }: SiteCalls): Promise<Priorities> {
    if (this.#priorities === null || !this.#lasts(this.#priorities)) {
      this.#priorities = this.#known(new Priorities(await site.priorities()));
    }
    return this.#priorities.value;
  }

  /** Returns the id of the field that puts an issue below an epic; `null` where `parent` does. */
  async epicLink(calls: SiteCalls, edition: Edition): Promise<string | null> {
    return await this.#fieldOf(calls, edition, EPIC_LINK);
  }

  /** Returns the id of the field that an epic is called by; `null` where it is called by its title. */
  async epicName(calls: SiteCalls, edition: Edition): Promise<string | null> {
    return await this.#fieldOf(calls, edition, EPIC_NAME);
  }

  /** Returns the name of an epic by its key; `null` when it is gone or hidden. */
  async epic({ issues }: JiraCalls, key: string): Promise<NamedIssue | null> {
    const known = this.#epics.get(key);
    if (known !== undefined && this.#lasts(known)) return known.value;
    const issue = await issues.issue(key);
    const value = issue === null ? null : { id: issue.id, key: issue.key };
    this.#epics.set(key, this.#known(value));
    return value;
  }

  async #fieldOf({ site }: SiteCalls, { name }: Edition, made: string): Promise<string | null> {
    if (name === "cloud") return null;
    if (this.#fields === null || !this.#lasts(this.#fields)) {
      this.#fields = this.#known(await site.fields());
    }
    return this.#fields.value.find(({ schema }) => schema?.custom === made)?.id ?? null;
  }

  #known<T>(value: T): Known<T> {
    return { value, until: this.#clock.monotonic() + KNOWN_FOR_MS };
  }

  #lasts({ until }: Known<unknown>): boolean {
    return this.#clock.monotonic() < until;
  }
}

/** Sessions by the budget of their connection. */
export type JiraSessions = Sessions<JiraAccess, JiraSession>;
