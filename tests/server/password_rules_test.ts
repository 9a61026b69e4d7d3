import assert from "node:assert/strict";
import { addUser, COMMAND_LINE } from "../../src/server/mod.ts";
import { hostLimits } from "../../src/server/accounts/host_limits.ts";
import { CheckQueue } from "../../src/server/accounts/password_queue.ts";
import { changeOwnPassword } from "../../src/server/accounts/session_admin.ts";
import { userActor } from "../../src/server/model/actor.ts";
import { userByName } from "../../src/server/store/users.ts";
import { type TestHost, withHost } from "./support.ts";

const EVE = { username: "eve@example.com", password: "cafe\u0301 au lait, 2x", team: "acme" };

async function login({ call }: TestHost, password: string): Promise<number> {
  return (await call("POST", "/api/v1/token/", { username: EVE.username, password })).status;
}

Deno.test("a password signs in however its letters are composed", () =>
  withHost(async (host) => {
    await addUser(host.context, COMMAND_LINE, EVE);
    assert.equal(await login(host, EVE.password.normalize("NFD")), 200);
    assert.equal(await login(host, EVE.password.normalize("NFC")), 200);
    assert.equal(await login(host, EVE.password.replace("\u0301", "")), 401);
  }));

Deno.test("a new password has a thousand characters at most", () =>
  withHost(async (host) => {
    const user = (length: number) => ({ ...EVE, password: "x".repeat(length) });
    await assert.rejects(addUser(host.context, COMMAND_LINE, user(1_001)), {
      code: "weak_password",
      message: "The password has more than 1000 characters",
    });
    await addUser(host.context, COMMAND_LINE, user(1_000));
    assert.equal(await login(host, "x".repeat(1_000)), 200);
  }));

Deno.test("users change their own password by the current one, which ends their sessions", () =>
  withHost(async (host) => {
    const { context } = host;
    await addUser(context, COMMAND_LINE, EVE);
    const signedIn = await host.as(EVE.username, EVE.password, EVE.team);
    const eve = await userByName(context.store, EVE.username);
    assert.ok(eve !== null);
    const checks = new CheckQueue({ running: 1, waiting: 10, perLane: 10 });
    const signIn = { context, checks, limits: hostLimits(context, null) };
    const change = (current: string, next: string) =>
      changeOwnPassword(signIn, userActor(eve.user), { current, next, address: "here" });
    assert.equal(await change("not the current one", "quite another one"), false);
    await assert.rejects(change(EVE.password, "short"), { code: "weak_password" });
    await assert.rejects(change(EVE.password, EVE.username), { code: "weak_password" });
    assert.equal((await signedIn.call("GET", "/api/v1/me")).status, 200);
    assert.equal(await change(EVE.password, "quite another one"), true);
    assert.equal((await signedIn.call("GET", "/api/v1/me")).status, 401);
    assert.equal(await login(host, "quite another one"), 200);
  }));
