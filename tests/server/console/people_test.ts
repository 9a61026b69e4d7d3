import assert from "node:assert/strict";
import { addUser } from "../../../src/server/mod.ts";
import { COMMAND_LINE } from "../../../src/server/model/actor.ts";
import { type TestHost, withHost } from "../support.ts";
import { type ConsoleBrowser, type Fields, signedInBrowser } from "./browser.ts";

const EVE = { username: "eve@example.com", password: "a secret of eve", name: "Eve" };
const EVES_PAGE = "/people/users/eve%40example.com";
const HOSTILE = `<img src=x onerror=alert(1)>"'\u202e`;

/** Runs `test` with an admin (the demo user) and a member (Eve) of one team. */
async function withTeam(
  test: (host: TestHost, admin: ConsoleBrowser, eve: ConsoleBrowser) => Promise<void>,
): Promise<void> {
  await withHost(async (host) => {
    await addUser(host.context, COMMAND_LINE, { ...EVE, team: "acme" });
    const admin = await signedInBrowser(host);
    await test(host, admin, await signedInBrowser(host, EVE.username, EVE.password));
  });
}

async function signsIn(host: TestHost, username: string, password: string): Promise<boolean> {
  return (await host.call("POST", "/api/v1/token/", { username, password })).status === 200;
}

async function post(browser: ConsoleBrowser, page: string, fields: Fields, to: string = page) {
  return await browser.send(page, to, fields);
}

function onceIn(html: string): string {
  const value = /id="once"[^>]*value="([^"]+)"/.exec(html)?.[1];
  assert.ok(value !== undefined, `Nothing is shown once in ${html}`);
  return value;
}

Deno.test("an admin sees everybody of the team, a member only themself", () =>
  withTeam(async (_host, admin, eve) => {
    const all = await admin.open("/people");
    assert.match(all.html, /Dana Demo/);
    assert.match(all.html, /Eve/);
    assert.match(all.html, /href="\/people\/new"/);
    const own = await eve.open("/people");
    assert.match(own.html, /This is you/);
    assert.doesNotMatch(own.html, /Dana Demo|href="\/people\/new"|\/role"|\/remove"/);
    assert.equal((await eve.open("/people/users/demo%40example.com")).status, 404);
    assert.equal((await eve.open(EVES_PAGE)).status, 200);
  }));

Deno.test("a person is added with a password that is made up and shown once, and can sign in with it", () =>
  withTeam(async (host, admin) => {
    const fields = { username: "sam/ö ?#", name: "Sam", role: "member", way: "made", password: "" };
    const added = await post(admin, "/people/new", fields);
    assert.equal(added.status, 200);
    const password = onceIn(added.html);
    assert.match(password, /^[a-z2-9]{5}(-[a-z2-9]{5}){3}$/);
    assert.equal(await signsIn(host, fields.username, password), true);
    const page = await admin.open("/people/users/sam%2F%C3%B6%20%3F%23");
    assert.equal(page.status, 200);
    assert.ok(!page.html.includes(password), "the password is shown once more");
    assert.ok(!(await admin.open("/people")).html.includes(password));
  }));

Deno.test("a form that lacks something says what, keeps what was typed, and never the password", () =>
  withTeam(async (_host, admin) => {
    const typed = { username: HOSTILE, name: HOSTILE, role: "admin", way: "typed" };
    for (
      const [changes, problem] of [
        [{ username: " ", password: "long enough to be one" }, /Enter a user name/],
        [{ password: "" }, /Enter a password, or have one made up/],
        [{ password: "short-one" }, /has fewer than 12 characters/],
        [{ username: EVE.username, password: "long enough to be one" }, /exists already/],
      ] as const
    ) {
      const refused = await post(admin, "/people/new", { ...typed, ...changes });
      assert.equal(refused.status, 422);
      assert.match(refused.html, problem);
      assert.match(refused.html, /<option value="admin" selected="">/);
      assert.match(refused.html, /&lt;img src=x onerror=alert\(1\)&gt;/);
      assert.doesNotMatch(refused.html, /<img src=x|short-one|long enough to be one/);
    }
  }));

