#!/bin/sh
# Hooks of Claude Code that register a session as an instance of a ClaudeBench coordinator: `start` registers it and starts a
# heartbeat in the background, `progress` reports after the use of a tool that the agent works on its task, `end` unregisters it. And
# commands for the agent: `claim`, `complete` and `fail`. They need curl. They report problems on stderr and never fail, so that an
# agent works without the coordinator, too. For the environment variables see deploy/README.md.
set -eu
LC_ALL=C
export LC_ALL
umask 077

url=${CLAUDEBENCH_URL:-http://127.0.0.1:8080}
url=${url%/}
case $url in
  */rpc) ;;
  *) url=$url/rpc ;;
esac
if [ -n "${CLAUDEBENCH_CA_FILE:-}" ]; then
  export CURL_CA_BUNDLE="$CLAUDEBENCH_CA_FILE"
fi
usage='usage: claudebench.sh start|progress|end, as a hook of Claude Code, or claim|complete|fail SESSION [TEXT]'
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

# quoted TEXT: prints text of several lines as the content of a JSON string.
quoted() {
  printf '%s\n' "$1" | tr '\t' ' ' | tr -d '\000-\011\013-\037\177' | sed 's/[\\"]/\\&/g' |
    awk '{ printf "%s%s", separator, $0; separator = "\\n" }'
}

# members PATH...: prints the members of the JSON object on stdin that have these paths, such as result.task.claim, one per line.
# Strings have their quotes and are still escaped for use in JSON.
members() {
  awk -v paths="$*" '
    function put(value,    path, i) {
      path = of[1]
      for (i = 2; i <= depth; i++) { path = path "." of[i] }
      if (!(path in member)) { member[path] = value }
    }
    { text = text $0 "\n" }
    END {
      while (text != "") {
        if (match(text, /^"([^"\\\n]|\\.)*"/)) {
          token = substr(text, 1, RLENGTH)
          if (of[depth] == "") { name = substr(token, 2, RLENGTH - 2) } else { put(token) }
        } else {
          match(text, /^[ \t\r\n]+|^[^"{}\[\]:, \t\r\n]+|^./)
          token = substr(text, 1, RLENGTH)
          if (token == "{" || token == "[") { of[++depth] = "" }
          else if (token == "}" || token == "]") { depth-- }
          else if (token == ":") { of[depth] = name }
          else if (token == ",") { of[depth] = "" }
          else if (of[depth] != "" && token !~ /^[ \t\r\n]/) { put(token) }
        }
        text = substr(text, length(token) + 1)
      }
      count = split(paths, path, " ")
      for (i = 1; i <= count; i++) { print member[path[i]] }
    }'
}

# string NUMBER TEXT: prints a line without the quotes around it, or nothing if it has none.
string() {
  printf '%s\n' "$2" | sed -n "$1"'s/^"\(.*\)"$/\1/p'
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

# key_header: prints the line for curl's configuration that has the API key, or nothing if none is configured. Fails if what is
# configured is no key. The file is read for each call, so it can be replaced while sessions run.
key_header() {
  if [ -n "${CLAUDEBENCH_KEY:-}" ]; then
    key=$CLAUDEBENCH_KEY
  elif [ -n "${CLAUDEBENCH_KEY_FILE:-}" ]; then
    key=$(head -n 1 "$CLAUDEBENCH_KEY_FILE" 2>/dev/null | tr -d '\r')
  else
    return 0
  fi
  case $key in
    '' | *[!A-Za-z0-9._~+/=-]*) return 1 ;;
  esac
  printf 'header = "Authorization: Bearer %s"' "$key"
}

# call SECONDS METHOD PARAMS: prints the response or the error message of curl. Does not use a proxy for this machine. Everybody on
# the machine can see the arguments of a process, so curl reads the URL, the key and the params, which have the secret of the session,
# from its standard input.
call() {
  if ! header=$(key_header); then
    if [ -n "${CLAUDEBENCH_KEY:-}" ]; then
      printf 'CLAUDEBENCH_KEY is no API key'
    else
      printf 'no API key in the file %s' "$CLAUDEBENCH_KEY_FILE"
    fi
    return
  fi
  body="{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"$2\",\"params\":{$3}}"
  exempt=${no_proxy:-${NO_PROXY:-}}
  printf 'url = "%s"\n%s\ndata-binary = "%s"\n' "$(escaped "$url")" "$header" "$(escaped "$body")" |
    curl -q --silent --show-error --globoff --proto '=http,https' --noproxy "127.0.0.1,localhost,::1${exempt:+,$exempt}" \
      --connect-timeout 1 --max-time "$1" --header 'Content-Type: application/json' --config - 2>&1 || :
}

# explained ANSWER: prints an unexpected answer, and which variable to set if it shows that one is wrong.
explained() {
  case $1 in
    *'curl: (60)'*) printf 'its certificate is not trusted: set CLAUDEBENCH_CA_FILE to the file of its CA' ;;
    *'"code":-32002'*)
      if [ -n "${CLAUDEBENCH_KEY:-}" ]; then
        printf 'set CLAUDEBENCH_KEY to a valid API key: %.300s' "$1"
      else
        printf 'set CLAUDEBENCH_KEY_FILE to a file with a valid API key: %.300s' "$1"
      fi
      ;;
    *) printf '%.300s' "$1" ;;
  esac
}

