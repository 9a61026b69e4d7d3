/** Issues of a resource that a benchmark measures with, least first: those that `TRACKER_BENCH_SIZES` names, such as
 * `1000,100000`, in place of its own. */
export function sizes(...own: readonly number[]): readonly number[] {
  const named = Deno.env.get("TRACKER_BENCH_SIZES");
  return named === undefined ? own : named.split(",").map(Number);
}
