#!/bin/sh
# Hooks of Claude Code that register a session as an instance of a ClaudeBench coordinator: `start` registers it and starts a
# heartbeat in the background, `end` unregisters it. They need curl. They report problems on stderr and never fail, so that an agent
# works without the coordinator, too. For the environment variables see deploy/README.md.
set -eu
LC_ALL=C
export LC_ALL
umask 077

url=${CLAUDEBENCH_URL:-http://127.0.0.1:8080/rpc}
# For messages, which the agent sees: the URL without user name and password.
place=$(printf '%s' "$url" | sed 's,//[^/@]*@,//,')

# give_up MESSAGE: prints one line to stderr for logs, and a systemMessage to stdout, which Claude Code shows to the user. Exits.
give_up() {
  message="ClaudeBench: $(printf '%s' "$1" | tr '\n' ' ' | tr -d '\000-\037\177')"
  printf '%s\n' "$message" >&2
  if [ "$mode" = start ]; then
    printf '{"systemMessage":"%s"}\n' "$(escaped "$message")"
  fi
  exit 0
}

# escaped TEXT: prints text without control characters as the content of a JSON string.
escaped() {
  printf '%s' "$1" | sed 's/[\\"]/\\&/g'
}

# members: prints session_id and cwd of the JSON object on stdin, one per line, still escaped for use in JSON.
members() {
  awk '
    { text = text $0 "\n" }
    END {
      while (text != "") {
        if (match(text, /^"([^"\\\n]|\\.)*"/)) {
          string = substr(text, 2, RLENGTH - 2)
          text = substr(text, RLENGTH + 1)
          if (depth == 1 && of != "") { member[of] = string } else { name = string }
        } else {
          match(text, /^[^"{}\[\]:,]+|^./)
          sign = substr(text, 1, 1)
          text = substr(text, RLENGTH + 1)
          if (sign == "{" || sign == "[") { depth++ }
          if (sign == "}" || sign == "]") { depth-- }
          if (depth == 1 && sign == ":") { of = name }
          if (depth == 1 && sign == ",") { of = "" }
        }
      }
      print member["session_id"]
      print member["cwd"]
    }'
}

# role_list: prints the roles as the content of a JSON array. Fails if the coordinator would reject a name.
role_list() (
  set -f
  IFS=', '
  list=
  for role in ${CLAUDEBENCH_ROLES-worker}; do
    case $role in
      [!A-Za-z]* | *[!A-Za-z0-9_.:-]*) exit 1 ;;
    esac
    list=$list${list:+,}\"$role\"
  done
  printf '%s' "$list"
)

# call SECONDS METHOD PARAMS: prints the response or the error message of curl. Does not use a proxy for this machine.
call() {
  exempt=${no_proxy:-${NO_PROXY:-}}
  printf '{"jsonrpc":"2.0","id":1,"method":"%s","params":{%s}}' "$2" "$3" |
    curl -q --silent --show-error --globoff --proto '=http,https' --noproxy "127.0.0.1,localhost,::1${exempt:+,$exempt}" \
      --connect-timeout 1 --max-time "$1" --header 'Content-Type: application/json' --data-binary @- --url "$url" 2>&1 || :
}

# register SECONDS: registers the instance. Sets problem, which is empty on success.
register() {
  answer=$(call "$1" system.register "\"id\":\"$(escaped "$id")\",\"sessionId\":\"$session\",\"roles\":[$roles],\
\"metadata\":{\"host\":\"$host\",\"cwd\":\"$cwd\"}")
  case $answer in
    *'"code":-32700'* | *'"code":-32602'*)
      # The name of the directory may be invalid Unicode, so try again without it.
      if [ -n "$cwd" ]; then
        cwd=
        register "$1"
        return
      fi
      problem="not registered at $place: $(printf '%.300s' "$answer")"
      ;;
    *'"result":{"registered":true}'*) problem= ;;
    *'"result":{"registered":false}'*) problem="not registered: a live instance of another session has the id $id" ;;
    *) problem="not registered at $place: $(printf '%.300s' "$answer")" ;;
  esac
}

# unregister SECONDS: unregisters the instance. Sets problem, which is empty on success.
unregister() {
  answer=$(call "$1" system.unregister "\"instanceId\":\"$(escaped "$id")\",\"sessionId\":\"$session\"")
  case $answer in
    *'"result":{"unregistered":true'*) problem= ;;
    *'"result":{"unregistered":false'*) problem="not unregistered: another session has the id $id now" ;;
    *) problem="not unregistered at $place, it will expire: $(printf '%.300s' "$answer")" ;;
  esac
}

# process PID: prints state, parent and start time of a process, or nothing if there is none.
process() {
  if [ -e /proc/self/stat ]; then
    sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 1,2,20
  else
    ps -o state= -o ppid= -o lstart= -p "$1" 2>/dev/null || :
  fi
}

command_line() {
  if [ -e /proc/self/stat ]; then
    tr '\000' ' ' 2>/dev/null <"/proc/$1/cmdline" || :
  else
    ps -o args= -p "$1" 2>/dev/null || :
  fi
}

# start_time PID: prints the start time of a process, or nothing if it has exited. Identifies the process together with its id,
# which may be reused.
start_time() {
  process "$1" | {
    read -r state _ when || :
    case $state in
      Z*) ;;
      *) printf '%s' "$when" ;;
    esac
  }
}

# find_agent: finds the nearest ancestor that is not a shell that runs this hook. Such shells exit with the hook.
find_agent() {
  agent=$PPID
  while words=$(command_line "$agent"); do
    program=${words%% *}
    case ${program##*/}:$words in
      *sh:*"${0##*/}"* | busybox:*"${0##*/}"*) ;;
      *) break ;;
    esac
    agent=$(process "$agent" | cut -d ' ' -f 2)
  done
  agent_start_time=$(start_time "$agent")
}

