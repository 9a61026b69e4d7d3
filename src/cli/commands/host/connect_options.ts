import { CHANGE_HOST } from "../../command/access.ts";
import type { Parser } from "@optique/core/parser";
import type { Kit } from "../../command/command.ts";
import { dataOption, type HostPlace, keyFileOption, teamOption } from "./options.ts";

/** What every provider is connected with. */
export interface ConnectOptions {
  readonly tokenStdin: boolean;
  readonly apiUrl: string | undefined;
  readonly data: HostPlace;
  readonly keyFile: string | undefined;
  readonly team: string | undefined;
  readonly name: string | undefined;
}

/** What connecting touches. */
export const CONNECT_PERMISSIONS = [...CHANGE_HOST, "net provider"] as const;

/** The options that every provider is connected with. */
export function connectOptions(kit: Kit): {
  readonly [Name in keyof ConnectOptions]: Parser<"sync", ConnectOptions[Name], unknown>;
} {
  return {
    tokenStdin: kit.flag(
      ["--token-stdin"],
      "Read the token from standard input without asking, at a terminal too.",
    ),
    apiUrl: kit.textValue(
      "--api-url",
      "URL",
      "Address of the provider's API, where it is not the public one.",
    ),
    data: dataOption(kit),
    keyFile: keyFileOption(kit),
    team: teamOption(
      kit,
      "The team whose issues these become (the first one); created where missing.",
    ),
    name: kit.textValue(
      "--name",
      "NAME",
      "Name the connection (as the provider), or the one that gets another token.",
    ),
  };
}
