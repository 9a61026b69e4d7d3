import assert from "node:assert/strict";
import type { RemotePlace } from "../../../src/providers/mod.ts";
import type { Edition } from "../../../src/providers/jira/edition.ts";
import { jiraRemote } from "../../../src/providers/jira/remote.ts";
import { PLAIN_TEXTS, WRITTEN_TEXTS } from "../../standins/jira/plain_texts.ts";
import { FakeJira } from "../../standins/jira/fake_jira.ts";
import { type FakePerson, type FakeProject, PERMISSIONS } from "../../standins/jira/state.ts";
import { testClock } from "../../support/clock.ts";
import { type Scene as ProviderScene, sceneOf as providerSceneOf } from "../scene.ts";

export { CLIENT_ID, faultOf, refusalOf } from "../scene.ts";

export { paragraphs } from "../../standins/jira/plain_texts.ts";

export const BASE = "https://acme.atlassian.net";

export const TOKEN = "ATATT3xFfGF0123456789abcdefghij";

/** The connection's names of statuses. */
export const WORDS = { blocked: ["On Ice"] } as const;

/** Jira in the cloud, with such texts. */
export const CLOUD: Edition = { name: "cloud", api: "/rest/api/3", texts: PLAIN_TEXTS };

/** A server of a team's own, with texts that are Markdown already. */
export const SERVER: Edition = { name: "data_center", api: "/rest/api/2", texts: WRITTEN_TEXTS };

/** A project at a fake Jira, and how it is reached. */
export interface Scene extends ProviderScene {
  readonly jira: FakeJira;
  readonly project: FakeProject;
  readonly ada: FakePerson;
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
  const scene = providerSceneOf({
    remote: jiraRemote(() => edition),
    place: placeAt(project, base),
    clock,
    baseUrl: base,
    site: "WEB",
    credential: { kind, secret },
    statusWords: WORDS,
    fetch: jira.fetch,
  });
  return { ...scene, jira, project, ada };
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
