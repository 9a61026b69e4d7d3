import assert from "node:assert/strict";
import type { FeatureCreated, MissionOriginBound } from "../../src/events/emit.ts";
import type { OriginTracker } from "../../src/missions/origin_tracker.ts";
import type { MissionEvents } from "../../src/missions/mission_events.ts";
import { type Processes, systemProcesses } from "../../src/platform/processes.ts";
import { systemClock } from "../../src/platform/clock.ts";
import type { OriginCandidate } from "../../src/contract/search.ts";
import type { Stub } from "../support/fetch.ts";
import { type TestPlatform, type TestPlatformOptions, withPlatform } from "../support/platform.ts";
import { errorEnvelope } from "../support/answers.ts";
import { projectConfig } from "../support/projects.ts";

/** The host of these tests. */
export const HOST = "https://tracker.example";

/** A machine with the gate on and a token for the host. */
export const SIGNED_IN = {
  SPEC_KITTY_ENABLE_SAAS_SYNC: "1",
  SPEC_KITTY_SAAS_URL: HOST,
  TRACKER_TOKEN: "token-of-tests",
  TRACKER_TEAM: "core",
} as const;

/** What the config of a project bound to Jira says. */
export const JIRA_CONFIG = projectConfig({
  provider: "jira",
  binding_ref: "srm_1",
  display_label: "Web app (WEB)",
});

/** A ticket as the host finds it. */
export const WEB_12: OriginCandidate = {
  external_issue_id: "10012",
  external_issue_key: "WEB-12",
  title: "Login times out",
  status: "In Progress",
  url: "https://acme.example/browse/WEB-12",
  match_type: "exact",
};

/** Another ticket of the same resource. */
export const WEB_13: OriginCandidate = {
  external_issue_id: "10013",
  external_issue_key: "WEB-13",
  title: "Login forgets the name",
  status: "To Do",
  url: "https://acme.example/browse/WEB-13",
  match_type: "text",
};

/** The resource that the tickets are in. */
export const RESOURCE = { resource_type: "jira_project", resource_id: "WEB" } as const;

/** The mission's origin as `meta.json` has it for {@link WEB_12}. */
export const WEB_12_TICKET = {
  provider: "jira",
  ...RESOURCE,
  external_issue_id: "10012",
  external_issue_key: "WEB-12",
  external_issue_url: "https://acme.example/browse/WEB-12",
  title: "Login times out",
} as const;

/** The host finds these. */
export function searchStub(
  candidates: readonly unknown[],
  query: Readonly<Record<string, unknown>> = { query_key: "WEB-12" },
  provider = "jira",
): Stub {
  return {
    request: "POST /api/v1/tracker/issue-search/",
    headers: { Authorization: "Bearer token-of-tests", "X-Team-Slug": "core" },
    body: { provider, binding_ref: "srm_1", ...query, limit: 10 },
    reply: { status: 200, json: { candidates, ...RESOURCE } },
  };
}

/** The host binds the mission. */
export function bindStub(featureSlug: string, candidate: OriginCandidate = WEB_12): Stub {
  return {
    request: "POST /api/v1/tracker/mission-origin/bind/",
    headers: { "Idempotency-Key": /^[0-9a-f-]{36}$/ },
    body: {
      provider: "jira",
      binding_ref: "srm_1",
      feature_slug: featureSlug,
      external_issue_id: candidate.external_issue_id,
      external_issue_key: candidate.external_issue_key,
      external_issue_url: candidate.url,
      title: candidate.title,
      external_status: candidate.status,
    },
    reply: { status: 200, json: { origin_link_id: "org_1", bound_at: "2026-03-01T12:00:00Z" } },
  };
}

/** The host refuses a call. */
export function refusal(
  request: string,
  status: number,
  code: string,
  extra: Readonly<Record<string, unknown>> = {},
): Stub {
  return {
    request,
    reply: {
      status,
      json: errorEnvelope(status, code, extra),
    },
  };
}

/** The request line of a search. */
export const SEARCH = "POST /api/v1/tracker/issue-search/";

/** The request line of a bind. */
export const BIND = "POST /api/v1/tracker/mission-origin/bind/";

/** Events that are kept in memory. */
export interface RecordedEvents extends MissionEvents {
  readonly created: FeatureCreated[];
  readonly bound: MissionOriginBound[];
}

