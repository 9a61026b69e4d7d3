import assert from "node:assert/strict";
import { addUser } from "../../../src/server/mod.ts";
import { COMMAND_LINE } from "../../../src/server/model/actor.ts";
import { ensureTeam } from "../../../src/server/accounts/users.ts";
import { insertAudit } from "../../../src/server/store/audit.ts";
import { type TestHost, withHost } from "../support.ts";
import { signedInBrowser } from "./browser.ts";

const HOSTILE = `<img src=x onerror=alert(1)>"'\u202e`;

async function record(
  host: TestHost,
  action: string,
  target: string,
  team: string | null = "acme",
) {
  const teamId = team === null ? null : (await ensureTeam(host.context, team)).id;
  const details = { role: "admin", before: HOSTILE, words: [{ word: HOSTILE, status: null }] };
  const { newId, now } = host.context;
  const entry = { id: newId("aud"), at: now(), teamId, userId: null, actor: "command line" };
  await host.store.transaction((tx) => insertAudit(tx, { ...entry, action, target, details }));
}

Deno.test("what was done is listed in words, newest first, with its facts, and hostile words stay words", () =>
  withHost(async (host) => {
    await record(host, "user.role", "ada");
    await record(host, "key.rotate", "host", null);
    await record(host, "some.thing", HOSTILE);
    await record(host, "user.add", "theirs", "others");
    const { html } = await (await signedInBrowser(host)).open("/audit");
    const places = ["some.thing", "Replaced the host", "Changed a role"].map((words) =>
      html.indexOf(`${words}`, html.indexOf("<tbody"))
    );
    assert.ok(places.every((place) => place > 0));
    assert.deepEqual(places, places.toSorted((a, b) => a - b));
    assert.match(html, /&lt;img src=x onerror=alert\(1\)&gt;/);
    assert.doesNotMatch(html, /<img src=x|\u202e|theirs/);
  }));

Deno.test("the log is filtered by who and what, and read page by page, each entry once", () =>
  withHost(async (host) => {
    for (let n = 0; n < 120; n++) {
      await record(host, n % 2 === 0 ? "user.add" : "user.remove", `target-${n}!`);
    }
    const browser = await signedInBrowser(host);
    const walk = async (first: string) => {
      const seen: string[] = [];
      for (let path = first; path !== "";) {
        const { html } = await browser.open(path);
        seen.push(...[...html.matchAll(/target-(\d+)!/g)].map(([, n = ""]) => n));
        path = (/href="([^"]*)" rel="next"/.exec(html)?.[1] ?? "").replaceAll("&amp;", "&");
      }
      return seen;
    };
    const all = Array.from({ length: 120 }, (_, n) => String(119 - n));
    assert.deepEqual(await walk("/audit"), all);
    const even = all.filter((n) => Number(n) % 2 === 0);
    assert.deepEqual(await walk("/audit?action=user.add"), even);
    assert.deepEqual(await walk("/audit?user=command+line&action=user.add"), even);
    assert.deepEqual(await walk("/audit?user=nobody"), []);
    const { html } = await browser.open("/audit?user=%3Cb%3E&action=user.add");
    assert.match(html, /Nothing like this was done/);
    assert.match(html, /<option value="&lt;b&gt;" selected="">/);
  }));

Deno.test("a new log says that nothing was done, and a member does not see the log", () =>
  withHost(async (host) => {
    await host.store.run("DELETE FROM audit");
    assert.match((await (await signedInBrowser(host)).open("/audit")).html, /Nothing was done yet/);
    const mo = { username: "mo", password: "a secret of mo", team: "acme" };
    await addUser(host.context, COMMAND_LINE, mo);
    const member = await signedInBrowser(host, mo.username, mo.password);
    assert.equal((await member.open("/audit")).status, 403);
  }));