# register SECONDS: registers the instance. Sets problem, which is empty on success.
register() {
  answer=$(call "$1" system.register "\"id\":\"$(escaped "$id")\",\"sessionId\":\"$secret\",\"roles\":[$roles],\
\"metadata\":{\"host\":\"$host\",\"cwd\":\"$cwd\"}")
  case $answer in
    *'"code":-32700'* | *'"code":-32602'*)
      # The name of the directory may be invalid Unicode, so try again without it.
      if [ -n "$cwd" ]; then
        cwd=
        register "$1"
        return
      fi
      problem="not registered at $place: $(explained "$answer")"
      ;;
    *'"result":{"registered":true}'*) problem= ;;
    *'"result":{"registered":false}'*) problem="not registered: a live instance of another session has the id $id" ;;
    *) problem="not registered at $place: $(explained "$answer")" ;;
  esac
}

# unregister SECONDS: unregisters the instance. Sets problem, which is empty on success.
unregister() {
  answer=$(call "$1" system.unregister "\"instanceId\":\"$(escaped "$id")\",\"sessionId\":\"$secret\"")
  case $answer in
    *'"result":{"unregistered":true'*) problem= ;;
    *'"result":{"unregistered":false'*) problem="not unregistered: another session has the id $id now" ;;
    *) problem="not unregistered at $place, it will expire: $(explained "$answer")" ;;
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
  if ! mkdir -p "$dir" 2>/dev/null || ! chmod 700 "$dir" 2>/dev/null; then
    give_up "cannot create $dir, or it belongs to another user"
  fi
}

# The secret of a session is its sessionId at the coordinator: whoever has it can act as this instance. Ids are no secrets, since
# the coordinator shows them. It is in the file `session.secret` until the session ends.
# read_secret: fails if there is none.
read_secret() {
  secret=$(cat "$dir/$session.secret" 2>/dev/null) && [ -n "$secret" ]
}

# make_secret: makes a secret if there is none. Of hooks that run at the same time, only one can create the link.
make_secret() {
  if ! read_secret; then
    new=$dir/$session.secret.$$
    od -An -N32 -tx1 /dev/urandom 2>/dev/null | tr -d ' \n' >"$new" || :
    ln "$new" "$dir/$session.secret" 2>/dev/null || :
    rm -f "$new"
    read_secret || give_up "cannot make a secret in $dir"
  fi
}

# is_mine: succeeds if this is the current heartbeat of the session. The file of a session contains the token of its heartbeat and
# the id of its instance. A heartbeat exits if the file has another token or is gone: a signal could hit another process with a
# reused id.
is_mine() {
  [ "$(sed -n 1p "$dir/$session" 2>/dev/null)" = "$token" ]
}

# The task that the agent works on is in the file `session.task`: its id, the number of the claim, and when progress was last
# reported. Once the claim is over without a report of the agent, the file is named `session.taken` until the agent knows.
forget_session() {
  rm -f "$dir/$session" "$dir/$session.task" "$dir/$session.taken" "$dir/$session.secret"
}

# read_task: reads the file of the task. Fails if the agent works on none.
read_task() {
  { read -r task && read -r claim && read -r reported; } 2>/dev/null <"$dir/$session.task"
}

keep_task() {
  printf '%s\n' "$task" "$claim" "$(date +%s)" >"$dir/$session.task"
}

# report_progress SECONDS: reports that the agent works on the task. If that is refused, the task was taken from the agent.
report_progress() {
  answer=$(call "$1" task.progress "\"taskId\":\"$task\",\"claim\":$claim,\"sessionId\":\"$secret\"")
  case $answer in
    *'"reason":"'*) mv -f "$dir/$session.task" "$dir/$session.taken" ;;
    *'"result":'*) keep_task ;;
  esac
}

# check_task ANSWER: looks after the task if the answer to a heartbeat names it as cancelled. It may have been claimed again since.
check_task() {
  if read_task; then
    case $1 in
      *"\"$task\""*) report_progress 5 ;;
    esac
  fi
}

# read_input: reads what Claude Code passes to a hook. The session comes first; what a tool has answered may be long.
read_input() {
  input=$(head -c 16384 | members session_id cwd)
  cat >/dev/null
  cwd=$(string 2 "$input")
  use_session "$(string 1 "$input")"
}

