import assert from "node:assert/strict";
import type { SnapshotRequest } from "../../src/contract/snapshots.ts";
import { locateWorkspace } from "../../src/local/workspace.ts";
import { snapshotKey } from "../../src/tracker/publish.ts";
import { IssueStore } from "../../src/store/issue_store.ts";
import {
  JIRA_CONFIG,
  refusal,
  SIGNED_IN,
  type TestProject,
  type TestProjectOptions,
  withProject,
} from "../missions/support.ts";
import { anIssue } from "../store/issue_fixture.ts";
import { type CommandResult, tracker } from "../support/cli.ts";
import { projectConfig } from "../support/projects.ts";

const PATH = "POST /api/v1/connectors/trackers/snapshots/";

const BEADS_CONFIG = projectConfig({
  provider: "beads",
  workspace: "w",
  doctrine: { mode: "split_ownership", field_owners: { title: "external" } },
});

const ISSUES = [anIssue("bd-2"), anIssue("bd-1")] as const;

const SNAPSHOT: SnapshotRequest = {
  provider: "beads",
  workspace: "w",
  external_resource_type: null,
  external_resource_id: null,
  doctrine_mode: "split_ownership",
  doctrine_field_owners: { title: "external" },
  project_uuid: "550e8400-e29b-41d4-a716-446655440000",
  project_slug: "web",
  issues: [anIssue("bd-1"), anIssue("bd-2")],
  mappings: [{
    wp_id: "WP01",
    system: "beads",
    workspace: "w",
    external_id: "bd-1",
    created_at: "2026-03-01T12:00:00Z",
    updated_at: "2026-03-01T12:00:00Z",
  }],
  checkpoint: { cursor: null, updated_since: "2026-02-02T10:00:00Z" },
};

const RECEIPT = { receipt_id: "rcpt_1", resolution: "workspace" } as const;

async function published(
  project: TestProject,
  ...args: string[]
): Promise<CommandResult> {
  return await tracker(project.platform, "sync", "publish", ...args, "--repo", project.root);
}

/** A beads project with two pulled issues and a mapping, on a machine in manual mode. */
async function inPulledProject(
  options: TestProjectOptions,
  test: (project: TestProject) => Promise<void>,
): Promise<void> {
  const base = { env: SIGNED_IN, config: BEADS_CONFIG, repository: false } as const;
  await withProject({ ...base, ...options }, async (project) => {
    const { platform, root } = project;
    await platform.files.writeAtomic(
      `${platform.home}/.spec-kitty/config.toml`,
      '[sync]\nbackground_daemon = "manual"\n',
    );
    const { storePath } = await locateWorkspace(platform, root, "beads", "w");
    const store = await IssueStore.open(platform, storePath);
    store.putPage(ISSUES, {
      cursor: null,
      updatedSince: "2026-02-02T10:00:00Z",
      filtersKey: "",
    });
    const mapping = { wp_id: "WP01", system: "beads", workspace: "w", external_id: "bd-1" };
    store.mappings.add(mapping, "2026-03-01T12:00:00Z");
    store.close();
    await test(project);
  });
}

Deno.test("The host sees the whole snapshot under its key, both resource fields included", async () => {
  const network = [{
    request: PATH,
    headers: {
      "Idempotency-Key": await snapshotKey(SNAPSHOT),
      "Authorization": "Bearer token-of-tests",
    },
    body: SNAPSHOT,
    reply: { status: 200, json: RECEIPT },
  }];
  await inPulledProject({ network }, async (project) => {
    const { code, stdout, stderr } = await published(project);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /✓ Published 2 issues and 1 mapping of beads workspace w\./);
    assert.match(stdout, /Receipt rcpt_1/);
    assert.match(stdout, /Background sync is in manual mode/);
    assert.match(stderr, /Publishing 2 issues and 1 mapping .* to tracker\.example …/);
  });
});

Deno.test("publish --json prints the host's receipt and our schema; notices go to standard error", async () => {
  const network = [{ request: PATH, reply: { status: 200, json: { ...RECEIPT, more: "kept" } } }];
  await inPulledProject({ network }, async (project) => {
    const { code, stdout, stderr } = await published(project, "--json");
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), { schema: 1, ...RECEIPT, more: "kept" });
    assert.match(stderr, /manual mode/);
  });
});

Deno.test("publish --dry-run says what would be sent and sends nothing", async () => {
  await inPulledProject({}, async (project) => {
    const words = await published(project, "--dry-run");
    assert.match(words.stdout, /^Would publish 2 issues and 1 mapping of beads workspace w/);
    const { code, stdout, stderr } = await published(project, "--dry-run", "--json");
    assert.deepEqual([code, stderr], [0, ""]);
    assert.deepEqual(JSON.parse(stdout), {
      schema: 1,
      idempotency_key: await snapshotKey(SNAPSHOT),
      left_out: 0,
      snapshot: SNAPSHOT,
    });
  });
});

/** What `bd` marks of records that are not work. */
const NOT_WORK: readonly Readonly<Record<string, unknown>>[] = [
  { ephemeral: true },
  { no_history: true },
  { wisp_type: "patrol" },
  { storage_class: "ephemeral" },
  { is_template: true },
  { mol_type: "swarm" },
  ...["agent", "role", "message", "molecule", "gate", "convoy", "event", "merge_request"]
    .map((raw_issue_type) => ({ raw_issue_type })),
];

