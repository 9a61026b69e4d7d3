import assert from "node:assert/strict";
import { createVerify, generateKeyPairSync } from "node:crypto";
import { appToken, InstallationTokens, pkcs8Of } from "../../../src/providers/github/auth.ts";
import { ProviderError } from "../../../src/providers/mod.ts";
import { TEST_START, testClock } from "../../support/clock.ts";

const KEYS = generateKeyPairSync("rsa", { modulusLength: 2048 });

function pem(type: "pkcs1" | "pkcs8"): string {
  return String(KEYS.privateKey.export({ type, format: "pem" }));
}

Deno.test("an App says who it is by a token that its public key confirms, whatever the form of the key", async () => {
  for (const type of ["pkcs1", "pkcs8"] as const) {
    const app = { appId: "17", installationId: "4", privateKey: `\r\n${pem(type)}` };
    const [head = "", claims = "", signature = ""] = (await appToken(app, TEST_START + 900)).split(
      ".",
    );
    const verifier = createVerify("RSA-SHA256").update(`${head}.${claims}`);
    assert.ok(verifier.verify(KEYS.publicKey, signature, "base64url"), type);
    const now = TEST_START / 1_000;
    assert.deepEqual(JSON.parse(atob(claims)), { iat: now - 60, exp: now + 540, iss: "17" });
    assert.deepEqual(JSON.parse(atob(head)), { alg: "RS256", typ: "JWT" });
  }
});

Deno.test("what is no private key is refused without being shown", () => {
  const wrong = [
    "",
    "s3cret",
    "-----BEGIN PRIVATE KEY-----\n=s3cret=\n-----END PRIVATE KEY-----",
    String(KEYS.publicKey.export({ type: "spki", format: "pem" })),
  ];
  for (const text of wrong) {
    assert.throws(() => pkcs8Of(text), (error) => {
      assert.ok(error instanceof ProviderError);
      assert.deepEqual(error.fault, { kind: "refused" });
      assert.doesNotMatch(error.message, /s3cret/);
      return true;
    });
  }
});

Deno.test("the token of an installation is shared, renewed before it ends, and forgotten when refused", async () => {
  const clock = testClock();
  let renewals = 0;
  const tokens = new InstallationTokens(clock, () => {
    renewals++;
    const expires_at = new Date(clock.now() + 60 * 60_000).toISOString();
    return Promise.resolve({ token: `t${renewals}`, expires_at });
  });
  assert.deepEqual(await Promise.all([tokens.token(), tokens.token()]), ["t1", "t1"]);
  clock.advance(54 * 60_000);
  assert.equal(await tokens.token(), "t1");
  clock.advance(2 * 60_000);
  assert.equal(await tokens.token(), "t2");
  tokens.forget();
  assert.equal(await tokens.token(), "t3");
});

Deno.test("a renewal that fails is tried again by the next one who asks", async () => {
  const answers: unknown[] = [{ tokn: "x" }, { token: "t", expires_at: "2026-03-01T13:00:00Z" }];
  const tokens = new InstallationTokens(testClock(), () => Promise.resolve(answers.shift()));
  await assert.rejects(tokens.token(), /gave no token .* "token" is not as expected/);
  assert.equal(await tokens.token(), "t");
});