use_session() {
  session=$1
  case $session in
    '') give_up 'no session_id: run this as a hook of Claude Code' ;;
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
  make_secret
  case $(ls -Lld "${CLAUDEBENCH_KEY_FILE:-/nonexistent}" 2>/dev/null) in
    '' | ????------*) ;;
    *) echo "ClaudeBench: other users may read the API key: chmod 600 $CLAUDEBENCH_KEY_FILE" >&2 ;;
  esac
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
  printf 'This session is registered with the ClaudeBench coordinator at %s: instance id %s, session %s, roles [%s].\n' \
    "$place" "$id" "$session" "$roles"
}

beat() {
  dir=$1 session=$2 token=$3 agent=$4 agent_start_time=$5 interval=$6 id=$7 host=$8 cwd=$9
  shift 9
  roles=$1
  read_secret || return 0
  cd /
  pause=$interval
  while sleep "$pause" && is_mine; do
    pause=$interval
    if [ "$(start_time "$agent")" != "$agent_start_time" ]; then
      # The agent has exited without running `end`, for example because it was killed.
      forget_session
      unregister 5
      break
    fi
    answer=$(call 5 system.heartbeat "\"instanceId\":\"$(escaped "$id")\",\"sessionId\":\"$secret\"")
    case $answer in
      *'"result":{"alive":true,"cancelled":['*) check_task "$answer" ;;
      *'"result":{"alive":true'* | *'"code":-32000'*) ;;
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
  fi
  read_secret || :
  forget_session
  problem=
  if [ -n "$secret" ]; then
    unregister 2
  fi
  if [ -n "$problem" ]; then
    give_up "$problem"
  fi
}

# progress: reports progress of the task, not more often than every few seconds. Tells the agent if the task was taken from it.
progress() {
  read_input
  find_dir
  if read_secret && read_task && [ $(($(date +%s) - reported)) -ge "${CLAUDEBENCH_PROGRESS_SECONDS:-5}" ]; then
    report_progress 2
  fi
  if [ -f "$dir/$session.taken" ]; then
    read -r task <"$dir/$session.taken"
    rm -f "$dir/$session.taken"
    reason="The coordinator has taken the task $task from this session: it was cancelled, or its lease lapsed. Stop working on it, do \
not report on it, and claim the next task."
    printf '{"decision":"block","reason":"%s"}\n' "$reason"
  fi
}

# use_registration SESSION: for commands of the agent.
use_registration() {
  if [ -z "$1" ]; then
    give_up "$usage"
  fi
  use_session "$1"
  find_dir
  id=$(sed -n 2p "$dir/$session" 2>/dev/null) || :
  if [ -z "$id" ] || ! read_secret; then
    give_up "the session $session is not registered: pass the session that the first line names, not the instance id"
  fi
}

# claim SESSION: waits for a task and prints it. After a restart it is the one that the session has in progress.
claim() {
  use_registration "$1"
  answer=$(call 35 task.claim "\"workerId\":\"$(escaped "$id")\",\"sessionId\":\"$secret\",\"resume\":true,\"waitMs\":25000")
  case $answer in
    *'"result":{"claimed":true,'*) ;;
    *'"result":{"claimed":false,'*)
      echo 'There is no task now.'
      return
      ;;
    *) give_up "nothing is claimed at $place: $(explained "$answer")" ;;
  esac
  claimed=$(printf '%s\n' "$answer" | members result.taskId result.task.claim)
  task=$(string 1 "$claimed")
  claim=$(printf '%s\n' "$claimed" | sed -n 2p)
  keep_task
  rm -f "$dir/$session.taken"
  printf '%s\n' "$answer"
}

# report TEXT: reports how the task has ended.
report() {
  member=result
  if [ "$mode" = fail ]; then
    member=error
  fi
  if ! read_task; then
    rm -f "$dir/$session.taken"
    give_up 'not reported: this session has no task, or it was taken from it'
  fi
  answer=$(call 10 task.complete "\"taskId\":\"$task\",\"claim\":$claim,\"sessionId\":\"$secret\",\"$member\":\"$(quoted "$1")\"")
  case $answer in
    *'"result":{"id":'*) echo 'Reported.' ;;
    *'"reason":"'*) echo "The task was taken from this session, the report is refused: $(explained "$answer")" ;;
    *'"code":-32602'*) give_up "not reported, change the text: $(explained "$answer")" ;;
    *) give_up "not reported at $place, run it again: $(explained "$answer")" ;;
  esac
  rm -f "$dir/$session.task" "$dir/$session.taken"
}

# Exits instead of returning: after an upgrade, the shell would continue to read in the new version of this file.
main() {
  mode=${1:-}
  trap '[ $? -eq 0 ] || echo "ClaudeBench: the hook failed" >&2; exit 0' EXIT
  case $mode in
    start) start ;;
    progress) progress ;;
    end) end ;;
    claim) claim "${2:-}" ;;
    complete | fail)
      use_registration "${2:-}"
      shift 2
      report "$*"
      ;;
    beat)
      shift
      beat "$@"
      ;;
    *) give_up "$usage" ;;
  esac
  exit 0
}

main "$@"