Deno.test("roles change, and the last admin stays one", () =>
  withTeam(async (_host, admin) => {
    await post(admin, EVES_PAGE, { role: "admin" }, `${EVES_PAGE}/role`);
    assert.match((await admin.open(EVES_PAGE)).html, /is an admin now/);
    await post(admin, EVES_PAGE, { role: "member" }, `${EVES_PAGE}/role`);
    const self = "/people/users/demo%40example.com";
    await post(admin, self, { role: "member" }, `${self}/role`);
    assert.match((await admin.open(self)).html, /only admin of the team/);
    const removed = await post(admin, `${self}/remove`, {});
    assert.equal(removed.status, 422);
    assert.match(removed.html, /only admin of the team/);
    assert.equal((await admin.open("/people/new")).status, 200);
  }));

Deno.test("one session ends, or all, from the next request on", () =>
  withTeam(async (host, admin, eve) => {
    const other = await signedInBrowser(host, EVE.username, EVE.password);
    const { html } = await eve.open("/people");
    const here = /name="session" value="([^"]+)"/.exec(html)?.[1] ?? "";
    assert.match(html, /this one/);
    // The newest is listed first: it is the other one.
    await post(eve, "/people", { session: here }, `${EVES_PAGE}/sessions`);
    assert.equal((await other.open("/people")).status, 303);
    assert.match((await eve.open("/people")).html, /1 session ended/);
    await post(admin, EVES_PAGE, {}, `${EVES_PAGE}/sessions`);
    assert.equal((await eve.open("/people")).status, 303);
    assert.match((await admin.open(EVES_PAGE)).html, /Signed in nowhere/);
    const gone = await post(
      admin,
      EVES_PAGE.replace("eve", "demo"),
      { session: here },
      `${EVES_PAGE}/sessions`,
    );
    assert.equal(gone.status, 404);
  }));

Deno.test("people change their own password with the current one, and are signed out everywhere", () =>
  withTeam(async (host, _admin, eve) => {
    const page = `${EVES_PAGE}/password`;
    const [current, next] = [EVE.password, "another secret of hers"];
    for (
      const [fields, problem] of [
        [{ current: "wrong", next, again: next }, /The current password is wrong/],
        [{ current, next, again: "differs" }, /The two new passwords differ/],
        [{ current, next: "short", again: "short" }, /fewer than 12/],
      ] as const
    ) {
      const refused = await post(eve, page, fields);
      assert.equal(refused.status, 422);
      assert.match(refused.html, problem);
      assert.ok(!refused.html.includes(current) && !refused.html.includes(next));
    }
    const changed = await post(eve, page, { current, next, again: next });
    assert.equal(changed.location, "/sign-in");
    const notice = /role="status">Your password was changed. Sign in with the new one.</;
    assert.match((await eve.open(changed.location)).html, notice);
    assert.doesNotMatch((await eve.open(changed.location)).html, notice, "it is said once");
    assert.equal((await eve.open("/people")).status, 303);
    assert.equal(await signsIn(host, EVE.username, current), false);
    assert.equal(await signsIn(host, EVE.username, next), true);
  }));

Deno.test("an admin sets another person's password, made up or typed", () =>
  withTeam(async (host, admin, eve) => {
    const page = `${EVES_PAGE}/password`;
    const made = await post(admin, page, { way: "made", password: "" });
    assert.equal(await signsIn(host, EVE.username, onceIn(made.html)), true);
    assert.equal((await eve.open("/people")).status, 303);
    const typed = await post(admin, page, { way: "typed", password: "typed by the admin" });
    assert.equal(typed.location, EVES_PAGE);
    assert.equal(await signsIn(host, EVE.username, "typed by the admin"), true);
  }));

