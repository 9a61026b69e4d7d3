/**
 * What the help of the program says of every command, one a line: its words, its heading, whether it is there while the
 * rollout gate is off (`always`), and its summary. Written by `deno task reference` from the definitions of the commands.
 */
export const ENTRIES = `
auth login | Set up | hosted | Sign in to a control-plane host.
auth logout | Set up | hosted | End the session at the current host, and forget it here.
auth status | Set up | hosted | Show who is signed in, where, and for how long.
auth switch | Set up | hosted | Choose which of the hosts you are signed in to is used; \`SPEC_KITTY_SAAS_URL\`, where set, wins.
auth token | Set up | hosted | Print a fresh access token for other programs.
config list | Set up | always | List the settings, their values and where they come from.
config get | Set up | always | Print the value of one setting.
config set | Set up | always | Change a setting.
config unset | Set up | always | Reset a setting to its default.
doctor | Set up | always | Check everything tracker depends on, and say what to do.
providers | Set up | always | List the trackers a repository can be bound to.
discover | Bind | hosted | List the resources of a provider that a project can be bound to.
bind | Bind | always | Bind this repository to a tracker.
unbind | Bind | always | Remove the binding from this repository's configuration.
status | Look | always | Show the binding and the state of the sync.
issue list | Look | always | List the cached issues.
issue show | Look | always | Show one cached issue.
issue search | Look | hosted | Search the bound tracker's issues at the host.
issue create | Look | always | Create an issue here; the next push creates it in the tracker.
issue edit | Look | always | Change an issue here; the next push changes it in the tracker.
issue move | Look | always | Move an issue to another status here; the next push moves it in the tracker.
issue close | Look | always | Close an issue here as done; the next push closes it in the tracker.
issue reopen | Look | always | Reopen a closed issue here; the next push reopens it in the tracker.
issue comment | Look | always | Write a comment on an issue; it is sent at once.
issue discard | Look | always | Drop edits made here before they are pushed.
issue branch | Look | always | Check out the branch of an issue, created where it is not there.
map list | Look | always | List which work package belongs to which issue.
map add | Look | always | Connect a work package with an issue (local providers).
state list | Look | always | List what this machine keeps of which repository or binding.
state export | Look | always | Write what this machine keeps to a new file, as JSON.
state remove | Look | always | Remove what this machine keeps of a repository or binding.
sync pull | Sync | always | Fetch issues into the local cache.
sync push | Sync | always | Send pending edits to the tracker.
sync run | Sync | always | Run a full sync: send what waits here, fetch what is new.
sync status | Sync | always | Show what waits here: edits to push, conflicts to decide, refused edits.
sync wait | Sync | hosted | Wait for an operation that continues at the host, and show its result.
sync conflicts | Sync | always | List conflicts between this side and the tracker, or settle one.
sync publish | Sync | hosted | Send a snapshot of a local project's issues to the host, for the team to see.
mission create | Missions | always | Create a mission: name it, write its files, commit only these.
mission list | Missions | always | List the missions of the project and their tickets.
mission start | Missions | always | Start a mission from a ticket: files, branch, and the ticket in progress.
mission bind-origin | Missions | hosted | Bind a mission to the ticket it comes from.
wp list | Missions | always | List the work packages of missions: their lanes, their tickets, and what differs.
wp push | Missions | always | Create the tickets of work packages, and move them to where their lanes are.
wp hook install | Missions | always | Have git push the work packages in the background after commits, merges and checkouts.
wp hook remove | Missions | always | Take what \`wp hook install\` added out of the hooks of git.
daemon status | Background | hosted | Show whether background sync runs.
daemon start | Background | hosted | Start background sync for this user.
daemon stop | Background | hosted | Stop background sync; queued events stay queued.
daemon run | Background | hosted | Run background sync in the foreground.
events list | Background | hosted | List the events that wait to be uploaded.
events flush | Background | hosted | Upload the queued events now.
events retry | Background | hosted | Queue parked events again: one, or all.
events export | Background | hosted | Print queued events as JSON, one a line; they stay queued.
api | Agents | hosted | Make one call to the host with the session's token, and print the answer as it came.
dashboard | Page | always | Show this project's state on a local web page.
host serve | Host | hosted | Run a control-plane host on this machine.
host user add | Host | hosted | Add a user to a host's data; the password is read from standard input.
host user list | Host | hosted | List the users of a host.
host user role | Host | hosted | Make a user an admin or a member of a team.
host user password | Host | hosted | Change a user's password and end the user's sessions.
host user revoke | Host | hosted | End all sessions of a user, or one; the user can sign in again.
host user remove | Host | hosted | Remove a user; the user's tokens stop working at once.
host session list | Host | hosted | List the sessions of users that can still be used.
host token create | Host | hosted | Create a token for a machine, such as a job of CI; it is shown once.
host token list | Host | hosted | List the tokens of machines, and when each was used last.
host token revoke | Host | hosted | End a token of a machine; it is refused from the next call on.
host audit | Host | hosted | List what administrators did, newest first.
host issue remove | Host | hosted | Remove an issue that lives in this host; readers hear of it.
host import | Host | hosted | Import issues into a host's data: JSON, JSON Lines, an export of \`bd\`, a list of \`gh\`.
host mapping list | Host | hosted | List the bindings a host has issued.
host mapping disable | Host | hosted | Disable a binding, or enable it again with \`--enable\`.
host mapping delete | Host | hosted | Delete a binding, so that the resource can be bound again.
host connect github | Host | hosted | Bring the issues of GitHub repositories; the token is read from standard input.
host connect gitlab | Host | hosted | Bring the issues of GitLab projects; the token is read from standard input.
host connect jira | Host | hosted | Bring the issues of Jira projects; the token is read from standard input.
host connect linear | Host | hosted | Bring the issues of Linear teams; the key or an app's secret is read from standard input.
host connection list | Host | hosted | List the connections of a host to providers.
host connection show | Host | hosted | Show a connection, its state, its words and its resources.
host connection test | Host | hosted | Ask the provider of a connection what its credential may do.
host connection webhook | Host | hosted | Say what to enter at the provider, so that it sends webhooks.
host connection map | Host | hosted | Say which words of the provider mean which status.
host connection pause | Host | hosted | Pause a connection: nothing is fetched or delivered by it.
host connection resume | Host | hosted | Let a paused connection work again.
host connection rename | Host | hosted | Give a connection another name.
host connection remove | Host | hosted | Remove a connection and its credential; its issues stay in this host.
host sync | Host | hosted | Read what has changed at the connected providers now.
host backup | Host | hosted | Copy a host's data into one file, while it serves.
host check | Host | hosted | Check everything a host needs, and say what to do.
host migrate | Host | hosted | Bring a host's data to this version, or move it to PostgreSQL with \`--to\`.
host key create | Host | hosted | Make a file with a new key, for hosts that share a database.
host key rotate | Host | hosted | Encrypt the credentials of all connections under a new key.
agent guide | Agents | always | Print a short guide to this program for coding agents.
agent install | Agents | always | Write the guide for coding agents into the file that an agent reads.
agent remove | Agents | always | Take what \`agent install\` wrote out of the files that agents read.
mcp | Agents | always | Serve coding agents over the Model Context Protocol, on standard input and output.
completion | Shell | always | Print the completion script of a shell.
man | Shell | always | Print the manual page.
help | Shell | always | Show the help of a command.
`;
