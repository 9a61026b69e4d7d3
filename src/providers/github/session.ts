import { ProviderError } from "../remote.ts";
import type { Access, RemotePlace } from "../remote.ts";
import { isRefusal, RestCaller } from "../rest.ts";
import type { Sessions } from "../sessions.ts";
import { callProvider, type Wire } from "../transport.ts";
import { appToken, InstallationTokens, readAppCredential } from "./auth.ts";
import { judgeAnswer } from "./budgets.ts";
import { GitHubIssueCalls } from "./calls.ts";
import { type GitHubAccount, GitHubPlaceCalls } from "./place_calls.ts";
import type { GitHubRepository } from "./schemas.ts";

/** What GitHub is asked with. */
export type GitHubAccess = Omit<Access, "site" | "statusWords">;

/** Calls under one credential. */
export interface GitHubCalls {
  readonly issues: GitHubIssueCalls;
  readonly places: GitHubPlaceCalls;
}

/** Milliseconds for which the name of a repository counts as checked. */
const NAME_HOLDS_MS = 60_000;

/** The version of the REST API that these calls are written for. */
const API_VERSION = "2022-11-28";

/** A repository, as it was last seen under a name. */
interface SeenRepository {
  readonly repository: GitHubRepository;
  readonly etag: string | null;
  readonly at: number;
}

/**
 * What is known at GitHub under one credential, for as long as a process uses it: the token of an App, whose token it
 * is, and which repository is behind which name.
 */
export class GitHubSession {
  readonly #tokens: InstallationTokens | null;
  readonly #repositories = new Map<string, SeenRepository>();
  readonly #lists = new Map<string, { readonly etag: string; readonly times: number }>();
  readonly #types = new Map<string, readonly string[]>();
  #account: GitHubAccount | null = null;
  #access: GitHubAccess;

