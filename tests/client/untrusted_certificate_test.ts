import assert from "node:assert/strict";
import { probeHost } from "../../src/client/probe.ts";
import { evaluateReadiness } from "../../src/client/readiness.ts";
import { send } from "../../src/client/transport.ts";
import { untrustedCertificate } from "../../src/client/untrusted_certificate.ts";
import { certificateFault } from "../../src/platform/certificate_fault.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { withPlatform } from "../support/platform.ts";
import {
  AUTHORITY_FILE,
  HOST_TLS,
  kept,
  tlsFixture,
  withRawServer,
} from "../support/raw_server.ts";
import { failing, hostOf } from "./support.ts";

const PROGRAM = new URL("./programs/send_get.ts", import.meta.url).pathname;

/** What `send` comes to in a process that trusts the authority of the tests. */
async function trusting(url: string): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--no-prompt", "--allow-net", PROGRAM, url],
    env: { DENO_CERT: AUTHORITY_FILE },
  }).output();
  return new TextDecoder().decode(stdout).trim();
}

/** Both ways a request can go. */
const NAMES = ["127.0.0.1", "0.0.0.0"];

for (const name of NAMES) {
  Deno.test(`a certificate that no authority vouches for is named, with the settings that trust it (at ${name})`, async () => {
    const platform = systemPlatform();
    await withRawServer(() => kept("ok"), async (server) => {
      const baseUrl = `https://${name}:${server.port}`;
      const request = { call: "status", method: "GET", path: "/" } as const;
      const error = await failing(
        send(await hostOf(platform, { baseUrl }), request),
        "untrusted_certificate",
      );
      assert.equal(
        error.message,
        `Cannot connect to the tracker host at ${baseUrl}: its certificate is signed by no authority that is trusted here`,
      );
      assert.match(error.nextAction ?? "", /`DENO_TLS_CA_STORE=system`.*`DENO_CERT`/);
      assert.deepEqual(server.lines(), []);
    }, { tls: HOST_TLS });
  });

  Deno.test(`the setting that the message names makes a certificate trusted (at ${name})`, async () => {
    await withRawServer(() => kept("ok"), async (server) => {
      assert.equal(await trusting(`https://${name}:${server.port}`), "200");
    }, { tls: HOST_TLS });
  });
}

Deno.test("a certificate for another name, or of another time, is named as such", async () => {
  await withRawServer(() => kept("ok"), async (server) => {
    const fault = "its certificate is for another name";
    assert.ok((await trusting(`https://127.0.0.2:${server.port}`)).endsWith(fault));
  }, { tls: HOST_TLS, hostname: "127.0.0.2" });
  await withRawServer(() => kept("ok"), async (server) => {
    const fault = "its certificate has expired";
    assert.ok((await trusting(`https://127.0.0.1:${server.port}`)).endsWith(fault));
  }, { tls: { ...HOST_TLS, cert: tlsFixture("expired.pem") } });
});

Deno.test("the probe and the readiness name an untrusted certificate, not the network", async () => {
  const system = systemPlatform();
  await withRawServer(() => kept("ok"), async (server) => {
    const url = `https://127.0.0.1:${server.port}`;
    const env = {
      SPEC_KITTY_ENABLE_SAAS_SYNC: "1",
      SPEC_KITTY_SAAS_URL: url,
      TRACKER_TOKEN: "token",
    };
    await withPlatform({ env }, async (scripted) => {
      const platform = { ...scripted, fetch: system.fetch, clock: system.clock };
      const probe = await probeHost(await hostOf(platform, { baseUrl: url }));
      assert.equal(probe.kind === "silent" && probe.untrusted?.code, "untrusted_certificate");
      const ready = await evaluateReadiness({
        platform,
        projectRoot: null,
        probeReachability: true,
      });
      assert.equal(ready.state, "host_unreachable");
      assert.match(ready.message, /its certificate is signed by no authority/);
      assert.match(ready.nextAction ?? "", /`DENO_CERT`/);
    });
  }, { tls: HOST_TLS });
});

Deno.test("every fault of a certificate has words of its own", () => {
  const said = (words: string) =>
    new TypeError("fetch failed", {
      cause: new Error(`client error (Connect): invalid peer certificate: ${words}`),
    });
  const faults = [
    ["UnknownIssuer", "issuer"],
    ["NotValidForName", "name"],
    ['certificate not valid for name "a"; certificate is only valid for DnsName("b")', "name"],
    ["Expired", "expired"],
    [
      "certificate expired: verification time 1 (UNIX), but certificate is not valid after 0",
      "expired",
    ],
    ["NotValidYet", "future"],
    ["certificate not valid yet: verification time 1", "future"],
    ["Other(OtherError(CaUsedAsEndEntity))", "authority"],
    ["BadSignature", "other"],
  ] as const;
  for (const [words, fault] of faults) {
    assert.equal(certificateFault(said(words)), fault, words);
    const error = untrustedCertificate(said(words), "https://host.example");
    assert.match(
      error?.message ?? "",
      /^Cannot connect to the tracker host at https:\/\/host\.example: its certificate/,
    );
  }
  assert.equal(
    certificateFault(new TypeError("fetch failed", { cause: new Error("Connection refused") })),
    null,
  );
});
