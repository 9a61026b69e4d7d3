/**
 * The tests of properties take their generator from here alone, so that each of them tries the same inputs in every
 * run. `TRACKER_SEEDS` gives another seed, or with `random` draws one, which a failure tells.
 */
import fc from "fast-check";
import { seedOf } from "./chance.ts";

/** The seed of every property that names none itself. */
const SEED = seedOf("TRACKER_PROPERTY_SEED");

// fast-check reads a seed as a 32-bit number with a sign, and prints it so.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: SEED | 0 });

export default fc;
