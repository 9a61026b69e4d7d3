import assert from "node:assert/strict";
import { addUserUnchecked } from "../../../src/server/accounts/users.ts";
import { DEMO } from "../../../src/server/mod.ts";
import { type TestHost, withHost } from "../support.ts";
import { type ConsoleBrowser, type Seen, signedInBrowser } from "./browser.ts";

/** Returns the id of a place. */
async function placeId(host: TestHost, label: string): Promise<string> {
  const row = await host.store.one("SELECT id FROM resources WHERE label = ?", label);
  assert.ok(row !== null, label);
  return String(row["id"]);
}

/** Opens the question for a deed, and answers it by its form, hidden values included. */
async function confirm(browser: ConsoleBrowser, path: string, more = {}): Promise<Seen> {
  const { html, status } = await browser.open(path);
  assert.equal(status, 200, path);
  const binding = /name="binding" value="([^"]+)"/.exec(html)?.[1] ?? "";
  return await browser.send(path, path, { binding, ...more });
}

async function actions(host: TestHost): Promise<string[]> {
  const rows = await host.store.all("SELECT action, actor FROM audit ORDER BY id");
  return rows.map((row) => `${row["actor"]}: ${row["action"]}`);
}

Deno.test("a binding is disabled, enabled and deleted, each after a question that says what happens", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const path = `/projects/${await placeId(host, "Engineering (ENG)")}`;
    const browser = await signedInBrowser(host);
    const status = async () =>
      (await host.call("GET", `/api/v1/tracker/status/?provider=linear&binding_ref=${ref}`)).status;
    assert.equal(await status(), 200);
    assert.match((await browser.open(`${path}/disable`)).html, /is refused until/);
    const disabled = await confirm(browser, `${path}/disable`);
    assert.equal(disabled.location, path);
    assert.notEqual(await status(), 200);
    const page = await browser.open(path);
    assert.match(page.html, /role="status">The binding of my-app is disabled\./);
    assert.match(page.html, /Disabled<\/span>/);
    assert.doesNotMatch((await browser.open(path)).html, /role="status"/);
    await confirm(browser, `${path}/enable`);
    assert.equal(await status(), 200);
    assert.match((await browser.open(`${path}/delete`)).html, /cannot be undone/);
    await confirm(browser, `${path}/delete`);
    assert.notEqual(await status(), 200);
    assert.match((await browser.open(path)).html, /No project is bound to this place yet/);
    assert.deepEqual(await actions(host), [
      "demo@example.com: mapping.disable",
      "demo@example.com: mapping.enable",
      "demo@example.com: mapping.delete",
    ]);
  }));

Deno.test("nothing is done to a binding that the person has not seen", () =>
  withHost(async (host) => {
    await host.bind("linear", "Engineering (ENG)");
    const path = `/projects/${await placeId(host, "Engineering (ENG)")}`;
    const browser = await signedInBrowser(host);
    const answer = await browser.send(`${path}/delete`, `${path}/delete`, { binding: "srm_other" });
    assert.equal(answer.status, 303);
    const { html } = await browser.open(answer.location);
    assert.match(html, /Nothing was done/);
    assert.match(html, />Enabled</);
    assert.deepEqual(await actions(host), []);
  }));

Deno.test("a project moves to a free place: its old reference ends, and binding again finds the new place", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const from = `/projects/${await placeId(host, "Engineering (ENG)")}`;
    const browser = await signedInBrowser(host);
    const taken = await placeId(host, "Engineering (ENG)");
    const refused = await confirm(browser, `${from}/move`, { to: taken });
    assert.equal(refused.status, 422);
    assert.match(refused.html, /id="to-problem">Another project is bound/);
    const [, to = ""] = /<option value="(res_[^"]+)"/.exec(refused.html) ?? [];
    assert.notEqual(to, taken);
    const moved = await confirm(browser, `${from}/move`, { to });
    assert.equal(moved.location, `/projects/${to}`);
    assert.match((await browser.open(moved.location)).html, /my-app is bound to this place now/);
    const query = `provider=linear&binding_ref=${ref}`;
    assert.equal((await host.call("GET", `/api/v1/tracker/status/?${query}`)).status, 404);
    const rows = await host.store.all(
      "SELECT resource_id, state FROM mappings ORDER BY binding_ref",
    );
    assert.deepEqual(rows.map((row) => [row["resource_id"] === to, row["state"]]), [
      [false, "deleted"],
      [true, "active"],
    ]);
  }));

Deno.test("a place is made in this host; its issues have pages, and a project binds to it", () =>
  withHost(async (host) => {
    const browser = await signedInBrowser(host);
    const send = (fields: Record<string, string>) =>
      browser.send("/projects/new", "/projects/new", fields);
    const wrong = await send({ name: "Web shop", provider: "linear", key: "no key" });
    assert.equal(wrong.status, 422);
    assert.match(wrong.html, /value="Web shop"/);
    assert.match(wrong.html, /id="key-problem">&quot;NO KEY&quot; is no key of linear/);
    assert.match(wrong.html, /<title>Not done: /);
    assert.equal((await send({ name: "", provider: "linear", key: "SHOP" })).status, 422);
    assert.equal((await send({ name: "x", provider: "svn", key: "SHOP" })).status, 422);
    const made = await send({ name: "Web shop", provider: "linear", key: "shop" });
    assert.equal(made.status, 303, made.html);
    const page = await browser.open(made.location);
    assert.match(page.html, /<h1>Web shop \(SHOP\)<\/h1>/);
    assert.match(page.html, /tracker bind --provider linear/);
    const twice = await send({ name: "Other", provider: "linear", key: "SHOP" });
    assert.match(twice.html, /has the key &quot;SHOP&quot; already/);
    await host.bind("linear", "Web shop (SHOP)", "shop");
    assert.match((await browser.open("/projects")).html, /Web shop \(SHOP\)[\s\S]*shop/);
    assert.deepEqual(await actions(host), ["demo@example.com: place.add"]);
  }));

