import assert from "node:assert/strict";
import { locateWorkspace } from "../../src/local/workspace.ts";
import { IssueStore } from "../../src/store/issue_store.ts";
import { meta, packageFile, plant, step } from "../missions/packages/support.ts";
import { type TestProject, withProject } from "../missions/support.ts";
import { anIssue } from "../store/issue_fixture.ts";
import { type CommandResult, tracker } from "../support/cli.ts";
import { projectConfig } from "../support/projects.ts";

const M = "kitty-specs/001-login";

const TREE = {
  [`${M}/meta.json`]: meta("login", null, { friendly_name: "Login" }),
  [`${M}/status.events.jsonl`]: [
    step("WP01", "planned", "in_progress", "2026-03-01T10:00:00+00:00"),
    step("WP01", "in_progress", "for_review", "2026-03-01T11:00:00+00:00"),
    "not a line",
  ].join("\n"),
  [`${M}/tasks/WP01-form.md`]: packageFile("WP01", "Form"),
  [`${M}/tasks/WP02-mail.md`]: packageFile("WP02", "Mail", "dependencies: [WP01]\nlane: on_ice\n"),
  "kitty-specs/002-search/meta.json": meta("search", null),
  "kitty-specs/002-search/tasks/WP01-index.md": packageFile("WP01", "Index"),
  "kitty-specs/002-search/tasks/WP03-words.md": packageFile("WP03", "Words"),
} as const;

const run = (project: TestProject, ...args: string[]): Promise<CommandResult> =>
  tracker(project.platform, ...args, "--repo", project.root);

Deno.test("`wp list` shows packages and lanes of a project without a binding", async () => {
  await withProject({}, async (project) => {
    assert.equal((await run(project, "wp", "list")).stdout, "No work packages.\n");
    await plant(project.root, TREE);
    const { code, stdout, stderr } = await run(project, "wp", "list");
    assert.equal(code, 0);
    assert.match(stdout, /^ MISSION +PACKAGE +TITLE +LANE +DEPENDS ON$/m);
    assert.match(stdout, /^ 001-login +WP01 +Form +for_review +–$/m);
    assert.match(stdout, /^ 001-login +WP02 +Mail +on_ice \(not known\) +WP01$/m);
    assert.match(stdout, /^ 002-search +WP01 +Index +planned +–$/m);
    assert.match(stderr, /001-login\/status\.events\.jsonl: 1 line could not be read/);
    const one = await run(project, "wp", "list", "login");
    assert.match(one.stdout, /^ PACKAGE /m);
    assert.doesNotMatch(one.stdout, /Index/);
    const unknown = await run(project, "wp", "list", "nothing");
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /No mission "nothing"/);
  });
});

Deno.test("`wp list --json` has the documented shape", async () => {
  await withProject({}, async (project) => {
    await plant(project.root, TREE);
    assert.deepEqual(JSON.parse((await run(project, "wp", "list", "001", "--json")).stdout), {
      schema: 1,
      missions: [{
        mission: "001-login",
        mission_id: null,
        work_packages: [
          {
            wp_id: "WP01",
            title: "Form",
            lane: "for_review",
            status: "in_review",
            dependencies: [],
            ref: null,
            tracker_status: null,
            differs: [],
          },
          {
            wp_id: "WP02",
            title: "Mail",
            lane: "on_ice",
            status: null,
            dependencies: ["WP01"],
            ref: null,
            tracker_status: null,
            differs: [],
          },
        ],
      }],
    });
  });
});

Deno.test("`mission list` counts packages by lane", async () => {
  await withProject({}, async (project) => {
    await plant(project.root, TREE);
    const { stdout } = await run(project, "mission", "list");
    assert.match(stdout, /^ 001-login +Login +– +1 for_review, 1 on_ice /m);
    assert.match(stdout, /^ 002-search +– +– +2 planned /m);
    const { missions } = JSON.parse((await run(project, "mission", "list", "--json")).stdout);
    assert.deepEqual(missions.map(({ lanes }: { lanes: unknown }) => lanes), [
      { for_review: 1, on_ice: 1 },
      { planned: 2 },
    ]);
  });
});

