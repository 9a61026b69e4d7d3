/** The name of the script, in the git directory that all worktrees share. */
export const WORKER_FILE = "tracker-wp-push.sh";

/**
 * Returns the script that hooks start. It notes the work tree, and unless another one runs already it waits until no
 * further hook has noted one for two seconds, and pushes the work packages of each that was: so a rebase of hundreds of
 * commits ends in one push. What a hook runs when another one waits already starts no git.
 *
 * @param project The project's directory from the top of a work tree; empty at the top.
 */
export function workerScript(program: string, project: string): string {
  return `#!/bin/sh
# Started by git hooks; \`tracker wp hook remove\` takes it away.
# Git starts a hook at the top of the work tree; without one there is nothing to push.
[ -e .git ] || exit 0
top=$PWD
cd "\${0%/*}" || exit 0
wanted=tracker-wp-push.wanted running=tracker-wp-push.running
printf '%s\\n' "$top" >>"$wanted"
begin() {
  mkdir "$running" 2>/dev/null && { echo $$ >"$running/pid"; return 0; }
  # What was killed leaves its directory behind.
  pid=; [ -f "$running/pid" ] && read -r pid <"$running/pid"
  if [ -n "$pid" ]; then kill -0 "$pid" 2>/dev/null && return 1
  elif [ -z "$(find "$running" -maxdepth 0 -mmin +1 2>/dev/null)" ]; then return 1; fi
  rm -rf "$running.old"; mv "$running" "$running.old" 2>/dev/null; rm -rf "$running.old"
  mkdir "$running" 2>/dev/null && echo $$ >"$running/pid"
}
while [ -f "$wanted" ] && begin; do
  unset $(git rev-parse --local-env-vars) 2>/dev/null
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
