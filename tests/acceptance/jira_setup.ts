import assert from "node:assert/strict";
import { FakeJira } from "../standins/jira/fake_jira.ts";
import { type FakePerson, type FakeProject, PERMISSIONS } from "../standins/jira/state.ts";
import { withWorld, type World } from "../support/world.ts";
import { dataWithUser } from "./host_setup.ts";

/** The mail address and the token of somebody at Jira who may do everything. */
export const MAIL = "ada@acme.example";
export const API_TOKEN = "ATATT3xFfGF0123456789abcdefghij";

/** A world with the data of a host, and a Jira with the projects WEB and OPS. */
export interface JiraWorld {
  readonly world: World;
  readonly data: string;
  readonly jira: FakeJira;
  readonly web: FakeProject;
  readonly ada: FakePerson;
  /** Connects what the arguments name. */
  readonly connect: (...args: string[]) => readonly string[];
}

/** Runs a test with a Jira that answers over HTTP, and takes nothing that its description does not know. */
export async function withJira(
  test: (scene: JiraWorld) => Promise<void>,
  edition: "cloud" | "server" = "cloud",
): Promise<void> {
  const { jira, url, stop } = await FakeJira.serve(edition);
  try {
    const ada = jira.state.addPerson("ada", "Ada Lovelace", MAIL);
    if (edition === "cloud") jira.allow(ada.accountId, MAIL, API_TOKEN, PERMISSIONS);
    else jira.allowToken(ada.accountId, API_TOKEN, PERMISSIONS);
    const web = jira.state.addProject("WEB");
    jira.state.addProject("OPS");
    await withWorld(async (world) => {
      const data = await dataWithUser(world);
      const account = edition === "cloud" ? ["--email", MAIL] : [];
      const at = ["--site", url, ...account, "--data", data];
      const connect = (...args: string[]) => ["host", "connect", "jira", ...args, ...at];
      await test({ world, data, jira, web, ada, connect });
    });
    assert.deepEqual(jira.faults, []);
  } finally {
    await stop();
  }
}
