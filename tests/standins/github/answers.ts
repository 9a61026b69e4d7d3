import {
  type FakeComment,
  type FakeHook,
  type FakeIssue,
  type FakeRepository,
  type FakeState,
  type FakeUser,
  nameOf,
} from "./state.ts";

/** Returns a time as GitHub writes it. */
export function time(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** Writes what the fake holds as GitHub answers it. */
export class Answers {
  readonly #state: FakeState;
  readonly #base: string;

  /** `base` is the address of the API, without a slash at its end. */
  constructor(state: FakeState, base: string) {
    this.#state = state;
    this.#base = base;
  }

  /** A person or organisation. */
  user({ id, login, type }: FakeUser) {
    const url = `${this.#base}/users/${encodeURIComponent(login)}`;
    return {
      login,
      id,
      node_id: `U_${id}`,
      avatar_url: `https://avatars.test/u/${id}`,
      gravatar_id: "",
      url,
      html_url: `https://github.test/${encodeURIComponent(login)}`,
      followers_url: `${url}/followers`,
      following_url: `${url}/following{/other_user}`,
      gists_url: `${url}/gists{/gist_id}`,
      starred_url: `${url}/starred{/owner}{/repo}`,
      subscriptions_url: `${url}/subscriptions`,
      organizations_url: `${url}/orgs`,
      repos_url: `${url}/repos`,
      events_url: `${url}/events{/privacy}`,
      received_events_url: `${url}/received_events`,
      type,
      site_admin: false,
    };
  }

  /** The person whose token it is. */
  account(user: FakeUser) {
    return {
      ...this.user(user),
      ...Object.fromEntries(
        ["name", "company", "blog", "location", "email", "hireable", "bio"].map((
          one,
        ) => [one, null]),
      ),
      blog: "",
      public_repos: 0,
      public_gists: 0,
      followers: 0,
      following: 0,
      created_at: time(0),
      updated_at: time(0),
    };
  }

  /** A repository. */
  repository(repository: FakeRepository, { mayTriage } = { mayTriage: true }) {
    const name = nameOf(repository);
    const url = `${this.#base}/repos/${name}`;
    const urls = [
      "archive",
      "assignees",
      "blobs",
      "branches",
      "collaborators",
      "comments",
      "commits",
      "compare",
      "contents",
      "contributors",
      "deployments",
      "downloads",
      "events",
      "forks",
      "git_commits",
      "git_refs",
      "git_tags",
      "hooks",
      "issue_comment",
      "issue_events",
      "issues",
      "keys",
      "labels",
      "languages",
      "merges",
      "milestones",
      "notifications",
      "pulls",
      "releases",
      "stargazers",
      "statuses",
      "subscribers",
      "subscription",
      "tags",
      "teams",
      "trees",
      "clone",
      "svn",
      "git",
    ];
    return {
      id: repository.id,
      node_id: `R_${repository.id}`,
      name: repository.name,
      full_name: name,
      owner: this.user(repository.owner),
      private: false,
      html_url: `https://github.test/${name}`,
      description: null,
      fork: false,
      url,
      ...Object.fromEntries(urls.map((one) => [`${one}_url`, `${url}/${one}`])),
      ssh_url: `git@github.test:${name}.git`,
      mirror_url: null,
      homepage: null,
      language: null,
      license: null,
      forks: 0,
      forks_count: 0,
      open_issues: 0,
      open_issues_count: 0,
      stargazers_count: 0,
      watchers: 0,
      watchers_count: 0,
      size: 1,
      network_count: 0,
      subscribers_count: 0,
      default_branch: "main",
      has_issues: repository.hasIssues,
      has_projects: false,
      has_wiki: false,
      has_pages: false,
      has_downloads: false,
      has_discussions: false,
      archived: repository.isArchived,
      disabled: false,
      pushed_at: time(0),
      created_at: time(0),
      updated_at: time(0),
      permissions: {
        admin: false,
        maintain: false,
        push: mayTriage,
        triage: mayTriage,
        pull: true,
      },
    };
  }

  /** An issue. */
  issue(repository: FakeRepository, issue: FakeIssue) {
    const repositoryUrl = `${this.#base}/repos/${nameOf(repository)}`;
    const url = `${repositoryUrl}/issues/${issue.number}`;
    const people = issue.assignees.map((login) => this.user(this.#state.user(login)));
    const parent = issue.parent === null ? null : this.#state.issueById(issue.parent);
    const blocking = this.blockedBy(issue.id).length;
    const { type } = issue;
    return {
      id: issue.id,
      node_id: `I_${issue.id}`,
      url,
      repository_url: repositoryUrl,
      labels_url: `${url}/labels{/name}`,
      comments_url: `${url}/comments`,
      events_url: `${url}/events`,
      html_url: `https://github.test/${nameOf(repository)}/issues/${issue.number}`,
      number: issue.number,
      state: issue.state,
      state_reason: issue.stateReason,
      title: issue.title,
      body: issue.body,
      user: this.user(this.#state.user(issue.author)),
      labels: issue.labels.map((name, index) => ({
        id: index + 1,
        node_id: `L_${index}`,
        url: `${repositoryUrl}/labels/${encodeURIComponent(name)}`,
        name,
        description: null,
        color: "ededed",
        default: false,
      })),
      assignee: people[0] ?? null,
      assignees: people,
      milestone: issue.milestone === null ? null : this.#milestone(repositoryUrl, issue.milestone),
      locked: false,
      active_lock_reason: null,
      comments: issue.comments.length,
      ...(issue.isPullRequest
        ? { pull_request: { url, html_url: url, diff_url: url, patch_url: url } }
        : {}),
      closed_at: issue.closedAt === null ? null : time(issue.closedAt),
      created_at: time(issue.createdAt),
      updated_at: time(issue.updatedAt),
      author_association: "NONE",
      ...(type === null ? {} : {
        type: {
          id: 1,
          node_id: "IT_1",
          name: type,
          description: null,
          color: null,
          is_enabled: true,
        },
      }),
      ...(parent === null ? {} : {
        parent_issue_url: `${this.#base}/repos/${
          nameOf(parent.repository)
        }/issues/${parent.issue.number}`,
      }),
      sub_issues_summary: { total: 0, completed: 0, percent_completed: 0 },
      issue_dependencies_summary: {
        blocked_by: issue.blockedBy.size,
        total_blocked_by: issue.blockedBy.size,
        blocking,
        total_blocking: blocking,
      },
    };
  }

  /** The issues that are blocked by the one of this id. */
  blockedBy(id: number) {
    return [...this.#state.repositories.values()].flatMap((repository) =>
      [...repository.issues.values()].filter(({ blockedBy }) => blockedBy.has(id))
        .map((issue) => ({ repository, issue }))
    );
  }

  /** A comment on an issue. */
  comment(
    repository: FakeRepository,
    number: number,
    { id, author, body, createdAt, updatedAt }: FakeComment,
  ) {
    const url = `${this.#base}/repos/${nameOf(repository)}/issues`;
    return {
      id,
      node_id: `IC_${id}`,
      url: `${url}/comments/${id}`,
      html_url: `https://github.test/${nameOf(repository)}/issues/${number}#issuecomment-${id}`,
      issue_url: `${url}/${number}`,
      body,
      user: this.user(this.#state.user(author)),
      created_at: time(createdAt),
      updated_at: time(updatedAt),
      author_association: "NONE",
    };
  }

  /** A webhook. */
  hook(repository: FakeRepository, { id, url, events, isActive }: FakeHook) {
    const own = `${this.#base}/repos/${nameOf(repository)}/hooks/${id}`;
    return {
      type: "Repository",
      id,
      name: "web",
      active: isActive,
      events: [...events],
      config: { url, content_type: "json", insecure_ssl: "0", secret: "********" },
      updated_at: time(0),
      created_at: time(0),
      url: own,
      test_url: `${own}/test`,
      ping_url: `${own}/pings`,
      deliveries_url: `${own}/deliveries`,
      last_response: { code: null, status: "unused", message: null },
    };
  }

  #milestone(repositoryUrl: string, title: string) {
    const url = `${repositoryUrl}/milestones/1`;
    return {
      url,
      html_url: url,
      labels_url: `${url}/labels`,
      id: 1,
      node_id: "MI_1",
      number: 1,
      state: "open",
      title,
      description: null,
      creator: null,
      open_issues: 1,
      closed_issues: 0,
      created_at: time(0),
      updated_at: time(0),
      closed_at: null,
      due_on: null,
    };
  }
}
