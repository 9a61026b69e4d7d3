import assert from "node:assert/strict";
import { readinessWords } from "../support/readiness_words.ts";
import { catalogue } from "../../src/cli/commands/registry.ts";
import {
  BIND,
  bindStub,
  isolatedGit,
  JIRA_CONFIG,
  refusal,
  SEARCH,
  searchStub,
  WEB_12,
  WEB_12_TICKET,
  WEB_13,
  withProject,
} from "../missions/support.ts";
import type { Processes } from "../../src/platform/processes.ts";
import { tracker } from "../support/cli.ts";
import { mission, PULL, setPolicy, signedIn, start } from "./mission_support.ts";

Deno.test("`mission create` says what it made, with the gate off and no user signed in", async () => {
  await withProject({}, async (project) => {
    const { code, stdout, stderr } = await mission(project, "create", "fix-login");
    assert.equal(stderr, "");
    assert.equal(code, 0);
    const head = (await project.git("rev-parse", "HEAD")).slice(0, 10);
    assert.equal(
      stdout,
      `✓ Mission 001-fix-login\n  kitty-specs/001-fix-login/spec.md\n  committed as ${head}\n`,
    );
  });
});

Deno.test("`mission create --json` is one document with stable keys", async () => {
  await withProject({}, async (project) => {
    const { stdout } = await mission(project, "create", "fix-login", "--no-commit", "--json");
    const { mission_id, ...made } = JSON.parse(stdout);
    assert.match(mission_id, /^[0-9A-Z]{26}$/);
    assert.deepEqual(made, {
      schema: 1,
      feature_slug: "001-fix-login",
      feature_number: "001",
      slug: "fix-login",
      target_branch: "main",
      mission_dir: `${project.root}/kitty-specs/001-fix-login`,
      branch: null,
      commit: { id: null, reason: "not_asked" },
      resumed: false,
      event_emitted: true,
    });
  });
});

Deno.test("`mission create` says why there is no commit", async () => {
  await withProject({ repository: false }, async (project) => {
    const { code, stdout } = await mission(project, "create", "fix-login");
    assert.equal(code, 0);
    assert.match(stdout, /not committed: the project is not a git repository/);
  });
  await withProject({}, async (project) => {
    await project.write("README.md", "# Changed\n");
    await project.git("add", "README.md");
    const { code, stdout, stderr } = await mission(project, "create", "fix-login");
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.match(stderr, /staged changes[^]*--no-commit/);
    assert.equal((await mission(project, "create", "Fix Login")).code, 2);
  });
});

Deno.test("`mission start TEXT` shows the candidates, takes a number and starts the mission", async () => {
  const network = [
    searchStub([WEB_12, WEB_13], { query_text: "login times" }),
    PULL,
    bindStub("001-web-13", WEB_13),
  ];
  await signedIn({ network, stdin: "7\n2\n" }, async (project) => {
    const { code, stdout, stderr } = await start(project, "login", "times");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^ # {2}TICKET +TITLE +STATUS +IN THE TRACKER +MATCH$/m);
    assert.match(stdout, /^ 2 {2}WEB-13 +Login forgets the name +todo +To Do +text$/m);
    assert.match(stdout, /✓ Mission 001-web-13 from WEB-13: Login forgets the name\n/);
    assert.match(stdout, /committed as [0-9a-f]{10}\n$/);
    assert.match(stderr, /Start a mission from which one\? \(1-2\)/);
    assert.match(stderr, /number from 1 to 2/);
    assert.equal(await project.git("status", "--porcelain"), "");
  });
});

Deno.test("A single candidate is asked about too, with --yes as well; no starts nothing", async () => {
  for (const flags of [[], ["--yes"]]) {
    const network = [searchStub([WEB_12], { query_text: "login" })];
    await signedIn({ network, stdin: "\n" }, async (project) => {
      const { code, stderr } = await start(project, "login", ...flags);
      assert.equal(code, 0);
      assert.match(stderr, /Start a mission from WEB-12\? \[y\/N\]/);
      assert.match(stderr, /Nothing was started\./);
      assert.deepEqual(await project.names("kitty-specs"), []);
    });
  }
  const network = [searchStub([WEB_12], { query_text: "login" }), PULL, bindStub("001-web-12")];
  await signedIn({ network, stdin: "y\n" }, async (project) => {
    const { code, stdout } = await start(project, "login");
    assert.equal(code, 0);
    assert.match(stdout, /Mission 001-web-12 from WEB-12/);
  });
});

