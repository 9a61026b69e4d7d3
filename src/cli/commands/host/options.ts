import type { Parser } from "@optique/core/parser";
import type { Kit } from "../../command/command.ts";

/** What holds for every command that looks after a host. */
export const HOST_COMMAND = { group: "Host", gated: true, readiness: "gate" } as const;

/** Where the data of the host is, as the options say. */
export interface HostPlace {
  readonly dir: string | undefined;
  readonly url: string | undefined;
  readonly passwordFile: string | undefined;
}

/** Where the data of the host is; `hostLocation` reads it. */
export function dataOption(kit: Kit): Parser<"sync", HostPlace, unknown> {
  return kit.object({
    dir: kit.textValue("--data", "DIR", "The host's data is in this directory."),
    url: kit.textValue("--database", "URL", "The host's data is in this PostgreSQL database."),
    passwordFile: kit.textValue(
      "--database-password-file",
      "FILE",
      "Read the password of the database from this file.",
    ),
  });
}

/** The file with the key of the host. */
export function keyFileOption(kit: Kit): Parser<"sync", string | undefined, unknown> {
  return kit.textValue("--key-file", "FILE", "The key that encrypts credentials is in this file.");
}

/** The connection that a command is about. */
export function connectionArgument(kit: Kit): Parser<"sync", string, unknown> {
  return kit.argument(kit.named("NAME"), {
    description: kit.text("Name or id of the connection."),
  });
}

/** The user that a command is about. */
export function userArgument(kit: Kit): Parser<"sync", string, unknown> {
  return kit.argument(kit.named("NAME"), {
    description: kit.text("User name, an e-mail address."),
  });
}

/** Whether the password is read from standard input even at a terminal. */
export function passwordOption(kit: Kit): Parser<"sync", boolean, unknown> {
  return kit.flag(
    ["--password-stdin"],
    "Read the password from standard input, at a terminal too.",
  );
}

/** The binding that a command is about. */
export function refArgument(kit: Kit): Parser<"sync", string, unknown> {
  return kit.argument(kit.named("REF"), { description: kit.text("The binding reference.") });
}

/** The team that a command is about. */
export function teamOption(
  kit: Kit,
  description: string,
): Parser<"sync", string | undefined, unknown> {
  return kit.textValue("--team", "TEAM", description);
}
