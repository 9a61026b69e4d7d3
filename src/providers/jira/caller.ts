import type * as v from "valibot";
import { parseOwn } from "../../contract/parse.ts";
import { whereWrong } from "../harmless.ts";
import { ProviderError } from "../remote.ts";
import { callProvider, type ProviderAnswer, type ProviderCall, type Wire } from "../transport.ts";
import { hasCode } from "./faults.ts";

/** How calls are made under one credential. */
export interface JiraWay {
  /** Returns how a call of this name is made now. */
  wire(call: string): Promise<Wire>;
  /** The same once more after this was not taken; `null` where there is no other. */
  renewed(refused: Wire, call: string): Promise<Wire | null>;
  /** Changes an answer to what the site itself would have answered. */
  atSite(body: unknown): void;
}

/** Makes calls of Jira's REST API under one credential, and reads the answers. */
export class JiraCaller {
  readonly #way: JiraWay;

  /** Makes calls this way. */
  constructor(way: JiraWay) {
    this.#way = way;
  }

  /** Makes a call. */
  async call(call: ProviderCall): Promise<ProviderAnswer> {
    const answer = await this.#answerTo(call);
    this.#way.atSite(answer.body);
    return answer;
  }

  async #answerTo(call: ProviderCall): Promise<ProviderAnswer> {
    const wire = await this.#way.wire(call.name);
    try {
      return await callProvider(wire, call);
    } catch (error) {
      // What was refused was not done: a write may be sent again, too.
      if (!(error instanceof ProviderError) || error.fault.kind !== "refused") throw error;
      const renewed = await this.#way.renewed(wire, call.name);
      if (renewed === null) throw error;
      return await callProvider(renewed, call);
    }
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
    const parsed = parseOwn(schema, body);
    if (parsed.ok) return parsed.value;
    const words = `Jira's answer to "${call}" is not as expected${whereWrong(parsed)}`;
    throw new ProviderError({ kind: "failing" }, words);
  }
}
