/** What the fake GitLab holds. People of tests change it directly, clients by its calls. */

/** A person, or the account of a token. */
export interface FakeUser {
  readonly id: number;
  readonly username: string;
}

/** An issue, a task or an incident. */
export interface FakeIssue {
  readonly id: number;
  readonly iid: number;
  title: string;
  description: string | null;
  state: "opened" | "closed";
  labels: string[];
  assignees: string[];
  milestone: string | null;
  iteration: string | null;
  weight: number | null;
  kind: "issue" | "task" | "incident" | "test_case";
  confidential: boolean;
  readonly author: string;
  readonly createdAt: number;
  updatedAt: number;
  closedAt: number | null;
  /** The id of the issue that it was moved to. */
  movedTo: number | null;
  /** The id of the issue that it was closed as a duplicate of. */
  duplicateOf: number | null;
  /** The id of the issue that it is below. */
  parent: number | null;
  /** The title of the epic of the group that it is below. */
  epic: string | null;
  readonly notes: FakeNote[];
}

/** A comment, or what GitLab notes by itself. */
export interface FakeNote {
  readonly id: number;
  readonly author: string;
  readonly body: string;
  readonly createdAt: number;
  readonly isSystem: boolean;
  readonly isInternal: boolean;
}

/** A link between two issues, by their ids. */
export interface FakeLink {
  readonly id: number;
  readonly source: number;
  readonly target: number;
  readonly type: "relates_to" | "blocks";
}

/** A webhook. */
export interface FakeHook {
  readonly id: number;
  url: string;
  token: string;
  /** What deliveries are signed with; `null` where the server does not sign. */
  signingToken: string | null;
}

/** A project. */
export interface FakeProject {
  readonly id: number;
  /** With its group, such as `acme/web`. */
  path: string;
  hasIssues: boolean;
  isArchived: boolean;
  /** The group that it is shared with, beside its own. */
  sharedWith: string | null;
  /** Roles by the names of people, as GitLab numbers them. */
  readonly members: Map<string, number>;
  readonly issues: Map<number, FakeIssue>;
  readonly hooks: Map<number, FakeHook>;
  lastIid: number;
}

/** What a token may do. */
export interface FakeToken {
  readonly username: string;
  scopes: string[];
  isExpired: boolean;
  /** Whether it is one of OAuth, which goes into another header. */
  isOAuth: boolean;
}

/** Everything. */
export class FakeState {
  readonly users = new Map<string, FakeUser>();
  readonly projects = new Map<number, FakeProject>();
  /** Earlier paths of projects. */
  readonly renamed = new Map<string, number>();
  readonly tokens = new Map<string, FakeToken>();
  readonly links = new Map<number, FakeLink>();
  #lastId = 1_000;

  /** Returns an id that nothing has. */
  nextId(): number {
    return ++this.#lastId;
  }

  /** Returns a person, who is there from then on. */
  user(username: string): FakeUser {
    const known = this.users.get(username.toLowerCase());
    if (known !== undefined) return known;
    const user = { id: this.nextId(), username };
    this.users.set(username.toLowerCase(), user);
    return user;
  }

  /** Adds a project, such as `acme/web`. */
  addProject(path: string): FakeProject {
    const project: FakeProject = {
      id: this.nextId(),
      path,
      hasIssues: true,
      isArchived: false,
      sharedWith: null,
      members: new Map(),
      issues: new Map(),
      hooks: new Map(),
      lastIid: 0,
    };
    this.projects.set(project.id, project);
    return project;
  }

  /** Adds a token, whose account has a role in each of these projects. */
  addToken(
    token: string,
    username: string,
    { scopes = ["api"], role = 40, projects = [...this.projects.values()] }: {
      readonly scopes?: string[];
      readonly role?: number;
      readonly projects?: readonly FakeProject[];
    } = {},
  ): FakeToken {
    const added = { username, scopes, isExpired: false, isOAuth: false };
    this.tokens.set(token, added);
    this.user(username);
    for (const { members } of projects) members.set(username, role);
    return added;
  }

  /** Returns a project by its number or its path, of now or of before. */
  find(name: string): FakeProject | null {
    if (/^\d+$/.test(name)) return this.projects.get(Number(name)) ?? null;
    const folded = name.toLowerCase();
    for (const project of this.projects.values()) {
      if (project.path.toLowerCase() === folded) return project;
    }
    return this.projects.get(this.renamed.get(folded) ?? 0) ?? null;
  }

  /** Returns an issue by its id, and its project. */
  issueById(id: number): { readonly issue: FakeIssue; readonly project: FakeProject } | null {
    for (const project of this.projects.values()) {
      for (const issue of project.issues.values()) {
        if (issue.id === id) return { issue, project };
      }
    }
    return null;
  }

  /** Returns the links of an issue, and what it is to each of the others. */
  linksOf(
    id: number,
  ): readonly { readonly link: FakeLink; readonly type: string; readonly other: number }[] {
    return [...this.links.values()].flatMap((link) => {
      if (link.source === id) return [{ link, type: link.type, other: link.target }];
      if (link.target !== id) return [];
      const type = link.type === "blocks" ? "is_blocked_by" : link.type;
      return [{ link, type, other: link.source }];
    });
  }

  /** Adds an issue; `at` is milliseconds since 1970. */
  addIssue(
    project: FakeProject,
    fields: Partial<FakeIssue> & { readonly title: string },
    at: number,
  ): FakeIssue {
    const iid = ++project.lastIid;
    const issue: FakeIssue = {
      id: this.nextId(),
      iid,
      description: null,
      state: "opened",
      labels: [],
      assignees: [],
      milestone: null,
      iteration: null,
      weight: null,
      kind: "issue",
      confidential: false,
      author: "ada",
      createdAt: at,
      updatedAt: at,
      closedAt: null,
      movedTo: null,
      duplicateOf: null,
      parent: null,
      epic: null,
      notes: [],
      ...fields,
    };
    project.issues.set(iid, issue);
    return issue;
  }

  /** Takes an issue away, and all that leads to it. */
  removeIssue(project: FakeProject, iid: number): void {
    const issue = project.issues.get(iid);
    if (issue === undefined) return;
    project.issues.delete(iid);
    for (const { link } of this.linksOf(issue.id)) this.links.delete(link.id);
    for (const { issues } of this.projects.values()) {
      for (const other of issues.values()) {
        if (other.parent === issue.id) other.parent = null;
      }
    }
  }
}

/** Sets labels as GitLab does: of a scope, such as `priority::high`, the last one stays. */
export function scoped(labels: readonly string[]): string[] {
  const scopeOf = (label: string) => /^(.+)::/.exec(label)?.[1] ?? null;
  return [...new Set(labels)].filter((label, index, all) => {
    const scope = scopeOf(label);
    return scope === null || !all.slice(index + 1).some((other) => scopeOf(other) === scope);
  });
}
