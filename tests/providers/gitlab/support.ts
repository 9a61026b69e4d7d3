import assert from "node:assert/strict";
import { GITLAB_BUDGETS } from "../../../src/providers/gitlab/budgets.ts";
import { gitLabRemote } from "../../../src/providers/gitlab/remote.ts";
import {
  type Access,
  Budget,
  type IssueChange,
  ProviderError,
  type Remote,
  type RemoteCreation,
  type RemotePlace,
} from "../../../src/providers/mod.ts";
import { FakeGitLab } from "../../standins/gitlab/fake_gitlab.ts";
import type { FakeIssue, FakeProject } from "../../standins/gitlab/state.ts";
import { type TestClock, testClock } from "../../support/clock.ts";

export const ORIGIN = "https://gitlab.test";

export const TOKEN = "glpat-0123456789abcdefghij";

export const CLIENT_ID = "01234567-89ab-4def-8123-456789abcdef";

/** The connection's labels for statuses. */
export const WORDS = {
  in_progress: ["workflow::doing"],
  blocked: ["workflow::on hold"],
  canceled: ["wontfix"],
} as const;

/** A project at a fake GitLab, and how it is reached. */
export interface Scene {
  readonly gitlab: FakeGitLab;
  readonly project: FakeProject;
  readonly remote: Remote;
  readonly access: Access;
  readonly place: RemotePlace;
  readonly clock: TestClock;
  create(fields: RemoteCreation["fields"]): ReturnType<Remote["create"]>;
  get(id: string): ReturnType<Remote["get"]>;
}

/** Runs a test at a fake GitLab, and sees that only what GitLab describes was asked of it. */
export async function atGitLab(work: (scene: Scene) => Promise<void>): Promise<void> {
  const clock = testClock();
  const gitlab = new FakeGitLab(ORIGIN, () => clock.now());
  const project = gitlab.state.addProject("acme/web");
  gitlab.state.addToken(TOKEN, "ada");
  gitlab.state.user("bo");
  project.members.set("bo", 30);
  const remote = gitLabRemote();
  const access: Access = {
    baseUrl: `${ORIGIN}/api/v4`,
    site: "acme/web",
    credential: { kind: "token", secret: TOKEN },
    statusWords: WORDS,
    fetch: gitlab.fetch,
    clock,
    budget: new Budget(clock, GITLAB_BUDGETS),
    signal: new AbortController().signal,
  };
  const place = placeAt(project);
  await work({
    gitlab,
    project,
    remote,
    access,
    place,
    clock,
    create: (fields) => remote.create(access, place, { clientId: CLIENT_ID, fields }),
    get: (id) => remote.get(access, place, id),
  });
  assert.deepEqual(gitlab.faults, []);
}

/** Returns a project as the host knows it. */
export function placeAt({ id, path }: FakeProject): RemotePlace {
  return {
    externalId: String(id),
    workspace: String(id),
    key: path,
    url: `${ORIGIN}/${path}`,
    workflow: "open",
  };
}

/** Adds an issue, changes it as the outbox does, and returns it as it is then. */
export async function changed(scene: Scene, before: Partial<FakeIssue>, change: IssueChange) {
  const { gitlab, project, remote, access, place, get } = scene;
  const { iid } = gitlab.state.addIssue(project, { title: "Old", ...before }, 0);
  const issue = await get(String(iid));
  assert.ok(issue !== null);
  await remote.change(access, place, issue, change);
  const after = await get(String(iid));
  assert.ok(after !== null);
  return after;
}

/** Returns why a call failed. */
export async function faultOf(work: Promise<unknown>): Promise<ProviderError> {
  const error = await work.then(() => null, (error: unknown) => error);
  assert.ok(error instanceof ProviderError, String(error));
  return error;
}

/** Returns the code of what one issue cannot be. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  const { fault } = await faultOf(work);
  assert.equal(fault.kind, "rejected");
  return fault.kind === "rejected" ? fault.code : "";
}
