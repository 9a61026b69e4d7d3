/** A credential that is refused: its connection alone stops, all say so, and connecting again heals it. */
import assert from "node:assert/strict";
import { document, ends } from "../support/bound.ts";
import { withWorld } from "../support/world.ts";
import { consoleBrowser } from "../server/console/browser.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { FakeGitHub } from "../standins/github/fake_github.ts";
import { ADMIN_KEY, fakeLinear, serveLinear } from "../standins/linear/fake_linear.ts";
import { linearSchema } from "../standins/linear/schema.ts";
import { uuid } from "../standins/linear/state.ts";
import { dataWithUser, serveBound, terminate } from "./host_setup.ts";

const EXPIRED = "github_pat_expired0123456789";
const RENEWED = "github_pat_renewed0123456789";

Deno.test("a credential that expires stops its connection alone, which says so everywhere, and heals by connecting again", async () => {
  const { github, url: githubUrl, stop } = await FakeGitHub.serve();
  const linear = fakeLinear(linearSchema(), systemClock());
  await using linearServer = serveLinear(linear);
  try {
    const may = { login: "ada", issues: "write", hooks: true, mayTriage: true } as const;
    github.state.tokens.set(EXPIRED, { ...may });
    const repository = github.state.addRepository("acme/web");
    github.state.addIssue(repository, { title: "First" }, Date.now() - 3_600_000);
    linear.people.add({ teamId: uuid(2, 1), title: "Theirs" });
    await withWorld(async (world) => {
      const data = await dataWithUser(world);
      const at = ["--data", data];
      const connect = ["host", "connect", "github", "--repository", "acme/web", ...at];
      const line = [...connect, "--api-url", githubUrl];
      await ends(world, 0, line, { stdin: EXPIRED });
      const team = ["--team-key", "ENG", "--api-url", linearServer.url, ...at];
      await ends(world, 0, ["host", "connect", "linear", ...team], { stdin: ADMIN_KEY });
      await ends(world, 0, ["host", "sync", ...at]);
      const host = await serveBound(world, data, "github");
      await ends(world, 0, ["sync", "pull"]);

      github.state.tokens.delete(EXPIRED);
      github.edit(repository, 1, { title: "Renamed meanwhile" });
      linear.people.add({ teamId: uuid(2, 1), title: "Theirs, too" });
      const synced = await ends(world, 1, ["host", "sync", ...at]);
      assert.match(synced.stdout, /^✗ github is refused since .*: .*401.*: Bad credentials$/m);
      assert.match(synced.stdout, /^✓ linear {2}acme\/ENG: 2 issues$/m);
      const places = await document(world, "host", "connection", "list", ...at);
      const states = places.connections.map((one: { name: string; state: string }) =>
        `${one.name}: ${one.state}`
      );
      assert.deepEqual(states, ["github: refused", "linear: ok"]);
      const shown = await ends(world, 0, ["host", "connection", "show", "github", ...at]);
      assert.match(shown.stdout, /refused/);
      const check = await ends(world, 1, ["host", "check", ...at]);
      assert.match(check.stdout, /✗ the connection "github" is refused.*401.*: Bad credentials/);
      for (const line of [["status"], ["doctor"]]) {
        const { stdout, stderr } = await world.here(line);
        assert.match(stdout + stderr, /refused/, line.join(" "));
      }
      const browser = consoleBrowser({ raw: (request) => fetch(request, { redirect: "manual" }) }, {
        origin: host.url,
      });
      const person = { username: "ada@example.com", password: "correct horse battery" };
      await browser.send("/sign-in", "/sign-in", person);
      assert.match((await browser.open("/connections")).html, /refused/i);
      const token = (await ends(world, 0, ["auth", "token"])).stdout.trim();
      const figures = await fetch(`${host.url}/metrics`, {
        headers: { authorization: `Bearer ${token}` },
      });
      const metrics = await figures.text();
      assert.match(metrics, /^tracker_provider_connections\{.*"github",state="refused"\} 1$/m);
      assert.match(metrics, /^tracker_provider_connections\{.*"linear",state="ok"\} 1$/m);

      github.state.tokens.set(RENEWED, { ...may });
      const renewed = await ends(world, 0, line, { stdin: RENEWED });
      assert.match(renewed.stdout, /^✓ Renewed github as ada: 1 place\.$/m);
      await ends(world, 0, ["host", "sync", ...at]);
      await ends(world, 0, ["sync", "pull"]);
      assert.equal((await document(world, "issue", "show", "#1")).title, "Renamed meanwhile");
      const healthy = await document(world, "host", "connection", "show", "github", ...at);
      assert.equal(healthy.state, "ok");
      const after = await ends(world, 0, ["host", "check", ...at]);
      assert.match(after.stdout, /✓ 2 connections work/);
      await terminate(host);
    });
  } finally {
    await stop();
  }
});