Deno.test("a package's ticket is found by its reference, by what was pushed, else by a mapping that can mean no other package", async () => {
  const config = projectConfig({ provider: "beads", workspace: "w" });
  await withProject({ config }, async (project) => {
    await plant(project.root, TREE);
    const { platform, root } = project;
    const { storePath } = await locateWorkspace(platform, root, "beads", "w");
    const ref = (id: string) => ({ system: "beads", workspace: "w", id, key: id });
    const referring = (id: string, to: string, status: "in_progress" | "done") =>
      anIssue(id, { ref: ref(id), status, provider_metadata: { external_ref: `tracker:${to}` } });
    {
      using store = await IssueStore.open(platform, storePath);
      store.putPage([
        // The tool has no word for a review: this is the nearest there is.
        referring("bd-1", "001-login/WP01", "in_progress"),
        referring("bd-2", "002-search/WP01", "done"),
        anIssue("bd-3", { ref: ref("bd-3"), status: "todo" }),
        anIssue("bd-4", { ref: ref("bd-4"), status: "done" }),
      ]);
      store.packages.keep({
        mission: "001-login",
        wpId: "WP02",
        issueId: "bd-4",
        stepAt: null,
        stepId: "",
      });
      for (const [wpId, id] of [["WP03", "bd-3"], ["WP01", "bd-9"]] as const) {
        store.mappings.add(
          { wp_id: wpId, system: "beads", workspace: "w", external_id: id },
          "2026-03-01T12:00:00Z",
        );
      }
    }
    const { missions } = JSON.parse((await run(project, "wp", "list", "--json")).stdout);
    const rows = missions.flatMap(({ mission, work_packages }: ReturnType<typeof JSON.parse>) =>
      work_packages.map((one: ReturnType<typeof JSON.parse>) => [
        `${mission}/${one.wp_id}`,
        one.ref?.id ?? null,
        one.tracker_status,
        one.differs,
      ])
    );
    assert.deepEqual(rows, [
      ["001-login/WP01", "bd-1", "in_progress", []],
      // A lane that is not known says nothing of a ticket.
      ["001-login/WP02", "bd-4", "done", []],
      ["002-search/WP01", "bd-2", "done", ["status"]],
      ["002-search/WP03", "bd-3", "todo", []],
    ]);
    const words =
      / packages +4 work packages in 2 missions: 2 planned, 1 for_review, 1 on_ice; 1 ticket differs: `tracker wp list`$/m;
    assert.match((await run(project, "status")).stdout, words);
    assert.match((await run(project, "sync", "status")).stdout, words);
    for (const line of [["status"], ["sync", "status"]]) {
      const { packages } = JSON.parse((await run(project, ...line, "--json")).stdout);
      assert.deepEqual(packages, {
        total: 4,
        lanes: { planned: 2, for_review: 1, on_ice: 1 },
        differing: [{
          mission: "002-search",
          wp_id: "WP01",
          title: "Index",
          lane: "planned",
          ref: ref("bd-2"),
          tracker_status: "done",
        }],
      });
    }
    const { stdout } = await run(project, "wp", "list");
    assert.match(stdout, /TICKET +STATUS +DIFFERS$/m);
    assert.match(stdout, /WP01 +Index +planned +– +bd-2 +done +status$/m);
  });
});

Deno.test("a lane that only looks like a known one is shown as it is written", async () => {
  await withProject({}, async (project) => {
    const lanes = ["done\u0007", "\u001b[31mdone", "\u0007", "done ", "do\u200bne", "do\nne"];
    await plant(project.root, {
      [`${M}/meta.json`]: meta("login", null),
      [`${M}/status.events.jsonl`]: lanes.map((lane, at) =>
        step(`WP0${at + 1}`, "planned", lane, "2026-03-01T10:00:00+00:00")
      ).join("\n"),
      ...Object.fromEntries(lanes.map((_, at) => {
        const id = `WP0${at + 1}`;
        return [`${M}/tasks/${id}-a.md`, packageFile(id, "Part")];
      })),
    });
    const shown = [
      "done‹U+0007›",
      "‹U+001B›[31mdone",
      "‹U+0007›",
      "done‹U+0020›",
      "do‹U+200B›ne",
      "do‹U+000A›ne",
    ];
    const { stdout } = await run(project, "wp", "list");
    for (const name of shown) assert.ok(stdout.includes(` ${name} (not known) `), stdout);
    const missions = await run(project, "mission", "list");
    for (const name of shown) assert.ok(missions.stdout.includes(`1 ${name}`), missions.stdout);
  });
});

Deno.test("`wp list` shows ticket and status on a terminal of 80 columns, however long a lane is", async () => {
  const config = projectConfig({ provider: "beads", workspace: "w" });
  await withProject({ config, terminal: true }, async (project) => {
    const more = "dependencies: [WP02, WP03]\nlane: a_lane_of_their_own\n";
    await plant(project.root, {
      [`${M}/meta.json`]: meta("login", null),
      [`${M}/tasks/WP01-form.md`]: packageFile("WP01", "A title that is long enough", more),
    });
    const { storePath } = await locateWorkspace(project.platform, project.root, "beads", "w");
    {
      using store = await IssueStore.open(project.platform, storePath);
      store.putPage([
        anIssue("bd-1", {
          ref: { system: "beads", workspace: "w", id: "bd-1", key: "bd-1" },
          status: "in_progress",
          provider_metadata: { external_ref: "tracker:001-login/WP01" },
        }),
      ]);
    }
    const { stdout } = await run(project, "wp", "list");
    const [titles = "", row = ""] = stdout.split("\n");
    assert.match(titles, /TICKET +STATUS/);
    assert.match(row, / bd-1 +in progress$/);
    assert.ok(row.length <= 80, row);
  });
});
