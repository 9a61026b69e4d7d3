/** A change at GitHub of which a webhook tells is what the next pull gets, within a second. */
import assert from "node:assert/strict";
import { document, ends } from "../support/bound.ts";
import { signed } from "../standins/github/fake_github.ts";
import { fill, TOKEN, until, withGitHub } from "./connect_setup.ts";
import { serve, signIn, terminate } from "./host_setup.ts";

/** A machine that is busy with other tests may be slow once: the quickest of some edits counts. */
const EDITS = 5;

Deno.test("a client that pulls sees a change within a second of its webhook", () =>
  withGitHub(async ({ world, data, github, repository, connect }) => {
    fill(github, repository, 120);
    await ends(world, 0, connect("--repository", "acme/web"), { stdin: TOKEN });
    // Where the host is reached is told once it is known: with it the webhook is registered.
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const port = String(listener.addr.port);
    listener.close();
    const at = ["--data", data, "--public-url", `http://127.0.0.1:${port}`];
    const host = await serve(world, at, port);
    await signIn(world, host.url);
    await ends(world, 0, ["bind", "-p", "github", "--select", "1"]);
    await until(() => Promise.resolve(repository.hooks.size === 1 ? true : null));
    await ends(world, 0, ["host", "sync", "--data", data]);
    const { binding_ref } = await document(world, "status");
    const token = (await ends(world, 0, ["auth", "token"])).stdout.trim();
    const pulled = async () => {
      const answer = await fetch(`${host.url}/api/v1/tracker/pull/`, {
        method: "POST",
        headers: {
          "authorization": `Bearer ${token}`,
          "x-team-slug": "red",
          "content-type": "application/json",
        },
        body: JSON.stringify({ provider: "github", binding_ref, limit: 200 }),
      });
      return await answer.text();
    };
    assert.match(await pulled(), /"Issue 7"/);
    const took: number[] = [];
    for (let edit = 1; edit <= EDITS; edit++) {
      github.edit(repository, 7, { title: `Told ${edit} times` });
      const delivery = github.deliveries.at(-1);
      assert.ok(delivery !== undefined);
      const sent = performance.now();
      const answer = await fetch(await signed(delivery));
      assert.equal(answer.status, 202, await answer.text());
      await until(async () => (await pulled()).includes(`"Told ${edit} times"`) ? true : null, 20);
      took.push(Math.round(performance.now() - sent));
      // An edit in the same second has the same time as the one before.
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    console.log(`    from the webhook to the pull: ${took.join(", ")} ms`);
    assert.ok(Math.min(...took) < 1_000, took.join(" "));
    await terminate(host);
  }));
