import type { Platform } from "../../platform/platform.ts";
import type { ColorMode, Output } from "../terminal/output.ts";

/** The options every command takes. */
export interface GlobalOptions {
  /** Directory to work in instead of the working directory. */
  readonly repo: string | undefined;
  /** One JSON document on standard output, nothing else. */
  readonly json: boolean;
  /** Never ask. */
  readonly noInput: boolean;
  /** Take every question as answered with yes. */
  readonly yes: boolean;
  readonly color: ColorMode;
  /** No progress and no notices. */
  readonly quiet: boolean;
  /** Each request to the host is logged to standard error. */
  readonly verbose: boolean;
}

/** What a command is handed. */
export interface Context {
  readonly platform: Platform;
  readonly globals: GlobalOptions;
  readonly output: Output;
}
