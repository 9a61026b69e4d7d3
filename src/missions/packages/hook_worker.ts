/**
 * Returns the script that hooks start. It notes the work tree, and unless another one runs already it waits until no
 * further hook has noted one for two seconds, and pushes the work packages of each that was: so a rebase of hundreds of commits ends in one push.
 *
 * @param project The project's directory from the top of a work tree; empty at the top.
 */
export function workerScript(program: string, project: string): string {
  return `#!/bin/sh
# Started by git hooks; \`tracker wp hook remove\` takes it away.
top=$(git rev-parse --show-toplevel 2>/dev/null) || exit 0
unset $(git rev-parse --local-env-vars) 2>/dev/null
cd "$(dirname "$0")" || exit 0
wanted=tracker-wp-push.wanted running=tracker-wp-push.running
printf '%s\\n' "$top" >>"$wanted"
begin() {
  mkdir "$running" 2>/dev/null && { echo $$ >"$running/pid"; return 0; }
  # What was killed leaves its directory behind.
  pid=$(cat "$running/pid" 2>/dev/null)
  if [ -n "$pid" ]; then kill -0 "$pid" 2>/dev/null && return 1
  elif [ -z "$(find "$running" -maxdepth 0 -mmin +1 2>/dev/null)" ]; then return 1; fi
  rm -rf "$running.old"; mv "$running" "$running.old" 2>/dev/null; rm -rf "$running.old"
  mkdir "$running" 2>/dev/null && echo $$ >"$running/pid"
}
while [ -f "$wanted" ] && begin; do
  while [ -f "$wanted" ]; do
    before= now=$(wc -c <"$wanted")
    while [ "$before" != "$now" ]; do before=$now; sleep 2; now=$(wc -c <"$wanted"); done
    mv "$wanted" "$running/taken"
    sort -u "$running/taken" | while IFS= read -r tree; do
      (cd "$tree"/${quoted(project)} && exec ${quoted(program)} wp push --all --no-input)
    done >tracker-wp-push.log 2>&1
  done
  rm -rf "$running"
done
`;
}

/** A word as a shell takes it, whatever is in it. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
