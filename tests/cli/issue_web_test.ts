/** `issue show --web` and `issue list --web`. */
import assert from "node:assert/strict";
import { issueAddress, listAddress } from "../../src/cli/commands/issue/web.ts";
import type { DetachedOptions, Processes } from "../../src/platform/processes.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { tracker } from "../support/cli.ts";
import { bdIssue } from "../support/issues.ts";
import { withProject } from "../local/local_project.ts";
import { openAddress } from "../../src/cli/services/browser.ts";
import { testContext } from "../support/context.ts";
import { withPlatform } from "../support/platform.ts";

const HOSTED = { tracker: "Linear", isLocal: false };
const LOCAL = { tracker: "Beads", isLocal: true };

const ref = (url: string | null, system = "linear") => ({
  ...{ system, workspace: "acme", id: "1", key: "ENG-1" },
  url,
});

/** The message and the next action of what is thrown. */
function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof TrackerError);
    assert.equal(error.code, "no_web_address");
    return `${error.message} | ${error.nextAction}`;
  }
  throw new assert.AssertionError({ message: "nothing was refused" });
}

Deno.test("only an address of the web is opened", () => {
  const open = (url: string | null, isNew = false) => () =>
    issueAddress({ ...HOSTED, issue: { ref: ref(url) }, isNew });
  assert.equal(
    open("https://linear.app/acme/issue/ENG-1")(),
    "https://linear.app/acme/issue/ENG-1",
  );
  assert.equal(
    open("http://git.intern:8080/a?b=1&calc.exe")(),
    "http://git.intern:8080/a?b=1&calc.exe",
  );
  for (
    const url of [
      "javascript:alert(1)",
      "file:///etc/passwd",
      "-https://x.dev",
      "https://user:secret@evil.dev/",
      "vscode://x",
    ]
  ) {
    assert.equal(
      refusal(open(url)),
      `The address of "ENG-1" leads to no page on the web: ${url} | ` +
        "`tracker issue show ENG-1` shows it here.",
    );
  }
  assert.match(refusal(open(null)), /^Linear names no page on the web for "ENG-1" \|/);
  assert.match(
    refusal(open(null, true)),
    /not at the tracker yet.*\| Send it with `tracker sync push`\.$/,
  );
});

Deno.test("the list of each tracker is told by the address of an issue", () => {
  for (
    const [system, issue, list] of [
      ["github", "https://github.com/acme/web/issues/7", "https://github.com/acme/web/issues"],
      ["github", "https://git.acme.dev/acme/web/issues/7", "https://git.acme.dev/acme/web/issues"],
      ["gitlab", "https://gl.dev/a/b/c/-/issues/7", "https://gl.dev/a/b/c/-/issues"],
      ["gitlab", "https://gl.dev/a/b/-/work_items/7", "https://gl.dev/a/b/-/issues"],
      [
        "jira",
        "https://acme.atlassian.net/browse/WEB-7",
        "https://acme.atlassian.net/issues/?jql=project%20%3D%20WEB",
      ],
      [
        "jira",
        "https://j.dev/jira/browse/W_1-7",
        "https://j.dev/jira/issues/?jql=project%20%3D%20W_1",
      ],
      [
        "linear",
        "https://linear.app/acme/issue/ENG-7/a-title",
        "https://linear.app/acme/team/ENG/all",
      ],
    ] as const
  ) assert.equal(listAddress([ref(null, system), ref(issue, system)], HOSTED), list);
});

Deno.test("an address that tells no list opens none", () => {
  for (
    const [system, url] of [
      ["github", "https://github.com/acme/web/pull/7/issues"],
      ["gitlab", "https://gl.dev/a/issues/7"],
      ["jira", `https://acme.atlassian.net/browse/WEB"+OR+1-7`],
      ["linear", "https://linear.app/acme/ENG-7"],
      ["beads", "https://github.com/acme/web/issues/7"],
    ] as const
  ) {
    assert.match(
      refusal(() => listAddress([ref(url, system)], HOSTED)),
      /^The page of the list at Linear is not known: .* \| Fetch issues with `tracker sync pull`/,
    );
  }
  assert.equal(
    refusal(() => listAddress([ref(null, "beads")], LOCAL)),
    "Beads keeps its issues on this machine and has no page on the web for its issues | " +
      "`tracker dashboard --open` shows them in the browser.",
  );
});

