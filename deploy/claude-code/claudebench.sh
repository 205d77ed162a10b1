#!/bin/sh
# Hooks of Claude Code that make a session an instance of a ClaudeBench coordinator: `start` registers it and leaves a heartbeat
# behind, `end` unregisters it. They need curl, say on stderr what went wrong and never fail: an agent works without us, too.
# What they can be told by environment variables is in deploy/README.md.
set -eu
LC_ALL=C
export LC_ALL
umask 077

url=${CLAUDEBENCH_URL:-http://127.0.0.1:8080/rpc}
# for messages, which the agent sees: without a user's name and password
place=$(printf '%s' "$url" | sed 's,//[^/@]*@,//,')

# give_up MESSAGE: in one line on stderr, for logs; Claude Code shows a user nothing of that, but a systemMessage on stdout
give_up() {
  message="ClaudeBench: $(printf '%s' "$1" | tr '\n' ' ' | tr -d '\000-\037\177')"
  printf '%s\n' "$message" >&2
  if [ "$mode" = start ]; then
    printf '{"systemMessage":"%s"}\n' "$(escaped "$message")"
  fi
  exit 0
}

# escaped TEXT: what stands for text without control characters between the quotes of a JSON string
escaped() {
  printf '%s' "$1" | sed 's/[\\"]/\\&/g'
}

# What the JSON object on stdin has as session_id and cwd, one a line, as it stands there between the quotes: valid in JSON of ours
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

# role_list: the roles as the inside of a JSON array; fails at a name that the coordinator would refuse
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

# call SECONDS METHOD PARAMS: the coordinator's answer, or why there is none. A proxy that the agent uses is not asked for this machine.
call() {
  exempt=${no_proxy:-${NO_PROXY:-}}
  printf '{"jsonrpc":"2.0","id":1,"method":"%s","params":{%s}}' "$2" "$3" |
    curl -q --silent --show-error --globoff --proto '=http,https' --noproxy "127.0.0.1,localhost,::1${exempt:+,$exempt}" \
      --connect-timeout 1 --max-time "$1" --header 'Content-Type: application/json' --data-binary @- --url "$url" 2>&1 || :
}

# register SECONDS: sets problem, which stays empty if the instance is registered
register() {
  answer=$(call "$1" system.register "\"id\":\"$(escaped "$id")\",\"sessionId\":\"$session\",\"roles\":[$roles],\
\"metadata\":{\"host\":\"$host\",\"cwd\":\"$cwd\"}")
  case $answer in
    *'"code":-32700'* | *'"code":-32602'*)
      # a directory whose name is no text
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

unregister() {
  answer=$(call "$1" system.unregister "\"instanceId\":\"$(escaped "$id")\",\"sessionId\":\"$session\"")
  case $answer in
    *'"result":{"unregistered":true'*) problem= ;;
    *'"result":{"unregistered":false'*) problem="not unregistered: another session has the id $id by now" ;;
    *) problem="not unregistered at $place, it will expire: $(printf '%.300s' "$answer")" ;;
  esac
}

# process PID: state, parent and time of birth of a process; nothing if there is none
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

# born PID: when a process began; nothing if it has ended. With its id it names a process for good: ids are used again.
born() {
  process "$1" | {
    read -r state _ when || :
    case $state in
      Z*) ;;
      *) printf '%s' "$when" ;;
    esac
  }
}

# The process above us that is no shell which runs us for Claude Code: shells end with the hook
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
  agent_born=$(born "$agent")
}

# Where each session has a file. Not in a directory for temporary files: those are cleared away under sessions that last.
find_dir() {
  if [ -z "${CLAUDE_CONFIG_DIR:-}${HOME:-}" ]; then
    give_up 'neither HOME nor CLAUDE_CONFIG_DIR is set'
  fi
  dir=${CLAUDE_CONFIG_DIR:-${HOME:-}/.claude}/claudebench
  mkdir -p "$dir" 2>/dev/null || give_up "cannot make $dir"
}

# The file of a session says which heartbeat is the session's (all others end by themselves) and what it is registered as.
# It is what stops a heartbeat, not a signal: a process id could be somebody else's by then.
is_mine() {
  [ "$(sed -n 1p "$dir/$session" 2>/dev/null)" = "$token" ]
}

