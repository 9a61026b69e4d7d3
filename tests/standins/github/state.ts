/** What the fake GitHub holds. People of tests change it directly, clients by its calls. */

/** A person, or an organisation. */
export interface FakeUser {
  readonly id: number;
  readonly login: string;
  readonly type: "User" | "Organization";
}

/** An issue, or a pull request. */
export interface FakeIssue {
  readonly id: number;
  readonly number: number;
  title: string;
  body: string | null;
  state: "open" | "closed";
  stateReason: string | null;
  labels: string[];
  assignees: string[];
  milestone: string | null;
  type: string | null;
  readonly author: string;
  readonly isPullRequest: boolean;
  readonly createdAt: number;
  updatedAt: number;
  closedAt: number | null;
  /** The id of the issue that it is below. */
  parent: number | null;
  /** Ids of the issues that block it. */
  blockedBy: Set<number>;
  readonly comments: FakeComment[];
}

/** A comment. */
export interface FakeComment {
  readonly id: number;
  readonly author: string;
  body: string;
  readonly createdAt: number;
  updatedAt: number;
}

/** A webhook. */
export interface FakeHook {
  readonly id: number;
  url: string;
  secret: string;
  events: string[];
  isActive: boolean;
}

/** A repository. */
export interface FakeRepository {
  readonly id: number;
  readonly owner: FakeUser;
  name: string;
  hasIssues: boolean;
  isArchived: boolean;
  /** Labels that were ever given, by their names in small letters. */
  readonly labels: Map<string, string>;
  readonly issues: Map<number, FakeIssue>;
  /** Where issues went that are here no more: a moved one by its id, `null` when it was deleted. */
  readonly gone: Map<number, number | null>;
  readonly assignable: Set<string>;
  readonly hooks: Map<number, FakeHook>;
  lastNumber: number;
}

/** What a token may do. */
export interface FakeToken {
  readonly login: string;
  issues: "none" | "read" | "write";
  hooks: boolean;
  /** Whether labels and assignees may be set. */
  mayTriage: boolean;
  /** What a classic token was made for; left out for any other. */
  scopes?: readonly string[];
  /** The repositories that it reaches; all unless given. */
  readonly repositories?: ReadonlySet<number>;
}

/** An App that is installed. */
export interface FakeApp {
  readonly appId: string;
  readonly installationId: string;
  readonly publicKey: CryptoKey;
  readonly permissions: Record<string, string>;
  readonly repositories: Set<number>;
}

/** Everything. */
export class FakeState {
  readonly users = new Map<string, FakeUser>();
  readonly repositories = new Map<number, FakeRepository>();
  /** Earlier names of repositories, `owner/name` in small letters. */
  readonly renamed = new Map<string, number>();
  readonly tokens = new Map<string, FakeToken>();
  readonly apps: FakeApp[] = [];
  /** Names of the issue types of organisations. */
  readonly issueTypes = new Map<string, string[]>();
  /** Tokens of installations, with the App and when they end. */
  readonly installationTokens = new Map<
    string,
    { readonly app: FakeApp; readonly until: number }
  >();
  #lastId = 1_000;

  /** Returns an id that nothing has. */
  nextId(): number {
    return ++this.#lastId;
  }

  /** Returns a person, who is there from then on. */
  user(login: string, type: FakeUser["type"] = "User"): FakeUser {
    const known = this.users.get(login.toLowerCase());
    if (known !== undefined) return known;
    const user = { id: this.nextId(), login, type };
    this.users.set(login.toLowerCase(), user);
    return user;
  }

  /** Adds a repository, `owner/name`. */
  addRepository(fullName: string, ownerType: FakeUser["type"] = "Organization"): FakeRepository {
    const [owner = "", name = ""] = fullName.split("/");
    const repository: FakeRepository = {
      id: this.nextId(),
      owner: this.user(owner, ownerType),
      name,
      hasIssues: true,
      isArchived: false,
      labels: new Map(),
      issues: new Map(),
      gone: new Map(),
      assignable: new Set(),
      hooks: new Map(),
      lastNumber: 0,
    };
    this.repositories.set(repository.id, repository);
    return repository;
  }

  /** Returns the repository of a name, and whether that is its name now. */
  find(fullName: string): { readonly repository: FakeRepository; readonly isNow: boolean } | null {
    const folded = fullName.toLowerCase();
    for (const repository of this.repositories.values()) {
      if (nameOf(repository).toLowerCase() === folded) return { repository, isNow: true };
    }
    const renamed = this.repositories.get(this.renamed.get(folded) ?? 0);
    return renamed === undefined ? null : { repository: renamed, isNow: false };
  }

  /** Returns an issue by its id, and its repository. */
  issueById(
    id: number,
  ): { readonly issue: FakeIssue; readonly repository: FakeRepository } | null {
    for (const repository of this.repositories.values()) {
      for (const issue of repository.issues.values()) {
        if (issue.id === id) return { issue, repository };
      }
    }
    return null;
  }

  /** Adds an issue. `at` is milliseconds since 1970; GitHub keeps seconds. */
  addIssue(
    repository: FakeRepository,
    fields: Partial<FakeIssue> & { readonly title: string },
    at: number,
  ): FakeIssue {
    const number = ++repository.lastNumber;
    const second = at - at % 1_000;
    const issue: FakeIssue = {
      id: this.nextId(),
      number,
      body: null,
      state: "open",
      stateReason: null,
      assignees: [],
      milestone: null,
      type: null,
      author: "ada",
      isPullRequest: false,
      createdAt: second,
      updatedAt: second,
      closedAt: null,
      parent: null,
      blockedBy: new Set(),
      comments: [],
      ...fields,
      labels: (fields.labels ?? []).map((label) => labelIn(repository, label)),
    };
    repository.issues.set(number, issue);
    return issue;
  }
}

/** Returns the `owner/name` of a repository. */
export function nameOf({ owner, name }: FakeRepository): string {
  return `${owner.login}/${name}`;
}

/** Returns a label in the letters in which the repository has it, which has it from then on. */
export function labelIn(repository: FakeRepository, label: string): string {
  const known = repository.labels.get(label.toLowerCase()) ?? label;
  repository.labels.set(label.toLowerCase(), known);
  return known;
}
