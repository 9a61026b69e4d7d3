/** What the fake Jira holds. People of tests change it directly, clients by its calls. */

/** A person. */
export interface FakePerson {
  readonly accountId: string;
  /** The user name, which a server of a team's own has. */
  readonly name: string;
  readonly displayName: string;
  /** `null` where it is hidden. */
  readonly email: string | null;
  isActive: boolean;
}

/** A status, with the category that says what it means. */
export interface FakeStatus {
  readonly id: string;
  readonly name: string;
  readonly category: "new" | "indeterminate" | "done";
}

/** A type of issues. */
export interface FakeType {
  readonly id: string;
  readonly name: string;
  readonly subtask: boolean;
  readonly hierarchyLevel: number;
}

/** A step of a workflow. */
export interface FakeTransition {
  readonly id: string;
  readonly name: string;
  /** Ids of statuses; `any` for a global one. */
  readonly from: readonly string[] | "any";
  readonly to: string;
  /** Fields that its screen demands, with their names. */
  readonly demands?: Readonly<Record<string, string>>;
  /** Whether a condition forbids it to everyone. */
  readonly isForbidden?: boolean;
  /** Whether a validator refuses it: that is seen only once it is tried. */
  readonly isRefused?: boolean;
}

/** A project. */
export interface FakeProject {
  readonly id: string;
  key: string;
  name: string;
  readonly types: FakeType[];
  transitions: readonly FakeTransition[];
  initial: string;
  lastNumber: number;
  /** Whether the credential does not reach it. */
  isHidden: boolean;
  /** No search shows an issue of an archived one. */
  isArchived: boolean;
  /** Fields of the edit screen. */
  readonly editable: Set<string>;
  /** Fields of the create screen. */
  readonly creatable: Set<string>;
  /** Fields that a new issue needs, with their names. */
  readonly demanded: Map<string, string>;
  /** Account ids of people whom an issue may be assigned to. */
  readonly assignable: Set<string>;
  /** Names of the priorities of its scheme, which the site has, too. */
  priorities: string[];
}

/** An issue. */
export interface FakeIssue {
  readonly id: string;
  projectId: string;
  number: number;
  summary: string;
  /** As it is kept: a document, or text. */
  description: unknown;
  statusId: string;
  typeId: string;
  priority: string | null;
  assignee: string | null;
  readonly creator: string;
  labels: string[];
  parent: string | null;
  resolution: string | null;
  readonly properties: Map<string, unknown>;
  readonly createdAt: number;
  updatedAt: number;
}

/** A link: `from` is what the outward words of its kind begin with. */
export interface FakeLink {
  readonly id: string;
  readonly kind: string;
  readonly from: string;
  readonly to: string;
}

/** A comment. */
export interface FakeComment {
  readonly id: string;
  readonly issueId: string;
  readonly author: string;
  body: unknown;
  readonly properties: readonly unknown[];
  readonly createdAt: number;
  updatedAt?: number;
}

/** A webhook of an administrator. */
export interface FakeHook {
  readonly id: string;
  url: string;
  secret: string;
  jql: string;
}

/** A webhook of an app, which ends unless it is refreshed. */
export interface FakeAppHook {
  readonly id: number;
  readonly url: string;
  readonly jqlFilter: string;
  readonly events: readonly string[];
  readonly clientId: string;
  readonly clientSecret: string;
  until: number;
}

/** A credential. */
export interface FakeCredential {
  readonly accountId: string;
  readonly permissions: Set<string>;
  /** The app that a person has let in; left out for a token of the person's own. */
  readonly app?: {
    readonly clientId: string;
    readonly clientSecret: string;
    readonly scopes: readonly string[];
  };
}

/** Fields of a server of a team's own that put an issue below an epic, and call an epic. */
export const EPIC_LINK = "customfield_10008";
export const EPIC_NAME = "customfield_10009";

/** Fields that a screen has unless a test takes them away. */
const SCREEN = [
  "summary",
  "description",
  "priority",
  "issuetype",
  "assignee",
  "labels",
  "parent",
] as const;

/** What the credential may do, unless a test takes it away. */
export const PERMISSIONS = [
  "BROWSE_PROJECTS",
  "CREATE_ISSUES",
  "EDIT_ISSUES",
  "TRANSITION_ISSUES",
  "ASSIGN_ISSUES",
  "LINK_ISSUES",
  "ADD_COMMENTS",
  "ADMINISTER",
] as const;

