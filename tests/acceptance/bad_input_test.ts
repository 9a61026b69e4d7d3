import assert from "node:assert/strict";
import { ends, failure, withBoundWorld } from "../support/bound.ts";
import { withWorld, type World } from "../support/world.ts";
import { treeOf } from "../cli/tree.ts";

/** Requires that nothing is written or sent while `test` runs. */
async function untouched(world: World, test: () => Promise<void>): Promise<void> {
  await world.forgetRequests();
  const before = await filesOf(world);
  await test();
  assert.deepEqual(await filesOf(world), before);
  assert.deepEqual(await world.requests(), []);
}

/** The files of the world; a lock that was taken is no content. */
async function filesOf(world: World): Promise<Record<string, string>> {
  const tree = await treeOf(world.home.replace(/\/home$/, ""));
  return Object.fromEntries(
    Object.entries(tree).filter(([path]) => !path.endsWith(".lock"))
      .map(([path, facts]) => [path, path.endsWith("/") ? "" : facts]),
  );
}

/** One line that is wrong: its words, the exit code, what must be said. */
type Wrong = readonly [line: string, code: 1 | 2, words: RegExp];

const WRONG: readonly Wrong[] = [
  ["bind -p liner", 2, /Unknown provider "liner"\. Did you mean "linear"\?/],
  ["discover -p gihub", 2, /Unknown provider "gihub"\. Did you mean "github"\?/],
  ["bind -p zzz", 2, /Unknown provider "zzz"/],
  ["bind -p azure_devops", 2, /Azure DevOps is no longer supported\./],
  ["bind -p azure-devops", 2, /Azure DevOps is no longer supported\./],
  ["bind -p AZURE_DevOps", 2, /Azure DevOps is no longer supported\./],
  ["discover -p azure", 2, /Azure DevOps is no longer supported\./],
  ["bind -p jira --credential token=x", 1, /credential[\s\S]*dashboard/],
  ["bind -p linear --bind-ref srm_1 --select 1", 2, /`--bind-ref.*`--select.*together/],
  ["bind -p linear --select 0", 2, /`--select`.*"0"/],
  ["bind -p linear --select x", 2, /`--select`.*"x"/],
  ["bind -p linear --select 1.5", 2, /`--select`.*"1\.5"/],
  ["bind -p linear --project-slug my-project", 2, /`--project-slug`/],
  ["bind -p linear --workspace main", 2, /`--workspace` is for local providers/],
  ["bind -p linear --field-owner title=us", 2, /`--field-owner` is for local providers/],
  ["bind -p beads", 2, /needs a workspace/],
  ["bind -p beads --workspace x --credential nonsense", 2, /NAME=VALUE, not "nonsense"/],
  ["bind", 2, /--provider/],
  ["sync pull --limit 0", 2, /`--limit`.*"0"/],
  ["sync pull --limit -1", 2, /`--limit`.*"-1"/],
  ["sync pull --limit many", 2, /`--limit`.*"many"/],
  ["sync pull --limit 5 --all", 2, /`--limit.*`--all.*together/],
  ["sync pull --since yesterday", 2, /"yesterday" is not a date such as/],
  ["sync pull --status finished", 2, /Unknown status "finished".*todo, in_progress/],
  ["sync pull --type bugg", 2, /"bugg".*"bug"/],
  ["sync run --limit 0", 2, /`--limit`.*"0"/],
  ["issue list --limit 0", 2, /`--limit`.*"0"/],
  ["sync wait", 2, /Name the operation/],
  ["auth login --host http://tracker.example --username me --password-stdin", 2, /must use https/],
  ["auth login --host tracker.example --username me --password-stdin", 2, /is not a URL/],
  ["config set sync.server_url http://tracker.example", 2, /must use https/],
  ["config set sync.colour red", 2, /Unknown setting "sync\.colour"/],
  ["--repo /nowhere-at-all status", 1, /nowhere-at-all/],
  ["status --color red", 2, /"red"/],
];

Deno.test("wrong words (no --project-slug) are refused by name, exit 1 or 2; nothing is written or sent", () =>
  withBoundWorld(async (world) => {
    for (const [line, code, words] of WRONG) {
      await untouched(world, async () => {
        const { stdout, stderr } = await ends(world, code, line.split(" "), { stdin: "pw\n" });
        assert.equal(stdout, "", line);
        assert.match(stderr, words, line);
        assert.match(stderr, /^✗ /, line);
      });
    }
  }));

Deno.test("a number beyond the list names the range, nothing is written", () =>
  withBoundWorld(async (world) => {
    await world.writeConfig("project:\n  slug: something-else\n");
    const before = await world.config();
    const { code, message } = await failure(world, 1, ["bind", "-p", "jira", "--select", "99"]);
    assert.equal(code, "selection_out_of_range");
    assert.match(message, /"99".*1 to 2/);
    assert.equal(
      (await world.config())?.replace(/\n {2}(uuid|node_id|build_id): .*/g, ""),
      before,
    );
    assert.deepEqual(await world.requests(), ["POST /api/v1/tracker/bind-resolve/"]);
  }));

const REF = { system: "linear", workspace: "acme", id: "1" };

