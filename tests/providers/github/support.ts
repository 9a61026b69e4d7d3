import assert from "node:assert/strict";
import {
  type Access,
  Budget,
  ProviderError,
  type RemotePlace,
} from "../../../src/providers/mod.ts";
import { GITHUB_BUDGETS } from "../../../src/providers/github/budgets.ts";
import { gitHubRemote } from "../../../src/providers/github/remote.ts";
import type { Remote, RemoteCreation } from "../../../src/providers/mod.ts";
import { FakeGitHub } from "../../standins/github/fake_github.ts";
import { type FakeRepository, nameOf } from "../../standins/github/state.ts";
import { type TestClock, testClock } from "../../support/clock.ts";

export const BASE = "https://api.github.test";

export const TOKEN = "github_pat_0123456789abcdefghij";

export const CLIENT_ID = "01234567-89ab-4def-8123-456789abcdef";

/** The connection's labels for statuses. */
export const WORDS = { in_progress: ["doing"], blocked: ["on hold"] } as const;

/** A repository at a fake GitHub, and how it is reached. */
export interface Scene {
  readonly github: FakeGitHub;
  readonly repository: FakeRepository;
  readonly remote: Remote;
  readonly access: Access;
  readonly place: RemotePlace;
  readonly clock: TestClock;
  create(fields: RemoteCreation["fields"]): ReturnType<Remote["create"]>;
  get(id: string): ReturnType<Remote["get"]>;
}

/** Runs a test at a fake GitHub, and sees that the official description allowed all of it. */
export async function atGitHub(work: (scene: Scene) => Promise<void>): Promise<void> {
  const clock = testClock();
  const github = await FakeGitHub.start(BASE, () => clock.now());
  const repository = github.state.addRepository("acme/web");
  for (const login of ["ada", "bo"]) repository.assignable.add(login);
  github.state.tokens.set(TOKEN, { login: "ada", issues: "write", hooks: true, mayTriage: true });
  const remote = gitHubRemote();
  const access: Access = {
    baseUrl: BASE,
    site: "acme",
    credential: { kind: "token", secret: TOKEN },
    statusWords: WORDS,
    fetch: github.fetch,
    clock,
    budget: new Budget(clock, GITHUB_BUDGETS),
    signal: new AbortController().signal,
  };
  const place = placeAt(repository);
  await work({
    github,
    repository,
    remote,
    access,
    place,
    clock,
    create: (fields) => remote.create(access, place, { clientId: CLIENT_ID, fields }),
    get: (id) => remote.get(access, place, id),
  });
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