/** Everything. */
export class FakeState {
  readonly people = new Map<string, FakePerson>();
  readonly statuses: FakeStatus[] = [
    { id: "1", name: "To Do", category: "new" },
    { id: "3", name: "In Progress", category: "indeterminate" },
    { id: "4", name: "In Review", category: "indeterminate" },
    { id: "5", name: "Done", category: "done" },
    { id: "6", name: "Won't Do", category: "done" },
  ];
  readonly linkTypes = [
    { id: "10000", name: "Blocks", inward: "is blocked by", outward: "blocks" },
    { id: "10001", name: "Cloners", inward: "is cloned by", outward: "clones" },
    { id: "10002", name: "Duplicate", inward: "is duplicated by", outward: "duplicates" },
    { id: "10003", name: "Relates", inward: "relates to", outward: "relates to" },
  ];
  /** The priorities of the site, from the highest on. */
  priorities: { readonly id: string; readonly name: string }[] = [
    { id: "1", name: "Highest" },
    { id: "2", name: "High" },
    { id: "3", name: "Medium" },
    { id: "4", name: "Low" },
    { id: "5", name: "Lowest" },
  ];
  readonly projects = new Map<string, FakeProject>();
  readonly issues = new Map<string, FakeIssue>();
  readonly links = new Map<string, FakeLink>();
  readonly comments: FakeComment[] = [];
  readonly hooks = new Map<string, FakeHook>();
  readonly appHooks = new Map<number, FakeAppHook>();
  /** By what stands in the header. */
  readonly credentials = new Map<string, FakeCredential>();
  /** Ids of statuses in which nothing may be edited. */
  readonly locked = new Set<string>();
  #lastId = 10_000;

  /** Returns an id that nothing has. */
  nextId(): string {
    return String(++this.#lastId);
  }

  /** Adds a person, who may be assigned to everywhere. */
  addPerson(name: string, displayName: string, email: string | null): FakePerson {
    const accountId = `5b10ac8d82e05b22cc7d${this.nextId()}`;
    const person = { accountId, name, displayName, email, isActive: true };
    this.people.set(accountId, person);
    for (const { assignable } of this.projects.values()) assignable.add(accountId);
    return person;
  }

  /** Adds a project, in which every status leads to every other one. */
  addProject(key: string): FakeProject {
    const project: FakeProject = {
      id: this.nextId(),
      key,
      name: `${key} project`,
      types: [
        { id: "10100", name: "Epic", subtask: false, hierarchyLevel: 1 },
        { id: "10101", name: "Story", subtask: false, hierarchyLevel: 0 },
        { id: "10102", name: "Task", subtask: false, hierarchyLevel: 0 },
        { id: "10103", name: "Bug", subtask: false, hierarchyLevel: 0 },
        { id: "10104", name: "Sub-task", subtask: true, hierarchyLevel: -1 },
      ],
      transitions: this.statuses.map(({ id, name }) => ({
        id: `${id}1`,
        name,
        from: "any",
        to: id,
      })),
      initial: "1",
      lastNumber: 0,
      isHidden: false,
      isArchived: false,
      editable: new Set(SCREEN),
      creatable: new Set(SCREEN),
      demanded: new Map(),
      assignable: new Set(this.people.keys()),
      priorities: ["Highest", "High", "Medium", "Low", "Lowest"],
    };
    this.projects.set(project.id, project);
    return project;
  }

  /** Adds an issue. */
  addIssue(
    project: FakeProject,
    fields: Partial<FakeIssue> & { readonly summary: string },
    now: number,
  ): FakeIssue {
    const issue: FakeIssue = {
      id: this.nextId(),
      projectId: project.id,
      number: ++project.lastNumber,
      description: null,
      statusId: project.initial,
      typeId: "10102",
      priority: "Medium",
      assignee: null,
      creator: [...this.people.keys()][0] ?? "",
      labels: [],
      parent: null,
      resolution: null,
      properties: new Map(),
      createdAt: now,
      updatedAt: now,
      ...fields,
    };
    this.issues.set(issue.id, issue);
    return issue;
  }

  /** Returns a project by its id or key. */
  project(name: string): FakeProject | null {
    return this.projects.get(name) ??
      [...this.projects.values()].find(({ key }) => key === name) ?? null;
  }

  /** Returns an issue by its id or key. */
  issue(name: string): FakeIssue | null {
    return this.issues.get(name) ??
      [...this.issues.values()].find((issue) => this.keyOf(issue) === name) ?? null;
  }

  /** Returns the project of an issue. */
  projectOf({ projectId }: Pick<FakeIssue, "projectId">): FakeProject {
    const project = this.projects.get(projectId);
    if (project === undefined) throw new Error(`No project ${projectId}`);
    return project;
  }

  /** Returns the name that people use. */
  keyOf(issue: Pick<FakeIssue, "projectId" | "number">): string {
    return `${this.projectOf(issue).key}-${issue.number}`;
  }

  /** Returns a priority as it is shown. */
  priority(name: string): { readonly id: string; readonly name: string } {
    return this.priorities.find((one) => one.name === name) ?? { id: "10000", name };
  }

  /** Returns the id of a status. */
  statusId(name: string): string {
    const status = this.statuses.find((one) => one.name === name);
    if (status === undefined) throw new Error(`No status "${name}"`);
    return status.id;
  }
}
