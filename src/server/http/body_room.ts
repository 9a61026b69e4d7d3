import type { Clock } from "../../platform/clock.ts";

/** How many bytes of large bodies a host holds, and who may have how much of it. */
export interface BodyRoomLimits {
  /** Bytes at once. */
  readonly bytes: number;
  /** Bytes at once of one sender. */
  readonly perSender: number;
  /** Bodies that wait for room. */
  readonly waiting: number;
  /** Milliseconds that a body waits. */
  readonly waitMs: number;
}

/** The room of a host: a snapshot is 64 MiB at most, a push 8 MiB, and what is parsed takes several times as much. */
export const BODY_ROOM: BodyRoomLimits = {
  bytes: 96 * 1024 * 1024,
  perSender: 64 * 1024 * 1024,
  waiting: 200,
  waitMs: 10_000,
};

interface Waiting {
  readonly sender: string;
  readonly bytes: number;
  readonly enter: () => void;
}

/**
 * Lets a few large bodies in at once. The others wait in their order, and are not read meanwhile, so that memory is
 * not what ends first. A sender with a full share of the room holds up no other.
 */
export class BodyRoom {
  readonly #clock: Clock;
  readonly #limits: BodyRoomLimits;
  readonly #bySender = new Map<string, number>();
  #waiting: Waiting[] = [];
  #taken = 0;

  /** Creates an empty room. */
  constructor(clock: Clock, limits: BodyRoomLimits = BODY_ROOM) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Bytes that are taken. */
  get taken(): number {
    return this.#taken;
  }

  /** Bodies that wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Bytes that can be taken. */
  get limit(): number {
    return this.#limits.bytes;
  }

  /**
   * Takes room for a body of at most `bytes`, all of it at once, so that no two bodies wait for each other. Returns
   * what gives it back, or `null` when there was none in time.
   */
  async take(sender: string, bytes: number): Promise<(() => void) | null> {
    const wanted = Math.min(bytes, this.#limits.perSender, this.#limits.bytes);
    if (!await this.#enter(sender, wanted)) return null;
    let isGiven = false;
    return () => {
      if (isGiven) return;
      isGiven = true;
      this.#add(sender, -wanted);
      this.#letIn();
    };
  }

  /** Waits for room, which is taken then; false when there is none in time. */
  async #enter(sender: string, bytes: number): Promise<boolean> {
    const entered = Promise.withResolvers<boolean>();
    const place: Waiting = { sender, bytes, enter: () => entered.resolve(true) };
    this.#waiting.push(place);
    this.#letIn();
    if (!this.#waiting.includes(place)) return true;
    if (this.#waiting.length > this.#limits.waiting) return this.#leave(place);
    const deadline = this.#clock.deadline(this.#limits.waitMs);
    deadline.signal.addEventListener("abort", () => {
      if (this.#waiting.includes(place)) entered.resolve(this.#leave(place));
    }, { once: true });
    const isIn = await entered.promise;
    deadline.clear();
    return isIn;
  }

  #leave(place: Waiting): false {
    this.#waiting = this.#waiting.filter((other) => other !== place);
    this.#letIn();
    return false;
  }

  /** Lets in, in their order, those that fit; one for whom the room is too small now is not overtaken. */
  #letIn(): void {
    const still: Waiting[] = [];
    let isFull = false;
    for (const place of this.#waiting) {
      const { sender, bytes } = place;
      if (isFull || !this.#hasShare(sender, bytes)) still.push(place);
      else if (this.#taken + bytes > this.#limits.bytes) {
        isFull = true;
        still.push(place);
      } else {
        this.#add(sender, bytes);
        place.enter();
      }
    }
    this.#waiting = still;
  }

  #hasShare(sender: string, bytes: number): boolean {
    return (this.#bySender.get(sender) ?? 0) + bytes <= this.#limits.perSender;
  }

  #add(sender: string, bytes: number): void {
    this.#taken += bytes;
    const own = (this.#bySender.get(sender) ?? 0) + bytes;
    if (own === 0) this.#bySender.delete(sender);
    else this.#bySender.set(sender, own);
  }
}

/** The rooms of a host. A call that has room among the bodies waits for room among the unpacked, never the reverse. */
export interface BodyRooms {
  /** As they arrive. */
  readonly bodies: BodyRoom;
  /** Packed ones, unpacked. */
  readonly unpacked: BodyRoom;
}

/** Creates the rooms of a host. */
export function bodyRooms(clock: Clock): BodyRooms {
  return { bodies: new BodyRoom(clock), unpacked: new BodyRoom(clock) };
}