Deno.test("`--ticket KEY --yes` asks nothing; `--ticket KEY` alone asks", async () => {
  const network = [searchStub([WEB_12]), PULL, bindStub("001-web-12")];
  await signedIn({ network }, async (project) => {
    const { code, stdout, stderr } = await start(
      project,
      "--ticket",
      "WEB-12",
      "--yes",
      "--no-input",
      "--json",
    );
    assert.equal(code, 0, stderr);
    assert.equal(stderr, "");
    const result = JSON.parse(stdout);
    assert.deepEqual(Object.keys(result), [
      "schema",
      "feature_slug",
      "slug",
      "mission_dir",
      "origin_ticket",
      "branch",
      "commit",
      "resumed",
      "event_emitted",
      "steps",
    ]);
    assert.deepEqual(result.origin_ticket, WEB_12_TICKET);
    assert.equal(result.commit.id, await project.git("rev-parse", "HEAD"));
    assert.equal(result.event_emitted, true);
  });
  await signedIn({ network: [searchStub([WEB_12])], stdin: "n\n" }, async (project) => {
    const { code, stderr } = await start(project, "--ticket", "WEB-12");
    assert.equal(code, 0);
    assert.match(stderr, /Start a mission from WEB-12\? \[y\/N\]/);
    assert.deepEqual(await project.names("kitty-specs"), []);
  });
});

Deno.test("In automatic mode the events go up in the background; a start that fails is one warning", async () => {
  const network = [searchStub([WEB_12]), PULL, bindStub("001-web-12")];
  const started: unknown[] = [];
  const processes: Processes = {
    ...isolatedGit(),
    startDetached(options) {
      started.push(options);
      throw new Error("no processes here");
    },
  };
  await signedIn({ network, processes }, async (project) => {
    await setPolicy(project, "auto");
    const done = await start(project, "--ticket", "WEB-12", "--yes");
    assert.equal(done.code, 0, done.stderr);
    assert.match(done.stdout, /^✓ Mission 001-web-12 from WEB-12/m);
    assert.equal(started.length, 1);
    assert.match(
      done.stderr,
      /^Warning: Background sync did not start \(no processes here\)\./m,
    );
  });
});

Deno.test("With --json the candidates are shown on standard error, and the result alone on standard output", async () => {
  const network = [searchStub([WEB_12], { query_text: "login" }), PULL, bindStub("001-web-12")];
  await signedIn({ network, stdin: "y\n" }, async (project) => {
    const { stdout, stderr } = await start(project, "login", "--json");
    assert.equal(JSON.parse(stdout).feature_slug, "001-web-12");
    assert.match(stderr, /WEB-12 +Login times out/);
  });
});

Deno.test("Without an answer to be had the way to do without is named, and nothing is started", async () => {
  for (const flags of [["--no-input"], ["--no-input", "--yes"], []]) {
    const network = [searchStub([WEB_12, WEB_13], { query_text: "login" })];
    await signedIn({ network }, async (project) => {
      const { code, stderr } = await start(project, "login", ...flags);
      assert.equal(code, 1);
      assert.match(stderr, /--ticket KEY --yes/);
      assert.deepEqual(await project.names("kitty-specs"), []);
    });
  }
});

Deno.test("Nothing found, or only a ticket of another name, starts nothing", async () => {
  const found: readonly (readonly [unknown[], string[], Record<string, string>])[] = [
    [[], ["login"], { query_text: "login" }],
    [[], ["--ticket", "WEB-99", "--yes"], { query_key: "WEB-99" }],
    [[WEB_12], ["--ticket", "WEB-1", "--yes"], { query_key: "WEB-1" }],
  ];
  for (const [candidates, args, query] of found) {
    await signedIn({ network: [searchStub(candidates, query)] }, async (project) => {
      const { code, stdout, stderr } = await start(project, ...args);
      assert.equal(code, 1);
      assert.equal(stdout, "");
      assert.match(stderr, /No ticket/);
      assert.deepEqual(await project.names("kitty-specs"), []);
    });
  }
});