# find_dir: creates the directory for the files of sessions. Not in a temporary directory, which may be cleaned up during a long
# session.
find_dir() {
  if [ -z "${CLAUDE_CONFIG_DIR:-}${HOME:-}" ]; then
    give_up 'neither HOME nor CLAUDE_CONFIG_DIR is set'
  fi
  dir=${CLAUDE_CONFIG_DIR:-${HOME:-}/.claude}/claudebench
  mkdir -p "$dir" 2>/dev/null || give_up "cannot create $dir"
}

# is_mine: succeeds if this is the current heartbeat of the session. The file of a session contains the token of its heartbeat and
# the id of its instance. A heartbeat exits if the file has another token or is gone: a signal could hit another process with a
# reused id.
is_mine() {
  [ "$(sed -n 1p "$dir/$session" 2>/dev/null)" = "$token" ]
}

read_input() {
  input=$(members)
  session=$(printf '%s\n' "$input" | sed -n 1p)
  cwd=$(printf '%s\n' "$input" | sed -n 2p)
  case $session in
    '') give_up 'no session_id on stdin: run this as a hook of Claude Code' ;;
    [!A-Za-z0-9]* | *[!A-Za-z0-9._-]*) give_up 'invalid session_id: only letters, digits and . _ - are allowed' ;;
  esac
  if [ "${#session}" -gt 128 ]; then
    give_up 'invalid session_id: more than 128 characters'
  fi
  host=$(uname -n | tr -cd 'A-Za-z0-9._-' | cut -c 1-100)
  id=${CLAUDEBENCH_INSTANCE_ID:-${host:-host}-$session}
  case $id in
    *[[:cntrl:]]*) give_up 'invalid CLAUDEBENCH_INSTANCE_ID: contains control characters' ;;
  esac
}

start() {
  read_input
  roles=$(role_list) || give_up 'invalid CLAUDEBENCH_ROLES: must be names, separated by commas, of a letter followed by letters, digits or _ . : -'
  interval=${CLAUDEBENCH_HEARTBEAT_SECONDS:-10}
  case $interval in
    [1-9] | [1-9][0-9]) ;;
    *) give_up 'invalid CLAUDEBENCH_HEARTBEAT_SECONDS: must be a number from 1 to 99' ;;
  esac
  find_dir
  find_agent
  if [ -z "$agent_start_time" ]; then
    give_up 'not registered: cannot find the process of the agent'
  fi
  token=$$.$(date +%s)
  printf '%s\n%s\n' "$token" "$id" 2>/dev/null >"$dir/$session.$token" || give_up "cannot write in $dir"
  mv "$dir/$session.$token" "$dir/$session"
  register 2

  # Detach from the pipes and the process group: Claude Code waits until its pipes are closed, and kills the process group of a hook.
  detached='nohup'
  if command -v setsid >/dev/null; then
    detached='setsid'
  fi
  "$detached" sh "$0" beat "$dir" "$session" "$token" "$agent" "$agent_start_time" "$interval" "$id" "$host" "$cwd" "$roles" \
    </dev/null >/dev/null 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &

  if [ -n "$problem" ]; then
    give_up "$problem. Retrying in the background."
  fi
  printf 'This session is registered with the ClaudeBench coordinator at %s: instance id %s, sessionId %s, roles [%s].\n' \
    "$place" "$id" "$session" "$roles"
}

beat() {
  dir=$1 session=$2 token=$3 agent=$4 agent_start_time=$5 interval=$6 id=$7 host=$8 cwd=$9
  shift 9
  roles=$1
  cd /
  pause=$interval
  while sleep "$pause" && is_mine; do
    pause=$interval
    if [ "$(start_time "$agent")" != "$agent_start_time" ]; then
      # The agent has exited without running `end`, for example because it was killed.
      rm -f "$dir/$session"
      unregister 5
      break
    fi
    answer=$(call 5 system.heartbeat "\"instanceId\":\"$(escaped "$id")\",\"sessionId\":\"$session\"")
    case $answer in
      *'"result":{"alive":true}'* | *'"code":-32000'*) ;;
      *'"result":{"alive":false}'*) register_again ;;
      # Retry soon: an instance that misses two heartbeats may be dead before the third.
      *) pause=$(((interval + 2) / 3)) ;;
    esac
  done
}

# register_again: registers an instance that has expired, or that `start` could not register.
register_again() {
  if ! is_mine; then
    return
  fi
  register 5
  if [ ! -e "$dir/$session" ]; then
    # `end` has run in the meantime.
    unregister 5
  fi
  case $problem in
    # Each attempt counts towards the rate limit, which all agents of a machine share.
    *'another session'*) pause=$((interval * 3)) ;;
  esac
}

end() {
  read_input
  find_dir
  if [ -f "$dir/$session" ]; then
    # The id that was registered, since the environment may have changed.
    id=$(sed -n 2p "$dir/$session")
    rm -f "$dir/$session"
  fi
  unregister 2
  if [ -n "$problem" ]; then
    give_up "$problem"
  fi
}

# Exits instead of returning: after an upgrade, the shell would continue to read in the new version of this file.
main() {
  mode=${1:-}
  trap '[ $? -eq 0 ] || echo "ClaudeBench: the hook failed" >&2; exit 0' EXIT
  case $mode in
    start) start ;;
    end) end ;;
    beat)
      shift
      beat "$@"
      ;;
    *) give_up 'usage: claudebench.sh start|end, as a hook of Claude Code' ;;
  esac
  exit 0
}

main "$@"
