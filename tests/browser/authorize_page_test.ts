import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { withWorld } from "../support/world.ts";
import { accessibilityFaults } from "./accessibility.ts";
import { browserTest, visit } from "./browser.ts";

const VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

browserTest(
  "a program is signed in by the keyboard alone, and gets its code from the browser",
  (browser) =>
    withWorld(async (world) => {
      const called = Promise.withResolvers<URL>();
      const program = Deno.serve(
        { hostname: "127.0.0.1", port: 0, onListen: () => {} },
        (request) => {
          called.resolve(new URL(request.url));
          return new Response("<!doctype html><title>Done</title><h2>Signed in</h2>", {
            headers: { "content-type": "text/html" },
          });
        },
      );
      const redirect_uri = `http://127.0.0.1:${program.addr.port}/callback`;
      const query = new URLSearchParams({
        client_id: "cli_native",
        redirect_uri,
        response_type: "code",
        code_challenge: createHash("sha256").update(VERIFIER).digest("base64url"),
        code_challenge_method: "S256",
        state: "s",
      });
      try {
        const address = `${world.hostUrl}/oauth/authorize?${query}`;
        await visit(browser, address, { ready: "h1" }, async ({ page }) => {
          assert.deepEqual(await accessibilityFaults(page, { changes: false, texts: 3 }), []);
          await page.keyboard.type("demo@example.com");
          await page.keyboard.press("Tab");
          await page.keyboard.type("demo");
          await page.keyboard.press("Tab");
          await page.keyboard.press("Enter");
          await page.getByRole("heading", { name: "Signed in" }).waitFor();
        });
        const code = (await called.promise).searchParams.get("code") ?? "";
        const answer = await fetch(`${world.hostUrl}/oauth/token`, {
          method: "POST",
          body: new URLSearchParams({
            grant_type: "authorization_code",
            client_id: "cli_native",
            code,
            redirect_uri,
            code_verifier: VERIFIER,
          }),
        });
        assert.match((await answer.json()).access_token, /^tka_/);
      } finally {
        await program.shutdown();
      }
    }),
);