/** Adds records that are not work to the cache, one of them mapped to a work package. */
async function cacheRecords({ platform, root }: TestProject): Promise<void> {
  const { storePath } = await locateWorkspace(platform, root, "beads", "w");
  using store = await IssueStore.open(platform, storePath);
  store.putPage(
    NOT_WORK.map((marks, n) =>
      anIssue(`bd-x${n}`, { provider_metadata: { raw_issue_type: "task", ...marks } })
    ),
  );
  const mapping = { wp_id: "WP02", system: "beads", workspace: "w", external_id: "bd-x0" };
  store.mappings.add(mapping, "2026-03-01T12:00:00Z");
}

Deno.test("publish sends no record that is not work, nor a mapping to one", async () => {
  const network = [{ request: PATH, body: SNAPSHOT, reply: { status: 200, json: RECEIPT } }];
  await inPulledProject({ network }, async (project) => {
    await cacheRecords(project);
    const { code, stdout, stderr } = await published(project);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /✓ Published 2 issues and 1 mapping of beads workspace w\./);
  });
});

Deno.test("publish says how many records it left out", async () => {
  await inPulledProject({}, async (project) => {
    await cacheRecords(project);
    const { stderr } = await published(project, "--dry-run");
    assert.match(stderr, /^Left out 14 records that are not work \(agents, messages, wisps /m);
    const { stdout } = await published(project, "--dry-run", "--json");
    assert.equal(JSON.parse(stdout).left_out, NOT_WORK.length);
  });
});

Deno.test("publish sends what is pinned, hooked or of a type of the team's own", async () => {
  await inPulledProject({}, async (project) => {
    const { platform, root } = project;
    const { storePath } = await locateWorkspace(platform, root, "beads", "w");
    {
      using store = await IssueStore.open(platform, storePath);
      store.putPage([
        anIssue("bd-3", { provider_metadata: { raw_status: "pinned", raw_issue_type: "epic" } }),
        anIssue("bd-4", { provider_metadata: { raw_status: "hooked", raw_issue_type: "ritual" } }),
        anIssue("bd-5", { provider_metadata: { ephemeral: false, wisp_type: "" } }),
      ]);
    }
    const { stdout } = await published(project, "--dry-run", "--json");
    assert.equal(JSON.parse(stdout).left_out, 0);
    assert.equal(JSON.parse(stdout).snapshot.issues.length, 5);
  });
});

Deno.test("publish takes the token from standard input instead of the session", async () => {
  const network = [{
    request: PATH,
    headers: { "Authorization": "Bearer piped-token", "X-Team-Slug": "core" },
    reply: { status: 200, json: RECEIPT },
  }];
  await inPulledProject({ network, stdin: "piped-token\n" }, async (project) => {
    assert.equal((await published(project, "--auth-token-stdin")).code, 0);
  });
  for (const stdin of ["", "two tokens\n"]) {
    await inPulledProject({ stdin }, async (project) => {
      const { code, stderr } = await published(project, "--auth-token-stdin");
      assert.equal(code, 2);
      assert.match(stderr, /needs one token/);
    });
  }
});

Deno.test("publish without any token leaves the header out and reports the host's 401", async () => {
  const { TRACKER_TOKEN: _token, TRACKER_TEAM: _team, ...env } = SIGNED_IN;
  const network = [{
    ...refusal(PATH, 401, "unauthorized"),
    headers: { Authorization: null },
  }];
  await inPulledProject({ env, network }, async (project) => {
    const { code, stdout, stderr } = await published(project);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /The host says unauthorized\n {2}Run `tracker auth login`, or pipe /);
  });
});

Deno.test("publish of a hosted binding stops before any request, whatever else is missing", async () => {
  await withProject({ env: SIGNED_IN, config: JIRA_CONFIG, repository: false }, async (project) => {
    const { code, stdout, stderr } = await published(project);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /Snapshot publish is not supported\. Use `tracker sync push` instead\./);
    project.platform.setEnv("TRACKER_TOKEN", undefined);
    project.platform.setEnv("SPEC_KITTY_SAAS_URL", undefined);
    assert.match((await published(project)).stderr, /Snapshot publish is not supported\./);
  });
});

Deno.test("publish before the first pull, without a host, and with the gate off says what to do", async () => {
  const options = { env: SIGNED_IN, config: BEADS_CONFIG, repository: false } as const;
  await withProject(options, async (project) => {
    const { code, stderr } = await published(project);
    assert.equal(code, 1);
    assert.match(stderr, /tracker sync pull/);
  });
  await inPulledProject({}, async (project) => {
    project.platform.setEnv("SPEC_KITTY_SAAS_URL", undefined);
    assert.match((await published(project)).stderr, /No SaaS host URL is configured\./);
    project.platform.setEnv("SPEC_KITTY_ENABLE_SAAS_SYNC", "off");
    const { code, stderr } = await published(project);
    assert.equal(code, 2);
    assert.match(stderr, /Unknown command "sync publish"/);
  });
});

Deno.test("publish to a host that cannot be reached fails at once, and is not retried", async () => {
  const network = [{ request: PATH, reply: { fail: "connection refused" } as const }];
  await inPulledProject({ network }, async (project) => {
    const { code, stderr } = await published(project);
    assert.equal(code, 1);
    assert.match(stderr, /Cannot connect to the tracker host at https:\/\/tracker\.example/);
  });
});
