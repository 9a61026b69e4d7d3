import { object, or } from "@optique/core/constructs";
import { withDefault } from "@optique/core/modifiers";
import { constant, flag as required, option } from "@optique/core/primitives";
import { type Command, defineCommand } from "../command.ts";
import { flag, named, textValue } from "./flags.ts";
import { text } from "./words.ts";

/** `auth …`: signing in and out. */
export const AUTH_COMMANDS: readonly Command[] = [
  defineCommand({
    path: "auth login",
    group: "Set up",
    summary: "Sign in to a control-plane host.",
    gated: true,
    examples: [
      "tracker auth login --host https://tracker.example.com",
      "tracker auth login --username me@example.com --password-stdin < password.txt",
    ],
    readiness: "gate",
    options: () =>
      object("Options", {
        method: withDefault(
          or(
            object({
              kind: constant("token"),
              withToken: required("--with-token", {
                description: text("Read an access token, or a token answer, from standard input."),
              }),
            }),
            object({
              kind: constant("password"),
              username: option("--username", named("NAME"), {
                description: text("Sign in with this user name and a password."),
              }),
              passwordStdin: flag(["--password-stdin"], "Read the password from standard input."),
            }),
          ),
          { kind: "device" } as const,
        ),
        host: textValue("--host", "URL", "The host to sign in to; becomes the current host."),
        team: textValue("--team", "TEAM", "The team to work in, when you belong to several."),
      }),
    load: () => import("../commands/auth_login.ts"),
  }),
  defineCommand({
    path: "auth logout",
    group: "Set up",
    summary: "Forget the session at the current host.",
    gated: true,
    examples: ["tracker auth logout"],
    readiness: "gate",
    options: () => object({}),
    load: () => import("../commands/auth_logout.ts"),
  }),
  defineCommand({
    path: "auth status",
    group: "Set up",
    summary: "Show who is signed in, where, and for how long.",
    gated: true,
    examples: ["tracker auth status", "tracker auth status --json"],
    readiness: "gate",
    options: () => object({}),
    load: () => import("../commands/auth_status.ts"),
  }),
  defineCommand({
    path: "auth token",
    group: "Set up",
    summary: "Print a fresh access token for other programs.",
    gated: true,
    examples: ["tracker auth token", 'curl -H "Authorization: Bearer $(tracker auth token)" …'],
    readiness: { binding: false, reachability: false },
    options: () => object({}),
    load: () => import("../commands/auth_token.ts"),
  }),
];
