import assert from "node:assert/strict";
import { runHere } from "../support/here.ts";
import { BOUND, issue, page } from "../client/service_support.ts";
import {
  COUNTERPARTS,
  type HostScript,
  type RunningCounterpart,
  withCounterpart,
} from "./support.ts";
import { IDENTITY_PATH } from "../support/answers.ts";

const PULL = "POST /api/v1/tracker/pull/";
const PUSH = "POST /api/v1/tracker/push/";
const RUN = "POST /api/v1/tracker/run/";

const ok = (json: unknown, headers: Readonly<Record<string, string>> = {}) => ({
  status: 200,
  json,
  headers,
});

/** Runs a command in a project that is bound at the host; answers what it wrote. */
type Command = (
  code: number,
  args: readonly string[],
  stdin?: string,
) => Promise<{ readonly stdout: string; readonly stderr: string }>;

/** A test with each host of another make, in a project that is bound there. */
function each(
  name: string,
  script: HostScript,
  test: (run: Command, host: RunningCounterpart) => Promise<void>,
): void {
  for (const counterpart of COUNTERPARTS) {
    Deno.test(`${counterpart.name}: ${name}`, () =>
      withCounterpart(counterpart, script, async (host) => {
        const home = await Deno.makeTempDir({ prefix: "tracker-counterpart-home-" });
        try {
          const project = `${home}/project`;
          await Deno.mkdir(`${project}/.kittify`, { recursive: true });
          await Deno.writeTextFile(`${project}/.kittify/config.yaml`, BOUND);
          await Deno.mkdir(`${home}/.spec-kitty`, { mode: 0o700 });
          await Deno.writeTextFile(
            `${home}/.spec-kitty/config.toml`,
            '[sync]\nbackground_daemon = "manual"\n',
          );
          const env = {
            HOME: home,
            SPEC_KITTY_ENABLE_SAAS_SYNC: "1",
            SPEC_KITTY_SAAS_URL: host.url,
            TRACKER_TOKEN: "t",
            TRACKER_TEAM: "core",
          };
          await test(async (code, args, stdin) => {
            const result = await runHere(args, {
              cwd: project,
              columns: 80,
              env,
              ...(stdin === undefined ? {} : { stdin }),
            });
            assert.equal(result.code, code, `${args.join(" ")}: ${result.stdout}${result.stderr}`);
            return result;
          }, host);
        } finally {
          await Deno.remove(home, { recursive: true });
        }
      }));
  }
}

each("a listing is followed to its end, and takes gone issues away", {
  [PULL]: [
    ok(page(1, 3, "c1")),
    ok(page(4, 4, null)),
    ok(page(1, 2, null)),
  ],
}, async (run) => {
  assert.match((await run(0, ["sync", "pull", "--all"])).stdout, /^✓ Pulled: 4 new/m);
  assert.match(
    (await run(0, ["sync", "pull", "--all"])).stdout,
    /2 unchanged, 2 gone from the tracker\./,
  );
  const { issues } = JSON.parse((await run(0, ["issue", "list", "--json"])).stdout);
  assert.equal(issues.length, 2);
});

each("an endless listing ends", {
  [PULL]: [ok(page(1, 0, "c1")), ok(page(1, 0, "c2")), ok(page(1, 0, "c3"))],
}, async (run, host) => {
  const { stderr } = await run(1, ["sync", "pull", "--all"]);
  assert.match(stderr, /Two pages in a row are empty/);
  const pulls = (await host.seen()).filter(({ target }) => target.endsWith("/pull/"));
  assert.equal(pulls.length, 2);
});

const items = [{ ref: issue(1).ref, action: "transition", target_status: "done" }];
const pushed = {
  status: "ok",
  summary: { total: 1, succeeded: 1, failed: 0, skipped: 0 },
  items: [{
    ref: issue(1).ref,
    action: "transition",
    outcome: "transitioned",
    remote_ref: issue(1).ref,
    version: null,
    message: null,
  }],
  item_errors: null,
  identity_path: IDENTITY_PATH,
};

each("a push whose answer was lost on the way is repeated under its key, the next is a new one", {
  [PUSH]: [
    { status: 502, text: "<html>Bad Gateway</html>", type: "text/html" },
    ok(pushed, { "Idempotency-Replayed": "True" }),
    ok(pushed),
  ],
}, async (run, host) => {
  const push = ["sync", "push", "--items-json", "-"];
  const stdin = JSON.stringify(items);
  await run(1, push, stdin);
  assert.match((await run(0, push, stdin)).stdout, /1 item was already sent: nothing was done now/);
  assert.match((await run(0, push, stdin)).stdout, /1 transitioned/);
  const keys = (await host.seen()).filter(({ target }) => target.endsWith("/push/"))
    .map(({ headers }) => headers["idempotency-key"]);
  assert.equal(keys[0], keys[1]);
  assert.notEqual(keys[1], keys[2]);
});

const none = { total: 0, succeeded: 0, failed: 0, skipped: 0 };

each("a full sync brings everything from a host without extensions", {
  [RUN]: [
    ok({
      status: "ok",
      summary: none,
      pull: { summary: none },
      push: { summary: none },
      identity_path: IDENTITY_PATH,
    }),
  ],
  [PULL]: [ok(page(1, 100, "c1")), ok(page(101, 150, null))],
}, async (run) => {
  const { stdout } = await run(0, ["sync", "run", "--json"]);
  const result = JSON.parse(stdout);
  assert.deepEqual([result.has_more, result.pull.summary.created], [false, 150]);
});

const updated = {
  ...pushed,
  items: [{ ...pushed.items[0], action: "update", outcome: "updated" }],
};

each(
  "an edit is merged with what a host without extensions shows, sent once, and repeated under its key",
  {
    [PULL]: [
      ok(page(1, 2, null)),
      ok({ ...page(1, 1, null), items: [{ ...issue(1), body: "Theirs" }] }),
      ok({ ...page(1, 0, null) }),
    ],
    [PUSH]: [{ status: 502, text: "<html>Bad Gateway</html>", type: "text/html" }, ok(updated)],
  },
  async (run, host) => {
    await run(0, ["sync", "pull"]);
    await run(0, ["issue", "edit", "WEB-1", "--title", "Ours"]);
    await run(1, ["sync", "push"]);
    await run(1, ["sync", "status", "--exit-code"]);
    assert.match((await run(0, ["sync", "push"])).stdout, /^✓ Pushed: 1 sent\./m);
    await run(0, ["sync", "status", "--exit-code"]);
    const shown = JSON.parse((await run(0, ["issue", "show", "WEB-1", "--json"])).stdout);
    assert.deepEqual([shown.title, shown.body], ["Ours", "Theirs"]);
    const pushes = (await host.seen()).filter(({ target }) => target.endsWith("/push/"));
    assert.equal(pushes.length, 2);
    assert.equal(pushes[0]?.headers["idempotency-key"], pushes[1]?.headers["idempotency-key"]);
    const [item] = JSON.parse(pushes[1]?.body ?? "{}").items;
    assert.deepEqual(item.patch, { title: "Ours" });
    assert.equal("base_version" in item, false);
  },
);
