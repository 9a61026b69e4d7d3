import assert from "node:assert/strict";
import {
  type Access,
  Budget,
  ProviderError,
  type RemotePlace,
} from "../../../src/providers/mod.ts";
import type { Remote, RemoteCreation } from "../../../src/providers/mod.ts";
import type { Edition } from "../../../src/providers/jira/edition.ts";
import { JIRA_BUDGETS } from "../../../src/providers/jira/faults.ts";
import { jiraRemote } from "../../../src/providers/jira/remote.ts";
import { PLAIN_TEXTS } from "../../standins/jira/plain_texts.ts";
import { FakeJira } from "../../standins/jira/fake_jira.ts";
import { type FakePerson, type FakeProject, PERMISSIONS } from "../../standins/jira/state.ts";
import { type TestClock, testClock } from "../../support/clock.ts";

export { paragraphs } from "../../standins/jira/plain_texts.ts";

export const BASE = "https://acme.atlassian.net";

export const TOKEN = "ATATT3xFfGF0123456789abcdefghij";

export const CLIENT_ID = "01234567-89ab-4def-8123-456789abcdef";

/** The connection's names of statuses. */
export const WORDS = { blocked: ["On Ice"] } as const;

/** Jira in the cloud, with such texts. */
export const CLOUD: Edition = { name: "cloud", api: "/rest/api/3", texts: PLAIN_TEXTS };

/** A project at a fake Jira, and how it is reached. */
export interface Scene {
  readonly jira: FakeJira;
  readonly project: FakeProject;
  readonly ada: FakePerson;
  readonly remote: Remote;
  readonly access: Access;
  readonly place: RemotePlace;
  readonly clock: TestClock;
  create(fields: RemoteCreation["fields"]): ReturnType<Remote["create"]>;
  get(id: string): ReturnType<Remote["get"]>;
  /** Changes an issue as it is now. */
  change(id: string, fields: Parameters<Remote["change"]>[3]): Promise<void>;
}

/** Runs a test at a fake Jira, and sees that the official description allowed all of it. */
export async function atJira(work: (scene: Scene) => Promise<void>): Promise<void> {
  const clock = testClock();
  const jira = await FakeJira.start(BASE, () => clock.now());
  const { state } = jira;
  const ada = state.addPerson("ada", "Ada Lovelace", "ada@acme.test");
  state.addPerson("bo", "Bo Diddley", null);
  const project = state.addProject("WEB");
  jira.allow(ada.accountId, "ada@acme.test", TOKEN, PERMISSIONS);
  const remote = jiraRemote(() => CLOUD);
  const access: Access = {
    baseUrl: BASE,
    site: "WEB",
    credential: { kind: "token", secret: JSON.stringify({ email: "ada@acme.test", token: TOKEN }) },
    statusWords: WORDS,
    fetch: jira.fetch,
    clock,
    budget: new Budget(clock, JIRA_BUDGETS),
    signal: new AbortController().signal,
  };
  const place = placeAt(project);
  const get = (id: string) => remote.get(access, place, id);
  await work({
    jira,
    project,
    ada,
    remote,
    access,
    place,
    clock,
    create: (fields) => remote.create(access, place, { clientId: CLIENT_ID, fields }),
    get,
    async change(id, fields) {
      const issue = await get(id);
      assert.ok(issue !== null);
      await remote.change(access, place, issue, fields);
    },
  });
  assert.deepEqual(jira.faults, []);
}

/** Returns a project as the host knows it. */
export function placeAt({ id, key }: FakeProject): RemotePlace {
  const externalId = `acme.atlassian.net/${id}`;
  return {
    externalId,
    workspace: externalId,
    key,
    url: `${BASE}/browse/${key}`,
    workflow: "open",
  };
}

/** Returns why a call failed. */
export async function faultOf(work: Promise<unknown>): Promise<ProviderError> {
  const error = await work.then(() => null, (error: unknown) => error);
  assert.ok(error instanceof ProviderError, String(error));
  return error;
}

/** Returns the code of what one issue cannot be, and the words that name it. */
export async function refusalOf(
  work: Promise<unknown>,
): Promise<{ readonly code: string; readonly words: string }> {
  const { fault, message } = await faultOf(work);
  assert.equal(fault.kind, "rejected", message);
  return { code: fault.kind === "rejected" ? fault.code : "", words: message };
}