Deno.test("a list whose issues all have addresses that lead nowhere says that, and not to fetch more", () => {
  const nowhere = [
    "https://tracker.example/acme/web/issues/7",
    "ftp://tracker.dev/7",
    "javascript:alert(1)",
  ];
  assert.match(
    refusal(() =>
      listAddress([ref(null, "github"), ...nowhere.map((url) => ref(url, "github"))], HOSTED)
    ),
    /lead to no page on the web: https:\/\/tracker\.example\/acme/,
  );
  const some = [
    ref(nowhere[0] ?? "", "github"),
    ref("https://github.com/acme/web/pull/7", "github"),
  ];
  assert.match(
    refusal(() => listAddress(some, HOSTED)),
    /no cached issue has an address that tells/,
  );
  assert.match(refusal(() => listAddress([], HOSTED)), /no cached issue has an address that tells/);
});

Deno.test("a tool on this machine has no pages, and says where its issues are seen", () =>
  withProject("bd", async ({ platform, root, tool, bind, service }) => {
    tool.setIssues([bdIssue("bd-1")]);
    await bind();
    await service.pull();
    const run = (...args: string[]) => tracker(platform, "--repo", root, "issue", ...args);
    const shown = await run("show", "bd-1", "--web");
    assert.deepEqual([shown.code, shown.stdout], [1, ""]);
    assert.match(
      shown.stderr,
      /beads keeps its issues on this machine and has no page on the web for "bd-1"/,
    );
    assert.match((await run("list", "--web")).stderr, /`tracker dashboard --open` shows them/);
    const { issue } = await service.issueCreate({ title: "Here" });
    assert.match((await run("show", issue.ref.id, "--web")).stderr, /is not at the tracker yet/);
  }));

Deno.test("--web does one thing: with comments or the options of pages it is wrong usage", () =>
  withProject("bd", async ({ platform, root, bind }) => {
    await bind();
    for (
      const line of [
        ["show", "bd-1", "--web", "--comments"],
        ["list", "--web", "--all"],
        ["list", "--web", "--fields", "key", "--json"],
        ["list", "--web", "--limit", "3"],
      ]
    ) {
      const { code, stderr } = await tracker(platform, "--repo", root, "issue", ...line);
      assert.equal(code, 2, line.join(" "));
      assert.match(stderr, /`--web`/);
    }
  }));

/** Opens an address on a machine that starts programs so; answers what was written. */
async function opened(
  start: (options: DetachedOptions) => number,
  json = false,
): Promise<{ code: number; stdout: string; stderr: string }> {
  let result = { code: -1, stdout: "", stderr: "" };
  const processes: Processes = {
    run: () => Promise.reject(new Error("A command was run")),
    runAttached: () => Promise.reject(new Error("A command was run")),
    startDetached: start,
    kill: () => false,
  };
  await withPlatform({ processes, system: { os: "windows" } }, (platform) => {
    const code = openAddress(testContext(platform, { json }), "https://x.dev/?a&calc.exe");
    result = { code, stdout: platform.stdout(), stderr: platform.stderr() };
  });
  return result;
}

Deno.test("an address goes to the browser without a shell and without the session, and is told", async () => {
  const started: DetachedOptions[] = [];
  const { code, stdout } = await opened((options) => started.push(options));
  assert.deepEqual([code, stdout], [0, "https://x.dev/?a&calc.exe\n"]);
  assert.deepEqual(started, [{
    command: "rundll32",
    args: ["url.dll,FileProtocolHandler", "https://x.dev/?a&calc.exe"],
    env: { TRACKER_TOKEN: "" },
  }]);
});

Deno.test("a machine without a browser tells the address, and says so", async () => {
  const none = () => {
    throw new Deno.errors.NotFound("no such file");
  };
  const { code, stdout, stderr } = await opened(none);
  assert.deepEqual([code, stdout], [0, "https://x.dev/?a&calc.exe\n"]);
  assert.equal(stderr, "Cannot start a browser here; open the address yourself.\n");
  const document = JSON.parse((await opened(none, true)).stdout);
  assert.deepEqual(document, { schema: 1, url: "https://x.dev/?a&calc.exe", opened: false });
});
