import { type Access, rejected, type RemotePlace } from "../remote.ts";
import { RestCaller } from "../rest.ts";
import type { Sessions } from "../sessions.ts";
import type { Wire } from "../transport.ts";
import { judgeAnswer } from "./budgets.ts";
import { GitLabIssueCalls } from "./calls.ts";
import { GitLabGraph, type GraphKnowledge } from "./graph.ts";
import { GitLabPlaceCalls } from "./place_calls.ts";
import type { GitLabProject, GitLabUser } from "./schemas.ts";

/** What GitLab is asked with. */
export type GitLabAccess = Omit<Access, "site" | "statusWords">;

/** Calls under one credential. */
export interface GitLabCalls {
  readonly issues: GitLabIssueCalls;
  readonly places: GitLabPlaceCalls;
  readonly graph: GitLabGraph;
}

/** Milliseconds for which a project counts as checked. */
const PROJECT_HOLDS_MS = 60_000;

/** What is known at GitLab under one credential, for as long as a process uses it. */
export class GitLabSession {
  readonly #access: GitLabAccess;
  readonly #server: { countsPages: boolean; graph: GraphKnowledge } = {
    countsPages: false,
    graph: "parentsAndLinks",
  };
  readonly #projects = new Map<string, { readonly project: GitLabProject; readonly at: number }>();
  #account: GitLabUser | null = null;

  /** Creates a session about which nothing is known. */
  constructor(access: GitLabAccess) {
    this.#access = access;
  }

  /** Returns the calls as this access makes them. */
  calls(access: GitLabAccess): GitLabCalls {
    const caller = new RestCaller("GitLab", () => Promise.resolve(wireOf(access)));
    return {
      issues: new GitLabIssueCalls(caller, this.#server),
      places: new GitLabPlaceCalls(caller),
      graph: new GitLabGraph(caller, graphAddress(access.baseUrl), this.#server),
    };
  }

  /** Returns whose token it is. */
  async account(calls: GitLabCalls): Promise<GitLabUser> {
    this.#account ??= await calls.places.account();
    return this.#account;
  }

  /**
   * Returns the project of a place. `isFresh` asks GitLab, however short ago that was: it lists nothing of a project whose
   * issues are turned off, instead of saying so.
   *
   * @throws {ProviderError} `rejected` when it is gone, or has its issues turned off.
   */
  async projectOf(
    calls: GitLabCalls,
    { externalId, key }: RemotePlace,
    isFresh = false,
  ): Promise<GitLabProject> {
    const { clock } = this.#access;
    const seen = this.#projects.get(externalId);
    if (seen !== undefined && !isFresh && seen.at + PROJECT_HOLDS_MS > clock.now()) {
      return seen.project;
    }
    this.#projects.delete(externalId);
    const project = await calls.places.project(externalId);
    if (project === null) {
      const words = `The project "${key}" is not there, or the credential does not reach it`;
      throw rejected("place_gone", words);
    }
    if (!hasIssues(project)) {
      throw rejected("issues_off", `Issues are turned off in "${project.path_with_namespace}"`);
    }
    this.#projects.set(externalId, { project, at: clock.now() });
    return project;
  }
}

/** Whether the issues of a project are turned on. */
export function hasIssues({ issues_enabled, issues_access_level }: GitLabProject): boolean {
  return issues_enabled !== false && issues_access_level !== "disabled";
}

/** Sessions by the budget of their connection. */
export type GitLabSessions = Sessions<GitLabAccess, GitLabSession>;

/** The address of GraphQL beside that of the REST API. */
function graphAddress(baseUrl: string): string {
  return `${baseUrl.replace(/\/v4$/, "")}/graphql`;
}

/** The address at which an OAuth token tells of itself, beside that of the REST API. */
export function oauthAddress(baseUrl: string): string {
  return `${baseUrl.replace(/\/api\/v4$/, "")}/oauth/token/info`;
}

function wireOf(
  { baseUrl, fetch, clock, signal, budget, onCall, credential: { kind, secret } }: GitLabAccess,
): Wire {
  const headers: Record<string, string> = kind === "oauth"
    ? { "Authorization": `Bearer ${secret}` }
    : { "PRIVATE-TOKEN": secret };
  return {
    provider: "GitLab",
    baseUrl,
    headers,
    fetch,
    clock,
    signal,
    budget,
    secrets: [secret],
    judge: (answer, secrets) => judgeAnswer(answer, { now: clock.now(), secrets }),
    onCall,
  };
}