Deno.test("a file is imported by a form, with a report, and a wrong one is refused with what was typed", () =>
  withHost(async (host) => {
    const browser = await signedInBrowser(host);
    const issue = {
      ref: { system: "linear", workspace: "acme", id: "1", key: "NEW-1" },
      title: "Imported",
      status: "todo",
      issue_type: "task",
      created_at: "2026-01-01T00:00:00Z",
      updated_at: "2026-01-01T00:00:00Z",
    };
    const send = (text: string, name: string) =>
      browser.send("/projects/import", "/projects/import", {
        label: "Backlog",
        provider: "",
        file: new File([text], name),
      });
    const done = await send(`${JSON.stringify(issue)}\n{"ref":1}`, "backlog.jsonl");
    assert.equal(done.status, 200);
    assert.match(done.html, /<dt>Created<\/dt><dd>1<\/dd>/);
    assert.match(done.html, /Record 2: /);
    const wrong = await send("<script>alert(1)</script>", "<b>.json");
    assert.equal(wrong.status, 422);
    assert.match(wrong.html, /value="Backlog"/);
    assert.match(wrong.html, /id="file-problem">/);
    assert.doesNotMatch(wrong.html, /<script>|<b>\.json/);
    const none = await browser.send("/projects/import", "/projects/import", { label: "x" });
    assert.match(none.html, /Choose a file/);
    assert.deepEqual(await actions(host), ["demo@example.com: import"]);
  }));

Deno.test("a file that is too large is refused by a page", () =>
  withHost(async (host) => {
    const browser = await signedInBrowser(host);
    const answer = await browser.send("/projects/import", "/projects/import", {
      file: new File([new Uint8Array(33 * 1024 * 1024)], "big.json"),
    });
    assert.equal(answer.status, 413);
    assert.match(answer.html, /larger than 32 MiB/);
  }));

Deno.test("members see places and bindings, and change none", () =>
  withHost(async (host) => {
    await host.bind("linear", "Engineering (ENG)");
    await addUserUnchecked(host.context, { username: "mo", password: "mo-word", team: DEMO.team });
    const member = await signedInBrowser(host, "mo", "mo-word");
    const list = await member.open("/projects");
    assert.match(list.html, /my-app/);
    assert.doesNotMatch(list.html, /\/projects\/new/);
    const path = `/projects/${await placeId(host, "Engineering (ENG)")}`;
    const page = await member.open(path);
    assert.match(page.html, /An admin of the team can change this binding/);
    for (const deed of ["disable", "enable", "delete", "move"]) {
      assert.equal((await member.open(`${path}/${deed}`)).status, 403, deed);
      assert.equal((await member.send("/projects", `${path}/${deed}`, {})).status, 403, deed);
    }
    assert.deepEqual(await actions(host), []);
  }));

Deno.test("places of another team are not shown, and cannot be changed", () =>
  withHost(async (host) => {
    await addUserUnchecked(host.context, { username: "eve", password: "eve-word", team: "eve" });
    const eve = await signedInBrowser(host, "eve", "eve-word");
    await host.bind("linear", "Engineering (ENG)");
    const path = `/projects/${await placeId(host, "Engineering (ENG)")}`;
    assert.match((await eve.open("/projects")).html, /There is no place for issues yet/);
    assert.equal((await eve.open(path)).status, 404);
    for (const deed of ["disable", "delete", "move"]) {
      assert.equal((await eve.send("/projects", `${path}/${deed}`, {})).status, 404, deed);
    }
    const row = await host.store.one("SELECT state FROM mappings");
    assert.equal(row?.["state"], "active");
  }));

Deno.test("issues of this host lead to their pages, wherever the host is reached", async () => {
  const publicUrl = "https://tracker.dev";
  await withHost(async (host) => {
    const browser = await signedInBrowser(host);
    const fields = { name: "Web shop", provider: "github", key: "acme/shop" };
    const { location } = await browser.send("/projects/new", "/projects/new", fields);
    const id = location.split("/").at(-1) ?? "";
    const ref = await host.bind("github", "acme/shop", "shop");
    const pushed = await host.call("POST", "/api/v1/tracker/push/", {
      provider: "github",
      binding_ref: ref,
      items: [{
        action: "create",
        ref: { system: "github", workspace: "acme/shop", id: "n1" },
        patch: { title: "New" },
      }],
    });
    assert.equal(pushed.status, 200, JSON.stringify(pushed.body));
    const pulled = await host.call("POST", "/api/v1/tracker/pull/", {
      provider: "github",
      binding_ref: ref,
      limit: 10,
    });
    const url = pulled.text("items.0.ref.url");
    assert.equal(url, `${publicUrl}/issues/${id}/%231`);
    const page = await browser.open(url.slice(publicUrl.length));
    assert.match(page.html, /<h1>New<\/h1>/);
  }, { publicUrl });
});
