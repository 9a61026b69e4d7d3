import { TrackerError } from "../../src/platform/tracker_error.ts";
import { saveBinding } from "../../src/project/config.ts";
import { configPath } from "../../src/project/config_file.ts";
import type { LocalBackend, LocalBackendOptions } from "../../src/tracker/backend.ts";
import type { HostedBackendOptions } from "../../src/client/open_service.ts";
import { openHosted } from "../../src/client/open_service.ts";
import { TrackerService } from "../../src/tracker/service.ts";
import type { Stub } from "../support/fetch.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";

/** A config bound to a local workspace. */
export const LOCAL = "tracker:\n  provider: beads\n  workspace: w\n";

/** A project with a façade before it. */
export interface TrackerMachine {
  readonly tracker: TrackerService;
  readonly platform: TestPlatform;
  /** What backends were made, and what the local one was asked for. */
  readonly log: string[];
  config(): Promise<string | null>;
}

/** Runs a test with a project whose host follows a script and whose local backend only records. */
export async function withTracker(
  config: string | null,
  network: readonly Stub[],
  test: (machine: TrackerMachine) => Promise<void>,
  options: { readonly gate?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<void> {
  const env = {
    SPEC_KITTY_ENABLE_SAAS_SYNC: options.gate ?? "1",
    SPEC_KITTY_SAAS_URL: "https://tracker.example",
    TRACKER_TOKEN: "secret",
    TRACKER_TEAM: "core",
    USER: "ada",
    ...options.env,
  };
  await withPlatform({ env, network }, async (platform) => {
    const root = platform.home;
    if (config !== null) await platform.files.writeAtomic(configPath(root), config);
    const log: string[] = [];
    const tracker = new TrackerService({
      platform,
      root,
      version: "9.8.7",
      openHosted(hosted: HostedBackendOptions) {
        log.push(`open hosted ${hosted.provider}`);
        return openHosted(hosted);
      },
      openLocal(local: LocalBackendOptions) {
        log.push(`open local ${local.provider}`);
        return Promise.resolve(recordingBackend(local, log));
      },
    });
    await test({
      tracker,
      platform,
      log,
      config: () => platform.files.readText(configPath(root)),
    });
  });
}

/** A local backend that only tells what it was asked for. */
function recordingBackend(options: LocalBackendOptions, log: string[]): LocalBackend {
  const unwanted = (name: string) => () => {
    log.push(name);
    return Promise.reject(new TrackerError({ code: "recorded", message: name }));
  };
  return {
    async bind(request) {
      log.push(`bind ${JSON.stringify(request)}`);
      const { platform, root, provider } = options;
      return await saveBinding(platform, root, { provider, workspace: request.workspace });
    },
    status: unwanted("status"),
    pull: unwanted("pull"),
    push: unwanted("push"),
    run: unwanted("run"),
    mappings() {
      log.push("mappings");
      return Promise.resolve([]);
    },
    addMapping(mapping) {
      log.push("addMapping");
      return Promise.resolve(mapping);
    },
    openCache() {
      log.push("openCache");
      return Promise.resolve(null);
    },
  };
}

/** A config bound to a provider by both a reference and a workspace. */
export function bound(provider: string): string {
  return `tracker:\n  provider: ${provider}\n  binding_ref: srm_1\n  workspace: w\n`;
}
