/** What a user does, as real processes over real sockets, at hosts of other makes that say as little as they may. */
import assert from "node:assert/strict";
import { withWorld, type World } from "../support/world.ts";
import {
  type Counterpart,
  COUNTERPARTS,
  type HostScript,
  type RunningCounterpart,
  type ScriptedAnswer,
  withCounterpart,
} from "./support.ts";

const TRACKER = "/api/v1/tracker/";

function ok(json: unknown, status = 200): readonly ScriptedAnswer[] {
  return [{ status, json }];
}

/** Signing in and binding, with no part that is not needed. */
const SIGN_IN: HostScript = {
  "POST /api/v1/token/": ok({ access: "access-1" }),
  "GET /api/v1/me": ok({ username: "ada", teams: [{ id: 4 }] }),
};

const BIND: HostScript = {
  [`POST ${TRACKER}bind-resolve/`]: ok({ candidate_token: "t1", display_label: null }),
  [`POST ${TRACKER}bind-confirm/`]: ok({ binding_ref: "b1" }),
};

async function atHost(
  counterpart: Counterpart,
  script: HostScript,
  test: (world: World, host: RunningCounterpart) => Promise<void>,
): Promise<void> {
  await withCounterpart(counterpart, { ...SIGN_IN, ...BIND, ...script }, async (host) => {
    await withWorld(async (world) => {
      world.env["SPEC_KITTY_SAAS_URL"] = host.url;
      await test(world, host);
    });
  });
}

async function bound(world: World): Promise<void> {
  const login = ["auth", "login", "--username", "ada", "--password-stdin"];
  const signedIn = await world.run(login, { stdin: "secret\n" });
  assert.equal(signedIn.code, 0, signedIn.stderr);
  await world.ok("bind", "-p", "jira", "--select", "1");
}

for (const counterpart of COUNTERPARTS) {
  const { name } = counterpart;

  Deno.test(`${name}: a user signs in, discovers, binds and looks at the status with answers of few words`, async () => {
    const script = {
      [`GET ${TRACKER}resources/?provider=jira`]: ok({
        resources: [{ candidate_token: "t1" }, { display_label: "Odd" }],
      }),
      [`GET ${TRACKER}status/?provider=jira&binding_ref=b1`]: ok({ configured: true }),
    };
    await atHost(counterpart, script, async (world, host) => {
      await bound(world);
      assert.match(await world.config() ?? "", /binding_ref: b1/);
      const discovered = await world.run(["discover", "-p", "jira"]);
      assert.equal(discovered.code, 1, discovered.stderr);
      assert.match(discovered.stdout, /\(no name\)/);
      assert.match(discovered.stderr, /1 resource in the answer could not be read:\n +Odd +/);
      assert.match(await world.ok("status"), /jira/);
      const seen = await host.seen();
      assert.ok(seen.every(({ target }) => target.startsWith("/")), "a request in another form");
      const status = seen.findLast(({ target }) => target.startsWith(`${TRACKER}status/`));
      assert.equal(status?.headers["authorization"], "Bearer access-1");
      assert.equal(status?.headers["x-team-slug"], "4");
    });
  });

  Deno.test(`${name}: a pull keeps what it can read, names what it cannot, and tells the odd words`, async () => {
    const items = [
      { ref: { id: "1", key: "WEB-1" }, title: "One", status: "Triage", priority: null },
      { ref: { id: "2", key: "WEB-2" }, title: "Two", updated_at: "yesterday" },
      { ref: { id: "3", key: "WEB-3" }, title: "Drei ü", assignees: [null, { name: "Ada" }] },
    ];
    const script = {
      [`POST ${TRACKER}pull/`]: ok({ items }),
      "HEAD /": [{ status: 404, text: "" }],
    };
    await atHost(counterpart, script, async (world) => {
      await bound(world);
      const { code, stdout, stderr } = await world.run(["sync", "pull"]);
      assert.equal(code, 1, stderr);
      assert.match(stdout, /Pulled: 2 new/);
      assert.match(stderr, /WEB-2 +`updated_at` must be a time/);
      assert.match(stderr, /read: status "Triage" as todo/);
      const listed = await world.ok("issue", "list");
      assert.match(listed, /WEB-1 .*–\n/);
      assert.match(listed, /Drei ü/);
      assert.doesNotMatch(listed, /WEB-2/);
    });
  });

  Deno.test(`${name}: a push and a run that the host accepts are waited for, whatever it calls their states`, async () => {
    const script = {
      [`POST ${TRACKER}push/`]: ok({ operation_id: 7 }, 202),
      [`GET ${TRACKER}operations/7/`]: [
        ...ok({ status: "queued" }),
        ...ok({ status: "completed", result: { items: [{ ref: { id: "1" }, action: "update" }] } }),
      ],
      [`POST ${TRACKER}run/`]: ok({ operation_id: "r" }, 202),
      [`GET ${TRACKER}operations/r/`]: ok({ status: "completed", result: { pull: {}, push: {} } }),
      [`POST ${TRACKER}pull/`]: ok({ items: [] }),
      "HEAD /": [{ status: 404, text: "" }],
    };
    await atHost(counterpart, script, async (world, host) => {
      await bound(world);
      const ref = { system: "jira", workspace: "w", id: "1" };
      const items = JSON.stringify([{ ref, action: "update", patch: { title: "T" } }]);
      const pushed = await world.run(["sync", "push", "--items-json", "-"], { stdin: items });
      assert.equal(pushed.code, 0, pushed.stderr);
      assert.match(pushed.stdout, /Pushed 1 item: 1 updated/);
      assert.match(await world.ok("sync", "run"), /Pulled: 0 new, .*\n. Pushed: 0 sent/);
      const pushes = (await host.seen()).filter(({ target }) => target === `${TRACKER}push/`);
      assert.equal(pushes.length, 1);
      assert.match(pushes[0]?.headers["idempotency-key"] ?? "", /^[0-9a-f-]{36}$/);
    });
  });

  Deno.test(`${name}: errors in the words of other frameworks reach the user`, async () => {
    const mappings = `GET ${TRACKER}mappings/?provider=jira&binding_ref=b1`;
    const script: HostScript = {
      [mappings]: [
        { status: 400, json: { provider: ["Not a valid choice."] } },
        { status: 403, json: { detail: "You do not have permission." } },
        { status: 401, json: { code: "missing_user_link", message: "Link your account." } },
        {
          status: 422,
          json: { type: "about:blank", title: "Unprocessable", detail: "Nothing fits." },
          type: "application/problem+json",
        },
        { status: 404, json: { error_code: "binding_not_found", message: "Gone." } },
        { status: 502, text: "<html>Bad Gateway</html>", type: "text/html" },
        { status: 429, json: { message: "Slow", retry_after_seconds: 0 } },
        { status: 200, json: { mappings: [{ wp_id: "WP01", external_id: 5 }] } },
      ],
    };
    await atHost(counterpart, script, async (world) => {
      await bound(world);
      const said: readonly RegExp[] = [
        /provider: Not a valid choice\./,
        /You do not have permission\./,
        /Link your account\.\n +Open the dashboard/,
        /Nothing fits\./,
        /The binding "b1" is stale: Gone\.\n +Run `tracker bind --provider jira`/,
        /HTTP 502 from "mappings": a web page, so something in between answered/,
      ];
      for (const words of said) {
        const { code, stderr } = await world.run(["map", "list"]);
        assert.equal(code, 1, stderr);
        assert.match(stderr, words);
      }
      assert.match(await world.ok("map", "list"), /WP01 +5/);
    });
  });
}
