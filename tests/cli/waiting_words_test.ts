import assert from "node:assert/strict";
import { withProject as withLocalProject } from "../local/local_project.ts";
import {
  HOST,
  JIRA_CONFIG,
  RESOURCE,
  SIGNED_IN,
  WEB_12,
  withProject,
} from "../missions/support.ts";
import { errorEnvelope } from "../support/answers.ts";
import { tracker } from "../support/cli.ts";
import { bdIssue } from "../support/issues.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";

/** What is slow: each call takes a second. */
interface Slowness {
  readonly files?: boolean;
}

/** A terminal in front of a host that takes a second to find a ticket and to refuse all else, and of a slow tool. */
function slow(platform: TestPlatform, { files = false }: Slowness = {}): TestPlatform {
  const second = () => platform.clock.advance(1_000);
  const { stderr } = platform.terminal;
  const answer = (body: unknown, status: number) =>
    new Response(JSON.stringify(body), {
      status,
      headers: { "content-type": "application/json" },
    });
  return {
    ...platform,
    terminal: { ...platform.terminal, stderr: { ...stderr, isTerminal: true } },
    fetch: (request) => {
      second();
      const { url } = new Request(request);
      return Promise.resolve(
        url.endsWith("/issue-search/")
          ? answer({ candidates: [WEB_12], ...RESOURCE }, 200)
          : answer(errorEnvelope(403, "forbidden", {}), 403),
      );
    },
    processes: {
      ...platform.processes,
      run: (options) => {
        second();
        return platform.processes.run(options);
      },
    },
    files: files
      ? {
        ...platform.files,
        stat: (path) => {
          second();
          return platform.files.stat(path);
        },
      }
      : platform.files,
  };
}

/** What a command writes to standard error, with what was drawn there. */
async function drawnBy(
  platform: TestPlatform,
  args: readonly string[],
  what: Slowness = {},
): Promise<string> {
  return (await tracker(slow(platform, what), ...args)).stderr;
}

Deno.test("signing in says what it waits for", () =>
  withPlatform(
    { env: { SPEC_KITTY_ENABLE_SAAS_SYNC: "1", SPEC_KITTY_SAAS_URL: HOST }, stdin: "pw\n" },
    async (platform) => {
      const line = ["auth", "login", "--username", "ada", "--password-stdin"];
      assert.match(await drawnBy(platform, line), /Signing in at the host … 0:01/);
    },
  ));

Deno.test("a binding says what it waits for", () =>
  withProject({ env: SIGNED_IN, config: "project:\n  slug: web\n" }, async (project) => {
    const line = ["bind", "-p", "jira", "--yes", "--repo", project.root];
    assert.match(
      await drawnBy(project.platform, line),
      /Asking the host for the binding … 0:01/,
    );
  }));

Deno.test("the origin of a mission says what it waits for", () =>
  withProject({ env: SIGNED_IN, config: JIRA_CONFIG }, async (project) => {
    await project.write("kitty-specs/012-fix-login/meta.json", "{}\n");
    const line = ["mission", "bind-origin", "012", "--ticket", "WEB-12", "--yes"];
    assert.match(
      await drawnBy(project.platform, [...line, "--repo", project.root]),
      /Telling the host where the mission comes from … 0:01/,
    );
  }));

Deno.test("comments and a publication say what they wait for", () =>
  withLocalProject("bd", async ({ platform, root, tool, bind, service }) => {
    tool.setIssues([bdIssue("bd-1")]);
    await bind();
    await service.pull();
    for (const [name, value] of Object.entries(SIGNED_IN)) platform.setEnv(name, value);
    const drawn = (...line: string[]) => drawnBy(platform, ["--repo", root, ...line]);
    assert.match(
      await drawn("issue", "comment", "bd-1", "Seen"),
      /Giving the comment to \S+ … 0:01/,
    );
    assert.match(
      await drawn("issue", "show", "bd-1", "--comments"),
      /Asking \S+ for the comments … 0:01/,
    );
    assert.match(await drawn("sync", "publish"), /Waiting for the host's receipt … 0:01/);
  }));

Deno.test("the check of a host says what it waits for", () =>
  withPlatform({ env: { SPEC_KITTY_ENABLE_SAAS_SYNC: "1" } }, async (platform) => {
    const line = ["host", "check", "--data", `${platform.home}/data`];
    assert.match(await drawnBy(platform, line, { files: true }), /Checking the host … 0:0/);
  }));
