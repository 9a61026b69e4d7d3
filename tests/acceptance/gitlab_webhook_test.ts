/** A change at GitLab of which a webhook tells is what the next pull gets. */
import assert from "node:assert/strict";
import { document, ends } from "../support/bound.ts";
import { freePort } from "../support/free_port.ts";
import { until } from "../support/until.ts";
import { signed } from "../standins/gitlab/fake_gitlab.ts";
import { GITLAB_TOKEN, withGitLab } from "./connect_setup.ts";
import { serve, signIn, terminate } from "./host_setup.ts";

/** A machine that is busy with other tests may be slow once: the quickest of some edits counts. */
const EDITS = 3;

Deno.test("a client that pulls sees a change of which a webhook tells that the host has registered", () =>
  withGitLab(async ({ world, data, gitlab, project, addIssues, connect }) => {
    addIssues(20);
    await ends(world, 0, connect("--project", "acme/web"), { stdin: GITLAB_TOKEN });
    const port = String(freePort());
    const at = ["--data", data, "--public-url", `http://127.0.0.1:${port}`];
    const host = await serve(world, at, port);
    await signIn(world, host.url);
    await ends(world, 0, ["bind", "-p", "gitlab", "--select", "1"]);
    const entered = ["host", "connection", "webhook", "gitlab", "--data", data];
    await until(async () => {
      const { stderr } = await ends(world, 0, entered);
      return stderr.startsWith("The host has registered this by itself: enter nothing")
        ? true
        : null;
    });
    assert.equal(project.hooks.size, 1);
    await ends(world, 0, ["host", "sync", "--data", data]);
    const title = async () => {
      await ends(world, 0, ["sync", "pull"]);
      return (await document(world, "issue", "show", "#7")).title;
    };
    assert.equal(await title(), "Issue 7");
    for (let edit = 1; edit <= EDITS; edit++) {
      gitlab.edit(project, 7, { title: `Told ${edit} times` });
      const delivery = gitlab.deliveries.at(-1);
      assert.ok(delivery !== undefined);
      const request = await signed(delivery);
      assert.ok(request.headers.has("webhook-signature"));
      const again = request.clone();
      assert.equal((await fetch(request)).status, 202);
      // A delivery that is sent again changes nothing.
      assert.equal((await fetch(again)).status, 202);
      await until(async () => (await title()) === `Told ${edit} times` ? true : null, 20);
    }
    const forged = await signed({
      ...gitlab.deliveries[0] ?? assert.fail(),
      token: "wrong",
      signingToken: null,
    });
    assert.equal((await fetch(forged)).status, 404);
    assert.deepEqual(gitlab.writes, []);
    await terminate(host);
  }));
