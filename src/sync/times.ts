/** How far the other side's clock is from ours, in milliseconds. */
export interface ClockMeasure {
  /** Its time less ours. */
  readonly offset: number;
  /** How far the offset may be off, either way. */
  readonly uncertainty: number;
}

/** The measure of a side that tells the time by the clock of this machine. */
export const OWN_CLOCK: ClockMeasure = { offset: 0, uncertainty: 0 };

/** What is known of when a field was changed on either side. Times are milliseconds since 1970. */
export interface ChangeTimes {
  /** When the field was edited here, by our clock. */
  readonly edited: number | undefined;
  /** The start of the last reading that still showed the other side's old value, by our clock. */
  readonly seen: number | null;
  /** The latest time at which the other side can have changed the issue, by its own clock. */
  readonly theirs: number;
  /** Whether a write of this field moves that time. */
  readonly isTold: boolean;
  /** How far its clock is from ours; `null` when nobody knows. */
  readonly theirClock: ClockMeasure | null;
  /** The present, by our clock. */
  readonly now: number;
}

/**
 * The side that changed a field later, where the times prove it; `null` where they do not. The other side's
 * value from before was still there when a reading began, so an edit from before that reading is the older
 * one. The time of the last change says no more than that no field was changed after it, and that
 * only of fields whose writes move it, and only by a clock that can be compared with ours. A time of ours
 * that is yet to come shows that our clock was set back, and proves nothing.
 */
export function newerSide(times: ChangeTimes): "ours" | "theirs" | null {
  const { edited, theirs, isTold, theirClock, now } = times;
  const seen = pastTime(times.seen, now);
  if (edited === undefined || edited > now) return null;
  if (seen !== null && edited < seen) return "theirs";
  if (!isTold || theirClock === null) return null;
  return edited > theirs - theirClock.offset + theirClock.uncertainty ? "ours" : null;
}

/** The time, unless it is yet to come: then our clock was set back, and the time proves nothing from now on. */
export function pastTime(time: number | null, now: number): number | null {
  return time !== null && time <= now ? time : null;
}
