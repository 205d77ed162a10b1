-- The worker that holds a task reports how it ended. A failure puts it back to pending, in its old place, until it has
-- failed too often: then it is dead. Telling completion or death twice is answered the same way; a failure that led to
-- another attempt is not remembered.
-- KEYS  1 prefix of every key
-- ARGV  1 task capacity of a worker  2 stream length  3 attempts before a task is dead  4 how long a finished task is kept, ms
--       5 task id  6 worker id, may be empty  7 session id, may be empty  8 result, JSON, may be empty
--       9 error, empty when it went well
-- Reply {refused reason} or {id, status, completedAt}, completedAt 0 for a task that is to be tried again
-- Events task.completed, task.failed, task.dead; task.assigned for what the worker is given next
local prefix = KEYS[1]
local capacity, streamLength = tonumber(ARGV[1]), ARGV[2]
local maxAttempts, retention = tonumber(ARGV[3]), tonumber(ARGV[4])
local taskId, workerId, sessionId, result, failure = ARGV[5], ARGV[6], ARGV[7], ARGV[8], ARGV[9]
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
  redis.call('HSET', taskKey(taskId), 'error', failure)
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

local task = redis.call('HMGET', taskKey(taskId), 'status', 'workerId', 'finishedBy', 'completedAt')
local status, holder = task[1], task[2]
if not status then return refused('task_not_found') end
if workerId ~= '' and holder and workerId ~= holder then return refused('not_assigned_to_worker') end
if status == 'completed' or status == 'dead' then
  -- finishedBy is the session that told the end
  local sameEnd = (status == 'dead') == (failure ~= '')
  if task[3] == sessionId and sameEnd then return ended(status, tonumber(task[4])) end
  return refused('task_already_ended')
end
if not holder then return refused('not_assigned_to_worker') end
if not isAlive(holder) then return refused('worker_not_registered') end
if not heldBy(holder, sessionId) then return refused('held_by_another_session') end
if status ~= 'in_progress' then return refused('task_not_claimed') end

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