  /** Creates a session about which nothing is known. */
  constructor(access: GitHubAccess) {
    const { credential } = access;
    this.#access = access;
    this.#tokens = credential.kind === "app"
      ? new InstallationTokens(access.clock, () => this.#installationToken())
      : null;
  }

  /** Returns the calls as this access makes them. */
  calls(access: GitHubAccess): GitHubCalls {
    this.#access = access;
    const caller = new RestCaller("GitHub", async () => {
      const tokens = this.#tokens;
      if (tokens === null) return wireOf(access, access.credential.secret);
      const wire = wireOf(access, await tokens.token());
      return {
        ...wire,
        judge: (answer, secrets) => {
          // The next call asks for another one: this one may have been revoked.
          if (answer.status === 401) tokens.forget();
          return wire.judge(answer, secrets);
        },
      };
    });
    return { issues: new GitHubIssueCalls(caller), places: new GitHubPlaceCalls(caller) };
  }

  /** What an App may do, as its token says; `null` for any other credential. */
  async appPermissions(): Promise<Readonly<Record<string, string>> | null> {
    return this.#tokens === null ? null : await this.#tokens.permissions();
  }

  /** Returns whose token it is; `null` for an App, which is no person. */
  async account(calls: GitHubCalls): Promise<GitHubAccount | null> {
    if (this.#tokens !== null) return null;
    this.#account ??= await calls.places.account();
    return this.#account;
  }

  /** Returns the names of the issue types of an owner; none when it has no such types. */
  async issueTypes(calls: GitHubCalls, owner: string): Promise<readonly string[]> {
    const known = this.#types.get(owner) ?? await calls.places.issueTypes(owner);
    this.#types.set(owner, known);
    return known;
  }

  /** The entity tag of a list that was read twice without a difference; `null` for any other. */
  listTag(list: string): string | null {
    const seen = this.#lists.get(list);
    return seen === undefined || seen.times < 2 ? null : seen.etag;
  }

  /**
   * Takes note of the entity tag of a list. It counts once it was seen twice: what was read once may not have been
   * stored.
   */
  noteList(list: string, etag: string | null): void {
    const seen = this.#lists.get(list);
    const place = list.slice(0, list.indexOf(" ") + 1);
    for (const known of this.#lists.keys()) {
      if (known.startsWith(place)) this.#lists.delete(known);
    }
    if (etag === null) return;
    this.#lists.set(list, { etag, times: seen?.etag === etag ? seen.times + 1 : 1 });
  }

  /**
   * Returns the repository of a place under the name that it has now: a renamed one is found, and another one that took
   * its name is not taken for it. `isFresh` asks GitHub, however short ago that was.
   *
   * @throws {ProviderError} `rejected` when it is gone, or has its issues turned off.
   */
  async repositoryOf(
    calls: GitHubCalls,
    place: RemotePlace,
    isFresh = false,
  ): Promise<GitHubRepository> {
    const repository = await this.repository(calls, place.key, isFresh);
    const isUsable = repository !== null && String(repository.id) === place.externalId &&
      repository.has_issues !== false;
    // That may have been put right meanwhile.
    if (!isUsable && !isFresh) return await this.repositoryOf(calls, place, true);
    if (repository === null || String(repository.id) !== place.externalId) {
      const words = repository === null
        ? `The repository "${place.key}" is not there, or the credential does not reach it`
        : `"${place.key}" is the name of another repository now`;
      throw new ProviderError({ kind: "rejected", code: "place_gone" }, words);
    }
    if (repository.has_issues === false) {
      const words = `Issues are turned off in "${repository.full_name}"`;
      throw new ProviderError({ kind: "rejected", code: "issues_off" }, words);
    }
    return repository;
  }

  /** Returns the repository that answers to a name; `null` when none does. */
  async repository(
    calls: GitHubCalls,
    name: string,
    isFresh = false,
  ): Promise<GitHubRepository | null> {
    const { clock } = this.#access;
    const seen = this.#repositories.get(name);
    if (seen !== undefined && !isFresh && seen.at + NAME_HOLDS_MS > clock.now()) {
      return seen.repository;
    }
    const found = await calls.places.repository(name, seen?.etag ?? null);
    if (found === null) {
      this.#repositories.delete(name);
      return null;
    }
    const repository = found.repository ?? seen?.repository ?? null;
    if (repository === null) return null;
    this.#repositories.set(name, { repository, etag: found.etag, at: clock.now() });
    return repository;
  }

  async #installationToken(): Promise<unknown> {
    const access = this.#access;
    const app = readAppCredential(access.credential.secret);
    const token = await appToken(app, access.clock.now());
    try {
      const { body } = await callProvider(wireOf(access, token, [app.privateKey]), {
        name: "get a token of the App",
        method: "POST",
        path: `/app/installations/${encodeURIComponent(app.installationId)}/access_tokens`,
        // A token more does no harm: this may be sent again.
        isRead: true,
      });
      return body;
    } catch (error) {
      // An App that was taken away, or suspended, is as a credential that is not taken.
      if (!isRefusal(error)) throw error;
      const words =
        `The App has no installation ${app.installationId} at GitHub, or may not use it`;
      throw new ProviderError({ kind: "refused" }, words);
    }
  }
}

/** Sessions by the budget of their connection. */
export type GitHubSessions = Sessions<GitHubAccess, GitHubSession>;

function wireOf(
  { baseUrl, fetch, clock, signal, budget, onCall, credential }: GitHubAccess,
  token: string,
  secrets: readonly string[] = [],
): Wire {
  return {
    provider: "GitHub",
    baseUrl,
    headers: {
      "Accept": "application/vnd.github+json",
      "Authorization": `Bearer ${token}`,
      "X-GitHub-Api-Version": API_VERSION,
    },
    fetch,
    clock,
    signal,
    budget,
    secrets: [token, credential.secret, ...secrets],
    judge: (answer, secrets) => judgeAnswer(answer, { now: clock.now(), secrets }),
    onCall,
  };
}
