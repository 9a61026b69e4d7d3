/** GitLab in the console: the form that connects it, what it says of a wrong credential, and what comes of a right one. */
import assert from "node:assert/strict";
import { consoleBrowser } from "../server/console/browser.ts";
import { document, ends } from "../support/bound.ts";
import { until } from "../support/until.ts";
import { GITLAB_TOKEN, withGitLab } from "./connect_setup.ts";
import { serve, terminate } from "./host_setup.ts";

Deno.test("an administrator connects a group of GitLab by the form, and chooses a project", () =>
  withGitLab(async ({ world, data, gitlab, project, addIssues, connect }) => {
    addIssues(3);
    gitlab.state.addProject("acme/shop/api").members.set("ada", 40);
    const host = await serve(world, ["--data", data]);
    const browser = consoleBrowser({
      raw: (request) => fetch(request, { redirect: "manual" }),
    }, { origin: host.url });
    const person = { username: "ada@example.com", password: "correct horse battery" };
    await browser.send("/sign-in", "/sign-in", person);
    const form = "/connections/new/gitlab";
    const { status, html } = await browser.open(form);
    assert.equal(status, 200);
    for (const words of ["Projects or groups", "Give the token the scope api", "Address of Git"]) {
      assert.ok(html.includes(words), words);
    }
    const url = connect().find((one) => one.startsWith("http")) ?? "";
    const fields = { kind: "token", name: "", places: "acme/*", url };
    const wrong = await browser.send(form, form, { ...fields, token: "glpat-wrong-0123456789" });
    assert.equal(wrong.status, 422);
    assert.ok(wrong.html.includes("GitLab does not take the credential (401)"), wrong.html);
    assert.ok(!wrong.html.includes("glpat-wrong"));
    const sent = await browser.send(form, form, { ...fields, token: GITLAB_TOKEN });
    assert.equal(sent.status, 303, sent.html);
    const place = { place: String(project.id) };
    assert.equal((await browser.send(sent.location, sent.location, place)).status, 303);
    const list = ["host", "connection", "list", "--data", data];
    const { connections } = await document(world, ...list);
    assert.deepEqual(
      connections.map((one: { name: string; state: string }) => [one.name, one.state]),
      [["gitlab", "ok"]],
    );
    await ends(world, 0, ["host", "sync", "gitlab", "--data", data]);
    await until(async () => (await browser.open("/issues")).html.includes("Issue 3") ? true : null);
    const shown = await browser.open(sent.location.replace(/\/choose.*|\?.*/, ""));
    assert.ok(!shown.html.includes(GITLAB_TOKEN));
    await terminate(host);
  }));
