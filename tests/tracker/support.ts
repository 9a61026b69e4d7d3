import { configPath } from "../../src/project/config_file.ts";
import type { ProjectContext } from "../../src/tracker/backend.ts";
import type { Stub } from "../support/fetch.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";

/** A config bound to a local workspace. */
export const LOCAL = "tracker:\n  provider: beads\n  workspace: w\n";

/** A project, and what its config holds. */
export interface TestProject {
  readonly project: ProjectContext;
  readonly platform: TestPlatform;
  config(): Promise<string | null>;
}

/** Runs a test with a project whose host follows a script: a request that is not in it fails the test. */
export async function withProject(
  config: string | null,
  network: readonly Stub[],
  test: (machine: TestProject) => Promise<void>,
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
    await test({
      project: { platform, root, version: "9.8.7" },
      platform,
      config: () => platform.files.readText(configPath(root)),
    });
  });
}

/** A config bound to a provider by both a reference and a workspace. */
export function bound(provider: string): string {
  return `tracker:\n  provider: ${provider}\n  binding_ref: srm_1\n  workspace: w\n`;
}
