/** Jira in the console: the forms that connect it, what they say of a wrong credential, and what comes of a right one. */
import assert from "node:assert/strict";
import { consoleBrowser } from "../server/console/browser.ts";
import { document, ends } from "../support/bound.ts";
import { until } from "./connect_setup.ts";
import { serve, terminate } from "./host_setup.ts";
import { API_TOKEN, MAIL, withJira } from "./jira_setup.ts";

for (const [edition, kind] of [["cloud", "token"], ["server", "server_token"]] as const) {
  Deno.test(`an administrator connects a project of Jira by the form: ${edition}`, () =>
    withJira(async ({ world, data, jira, web, connect }) => {
      for (const summary of ["Issue 1", "Issue 2"]) jira.add(web, { summary });
      const host = await serve(world, ["--data", data]);
      const browser = consoleBrowser({
        raw: (request) => fetch(request, { redirect: "manual" }),
      }, { origin: host.url });
      const person = { username: "ada@example.com", password: "correct horse battery" };
      await browser.send("/sign-in", "/sign-in", person);
      const form = `/connections/new/jira?kind=${kind}`;
      const { status, html } = await browser.open(form);
      assert.equal(status, 200);
      const words = edition === "cloud"
        ? ["Address of the site", "Mail address", "API token", "write:jira-work"]
        : ["Address of the server", "Personal access token"];
      for (const word of words) assert.ok(html.includes(word), word);
      const url = connect().find((one) => one.startsWith("http")) ?? "";
      const account = edition === "cloud" ? { email: MAIL } : {};
      const fields = { kind, name: "", places: "WEB", url, ...account };
      const refused = await browser.send(form, form, { ...fields, token: "ATATT-wrong-0123456" });
      assert.equal(refused.status, 422);
      assert.ok(refused.html.includes("Jira does not take the credential (401)"), refused.html);
      assert.ok(!refused.html.includes("ATATT-wrong"));
      const none = { ...fields, places: "NONE", token: API_TOKEN };
      const unknown = await browser.send(form, form, none);
      assert.equal(unknown.status, 422);
      assert.ok(unknown.html.includes("Jira has no project &quot;NONE&quot;"), unknown.html);
      assert.ok(!unknown.html.includes(API_TOKEN));
      const sent = await browser.send(form, form, { ...fields, token: API_TOKEN });
      assert.equal(sent.status, 303, sent.html);
      const place = { place: `${url.replace("http://", "")}/${web.id}` };
      const chosen = await browser.send(sent.location, sent.location, place);
      assert.equal(chosen.status, 303, chosen.html);
      const list = ["host", "connection", "list", "--data", data];
      const { connections } = await document(world, ...list);
      assert.deepEqual(
        connections.map((one: { name: string; state: string; credential_kind: string }) => [
          one.name,
          one.state,
          one.credential_kind,
        ]),
        [["jira", "ok", kind]],
      );
      await ends(world, 0, ["host", "sync", "jira", "--data", data]);
      await until(async () =>
        (await browser.open("/issues")).html.includes("Issue 2") ? true : null
      );
      const shown = await browser.open(sent.location);
      assert.equal(shown.status, 200);
      assert.ok(!shown.html.includes(API_TOKEN));
      await terminate(host);
    }, edition));
}
