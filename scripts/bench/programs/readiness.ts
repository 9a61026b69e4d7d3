import { evaluateReadiness } from "../../../src/client/readiness.ts";
import type { Platform } from "../../../src/platform/platform.ts";
import { systemPlatform } from "../../../src/platform/system.ts";
import { CredentialStore } from "../../../src/user/credentials.ts";
import { ensureUserDirectory, userPaths } from "../../../src/user/paths.ts";
import { setSetting } from "../../../src/user/settings.ts";

/** A signed-in home and a bound project. */
export interface ReadyHome {
  readonly platform: Platform;
  readonly root: string;
  /** What a check reads. */
  readonly files: {
    readonly config: string;
    readonly credentials: string;
    readonly project: string;
  };
}

/** Makes a home in which everything is ready, or finds the one made before. */
export async function readyHome(base: string): Promise<ReadyHome> {
  const home = homeIn(base);
  const { platform, files } = home;
  await Deno.mkdir(`${home.root}/.kittify`, { recursive: true });
  await Deno.writeTextFile(files.project, "tracker:\n  provider: linear\n  binding_ref: srm_1\n");
  await ensureUserDirectory(platform);
  await setSetting(platform, "sync.server_url", HOST);
  await new CredentialStore({ platform }).saveSession({
    host: HOST,
    access: "a".repeat(40),
    refresh: "r".repeat(40),
    accessExpiresAt: platform.clock.now() + 3_600_000,
    refreshExpiresAt: null,
    username: "ann@example.com",
    teamSlug: "acme",
  });
  return home;
}

/** One check of all that needs no request. */
export async function checkReadiness({ platform, root }: ReadyHome): Promise<void> {
  const { state } = await evaluateReadiness({
    platform,
    projectRoot: root,
    requireMissionBinding: true,
  });
  if (state !== "ready") throw new Error(`It is not ready but ${state}`);
}

const HOST = "https://tracker.example.com";

function homeIn(base: string): ReadyHome {
  const env: Readonly<Record<string, string>> = {
    HOME: base,
    SPEC_KITTY_HOME: `${base}/user`,
    SPEC_KITTY_ENABLE_SAAS_SYNC: "1",
  };
  const platform = { ...systemPlatform(), env: { get: (name: string) => env[name] } };
  const { config, credentials } = userPaths(platform);
  const root = `${base}/project`;
  return {
    platform,
    root,
    files: { config, credentials, project: `${root}/.kittify/config.yaml` },
  };
}

/** As a program: checks the home in `<base>` once, prints the milliseconds that took. */
if (import.meta.main) {
  const home = homeIn(Deno.args[0] ?? "");
  const started = performance.now();
  await checkReadiness(home);
  console.log(performance.now() - started);
}
