/** The published spec-kitty, from 3.1.2 on, signs in at our host, renews its session and ends it. */
import assert from "node:assert/strict";
import { startHost } from "../../src/server/mod.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { specKitties } from "../support/spec_kitty.ts";

/** Signs in by the device flow, renews the session, and ends it; prints what came of each. */
const PROGRAM = `
import asyncio, datetime, json, sys, urllib.parse, urllib.request
try:
    from specify_cli.auth.flows.device_code import DeviceCodeFlow
    from specify_cli.auth.flows.refresh import TokenRefreshFlow
except ImportError:
    print("too old"); sys.exit(0)
base = sys.argv[1]
def approve(line):
    if "device?user_code=" not in line: return
    code = line.split("user_code=")[1].split("[")[0]
    form = dict(user_code=code, username="demo@example.com", password="demo", decision="approve")
    urllib.request.urlopen(base + "/device", urllib.parse.urlencode(form).encode()).read()
async def main():
    session = await DeviceCodeFlow(saas_base_url=base).login(progress_writer=approve)
    renewed = await TokenRefreshFlow().refresh(session)
    seen = dict(email=session.email, teams=[t.id for t in session.teams],
                same=session.session_id == renewed.session_id,
                rotated=session.refresh_token != renewed.refresh_token)
    try:
        from specify_cli.auth.flows.revoke import RevokeFlow
        seen["ended"] = str(await RevokeFlow().revoke(renewed))
    except ImportError:
        pass
    print(json.dumps(seen))
asyncio.run(main())
`;

Deno.test("the published spec-kitty signs in by its device flow, renews and ends its session", async () => {
  const found = await specKitties();
  if (found.length === 0) console.log("skipped: there is no spec-kitty");
  const host = await startHost({ platform: systemPlatform(), dev: true });
  try {
    for (const specKitty of found) {
      const home = await Deno.makeTempDir({ prefix: "tracker-spec-kitty-" });
      const { stdout, stderr } = await new Deno.Command(
        `${specKitty.replace(/[^/]+$/, "")}python`,
        {
          args: ["-c", PROGRAM, host.url],
          env: {
            HOME: home,
            SPEC_KITTY_ENABLE_SAAS_SYNC: "1",
            SPEC_KITTY_SAAS_URL: host.url,
          },
        },
      ).output();
      await Deno.remove(home, { recursive: true });
      const text = new TextDecoder();
      const said = text.decode(stdout).trim();
      if (said === "too old") {
        console.log(`skipped: ${specKitty} signs in by password`);
        continue;
      }
      assert.notEqual(said, "", text.decode(stderr));
      const { ended = "revoked", ...seen } = JSON.parse(said.split("\n").at(-1) ?? "");
      assert.deepEqual(seen, {
        email: "demo@example.com",
        teams: ["acme"],
        same: true,
        rotated: true,
      });
      assert.equal(ended, "revoked");
    }
  } finally {
    await host.stop();
  }
});
