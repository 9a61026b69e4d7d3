import assert from "node:assert/strict";
import { isMe, myNames } from "../../src/missions/my_names.ts";
import { blankIssue, type NormalizedIssue } from "../../src/contract/issue.ts";
import { CredentialStore } from "../../src/user/credentials.ts";
import { setSetting } from "../../src/user/settings.ts";
import { aSession } from "../support/sessions.ts";
import { HOST, SIGNED_IN, withProject } from "./support.ts";

function assignedTo(...assignees: string[]): NormalizedIssue {
  const ref = { system: "jira", workspace: "WEB", id: "1" };
  return { ...blankIssue(ref, "2026-03-01T12:00:00Z"), assignees };
}

Deno.test("the setting is the only name where it is set", async () => {
  await withProject({ env: SIGNED_IN }, async ({ platform, root }) => {
    await setSetting(platform, "mission.assignee", " Mei Lin ");
    for (const kind of ["hosted", "local"] as const) {
      const issues = [assignedTo("mei")];
      assert.deepEqual(await myNames({ platform, root, place: { kind }, issues }), ["Mei Lin"]);
    }
  });
});

Deno.test("for a tool the name is that of git; without git there is none", async () => {
  await withProject({}, async ({ platform, root }) => {
    const place = { kind: "local" } as const;
    assert.deepEqual(await myNames({ platform, root, place, issues: [] }), ["Test"]);
    const none = {
      ...platform.processes,
      run: () => Promise.resolve({ code: 1, stdout: new Uint8Array(), stderr: new Uint8Array() }),
    };
    const without = { ...platform, processes: { ...platform.processes, run: none.run } };
    assert.deepEqual(await myNames({ platform: without, root, place, issues: [] }), []);
  });
});

Deno.test("at a host it is the name signed in by, as an issue writes it; a name that none has is no guess", async () => {
  const env = { SPEC_KITTY_ENABLE_SAAS_SYNC: "1", SPEC_KITTY_SAAS_URL: HOST };
  await withProject({ env }, async ({ platform, root }) => {
    const place = { kind: "hosted" } as const;
    const names = (...issues: NormalizedIssue[]) => myNames({ platform, root, place, issues });
    assert.deepEqual(await names(assignedTo("ada")), []);
    await new CredentialStore({ platform }).saveSession(
      aSession(HOST, { username: "ada@example.com" }),
    );
    assert.deepEqual(await names(assignedTo("mei", "Ada@Example.com")), ["Ada@Example.com"]);
    assert.deepEqual(await names(assignedTo("ada")), [], "a stranger may be called so");
  });
});

Deno.test("names are the same in any case; a blank one is nobody's", () => {
  assert.equal(isMe(["Mei"], " mei "), true);
  assert.equal(isMe([""], ""), false);
  assert.equal(isMe([], "mei"), false);
});
