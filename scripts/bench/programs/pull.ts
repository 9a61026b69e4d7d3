import { VERSION } from "../../../src/cli/version.ts";
import { systemPlatform } from "../../../src/platform/system.ts";
import { printPeak } from "./child.ts";
import { openBackend } from "../../../src/tracker/backend.ts";

/** A pull of everything a binding has. */
export interface PullOnce {
  /** A directory of its own: home and project. */
  readonly home: string;
  readonly url: string;
  readonly token: string;
  readonly ref: string;
}

/** Pulls everything once into a fresh cache. */
export async function pullOnce(options: PullOnce): Promise<void> {
  await Deno.mkdir(`${options.home}/.kittify`, { recursive: true });
  await Deno.writeTextFile(
    `${options.home}/.kittify/config.yaml`,
    `tracker:\n  provider: linear\n  binding_ref: ${options.ref}\n`,
  );
  const env: Readonly<Record<string, string>> = {
    HOME: options.home,
    SPEC_KITTY_ENABLE_SAAS_SYNC: "1",
    SPEC_KITTY_SAAS_URL: options.url,
    TRACKER_TOKEN: options.token,
    TRACKER_TEAM: "acme",
  };
  const platform = { ...systemPlatform(), env: { get: (name: string) => env[name] } };
  const backend = await openBackend({ platform, root: options.home, version: VERSION });
  if (backend.kind === "hosted") await backend.service.pull({ limit: "all" });
}

/** As a program: pulls everything into `<home>`, prints the peak in kB. */
if (import.meta.main) {
  const [home = "", url = "", token = "", ref = ""] = Deno.args;
  await pullOnce({ home, url, token, ref });
  await printPeak();
}
