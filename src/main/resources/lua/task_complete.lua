-- The worker that holds a task reports how it ended. A failure puts it back to pending, in its old place, until it has
-- failed too often: then it is dead. Telling the same twice is answered the same way. When a worker has begun a task again
-- that it failed before, only `attempts` tells a repetition from a new failure.
-- KEYS  1 prefix of every key
-- ARGV  1 task capacity of a worker  2 stream length  3 attempts before a task is dead  4 how long a finished task is kept, ms
--       5 task id  6 worker id, may be empty  7 session id, may be empty  8 result, JSON, may be empty
--       9 error, empty when it went well  10 how often the task had failed when it was claimed, may be empty
-- Reply {refused reason} or {id, status, completedAt}, completedAt 0 for a task that is to be tried again
-- Events task.completed, task.failed, task.dead; task.assigned for what the worker is given next
local prefix = KEYS[1]
local capacity, streamLength = tonumber(ARGV[1]), ARGV[2]
local maxAttempts, retention = tonumber(ARGV[3]), tonumber(ARGV[4])
local taskId, workerId, sessionId, result, failure = ARGV[5], ARGV[6], ARGV[7], ARGV[8], ARGV[9]
local attempt = tonumber(ARGV[10])
--- @include step/keys
--- @include step/holder
--- @include step/task_queues
--- @include step/finish_task
--- @include step/auto_assign_tasks
--- @include step/announce_tasks
--- @include step/settle_fleet
--- @include step/emit_event

local function refused(reason)
  return {map = {refused = reason}}
end

local function ended(status, completedAt)
  return {map = {id = taskId, status = status, completedAt = completedAt}}
end

local function fail(holder, order)
  local attempts = redis.call('HINCRBY', taskKey(taskId), 'attempts', 1)
  redis.call('HSET', taskKey(taskId), 'error', failure, 'failedBy', holder, 'failedSession', sessionId)
  redis.call('HINCRBY', metricsKey, 'tasksFailed', 1)
  emitEvent('task.failed', {'id', taskId, 'workerId', holder, 'attempts', attempts})
  if attempts < maxAttempts then
    requeueTask(taskId, order, holder)
    return ended('pending', 0)
  end
  leaveWorker(taskId, holder)
  finishTask(taskId, 'dead', deadKey)
  forgetFinished(deadKey)
  emitEvent('task.dead', {'id', taskId, 'attempts', attempts})
  return ended('dead', now)
end

local function complete(holder)
  leaveWorker(taskId, holder)
  if result ~= '' then redis.call('HSET', taskKey(taskId), 'result', result) end
  finishTask(taskId, 'completed', completedKey)
  forgetFinished(completedKey)
  redis.call('HINCRBY', metricsKey, 'tasksCompleted', 1)
  emitEvent('task.completed', {'id', taskId, 'workerId', holder})
  return ended('completed', now)
end

local task = redis.call('HMGET', taskKey(taskId), 'status', 'workerId', 'finishedBy', 'completedAt', 'attempts', 'failedBy',
  'failedSession')
local status, holder, finishedBy, completedAt, attempts = task[1], task[2], task[3], tonumber(task[4]), tonumber(task[5])
local failedBy, failedSession = task[6], task[7]

-- whether this is the newest failure, told again
local function repeatsFailure()
  if failure == '' or status == 'dead' or failedSession ~= sessionId then return false end
  if workerId ~= '' and workerId ~= failedBy then return false end
  if attempt then return attempt == attempts - 1 end
  local holds = status == 'in_progress' and (workerId == '' or workerId == holder) and heldBy(holder, sessionId)
  return not holds
end

if not status then return refused('task_not_found') end
if repeatsFailure() then return ended('pending', 0) end
if workerId ~= '' and holder and workerId ~= holder then return refused('not_assigned_to_worker') end
if status == 'completed' or status == 'dead' then
  -- finishedBy is the session that told the end
  local sameEnd = (status == 'dead') == (failure ~= '')
  if finishedBy == sessionId and sameEnd then return ended(status, completedAt) end
  return refused('task_already_ended')
end
if not holder then return refused('not_assigned_to_worker') end
if not isAlive(holder) then return refused('worker_not_registered') end
if not heldBy(holder, sessionId) then return refused('held_by_another_session') end
if status ~= 'in_progress' then return refused('task_not_claimed') end
if attempt and attempt ~= attempts then return refused('attempt_is_over') end

redis.call('HSET', taskKey(taskId), 'finishedBy', sessionId)
local reply
if failure == '' then
  reply = complete(holder)
else
  reply = fail(holder, redis.call('ZSCORE', queueKey(holder), taskId))
end
local tasks = autoAssignTasks(holder)
announceTasks(holder, tasks.moves)
settleFleet(holder)
return reply
