import type * as v from "valibot";
import { parseWith } from "../../contract/parse.ts";
import { whereWrong } from "../harmless.ts";
import { ProviderError } from "../remote.ts";
import { callProvider, type ProviderAnswer, type ProviderCall, type Wire } from "../transport.ts";
import { hasCode } from "./faults.ts";

/** Makes calls of Jira's REST API under one credential, and reads the answers. */
export class JiraCaller {
  readonly #wire: (call: string) => Promise<Wire>;

  /** `wire` returns how a call of this name is made now. */
  constructor(wire: (call: string) => Promise<Wire>) {
    this.#wire = wire;
  }

  /** Makes a call. */
  async call(call: ProviderCall): Promise<ProviderAnswer> {
    return await callProvider(await this.#wire(call.name), call);
  }

  /** As a call, but `null` for what is not there, or is hidden. */
  async found(call: ProviderCall): Promise<ProviderAnswer | null> {
    try {
      return await this.call(call);
    } catch (error) {
      if (hasCode(error, "http_404", "http_410")) return null;
      throw error;
    }
  }

  /** Makes a call and reads its answer. */
  async ask<T>(schema: v.GenericSchema<unknown, T>, call: ProviderCall): Promise<T> {
    return this.read(schema, await this.call(call), call.name);
  }

  /** As {@link JiraCaller.ask}, but `null` for what is not there, or is hidden. */
  async askFor<T>(schema: v.GenericSchema<unknown, T>, call: ProviderCall): Promise<T | null> {
    const answer = await this.found(call);
    return answer === null ? null : this.read(schema, answer, call.name);
  }

  /**
   * Reads an answer.
   *
   * @throws {ProviderError} `failing` when it is not as expected.
   */
  read<T>(schema: v.GenericSchema<unknown, T>, { body }: ProviderAnswer, call: string): T {
    const parsed = parseWith(schema, body);
    if (parsed.ok) return parsed.value;
    const words = `Jira's answer to "${call}" is not as expected${whereWrong(parsed)}`;
    throw new ProviderError({ kind: "failing" }, words);
  }
}
