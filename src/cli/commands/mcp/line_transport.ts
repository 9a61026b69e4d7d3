import type { JSONRPCMessage, Transport } from "./sdk.ts";
import { isJsonObject } from "../../../contract/field.ts";
import type { Terminal } from "../../../platform/terminal.ts";
import { errorText } from "../../../platform/tracker_error.ts";

/** Most characters of a message. */
const LONGEST_LINE = 4_194_304;

/** What the transport reads and writes. */
export interface LineTransportOptions {
  readonly terminal: Pick<Terminal, "stdin" | "stdout">;
  readonly onFault: (fault: string) => void;
}

/**
 * Carries messages on standard input and output, one a line. When the input ends, it waits for the answers that are
 * owed, and then closes.
 */
export class LineTransport implements Transport {
  readonly #options: LineTransportOptions;
  readonly #owed = new Set<string | number>();
  readonly #closed = Promise.withResolvers<void>();
  readonly #ending = Promise.withResolvers<void>();
  #hasEnded = false;
  #isClosed = false;
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  onmessage?: Transport["onmessage"];

  constructor(options: LineTransportOptions) {
    this.#options = options;
  }

  /** Resolves when nothing is carried any more. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  start(): Promise<void> {
    void this.#read();
    return Promise.resolve();
  }

  send(message: JSONRPCMessage): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#options.terminal.stdout.write(`${JSON.stringify(message)}\n`);
    if (!("method" in message) && message.id !== undefined) this.#settle(message.id);
    return Promise.resolve();
  }

  close(): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#closed.resolve();
      this.onclose?.();
    }
    return Promise.resolve();
  }

  async #read(): Promise<void> {
    const { terminal, onFault } = this.#options;
    try {
      for (;;) {
        const line = await terminal.stdin.readLine(LONGEST_LINE);
        if (line === null || this.#isClosed) break;
        if (line.trim() !== "") this.#take(line);
      }
      this.#hasEnded = true;
      if (this.#owed.size > 0) await this.#ending.promise;
    } catch (error) {
      onFault(errorText(error));
    }
    await this.close();
  }

  #take(line: string): void {
    const message = messageIn(line);
    if (message === null) {
      this.#options.onFault("A line that is no message of JSON-RPC is left out");
      return;
    }
    const { method, id, params } = message;
    if (method !== undefined && id !== undefined) this.#owed.add(id);
    // What is cancelled is not answered.
    const cancelled = method === "notifications/cancelled" ? params?.["requestId"] : undefined;
    this.onmessage?.(message.whole);
    if (typeof cancelled === "string" || typeof cancelled === "number") this.#settle(cancelled);
  }

  #settle(id: string | number): void {
    this.#owed.delete(id);
    if (this.#hasEnded && this.#owed.size === 0) this.#ending.resolve();
  }
}

interface Message {
  readonly whole: JSONRPCMessage;
  readonly method: string | undefined;
  readonly id: string | number | undefined;
  readonly params: Record<string, unknown> | undefined;
}

function messageIn(line: string): Message | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (!isMessage(value)) return null;
  const { method, id, params } = value;
  return {
    whole: value,
    method: typeof method === "string" ? method : undefined,
    id: typeof id === "string" || typeof id === "number" ? id : undefined,
    params: isJsonObject(params) ? params : undefined,
  };
}

/** Whether a value has the outer form of a message; the library judges what is inside. */
function isMessage(value: unknown): value is JSONRPCMessage & Record<string, unknown> {
  return isJsonObject(value) && value["jsonrpc"] === "2.0" &&
    (typeof value["method"] === "string" || value["id"] !== undefined);
}
