import assert from "node:assert/strict";
import { gitLabRemote } from "../../../src/providers/gitlab/remote.ts";
import type { IssueChange, RemotePlace } from "../../../src/providers/mod.ts";
import { FakeGitLab } from "../../standins/gitlab/fake_gitlab.ts";
import type { FakeIssue, FakeProject } from "../../standins/gitlab/state.ts";
import { testClock } from "../../support/clock.ts";
import { changed as changedAt, type Scene as ProviderScene, sceneOf } from "../scene.ts";

export { CLIENT_ID, codeOf, faultOf } from "../scene.ts";

export const ORIGIN = "https://gitlab.test";

export const TOKEN = "glpat-0123456789abcdefghij";

/** The connection's labels for statuses. */
export const WORDS = {
  in_progress: ["workflow::doing"],
  blocked: ["workflow::on hold"],
  canceled: ["wontfix"],
} as const;

/** A project at a fake GitLab, and how it is reached. */
export interface Scene extends ProviderScene {
  readonly gitlab: FakeGitLab;
  readonly project: FakeProject;
}

/** Runs a test at a fake GitLab, and sees that only what GitLab describes was asked of it. */
export async function atGitLab(work: (scene: Scene) => Promise<void>): Promise<void> {
  const clock = testClock();
  const gitlab = new FakeGitLab(ORIGIN, () => clock.now());
  const project = gitlab.state.addProject("acme/web");
  gitlab.state.addToken(TOKEN, "ada");
  gitlab.state.user("bo");
  project.members.set("bo", 30);
  const scene = sceneOf({
    remote: gitLabRemote(),
    place: placeAt(project),
    clock,
    baseUrl: `${ORIGIN}/api/v4`,
    site: "acme/web",
    credential: { kind: "token", secret: TOKEN },
    statusWords: WORDS,
    fetch: gitlab.fetch,
  });
  await work({ ...scene, gitlab, project });
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
  const { iid } = scene.gitlab.state.addIssue(scene.project, { title: "Old", ...before }, 0);
  return await changedAt(scene, String(iid), change);
}
