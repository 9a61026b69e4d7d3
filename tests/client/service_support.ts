import type { NormalizedIssue } from "../../src/contract/issue.ts";
import type { HostedProvider } from "../../src/contract/providers.ts";
import { openHost } from "../../src/client/open_host.ts";
import { HostedClient } from "../../src/client/client.ts";
import { savedChoice } from "../../src/client/chosen_resource.ts";
import { HostedTrackerService } from "../../src/client/service.ts";
import { IssueCache } from "../../src/client/sync_cache.ts";
import type { Files } from "../../src/platform/files.ts";
import { loadBinding } from "../../src/project/config.ts";
import { configPath } from "../../src/project/config_file.ts";
import { currentIdentity, loadIdentity } from "../../src/project/identity.ts";
import type { IssueStore } from "../../src/store/issue_store.ts";
import type { Stub } from "../support/fetch.ts";
import { anIssue } from "../support/issues.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";
import { EMPTY_PAGE, HOST, rotatingTokens } from "./support.ts";
import { IDENTITY_CONFIG } from "../support/projects.ts";

/** A project bound to `srm_1`. */
export const BOUND = `${IDENTITY_CONFIG}tracker:
  provider: linear # chosen
  binding_ref: srm_1
  display_label: Web
`;

/** A project from before there were references. */
export const LEGACY =
  `# ours\n${IDENTITY_CONFIG}tracker:\n  provider: linear\n  project_slug: web # old\n`;

/** A ticket to bind a mission to. */
export const LINK = {
  featureSlug: "001-x",
  externalIssueId: "1",
  externalIssueKey: "WEB-1",
  externalIssueUrl: "https://x.example/1",
  title: "T",
} as const;

/** A project that is at the host. */
export interface ServiceMachine {
  readonly service: HostedTrackerService;
  readonly platform: TestPlatform;
  readonly client: HostedClient;
  readonly cache: IssueCache;
  /** What was logged for debugging. */
  readonly debugged: readonly string[];
  /** The config as it is now. */
  config(): Promise<string | null>;
  /** Another process that opens the project as it is now. */
  again(): Promise<HostedTrackerService>;
  /** The cache of the binding as it is now. */
  store(): Promise<IssueStore>;
}

/** Runs a test with a project whose host follows a script. */
export async function withService(
  config: string | null,
  network: readonly Stub[],
  test: (machine: ServiceMachine) => Promise<void>,
  options: {
    readonly provider?: HostedProvider;
    readonly files?: (real: Files) => Files;
  } = {},
): Promise<void> {
  const env = { SPEC_KITTY_ENABLE_SAAS_SYNC: "1", USER: "ada" };
  const files = options.files === undefined ? {} : { files: options.files };
  await withPlatform({ env, network, ...files }, async (platform) => {
    const root = platform.home;
    if (config !== null) {
      await Deno.mkdir(`${root}/.kittify`);
      await Deno.writeTextFile(configPath(root), config);
    }
    const debugged: string[] = [];
    const provider = options.provider ?? "linear";
    const host = await openHost({ platform, baseUrl: HOST, version: "9.8.7" });
    const client = new HostedClient({ ...host, tokens: rotatingTokens() });
    const cache = new IssueCache({ platform, provider, baseUrl: HOST });
    const again = async () =>
      new HostedTrackerService({
        platform,
        root,
        provider,
        binding: await loadBinding(platform, root),
        client,
        cache,
        identity: () => loadIdentity(platform, root),
        currentIdentity: () => currentIdentity(platform, root),
        chosenResource: savedChoice(platform, root, HOST),
        debug: (message) => void debugged.push(message),
      });
    await test({
      service: await again(),
      platform,
      client,
      cache,
      debugged,
      config: () => platform.files.readText(configPath(root)),
      again,
      store: async () => await cache.open(await loadBinding(platform, root)),
    });
  });
}

/** An issue number `n`. */
export function issue(n: number, title = `Issue ${n}`): NormalizedIssue {
  return anIssue(`id-${n}`, {
    ref: { system: "linear", workspace: "acme", id: `id-${n}`, key: `WEB-${n}` },
    title,
    updated_at: new Date(Date.UTC(2026, 0, 2, 0, n)).toISOString(),
  });
}

/** A page of issues numbered `from` to `to`. */
export function page(
  from: number,
  to: number,
  next: string | null,
  extra: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const items = Array.from({ length: to - from + 1 }, (_, index) => issue(from + index));
  return {
    ...EMPTY_PAGE,
    summary: { total: items.length, succeeded: items.length, failed: 0, skipped: 0 },
    items,
    has_more: next !== null,
    next_cursor: next,
    ...extra,
  };
}

/** An expected pull and its answer. */
export function pull(body: Readonly<Record<string, unknown>>, reply: Stub["reply"]): Stub {
  return {
    request: "POST /api/v1/tracker/pull/",
    body: { provider: "linear", binding_ref: "srm_1", limit: 100, ...body },
    reply,
  };
}

/** The answer that makes a write an operation. */
export function accepted(id: string): { readonly status: 202; readonly json: unknown } {
  return { status: 202, json: { operation_id: id, status: "pending" } };
}

/** A look at an operation and its answer. */
export function operation(id: string, json: Readonly<Record<string, unknown>>): Stub {
  return {
    request: `GET /api/v1/tracker/operations/${id}/`,
    reply: { status: 200, json: { operation_id: id, result: null, error: null, ...json } },
  };
}

/** An item of a push. */
export const ITEM = {
  ref: { system: "linear", workspace: "acme", id: "1" },
  action: "update",
  patch: { title: "T" },
} as const;
