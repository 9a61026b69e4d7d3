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
import { PLAIN_TEXTS, WRITTEN_TEXTS } from "../../standins/jira/plain_texts.ts";
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

/** A server of a team's own, with texts that are Markdown already. */
export const SERVER: Edition = { name: "data_center", api: "/rest/api/2", texts: WRITTEN_TEXTS };

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

/** Runs a test at a fake Jira in the cloud, and sees that the official description allowed all of it. */
export async function atJira(work: (scene: Scene) => Promise<void>): Promise<void> {
  const clock = testClock();
  const jira = await FakeJira.start(BASE, () => clock.now());
  const ada = fill(jira);
  jira.allow(ada.accountId, "ada@acme.test", TOKEN, PERMISSIONS);
  const secret = JSON.stringify({ email: "ada@acme.test", token: TOKEN });
  await work(sceneOf({ jira, ada, clock, edition: CLOUD, kind: "token", secret, base: BASE }));
  assert.deepEqual(jira.faults, []);
}

/** Where a server of a team's own is: below a path. */
export const SERVER_BASE = "https://jira.acme.test/tracker";

/** Runs a test at a fake server of a team's own. */
export async function atServer(work: (scene: Scene) => Promise<void>): Promise<void> {
  const clock = testClock();
  const jira = FakeJira.startServer(SERVER_BASE, () => clock.now());
  const ada = fill(jira);
  jira.allowToken(ada.accountId, TOKEN, PERMISSIONS);
  const base = SERVER_BASE;
  await work(
    sceneOf({ jira, ada, clock, edition: SERVER, kind: "server_token", secret: TOKEN, base }),
  );
  assert.deepEqual(jira.faults, []);
}

function fill({ state }: FakeJira): FakePerson {
  const ada = state.addPerson("ada", "Ada Lovelace", "ada@acme.test");
  state.addPerson("bo", "Bo Diddley", null);
  state.addProject("WEB");
  return ada;
}

interface Setting extends Pick<Scene, "jira" | "ada" | "clock"> {
  readonly edition: Edition;
  readonly kind: string;
  readonly secret: string;
  readonly base: string;
}

function sceneOf({ jira, ada, clock, edition, kind, secret, base }: Setting): Scene {
  const [project] = jira.state.projects.values();
  assert.ok(project !== undefined);
  const remote = jiraRemote(() => edition);
  const access: Access = {
    baseUrl: base,
    site: "WEB",
    credential: { kind, secret },
    statusWords: WORDS,
    fetch: jira.fetch,
    clock,
    budget: new Budget(clock, JIRA_BUDGETS),
    signal: new AbortController().signal,
  };
  const place = placeAt(project, base);
  const get = (id: string) => remote.get(access, place, id);
  return {
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
  };
}

/** Returns a project as the host knows it. */
export function placeAt({ id, key }: FakeProject, base: string = BASE): RemotePlace {
  const externalId = `${base.replace("https://", "")}/${id}`;
  return {
    externalId,
    workspace: externalId,
    key,
    url: `${base}/browse/${key}`,
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
