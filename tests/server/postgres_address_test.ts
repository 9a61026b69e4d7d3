import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import {
  parsePostgresUrl,
  PASSWORD_VARIABLE,
  passwordOf,
  shownAddress,
} from "../../src/server/store/postgres_address.ts";
import { testPlatform } from "../support/platform.ts";

Deno.test("a URL names host, port, database, user and password, each percent-encoded where it must be", () => {
  const { host, port, database, user, password } = parsePostgresUrl(
    "postgres://an%40n:p%2Fss%23@db.example:5433/my%20host",
  );
  assert.deepEqual(
    [host, port, database, user, password],
    ["db.example", 5433, "my host", "an@n", "p/ss#"],
  );
  assert.equal(parsePostgresUrl("postgresql://a@db/b").port, 5432);
  assert.equal(parsePostgresUrl("postgres://a@db/b").password, null);
  assert.equal(parsePostgresUrl("postgres://a@[::1]:5433/b").host, "::1");
  assert.equal(parsePostgresUrl("postgres://a@/b?host=/run/postgresql").host, "/run/postgresql");
});

Deno.test("a connection that leaves the machine is encrypted unless the URL says otherwise", () => {
  const encrypted = (rest: string) => parsePostgresUrl(`postgres://a@${rest}`).isEncrypted;
  assert.equal(encrypted("db.example/b"), true);
  assert.equal(encrypted("db.example/b?sslmode=disable"), false);
  assert.equal(encrypted("127.0.0.1/b"), false);
  assert.equal(encrypted("localhost/b"), false);
  assert.equal(encrypted("[::1]/b"), false);
  assert.equal(encrypted("/b?host=/run/postgresql"), false);
  for (const mode of ["require", "verify-ca", "verify-full"]) {
    assert.equal(encrypted(`127.0.0.1/b?sslmode=${mode}`), true, mode);
  }
  const certificates = (value: string) =>
    parsePostgresUrl(`postgres://a@db/b?sslrootcert=${value}`).rootCertificates;
  assert.equal(certificates("/etc/ca.pem"), "/etc/ca.pem");
  assert.equal(certificates("system"), null);
});

const WRONG: readonly (readonly [string, RegExp])[] = [
  ["postgre://u:secret@db/b", /does not begin with `postgres:\/\/`/],
  ["postgres:u:secret@db/b", /`\/\/` is missing/],
  ["postgres://u:sec#ret@db/b", /holds a `#`/],
  ["postgres://u:sec@ret@db/b", /more than one `@`/],
  ["postgres://u:secr/et@db/b", /`@` stands after the host/],
  ["postgres://u:12/secret@db", /`@` stands after the host/],
  ["postgres://u:secr?et@db/b", /`@` stands after the host/],
  ["postgres://u:secret@db:port/b", /port is not a number/],
  ["postgres://u:secret@db:70000/b", /port is not a number/],
  ["postgres://u:secret@db", /name of the database is missing/],
  ["postgres://u:secret@db/", /name of the database is missing/],
  ["postgres://u:secret@db/a/b", /name of the database holds a `\/`/],
  ["postgres://:secret@db/b", /the user is missing/],
  ["postgres://db/b", /the user is missing/],
  ["postgres://u:secret@/b", /the host is missing/],
  ["postgres://u:secret@one,two/b", /more than one host/],
  ["postgres://u:se%cret@db/b", /`%` in its password/],
  ["postgres://u:secret@db/b?sslmode=prefer", /`sslmode` is unknown/],
  ["postgres://u:secret@/b?host=/run&sslmode=require", /socket is never encrypted/],
  ["postgres://u:secret@db/b?ssl_mode=disable", /parameter that tracker does not know/],
];

Deno.test("a URL with a typo is wrong usage, which names the part and quotes nothing of it", () => {
  for (const [url, message] of WRONG) {
    assert.throws(() => parsePostgresUrl(url), (error) => {
      assert.ok(error instanceof TrackerError, url);
      assert.deepEqual([error.code, error.exitCode], ["usage", 2], url);
      assert.match(error.message, message, url);
      assert.doesNotMatch(`${error.message} ${error.nextAction}`, /sec|cret/, url);
      return true;
    });
  }
});

Deno.test("no password comes out, whatever it holds and however it is written", () => {
  const secrets = fc.string({ minLength: 8, maxLength: 20, unit: "grapheme-ascii" })
    .map((text) => `zq${text}qz`);
  fc.assert(fc.property(secrets, fc.boolean(), (secret, isEncoded) => {
    const written = isEncoded ? encodeURIComponent(secret) : secret;
    let shown: string;
    try {
      shown = shownAddress(parsePostgresUrl(`postgres://u:${written}@db.example/b`));
    } catch (error) {
      assert.ok(error instanceof TrackerError && !isEncoded);
      shown = `${error.message} ${error.nextAction} ${JSON.stringify(error.details)}`;
    }
    assert.ok(!shown.includes("zq") && !shown.includes("qz"), shown);
  }));
});

Deno.test("the password is that of the URL, else of the file, else of the environment, else none", async () => {
  const directory = await Deno.makeTempDir({ prefix: "tracker-password-" });
  try {
    const platform = testPlatform(directory);
    const file = `${directory}/password`;
    await Deno.writeTextFile(file, "of the file\nnot this\n");
    const withEnvironment = {
      ...platform,
      env: { get: (name: string) => name === PASSWORD_VARIABLE ? "of the environment" : undefined },
    };
    const from = (url: string, path?: string) =>
      passwordOf(withEnvironment, parsePostgresUrl(url), path);
    assert.equal(await from("postgres://u:of%20the%20url@db/b", file), "of the url");
    assert.equal(await from("postgres://u@db/b", file), "of the file");
    assert.equal(await from(`postgres://u@db/b?passfile=${file}`), "of the file");
    assert.equal(await from("postgres://u@db/b"), "of the environment");
    assert.equal(await passwordOf(platform, parsePostgresUrl("postgres://u@db/b"), undefined), "");
    await assert.rejects(from("postgres://u@db/b", `${directory}/none`), { code: "usage" });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
