/** Sign-ins with a password that is changed between its check and what they begin. */
import assert from "node:assert/strict";
import { addUser, COMMAND_LINE, setPassword } from "../../src/server/mod.ts";
import { issueCode } from "../../src/server/accounts/authorization_code.ts";
import { decideDevice, pollDevice, startDevice } from "../../src/server/accounts/device_flow.ts";
import { hostLimits } from "../../src/server/accounts/host_limits.ts";
import { type CheckOptions, CheckQueue } from "../../src/server/accounts/password_queue.ts";
import { changeOwnPassword } from "../../src/server/accounts/session_admin.ts";
import { checkedPassword, type SignInContext } from "../../src/server/accounts/sign_in.ts";
import { issueTokens } from "../../src/server/accounts/tokens.ts";
import { signInToConsole } from "../../src/server/accounts/web_sessions.ts";
import type { HostContext } from "../../src/server/context/host_context.ts";
import { userActor } from "../../src/server/model/actor.ts";
import { type StoredUser, userByName } from "../../src/server/store/users.ts";
import { withHost } from "./support.ts";

const EVE = { username: "eve@example.com", password: "a secret of eve", team: "acme" };

const ATTEMPT = { username: EVE.username, password: EVE.password, address: "here" };

/** Changes the password after each check of one, before its answer is used. */
class OvertakenChecks extends CheckQueue {
  readonly #context: HostContext;

  constructor(context: HostContext) {
    super({ running: 1, waiting: 10, perLane: 10 });
    this.#context = context;
  }

  override async run<T>(lane: string, check: () => Promise<T>, options?: CheckOptions): Promise<T> {
    const checked = await super.run(lane, check, options);
    await setPassword(this.#context, COMMAND_LINE, EVE.username, "of the administrator");
    return checked;
  }
}

/** Runs `test` with a sign-in that is overtaken; nothing that can be signed in with may be left. */
function withOvertaken(
  test: (signIn: SignInContext, checked: () => Promise<StoredUser>) => Promise<void>,
): Promise<void> {
  return withHost(async ({ context, store }) => {
    await addUser(context, COMMAND_LINE, EVE);
    const checks = new OvertakenChecks(context);
    const signIn = { context, checks, limits: hostLimits(context, null) };
    await test(signIn, async () => {
      const checked = await checkedPassword(signIn, ATTEMPT);
      assert.ok(checked !== null);
      return checked;
    });
    const eve = await userByName(store, EVE.username);
    for (const table of ["token_families", "device_codes", "authorization_codes"]) {
      const rows = await store.all(`SELECT * FROM ${table} WHERE user_id = ?`, eve?.user.id ?? "");
      assert.deepEqual(rows, [], table);
    }
  });
}

Deno.test("a password that was changed after its check gets no tokens", () =>
  withOvertaken(async ({ context }, checked) => {
    assert.equal(await issueTokens(context, await checked(), "password"), null);
  }));

Deno.test("a password that was changed after its check signs no browser in", () =>
  withOvertaken(async (signIn) => {
    assert.equal(await signInToConsole(signIn, { ...ATTEMPT, replacedCookie: "" }), null);
  }));

Deno.test("a password that was changed after its check approves no device", () =>
  withOvertaken(async ({ context }, checked) => {
    const client = { client_id: "cli_native" };
    const started = await startDevice(context, new URLSearchParams(client));
    assert.ok(started.ok);
    const { userCode, deviceCode } = started;
    assert.equal(await decideDevice(context, userCode, await checked()), "other_password");
    const poll = new URLSearchParams({ ...client, device_code: deviceCode });
    assert.deepEqual(await pollDevice(context, poll), {
      ok: false,
      error: "authorization_pending",
    });
  }));

Deno.test("a password that was changed after its check gets a program no code", () =>
  withOvertaken(async ({ context }, checked) => {
    const redirectUri = new URL("http://127.0.0.1:28888/callback");
    const request = { redirectUri, challenge: "x", state: "" };
    assert.equal(await issueCode(context, await checked(), request), null);
  }));

Deno.test("a password that an administrator has set is not replaced by who knew the one before", () =>
  withOvertaken(async (signIn) => {
    const { context } = signIn;
    const eve = await userByName(context.store, EVE.username);
    assert.ok(eve !== null);
    const change = { current: EVE.password, next: "chosen by eve herself", address: "here" };
    assert.equal(await changeOwnPassword(signIn, userActor(eve.user), change), false);
    const checks = new CheckQueue({ running: 1, waiting: 10, perLane: 10 });
    const attempt = { ...ATTEMPT, password: "of the administrator" };
    assert.notEqual(await checkedPassword({ ...signIn, checks }, attempt), null);
  }));
