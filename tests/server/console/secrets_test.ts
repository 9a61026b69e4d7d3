import assert from "node:assert/strict";
import { CONSOLE_PAGES } from "../../../src/server/web/console/console_pages.ts";
import { connectableStandIn, GOOD_TOKEN } from "../../standins/connectable.ts";
import { type TestHost, withHost } from "../support.ts";
import { signedInBrowser } from "./browser.ts";

/** What must be on no page: hashes of passwords and tokens, and credentials as they are stored. */
const SECRET_COLUMNS = [
  ["users", "password"],
  ["access_tokens", "hash"],
  ["refresh_tokens", "hash"],
  ["machine_tokens", "hash"],
  ["web_sessions", "hash"],
  ["connections", "credential"],
] as const;

async function storedSecrets({ store }: TestHost): Promise<string[]> {
  const secrets: string[] = [];
  for (const [table, column] of SECRET_COLUMNS) {
    const rows = await store.all(`SELECT ${column} AS secret FROM ${table}`);
    assert.ok(rows.length > 0, `${table} holds no secret to look for`);
    secrets.push(...rows.map(({ secret }) => String(secret)));
  }
  return secrets;
}

/** Returns what a part of a path may stand for. */
async function partsOf({ store }: TestHost): Promise<Map<string, string[]>> {
  const ids = async (sql: string) => (await store.all(sql)).map(({ id }) => String(id));
  return new Map([
    ["username", await ids("SELECT username AS id FROM users")],
    ["provider", ["github"]],
    ["ref", await ids("SELECT binding_ref AS id FROM mappings")],
    ["id", [
      ...await ids("SELECT id FROM connections"),
      ...await ids("SELECT id FROM machine_tokens"),
      ...await ids("SELECT id FROM resources ORDER BY id LIMIT 1"),
    ]],
  ]);
}

Deno.test("no page shows a token, a password, a credential or a hash", () => {
  const { connecting } = connectableStandIn(["site"]);
  return withHost(async (host) => {
    await host.bind("linear", "Engineering (ENG)");
    const browser = await signedInBrowser(host);
    const added = await browser.send("/people/new", "/people/new", {
      username: "ada",
      way: "made",
      password: "",
    });
    const made = await browser.send("/people/tokens/new", "/people/tokens/new", {
      name: "ci",
      user: "ada",
      lifetime: "30d",
    });
    const connect = "/connections/new/github";
    await browser.send(connect, connect, { kind: "token", owner: "", token: GOOD_TOKEN });
    const shown = [added, made].map(({ html }) => /id="once"[^>]*value="([^"]+)"/.exec(html)?.[1]);
    const clear = [...shown, GOOD_TOKEN, ...browser.cookies.values()].map(String);
    assert.ok(clear.every((secret) => secret.length >= 20));
    const secrets = [...clear, ...await storedSecrets(host)];
    const parts = await partsOf(host);
    let pages = 0;
    for (const { method, path } of CONSOLE_PAGES) {
      if (method !== "GET") continue;
      const name = /:(\w+)/.exec(path)?.[1];
      for (const part of name === undefined ? [""] : parts.get(name) ?? ["x"]) {
        const { html, status } = await browser.open(
          path.replace(/:\w+/, encodeURIComponent(part)),
        );
        if (status === 200) pages++;
        for (const secret of secrets) assert.ok(!html.includes(secret), `${path} ${part}`);
      }
    }
    assert.ok(pages >= 20, `only ${pages} pages were looked at`);
  }, { connectable: { github: connecting } });
});
