/** Work packages and missions at hosts of other makes, which keep no tickets of packages and no origins. */
import assert from "node:assert/strict";
import { addSteps, writeMission } from "../missions/packages/push_scene.ts";
import { document, ends, failure } from "../support/bound.ts";
import { withWorld, type World } from "../support/world.ts";
import { COUNTERPARTS, type ScriptedAnswer, withCounterpart } from "./support.ts";

const TRACKER = "/api/v1/tracker/";

function ok(json: unknown, status = 200): readonly ScriptedAnswer[] {
  return [{ status, json }];
}

const issue = (id: string, status: string) => ({
  ref: { id, key: `WEB-${id}` },
  title: `Ticket ${id}`,
  status,
});

/** A host that keeps mappings without missions, and moves tickets. */
const SCRIPT = {
  "POST /api/v1/token/": ok({ access: "access-1" }),
  "GET /api/v1/me": ok({ username: "ada", teams: [{ id: 4 }] }),
  "HEAD /": [{ status: 404, text: "" }],
  [`POST ${TRACKER}bind-resolve/`]: ok({ candidate_token: "t1", display_label: null }),
  [`POST ${TRACKER}bind-confirm/`]: ok({ binding_ref: "b1" }),
  [`GET ${TRACKER}status/?provider=jira&binding_ref=b1`]: ok({ configured: true }),
  [`POST ${TRACKER}pull/`]: [
    // The first pull is that of the first push: the ticket has moved by the next.
    ...ok({ items: [issue("1", "todo"), issue("2", "todo")] }),
    ...ok({ items: [issue("1", "done"), issue("2", "todo")] }),
  ],
  [`GET ${TRACKER}mappings/?provider=jira&binding_ref=b1`]: ok({
    mappings: [{ wp_id: "WP01", external_id: "1", external_key: "WEB-1" }],
  }),
  [`POST ${TRACKER}push/`]: ok({ items: [{ ref: { id: "1" }, action: "transition" }] }),
};

async function bound(world: World): Promise<void> {
  const login = ["auth", "login", "--username", "ada", "--password-stdin"];
  await ends(world, 0, login, { stdin: "secret\n" });
  await ends(world, 0, ["bind", "-p", "jira", "--select", "1"]);
  await writeMission(world.project, "001-a", { WP01: {}, WP02: {} });
  await addSteps(world.project, "001-a", [
    { wp: "WP01", to: "done", at: "2026-03-02T10:00:00Z", id: "01JNA00000000000000000000A" },
  ]);
}

async function tickets(world: World): Promise<readonly unknown[]> {
  const { missions } = await document(world, "wp", "list");
  return missions.flatMap(({ mission, work_packages }: {
    readonly mission: string;
    readonly work_packages: readonly {
      readonly wp_id: string;
      readonly ref: { readonly key: string } | null;
      readonly tracker_status: string | null;
    }[];
  }) =>
    work_packages.map(({ wp_id, ref, tracker_status }) => [
      `${mission}/${wp_id}`,
      ref?.key ?? null,
      tracker_status,
    ])
  );
}

const NONE_CREATED = "This host keeps no tickets of work packages, so that none is created.";

for (const counterpart of COUNTERPARTS) {
  Deno.test(`${counterpart.name}: a mapped package follows its lane, of the others it is said that they get no ticket`, () =>
    withCounterpart(counterpart, SCRIPT, (host) =>
      withWorld(async (world) => {
        world.env["SPEC_KITTY_SAAS_URL"] = host.url;
        await bound(world);

        const first = await ends(world, 1, ["wp", "push", "--all"]);

        assert.match(first.stdout, / WP01 +WEB-1 +todo → done\n/);
        assert.match(first.stdout, /! 2 work packages: 1 changed, 1 failed\.\n/);
        assert.equal(first.stderr, `! WP02: ${NONE_CREATED}\n`);
        const pushes = (await host.seen()).filter(({ target }) => target === `${TRACKER}push/`);
        assert.deepEqual(pushes.map(({ body }) => JSON.parse(body).items), [[{
          ref: { system: "jira", workspace: "unknown", id: "1", key: "WEB-1" },
          action: "transition",
          target_status: "done",
        }]], "nothing that the contract's core does not have");
        assert.deepEqual(await tickets(world), [
          ["001-a/WP01", "WEB-1", "done"],
          ["001-a/WP02", null, null],
        ]);
        assert.match(
          (await ends(world, 0, ["status"])).stdout,
          /^ {2}packages +2 work packages: 1 planned, 1 done$/m,
        );

        // The host does not say which mission is meant: it is the one that was pushed from here.
        await writeMission(world.project, "002-b", { WP01: {} });
        const second = await ends(world, 1, ["wp", "push", "--all"]);
        assert.equal(second.stdout, "! 3 work packages: 1 as they should be, 2 failed.\n");
        assert.equal(second.stderr, `! 001-a/WP02, 002-b/WP01: ${NONE_CREATED}\n`);
        assert.deepEqual((await tickets(world)).at(-1), ["002-b/WP01", null, null]);
        const all = (await host.seen()).filter(({ target }) => target === `${TRACKER}push/`);
        assert.equal(all.length, 1, "what is as it should be is not sent");
      })));

  Deno.test(`${counterpart.name}: a package id that two missions have is not taken for either's, and a start that finds no search leaves nothing`, () =>
    withCounterpart(counterpart, SCRIPT, (host) =>
      withWorld(async (world) => {
        world.env["SPEC_KITTY_SAAS_URL"] = host.url;
        await bound(world);
        await writeMission(world.project, "002-b", { WP01: {} });

        const pushed = await ends(world, 1, ["wp", "push", "--all"]);

        assert.equal(pushed.stdout, "! 3 work packages: 3 failed.\n");
        assert.equal(
          pushed.stderr,
          `! 001-a/WP01, 001-a/WP02, 002-b/WP01: ${NONE_CREATED}\n`,
        );
        const start = ["mission", "start", "--ticket", "WEB-1", "--yes"];
        const { message } = await failure(world, 1, start);
        assert.match(message, /search/, "what the host does not have");
        const missions = [...Deno.readDirSync(`${world.project}/kitty-specs`)];
        assert.deepEqual(missions.map(({ name }) => name).sort(), ["001-a", "002-b"]);
        const seen = await host.seen();
        assert.deepEqual(seen.filter(({ target }) => target === `${TRACKER}push/`), []);
      })));
}