Deno.test("items that are not right are refused as a whole, each fault by index and field", () =>
  withBoundWorld(async (world) => {
    const cases: readonly (readonly [string, RegExp])[] = [
      ["not json", /not JSON/],
      ["", /not JSON/],
      ["{}", /must be a list/],
      ['"items"', /must be a list/],
      ["[]", /no items/],
      [JSON.stringify([{ ref: REF, action: "remove" }]), /item 0, action: .*"remove"/],
      [JSON.stringify([{ ref: REF, action: "transition" }]), /item 0, target_status: is required/],
      [
        JSON.stringify([
          { ref: REF, action: "update", patch: { title: "x" } },
          { ref: { ...REF, workspace: undefined }, action: "update" },
          { action: "create" },
          { ref: REF, action: "transition", target_status: "finished" },
          7,
        ]),
        /item 1, ref\.workspace: [\s\S]*item 2, ref: [\s\S]*item 3, target_status: [\s\S]*item 4, /,
      ],
    ];
    for (const [stdin, words] of cases) {
      await untouched(world, async () => {
        const args = ["sync", "push", "--items-json", "-"];
        const { stdout, stderr } = await ends(world, 1, args, { stdin, fetch: onlyHead });
        assert.equal(stdout, "");
        assert.match(stderr, words);
      });
    }
    const file = await failure(world, 1, ["sync", "push", "--items-json", "nowhere.json"]);
    assert.match(file.message, /no file "nowhere\.json"/);
    const { stdout } = await ends(world, 0, ["sync", "push"]);
    assert.match(stdout, /^✓ Nothing to push\.$/m);
  }));

/** Answers the probe itself, so that the host sees nothing but what counts. */
function onlyHead(real: (request: Request) => Promise<Response>) {
  return async (request: Request) =>
    request.method === "HEAD" ? new Response(null) : await real(request);
}

Deno.test("a directory that is no project is refused, and stays as it is", () =>
  withBoundWorld(async (world) => {
    const cwd = await Deno.makeTempDir({ prefix: "tracker-no-project-" });
    try {
      for (
        const args of [
          ["status"],
          ["bind", "-p", "linear"],
          ["discover", "-p", "linear"],
          ["sync", "pull"],
          ["issue", "list"],
          ["unbind"],
        ]
      ) {
        await untouched(world, async () => {
          const { code, message } = await failure(world, 1, args, { cwd });
          assert.equal(code, "not_a_project", args.join(" "));
          assert.ok(message.includes(cwd), message);
        });
      }
      assert.deepEqual([...Deno.readDirSync(cwd)], []);
    } finally {
      await Deno.remove(cwd, { recursive: true });
    }
  }));

Deno.test("a config that cannot be read is never overwritten; file, line and reason are named", () =>
  withBoundWorld(async (world) => {
    const texts = [
      "tracker: [\n  x",
      "tracker:\n\tprovider: linear\n",
      "tracker: 5\n",
      "- a\n- b\n",
      "tracker:\n  provider: linear\n  provider: jira\n",
    ];
    for (const text of texts) {
      await world.writeConfig(text);
      for (const args of [["status"], ["bind", "-p", "linear"], ["unbind"], ["sync", "pull"]]) {
        await untouched(world, async () => {
          const { message } = await failure(world, 1, args);
          assert.match(message, /config\.yaml" cannot be used, line \d+: /, `${text} ${args}`);
        });
      }
    }
  }));

Deno.test("a provider in the config that is removed or unknown is named", () =>
  withBoundWorld(async (world) => {
    for (const name of ["azure_devops", "azure-devops", "Azure"]) {
      await world.writeConfig(`tracker:\n  provider: ${name}\n  project_slug: x\n`);
      for (const args of [["status"], ["sync", "pull"], ["map", "list"]]) {
        await untouched(world, async () => {
          const { message } = await failure(world, 1, args);
          assert.equal(message, "Azure DevOps is no longer supported.");
        });
      }
    }
    await world.writeConfig("tracker:\n  provider: linnear\n  project_slug: x\n");
    await untouched(world, async () => {
      const { stderr } = await world.here(["status"]);
      assert.match(stderr, /Unknown provider "linnear"\. Did you mean "linear"\?/);
    });
  }));

Deno.test("a token file that is not TOML is named by every command that needs it, and stays", () =>
  withBoundWorld(async (world) => {
    const file = `${world.home}/.spec-kitty/credentials`;
    await Deno.writeTextFile(file, "[tokens\naccess = 1");
    for (
      const args of [
        ["status"],
        ["sync", "pull"],
        ["bind", "-p", "linear", "--yes"],
        ["auth", "status"],
        ["auth", "token"],
        ["auth", "logout"],
      ]
    ) {
      await untouched(world, async () => {
        const { message } = await failure(world, 1, args);
        assert.match(message, /credentials" is not valid TOML, line \d/, args.join(" "));
      });
    }
    const args = ["auth", "login", "--username", "demo@example.com", "--password-stdin"];
    await ends(world, 1, args, { stdin: "demo\n" });
    assert.equal(await Deno.readTextFile(file), "[tokens\naccess = 1");
  }));

Deno.test("a settings file that is not TOML is named and stays", () =>
  withBoundWorld(async (world) => {
    await Deno.writeTextFile(`${world.home}/.spec-kitty/config.toml`, "[sync\nx = 1");
    for (
      const args of [["config", "list"], ["config", "set", "sync.server_url", "https://a.example"]]
    ) {
      await untouched(world, async () => {
        const { message } = await failure(world, 1, args);
        assert.match(message, /config\.toml" is not valid TOML, line \d/);
      });
    }
  }));

Deno.test("an http URL to another machine is refused wherever it comes from", () =>
  withWorld(async (world) => {
    const env = { SPEC_KITTY_SAAS_URL: "http://tracker.example", TRACKER_TOKEN: "secret-token" };
    await untouched(world, async () => {
      for (const args of [["auth", "status"], ["discover", "-p", "linear"]]) {
        const { stderr } = await ends(world, 1, args, { env, fetch: noNetwork });
        assert.match(stderr, /must use https/);
        assert.doesNotMatch(stderr, /secret-token/);
      }
    });
  }));

function noNetwork(): (request: Request) => Promise<Response> {
  return (request) => Promise.reject(new Error(`Nothing may be sent to ${request.url}`));
}
