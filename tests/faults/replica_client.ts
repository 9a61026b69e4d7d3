/** A program that works at hosts that fail: it repeats what was not answered, as the contract lets it. */
import assert from "node:assert/strict";
import { parseErrorEnvelope } from "../../src/contract/errors.ts";
import { systemClock } from "../../src/platform/clock.ts";
import type { Chance } from "../support/chance.ts";

/** An answer of a host. */
export interface Heard {
  readonly status: number;
  readonly body: ReturnType<typeof JSON.parse>;
  /** How often it was asked for before. */
  readonly repeats: number;
}

/** A request of a program. */
export interface Asked {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What happened to all programs of a run. */
export interface Figures {
  steps: number;
  answers: number;
  lost: number;
  /** Answers that a program did not wait for, or has forgotten, as one that was killed. */
  forgotten: number;
  refused: number;
  rotations: number;
  logins: number;
}

/** Milliseconds that a program keeps asking; far more than any fault lasts on a slow machine. */
const PATIENCE_MS = 300_000;

/** Milliseconds that a program waits for one answer. */
const ANSWER_MS = 120_000;

const REFRESH = "/api/v1/token/refresh/";

/** Answers that say to ask again. */
const AGAIN: readonly number[] = [409, 429];

/** A program that is signed in as a user. */
export class ReplicaClient {
  readonly name: string;
  readonly chance: Chance;
  readonly #url: string;
  readonly #login: { readonly username: string; readonly password: string };
  readonly #figures: Figures;
  readonly #clock = systemClock();
  #access = "";
  #refresh = "";
  #keys = 0;

  constructor(
    url: string,
    who: { readonly name: string; readonly username: string; readonly password: string },
    chance: Chance,
    figures: Figures,
  ) {
    this.#url = url;
    this.name = who.name;
    this.#login = { username: who.username, password: who.password };
    this.chance = chance;
    this.#figures = figures;
  }

  /** A key that no other request of this program has. */
  key(): string {
    return `${this.name}-key-${++this.#keys}`;
  }

  /** Opens a session. */
  async signIn(): Promise<void> {
    this.#figures.logins += 1;
    const heard = await this.#repeated({
      method: "POST",
      path: "/api/v1/token/",
      body: this.#login,
    });
    assert.equal(heard.status, 200, JSON.stringify(heard.body));
    this.#keep(heard);
  }

  /**
   * Rotates its tokens. The old refresh token is good once more when the answer is lost: the session may end only after
   * a third use of it.
   */
  async rotate(): Promise<void> {
    const body = { refresh: this.#refresh };
    const heard = await this.#repeated({ method: "POST", path: REFRESH, body });
    this.#figures.rotations += 1;
    if (heard.status === 200) return this.#keep(heard);
    assert.equal(heard.status, 401, JSON.stringify(heard.body));
    assert.ok(
      heard.repeats >= 2,
      `The session of ${this.name} ended after ${heard.repeats} repeats`,
    );
    await this.signIn();
  }

  /** Asks until it is answered; a session that ended is a fault. */
  async ask(asked: Asked): Promise<Heard> {
    const heard = await this.#repeated(asked);
    assert.notEqual(heard.status, 401, `The session of ${this.name} has ended: ${asked.path}`);
    return heard;
  }

  /** Asks once; `null` when there was no answer of a host, or none that says what was done. */
  async askOnce(asked: Asked): Promise<Heard | null> {
    let answer: Response;
    let text: string;
    // Two uses of a refresh token, of which the later overtakes the first, end its session.
    const isHasty = asked.path !== REFRESH && this.chance.once(15);
    try {
      answer = await fetch(`${this.#url}${asked.path}`, {
        method: asked.method,
        headers: {
          authorization: `Bearer ${this.#access}`,
          "x-team-slug": "red",
          ...asked.headers,
        },
        signal: AbortSignal.timeout(isHasty ? 1 + this.chance.below(60) : ANSWER_MS),
        ...(asked.body === undefined ? {} : { body: JSON.stringify(asked.body) }),
      });
      text = await answer.text();
    } catch {
      this.#figures[isHasty ? "forgotten" : "lost"] += 1;
      return null;
    }
    if (answer.ok && this.chance.once(asked.path === REFRESH ? 3 : 12)) {
      this.#figures.forgotten += 1;
      return null;
    }
    if (answer.status === 502 && text.startsWith("Bad gateway")) {
      this.#figures.lost += 1;
      return null;
    }
    const body = JSON.parse(text);
    if (answer.status >= 400) {
      const envelope = parseErrorEnvelope(body);
      assert.ok(envelope !== null || asked.path.includes("/events/"), `no envelope: ${text}`);
    }
    if (answer.status >= 500) {
      this.#figures.refused += 1;
      return null;
    }
    this.#figures.answers += 1;
    return { status: answer.status, body, repeats: 0 };
  }

  /** Waits for an operation to end. */
  async ended(id: string): Promise<Heard> {
    const since = this.#clock.monotonic();
    for (;;) {
      const path = `/api/v1/tracker/operations/${id}/`;
      const heard = await this.ask({ method: "GET", path });
      assert.equal(heard.status, 200, `operation ${id}: ${JSON.stringify(heard.body)}`);
      if (["completed", "failed"].includes(heard.body.status)) return heard;
      assert.ok(this.#clock.monotonic() - since < PATIENCE_MS, `operation ${id} stays open`);
      await this.#clock.sleep(100);
    }
  }

  /** Writes until it is done, here or in an operation. */
  async write(path: string, body: unknown, more: Readonly<Record<string, string>> = {}) {
    const headers = { "idempotency-key": this.key(), ...more };
    const heard = await this.ask({ method: "POST", path, body, headers });
    if (heard.status !== 202) return heard;
    const end = await this.ended(heard.body.operation_id);
    assert.equal(end.body.status, "completed", JSON.stringify(end.body));
    return { ...heard, status: 200, body: end.body.result };
  }

  #keep({ body }: Heard): void {
    this.#access = body.access;
    this.#refresh = body.refresh;
  }

  async #repeated(asked: Asked): Promise<Heard> {
    const since = this.#clock.monotonic();
    for (let repeats = 0;; repeats++) {
      const heard = await this.askOnce(asked);
      const isLate = this.#clock.monotonic() - since > PATIENCE_MS;
      if (heard !== null && (!isAgain(heard) || isLate)) return { ...heard, repeats };
      assert.ok(!isLate, `${asked.path} of ${this.name} is not answered`);
      await this.#clock.sleep(50 + this.chance.below(150));
    }
  }
}

function isAgain({ status, body }: Heard): boolean {
  return AGAIN.includes(status) && ["in_progress", "rate_limited"].includes(body.error_code);
}