read_input() {
  input=$(members)
  session=$(printf '%s\n' "$input" | sed -n 1p)
  cwd=$(printf '%s\n' "$input" | sed -n 2p)
  case $session in
    '') give_up 'no session_id on stdin: this is a hook for Claude Code' ;;
    [!A-Za-z0-9]* | *[!A-Za-z0-9._-]*) give_up 'refused a session_id with other characters than letters, digits and . _ -' ;;
  esac
  if [ "${#session}" -gt 128 ]; then
    give_up 'refused a session_id of more than 128 characters'
  fi
  host=$(uname -n | tr -cd 'A-Za-z0-9._-' | cut -c 1-100)
  id=${CLAUDEBENCH_INSTANCE_ID:-${host:-host}-$session}
  case $id in
    *[[:cntrl:]]*) give_up 'refused a CLAUDEBENCH_INSTANCE_ID with control characters' ;;
  esac
}

start() {
  read_input
  roles=$(role_list) || give_up 'refused CLAUDEBENCH_ROLES: names of a letter and more letters, digits or _ . : - with commas between'
  interval=${CLAUDEBENCH_HEARTBEAT_SECONDS:-10}
  case $interval in
    [1-9] | [1-9][0-9]) ;;
    *) give_up 'refused CLAUDEBENCH_HEARTBEAT_SECONDS: a number from 1 to 99' ;;
  esac
  find_dir
  find_agent
  if [ -z "$agent_born" ]; then
    give_up 'not registered: the process of the agent was not found'
  fi
  token=$$.$(date +%s)
  printf '%s\n%s\n' "$token" "$id" 2>/dev/null >"$dir/$session.$token" || give_up "cannot write in $dir"
  mv "$dir/$session.$token" "$dir/$session"
  register 2

  # in a session and with files of its own: Claude Code waits for whoever has its pipes, and ends the process group of a hook
  detached='nohup'
  if command -v setsid >/dev/null; then
    detached='setsid'
  fi
  "$detached" sh "$0" beat "$dir" "$session" "$token" "$agent" "$agent_born" "$interval" "$id" "$host" "$cwd" "$roles" \
    </dev/null >/dev/null 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &

  if [ -n "$problem" ]; then
    give_up "$problem. It is tried again in the background."
  fi
  printf 'This session is registered with the ClaudeBench coordinator at %s: instance id %s, sessionId %s, roles [%s].\n' \
    "$place" "$id" "$session" "$roles"
}

beat() {
  dir=$1 session=$2 token=$3 agent=$4 agent_born=$5 interval=$6 id=$7 host=$8 cwd=$9
  shift 9
  roles=$1
  cd /
  pause=$interval
  while sleep "$pause" && is_mine; do
    pause=$interval
    if [ "$(born "$agent")" != "$agent_born" ]; then
      # ended without telling, as when it is killed
      rm -f "$dir/$session"
      unregister 5
      break
    fi
    answer=$(call 5 system.heartbeat "\"instanceId\":\"$(escaped "$id")\",\"sessionId\":\"$session\"")
    case $answer in
      *'"result":{"alive":true}'* | *'"code":-32000'*) ;;
      *'"result":{"alive":false}'*) register_anew ;;
      # soon again: an instance that misses two heartbeats may be dead before the third
      *) pause=$(((interval + 2) / 3)) ;;
    esac
  done
}

# After an outage longer than the instance's life, or when `start` did not get through
register_anew() {
  if ! is_mine; then
    return
  fi
  register 5
  if [ ! -e "$dir/$session" ]; then
    # `end` was meanwhile
    unregister 5
  fi
  case $problem in
    # an attempt counts towards the rate limit that all agents of a machine share
    *'another session'*) pause=$((interval * 3)) ;;
  esac
}

end() {
  read_input
  find_dir
  if [ -f "$dir/$session" ]; then
    # what it was registered as, whatever the environment says now
    id=$(sed -n 2p "$dir/$session")
    rm -f "$dir/$session"
  fi
  unregister 2
  if [ -n "$problem" ]; then
    give_up "$problem"
  fi
}

# A function that does not return: the shell reads nothing more of a file that may be that of a newer release by then.
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
