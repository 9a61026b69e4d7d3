import { USE_SESSION } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";

/** The command `tracker auth login`. */
export const command = defineCommand({
  path: "auth login",
  group: "Set up",
  summary: "Sign in to a control-plane host.",
  gated: true,
  examples: [
    "tracker auth login --host https://tracker.example.com",
    "tracker auth login --username me@example.com --password-stdin < password.txt",
  ],
  readiness: "gate",
  permissions: USE_SESSION,
  options: (kit) =>
    kit.object("Options", {
      method: kit.withDefault(
        kit.or(
          kit.object({
            kind: kit.constant("token"),
            withToken: kit.required("--with-token", {
              description: kit.text(
                "Read an access token, or a token answer, from standard input.",
              ),
            }),
          }),
          kit.object({
            kind: kit.constant("password"),
            username: kit.option("--username", kit.named("NAME"), {
              description: kit.text(
                "Sign in with this user name and a password; without it, in the browser.",
              ),
            }),
            passwordStdin: kit.flag(
              ["--password-stdin"],
              "Read the password from standard input.",
            ),
          }),
        ),
        { kind: "device" } as const,
      ),
      host: kit.textValue("--host", "URL", "The host to sign in to; becomes the current host."),
      team: kit.textValue("--team", "TEAM", "The team to work in, when you belong to several."),
    }),
  bare: { method: { kind: "device" }, host: undefined, team: undefined },
  load: () => import("./login_run.ts"),
});