Deno.test("a removed person is asked about first, and cannot come back", () =>
  withTeam(async (host, admin, eve) => {
    assert.match((await admin.open(`${EVES_PAGE}/remove`)).html, /can no longer sign in/);
    assert.equal(await signsIn(host, EVE.username, EVE.password), true);
    assert.equal((await post(admin, `${EVES_PAGE}/remove`, {})).location, "/people");
    assert.equal(await signsIn(host, EVE.username, EVE.password), false);
    assert.equal((await eve.open("/people")).status, 303);
    assert.equal((await admin.open(EVES_PAGE)).status, 404);
  }));

Deno.test("a machine token is shown once, works, and is revoked after a question", () =>
  withTeam(async (host, admin, eve) => {
    const made = await post(eve, "/people/tokens/new", {
      name: HOSTILE.replace("\u202e", ""),
      user: EVE.username,
      lifetime: "30d",
    });
    assert.equal(made.status, 200);
    const token = onceIn(made.html);
    assert.match(token, /^trk_[0-9a-f]{64}$/);
    const me = () =>
      host.call("GET", "/api/v1/me", undefined, { authorization: `Bearer ${token}` });
    assert.equal((await me()).status, 200);
    for (const browser of [admin, eve]) {
      const { html } = await browser.open("/people");
      assert.ok(!html.includes(token));
      assert.match(html, /&lt;img src=x/);
      assert.doesNotMatch(html, /<img src=x/);
    }
    const page = /href="(\/people\/tokens\/[^"]+\/revoke)"/.exec((await eve.open("/people")).html);
    assert.match((await eve.open(page?.[1] ?? "")).html, /This cannot be undone/);
    assert.equal((await me()).status, 200);
    assert.equal((await post(eve, page?.[1] ?? "", {})).location, "/people");
    assert.equal((await me()).status, 401);
  }));

Deno.test("a token needs a name, a lifetime that is offered, and a person whom one may name", () =>
  withTeam(async (_host, _admin, eve) => {
    const page = "/people/tokens/new";
    const good = { name: "ci", user: EVE.username, lifetime: "90d" };
    for (
      const [changes, problem] of [
        [{ name: "" }, /needs a name/],
        [{ lifetime: "1000y" }, /how long the token is good for/],
        [{ user: "demo@example.com" }, /Only an admin/],
        [{ user: "nobody" }, /No user has the name/],
      ] as const
    ) {
      const refused = await post(eve, page, { ...good, ...changes });
      assert.equal(refused.status, 422);
      assert.match(refused.html, problem);
    }
  }));

Deno.test("people and tokens of another team are not there", () =>
  withTeam(async (host, admin) => {
    const other = { username: "zoe", password: "a secret of zoe", team: "others" };
    await addUser(host.context, COMMAND_LINE, other);
    const zoe = await signedInBrowser(host, other.username, other.password);
    await post(zoe, "/people/tokens/new", { name: "theirs", user: "zoe", lifetime: "never" });
    const revoke = /href="(\/people\/tokens\/[^"]+\/revoke)"/.exec(
      (await zoe.open("/people")).html,
    )?.[1] ?? "";
    assert.doesNotMatch((await admin.open("/people")).html, /zoe|theirs/);
    const paths = ["", "/password", "/remove"].map((path) => `/people/users/zoe${path}`);
    for (const path of [...paths, revoke]) {
      assert.equal((await admin.open(path)).status, 404, path);
    }
    for (const path of ["role", "sessions", "password", "remove"]) {
      const fields = { role: "admin", way: "made", password: "" };
      const sent = await post(admin, "/people/new", fields, `/people/users/zoe/${path}`);
      assert.equal(sent.status, 404, path);
    }
    assert.equal((await post(admin, "/people/new", {}, revoke)).status, 404);
    assert.equal((await zoe.open("/people")).status, 200);
  }));
