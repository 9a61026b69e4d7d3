import assert from "node:assert/strict";
import type { AppCredential } from "../../../src/providers/jira/app.ts";
import { ATLASSIAN } from "../../../src/providers/jira/app.ts";
import type { Access } from "../../../src/providers/mod.ts";
import { FakeAtlassian } from "../../standins/jira/fake_atlassian.ts";
import { PERMISSIONS } from "../../standins/jira/state.ts";
import { atJira, BASE, type Scene } from "./support.ts";

export const CALLBACK = "https://tracker.acme.test/connections/authorized";

export const APP_OF_TEST = {
  clientId: "fake-client-id",
  clientSecret: "ATOA-fake-client-secret-0123456789",
  callback: CALLBACK,
};

/** A project at a fake Jira behind Atlassian's gateway, reached by an app that was let in. */
export interface AppScene extends Scene {
  readonly atlassian: FakeAtlassian;
  /** The credential as it is stored now. */
  stored(): AppCredential;
  /** How often the credential was exchanged for another one. */
  readonly renewed: () => number;
}

/** Returns Atlassian in front of a scene's Jira. */
export function atlassianOf({ jira, ada, clock }: Scene): FakeAtlassian {
  return new FakeAtlassian({
    jira,
    site: BASE,
    ...ATLASSIAN,
    now: () => clock.now(),
    app: APP_OF_TEST,
    person: ada,
    permissions: PERMISSIONS.filter((one) => one !== "ADMINISTER"),
  });
}

/** Runs a test with an app that was let in just now. */
export async function asApp(work: (scene: AppScene) => Promise<void>): Promise<void> {
  await atJira(async (scene) => {
    const { remote, place } = scene;
    const atlassian = atlassianOf(scene);
    const scopes = ["read:jira-work", "write:jira-work", "read:jira-user", "manage:jira-webhook"];
    let secret = JSON.stringify(atlassian.letIn(scopes));
    let renewed = 0;
    const access: Access = {
      ...scene.access,
      credential: { kind: "app", secret },
      fetch: atlassian.fetch,
      async renew(used, renew) {
        if (used !== secret) return secret;
        secret = await renew(used);
        renewed++;
        return secret;
      },
    };
    const get = (id: string) => remote.get(access, place, id);
    await work({
      ...scene,
      access,
      atlassian,
      stored: () => JSON.parse(secret),
      renewed: () => renewed,
      create: (fields) => remote.create(access, place, { clientId: crypto.randomUUID(), fields }),
      get,
      async change(id, fields) {
        const issue = await get(id);
        assert.ok(issue !== null);
        await remote.change(access, place, issue, fields);
      },
    });
  });
}