/** Records events; with `fails` none can be recorded. */
export function recordedEvents(options: { readonly fails?: boolean } = {}): RecordedEvents {
  const created: FeatureCreated[] = [];
  const bound: MissionOriginBound[] = [];
  const recorded = options.fails !== true;
  return {
    created,
    bound,
    featureCreated(payload) {
      if (recorded) created.push(payload);
      return Promise.resolve(recorded);
    },
    missionOriginBound(payload) {
      if (recorded) bound.push(payload);
      return Promise.resolve(recorded);
    },
  };
}

/** A project on a machine of its own. */
export interface TestProject {
  readonly platform: TestPlatform;
  readonly root: string;
  /** Runs git there; answers what it wrote. */
  git(...args: string[]): Promise<string>;
  /** Writes a file of the project. */
  write(path: string, text: string): Promise<void>;
  /** Reads a file of the project. */
  read(path: string): Promise<string | null>;
  /** The names in a directory of the project. */
  names(path: string): Promise<string[]>;
}

/** How a test's project is made. */
export interface TestProjectOptions extends TestPlatformOptions {
  /** Text of `.kittify/config.yaml`; {@link JIRA_CONFIG} unless given, `null` for none. */
  readonly config?: string | null;
  /** Whether it is a git repository with a first commit; true unless given. */
  readonly repository?: boolean;
}

/** Runs a test in a project of its own, with git that knows nothing of this machine's settings. */
export async function withProject(
  options: TestProjectOptions,
  test: (project: TestProject) => Promise<void>,
): Promise<void> {
  await withPlatform({ processes: isolatedGit(), ...options }, async (platform) => {
    const root = `${platform.home}/web`;
    await Deno.mkdir(`${root}/.kittify`, { recursive: true });
    const project = testProject(platform, root);
    const config = options.config === undefined ? JIRA_CONFIG : options.config;
    if (config !== null) await project.write(".kittify/config.yaml", config);
    if (options.repository !== false) await initRepository(project);
    await test(project);
  });
}

/** A project in a directory that is there already. */
export function testProject(platform: TestPlatform, root: string): TestProject {
  const git = isolatedGit();
  return {
    platform,
    root,
    async git(...args) {
      const result = await git.run({ command: "git", args: ["-C", root, ...args] });
      const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
      assert.equal(result.code, 0, `git ${args.join(" ")}: ${decode(result.stderr)}`);
      return decode(result.stdout).trim();
    },
    async write(path, text) {
      await platform.files.writeAtomic(`${root}/${path}`, text);
    },
    read: (path) => platform.files.readText(`${root}/${path}`),
    names: async (path) =>
      (await platform.files.list(`${root}/${path}`)).map((entry) => entry.name),
  };
}

async function initRepository(project: TestProject): Promise<void> {
  await project.git("init", "--quiet", "--initial-branch=main");
  await project.git("config", "user.name", "Test");
  await project.git("config", "user.email", "test@example.com");
  await project.write("README.md", "# Web\n");
  await project.git("add", ".");
  await project.git("commit", "--quiet", "-m", "First");
}

/** Git without the settings of the machine and its user. */
export function isolatedGit(): Processes {
  const real = systemProcesses(systemClock());
  return {
    ...real,
    run: (options) =>
      real.run({
        ...options,
        env: { ...options.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" },
      }),
  };
}

/** Waits for `work` to fail with `code` and answers the failure. */
export async function failing(
  work: Promise<unknown>,
  code: string,
): Promise<
  {
    readonly message: string;
    readonly nextAction: string | null;
    readonly details: Readonly<Record<string, unknown>>;
  }
> {
  const { TrackerError } = await import("../../src/platform/tracker_error.ts");
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof TrackerError, String(error));
    assert.equal(error.code, code, error.message);
    return error;
  }
  assert.fail(`it did not fail with ${code}`);
}

/** Installs a pre-commit hook that rewrites what is committed, adds that again, and adds a file of its own. */
export async function addRewritingHook(project: TestProject): Promise<void> {
  await project.write(
    ".git/hooks/pre-commit",
    `#!/bin/sh
set -e
for file in $(git diff --cached --name-only --diff-filter=AM -- kitty-specs); do
  case "$file" in *.md|*.json) echo >> "$file"; git add "$file";; esac
done
git rev-parse HEAD > generated.txt
git add generated.txt
`,
  );
  await Deno.chmod(`${project.root}/.git/hooks/pre-commit`, 0o755);
}

/** A tracker that binds every ticket, and is asked for none. */
export const BINDS_ALL: OriginTracker = {
  searchIssues: () => Promise.reject(new Error("not asked")),
  bindOrigin: () => Promise.resolve({ origin_link_id: "org_1", bound_at: "2026-03-01T12:00:00Z" }),
};
