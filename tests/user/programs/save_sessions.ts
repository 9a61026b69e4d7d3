/** Saves sessions of two hosts in turn until it is killed. Argument: the home directory. */
import { CredentialStore } from "../../../src/user/credentials.ts";
import { testPlatform } from "../../support/platform.ts";

const store = new CredentialStore({ platform: testPlatform(Deno.args[0] ?? "") });
console.log("started");
for (let turn = 0;; turn++) {
  await store.saveSession({
    host: `https://${turn % 2 === 0 ? "a" : "b"}.example`,
    access: `access-${turn}`,
    refresh: `refresh-${turn}`,
    accessExpiresAt: null,
    refreshExpiresAt: null,
    username: "ada",
    teamSlug: "core",
  });
}