Deno.test("A failed bind is told with the command that binds the mission, and exits 1", async () => {
  const network = [searchStub([WEB_12]), PULL, refusal(BIND, 403, "missing_user_link")];
  await signedIn({ network }, async (project) => {
    const { code, stdout, stderr } = await start(project, "--ticket", "WEB-12", "--yes");
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.match(stderr, /dashboard/);
    assert.match(stderr, /tracker mission bind-origin 001-web-12 --ticket WEB-12/);
    assert.deepEqual(await project.names("kitty-specs"), ["001-web-12"]);
  });
});

Deno.test("A ticket's words cannot drive the terminal", async () => {
  const nasty = { ...WEB_12, title: "a\u001b]0;x\u0007b\u202Ec\nd", status: "\u001b[2J" };
  const network = [searchStub([nasty]), PULL, bindStub("001-web-12", nasty)];
  await signedIn({ network, stdin: "y\n" }, async (project) => {
    const { stdout, stderr } = await start(project, "--ticket", "WEB-12");
    assert.match(stdout, /from WEB-12: abc d/);
    assert.equal((stdout + stderr).includes("\u001b"), false);
    assert.equal((stdout + stderr).includes("\u202e"), false);
  });
});

Deno.test("`issue search` lists tickets, and prints the host's answer with --json", async () => {
  const network = [
    searchStub([WEB_12, WEB_13], { query_text: "login times" }),
    searchStub([], { query_key: "WEB-99" }),
    {
      request: SEARCH,
      reply: {
        status: 200,
        json: { candidates: [], resource_type: "t", resource_id: "i", trace: "kept" },
      },
    },
    refusal(SEARCH, 403, "missing_user_link"),
  ];
  await signedIn({ network, repository: false }, async ({ platform, root }) => {
    const search = (...args: string[]) =>
      tracker(platform, "issue", "search", ...args, "--repo", root);
    const { code, stdout } = await search("login", "times");
    assert.equal(code, 0);
    assert.match(stdout, /^ 1 {2}WEB-12 +Login times out +in progress +In Progress +exact$/m);
    assert.match(stdout, /2 tickets\./);
    const none = await search("--key", "WEB-99");
    assert.deepEqual([none.code, none.stdout], [0, "No tickets found.\n"]);
    const json = await search("x", "--json", "--limit", "5");
    assert.deepEqual(JSON.parse(json.stdout), {
      schema: 1,
      candidates: [],
      resource_type: "t",
      resource_id: "i",
      trace: "kept",
    });
    const refused = await search("x");
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /dashboard/);
  });
});

Deno.test("Starting, binding and searching need a session and a binding; the gate holds them back", async () => {
  await signedIn({ config: null }, async (project) => {
    const { code, stderr } = await start(project, "x");
    assert.equal(code, 1);
    assert.equal(stderr, readinessWords("missing_project_binding"));
    project.platform.setEnv("TRACKER_TOKEN", undefined);
    const signedOut = await start(project, "x");
    assert.equal(signedOut.stderr, readinessWords("missing_auth"));
  });
  const hidden = (await catalogue(true)).filter((command) => command.gated)
    .map(({ path }) => path).filter((path) => path.startsWith("mission "));
  assert.deepEqual(hidden, ["mission bind-origin"]);
  await withProject({ config: JIRA_CONFIG }, async (project) => {
    const { code, stderr } = await start(project, "x");
    assert.equal(code, 1);
    assert.equal(stderr, readinessWords("rollout_disabled"));
    const bound = await mission(project, "bind-origin", "x", "--ticket", "WEB-12");
    assert.match(bound.stderr, /Unknown command "mission bind-origin"/);
  });
});

Deno.test("`mission start KEY --yes` starts from the one ticket of that key, and asks of any other", async () => {
  const query = { query_text: "web-12" };
  const network = [searchStub([WEB_13, WEB_12], query), PULL, bindStub("001-web-12")];
  await signedIn({ network }, async (project) => {
    const { code, stdout, stderr } = await start(project, "web-12", "-y", "--no-input");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /✓ Mission 001-web-12 from WEB-12/);
  });
  const twice = [searchStub([WEB_12, { ...WEB_12, external_issue_id: "2" }], query)];
  for (const ask of [twice, [searchStub([WEB_13], query)]]) {
    await signedIn({ network: ask }, async (project) => {
      const { code, stderr } = await start(project, "web-12", "-y", "--no-input");
      assert.equal(code, 1);
      assert.match(stderr, /A person has to confirm the ticket/);
      assert.deepEqual(await project.names("kitty-specs"), []);
    });
  }
});
