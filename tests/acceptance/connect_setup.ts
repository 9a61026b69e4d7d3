import assert from "node:assert/strict";
import { systemClock } from "../../src/platform/clock.ts";
import { FakeGitHub } from "../standins/github/fake_github.ts";
import type { FakeRepository } from "../standins/github/state.ts";
import { FakeGitLab } from "../standins/gitlab/fake_gitlab.ts";
import type { FakeProject } from "../standins/gitlab/state.ts";
import { type FakeLinear, fakeLinear, serveLinear } from "../standins/linear/fake_linear.ts";
import { linearSchema } from "../standins/linear/schema.ts";
import type { Issue } from "../standins/linear/state.ts";
import { runIn, withWorld, type World } from "../support/world.ts";
import { dataWithUser } from "./host_setup.ts";

export { until } from "../support/until.ts";

/** A token of GitHub that may do everything. */
export const TOKEN = "github_pat_0123456789abcdefghij";

/** A world with the data of a host, and a GitHub with a repository. */
export interface GitHubWorld {
  readonly world: World;
  readonly data: string;
  readonly github: FakeGitHub;
  readonly repository: FakeRepository;
  /** Connects what the arguments name. */
  readonly connect: (...args: string[]) => readonly string[];
}

/** Runs a test with a GitHub that answers over HTTP, and takes no request that it does not know. */
export async function withGitHub(test: (scene: GitHubWorld) => Promise<void>): Promise<void> {
  const { github, url, stop } = await FakeGitHub.serve();
  try {
    const repository = github.state.addRepository("acme/web");
    for (const login of ["ada", "bo"]) repository.assignable.add(login);
    github.state.tokens.set(TOKEN, { login: "ada", issues: "write", hooks: true, mayTriage: true });
    await withWorld(async (world) => {
      const data = await dataWithUser(world);
      const at = ["--api-url", url, "--data", data];
      const connect = (...args: string[]) => ["host", "connect", "github", ...args, ...at];
      await test({ world, data, github, repository, connect });
    });
    assert.deepEqual(github.faults, []);
  } finally {
    await stop();
  }
}

/** Adds issues as people did some days ago. */
export function fill(github: FakeGitHub, repository: FakeRepository, count: number): void {
  for (let index = 1; index <= count; index++) {
    const fields = { title: `Issue ${index}`, labels: index === 2 ? ["doing"] : [] };
    github.state.addIssue(repository, fields, Date.now() - (10_000 - index) * 60_000);
  }
}

/** Makes the project a git repository whose only commit holds what is there. */
export async function initGit({ project, env }: World): Promise<void> {
  for (
    const args of [
      ["init", "--quiet", "--initial-branch=main"],
      ["config", "user.name", "Ada"],
      ["config", "user.email", "ada@example.com"],
      ["add", "."],
      ["commit", "--quiet", "--allow-empty", "-m", "First"],
    ]
  ) {
    const { code, stderr } = await runIn({ project, env }, ["git", ...args]);
    assert.equal(code, 0, stderr);
  }
}

/** A world with the data of a host, and a Linear with the teams ENG and OPS. */
export interface LinearWorld {
  readonly world: World;
  readonly data: string;
  readonly linear: FakeLinear;
  /** The id of a team. */
  readonly team: (key: string) => string;
  /** Adds issues as people do. */
  readonly addIssues: (key: string, count: number) => readonly Issue[];
  /** Connects what the arguments name. */
  readonly connect: (...args: string[]) => readonly string[];
}

/** Runs a test with a Linear that answers over HTTP, and takes nothing that its schema does not know. */
export async function withLinear(test: (scene: LinearWorld) => Promise<void>): Promise<void> {
  const linear = fakeLinear(linearSchema(), systemClock());
  await using served = serveLinear(linear);
  const team = (key: string) => {
    const found = [...linear.workspace.teams.values()].find((one) => one.key === key);
    assert.ok(found !== undefined, key);
    return found.id;
  };
  const addIssues = (key: string, count: number) =>
    Array.from({ length: count }, (_, index) => {
      return linear.people.add({ teamId: team(key), title: `Issue ${index + 1}` });
    });
  await withWorld(async (world) => {
    const data = await dataWithUser(world);
    const at = ["--api-url", served.url, "--data", data];
    const connect = (...args: string[]) => ["host", "connect", "linear", ...args, ...at];
    await test({ world, data, linear, team, addIssues, connect });
  });
  assert.deepEqual(linear.faults, []);
}

/** A token of GitLab that may do everything. */
export const GITLAB_TOKEN = "glpat-0123456789abcdefghij";

/** A world with the data of a host, and a GitLab with a project. */
export interface GitLabWorld {
  readonly world: World;
  readonly data: string;
  readonly gitlab: FakeGitLab;
  readonly project: FakeProject;
  /** Adds issues as people did some days ago. */
  readonly addIssues: (count: number) => void;
  /** Connects what the arguments name. */
  readonly connect: (...args: string[]) => readonly string[];
}

/** Runs a test with a GitLab that answers over HTTP, and takes no request that it does not know. */
export async function withGitLab(test: (scene: GitLabWorld) => Promise<void>): Promise<void> {
  const { gitlab, url, stop } = FakeGitLab.serve();
  try {
    const project = gitlab.state.addProject("acme/web");
    gitlab.state.addToken(GITLAB_TOKEN, "ada");
    const addIssues = (count: number) => {
      for (let index = 1; index <= count; index++) {
        const at = Date.now() - (10_000 - index) * 60_000;
        gitlab.state.addIssue(project, { title: `Issue ${index}` }, at);
      }
    };
    await withWorld(async (world) => {
      const data = await dataWithUser(world);
      const at = ["--api-url", url, "--data", data];
      const connect = (...args: string[]) => ["host", "connect", "gitlab", ...args, ...at];
      await test({ world, data, gitlab, project, addIssues, connect });
    });
    assert.deepEqual(gitlab.faults, []);
  } finally {
    await stop();
  }
}
