import assert from "node:assert/strict";
import { gitHubRemote } from "../../../src/providers/github/remote.ts";
import type { RemotePlace } from "../../../src/providers/mod.ts";
import { FakeGitHub } from "../../standins/github/fake_github.ts";
import { type FakeRepository, nameOf } from "../../standins/github/state.ts";
import { testClock } from "../../support/clock.ts";
import { type Scene as ProviderScene, sceneOf } from "../scene.ts";

export { CLIENT_ID, codeOf, faultOf } from "../scene.ts";

export const BASE = "https://api.github.test";

export const TOKEN = "github_pat_0123456789abcdefghij";

/** The connection's labels for statuses. */
export const WORDS = { in_progress: ["doing"], blocked: ["on hold"] } as const;

/** A repository at a fake GitHub, and how it is reached. */
export interface Scene extends ProviderScene {
  readonly github: FakeGitHub;
  readonly repository: FakeRepository;
}

/** Runs a test at a fake GitHub, and sees that the official description allowed all of it. */
export async function atGitHub(work: (scene: Scene) => Promise<void>): Promise<void> {
  const clock = testClock();
  const github = await FakeGitHub.start(BASE, () => clock.now());
  const repository = github.state.addRepository("acme/web");
  for (const login of ["ada", "bo"]) repository.assignable.add(login);
  github.state.tokens.set(TOKEN, { login: "ada", issues: "write", hooks: true, mayTriage: true });
  const scene = sceneOf({
    remote: gitHubRemote(),
    place: placeAt(repository),
    clock,
    baseUrl: BASE,
    site: "acme",
    credential: { kind: "token", secret: TOKEN },
    statusWords: WORDS,
    fetch: github.fetch,
  });
  await work({ ...scene, github, repository });
  assert.deepEqual(github.faults, []);
}

/** Returns a repository as the host knows it. */
export function placeAt(repository: FakeRepository): RemotePlace {
  return {
    externalId: String(repository.id),
    workspace: String(repository.id),
    key: nameOf(repository),
    url: `https://github.test/${nameOf(repository)}`,
    workflow: "open",
  };
}
