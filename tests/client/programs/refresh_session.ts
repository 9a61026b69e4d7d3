/** Refreshes the session's token when told to, and prints the new one, or why there is none. Arguments: home directory, host URL. */
import { SessionTokens } from "../../../src/client/session.ts";
import { systemPlatform } from "../../../src/platform/system.ts";
import { CredentialStore } from "../../../src/user/credentials.ts";
import { hostOf } from "../support.ts";

const [home = "", baseUrl = ""] = Deno.args;
const system = systemPlatform();
const platform = {
  ...system,
  env: { get: (name: string) => name === "HOME" ? home : undefined },
};
const credentials = new CredentialStore({ platform });
const tokens = new SessionTokens({ ...await hostOf(platform, { baseUrl }), credentials });
console.log("ready");
await platform.terminal.stdin.readLine();
const asked = tokens.refresh("access-1");
console.log("asking");
console.log(await asked.then(({ token }) => token, (error: Error) => error.message));
