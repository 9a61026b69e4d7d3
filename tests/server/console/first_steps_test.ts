import assert from "node:assert/strict";
import { addUser } from "../../../src/server/mod.ts";
import { COMMAND_LINE } from "../../../src/server/model/actor.ts";
import { withHost } from "../support.ts";
import { signedInBrowser } from "./browser.ts";

Deno.test("an admin of a new team is shown what to do next, ticked as it is done, until all of it is", () =>
  withHost(async (host) => {
    const eve = { username: "o'eve", password: "a secret of eve", team: "fresh" };
    await addUser(host.context, COMMAND_LINE, eve);
    const browser = await signedInBrowser(host, eve.username, eve.password);
    const panel = async () => (await browser.open("/projects")).html;
    const first = await panel();
    assert.match(first, /0 of 4 done/);
    for (const link of ["/projects/new", "/projects/import", "/people/new", "/people/tokens/new"]) {
      assert.ok(first.includes(`href="${link}"`), link);
      assert.equal((await browser.open(link)).status, 200, link);
    }
    assert.match(first, /tracker bind --provider PROVIDER/);
    assert.match(first, /--username &#39;o&#39;\\&#39;&#39;eve&#39;/);
    await host.store.run(
      `UPDATE installations SET team_id = (SELECT id FROM teams WHERE slug = 'fresh')
       WHERE provider = 'jira'`,
    );
    const second = await panel();
    assert.match(second, /2 of 4 done/);
    assert.match(second, /tracker bind --provider jira/);
    await addUser(host.context, COMMAND_LINE, { ...eve, username: "sam" });
    const third = await panel();
    assert.match(third, /3 of 4 done/);
    assert.match(third, /class="is-next"><span class="mark" aria-hidden="true">3/);
    const member = await signedInBrowser(host, "sam", eve.password);
    assert.doesNotMatch((await member.open("/projects")).html, /First steps/);
    const admin = await host.as(eve.username, eve.password, "fresh");
    await admin.bind("jira", "Payments (PAY)");
    assert.doesNotMatch(await panel(), /First steps/);
  }));
